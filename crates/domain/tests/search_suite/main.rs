//! Search and the statements' plans on a real PostgreSQL.

mod finding;
mod migrations;
mod plans;
