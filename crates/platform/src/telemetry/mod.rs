//! What the process tells its operators: logs and traces, metrics, and whether it is ready.
//!
//! Personal data is in none of them. It does not know who reads them: `rendez-web` publishes metrics and readiness.

pub mod disk;
pub mod health;
pub mod logs;
pub mod metrics;
