//! Booking on a real PostgreSQL, told as a receptionist would tell it.

mod access;
mod agenda;
mod clocks;
mod crash_points;
mod desk;
mod discretion;
mod families;
mod feeds;
mod gone_callers;
mod hold_and_confirm;
mod leaving;
mod lingering;
mod model;
mod moves;
mod offers;
mod outcomes;
mod overbooking;
mod races;
mod records;
mod rooms;
mod time_off;
