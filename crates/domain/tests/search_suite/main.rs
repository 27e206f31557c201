//! Search and the statements' plans on a real PostgreSQL.

mod finding;
mod indexed;
mod migrations;
mod plans;
