//! Appointments: hold, confirm, cancel, reschedule, outcome, and reading them.

pub mod audit;
pub mod commands;
pub mod queries;
pub mod refusals;
pub mod view;
