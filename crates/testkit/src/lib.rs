//! What Rendez's tests stand on: a private PostgreSQL for the run and a database of its own for each test.

pub mod cable;
pub mod cluster;
pub mod consistency;
pub mod database;
pub mod world;

pub use database::TestDatabase;
pub use world::World;
