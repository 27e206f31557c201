//! Promises that hold for every URL, with real HTTP: who is kept out, what is refused, what is never told.

mod app;
mod conventions;
mod discretion;
mod doors;
mod limits;
mod live;
mod protection;
mod waiting;
