//! A practice's own records on a real PostgreSQL: its patients, its staff and their passwords, its trail, and what a change of hours would do.

mod blocks;
mod forgotten;
mod house;
mod patients;
mod previews;
mod staff;
mod trail;
