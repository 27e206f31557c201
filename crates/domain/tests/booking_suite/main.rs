//! Booking on a real PostgreSQL, told as a receptionist would tell it.

mod hold_and_confirm;
