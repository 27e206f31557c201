//! The waiting list on a real PostgreSQL, told as those who wait would tell it.

mod areas;
mod crash_points;
mod histories;
mod line;
mod mails;
mod patients;
mod room;
mod rules;
mod workers;
