//! Machinery without a healthcare noun: what every Rendez process stands on, whatever its role.
//!
//! It does not know patients, practitioners or appointments; `rendez-domain` gives it payloads, rows and rules.

pub mod auth;
pub mod change_log;
pub mod config;
pub mod crash;
mod data_dir;
pub mod fault;
pub mod jobs;
pub mod lifecycle;
pub mod mail;
pub mod migrations;
pub mod private_postgres;
pub mod store;
pub mod telemetry;
