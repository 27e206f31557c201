//! The JSON API: one endpoint family a file, request, handler and view together.
//!
//! Views are structs of their own, so that a change of a domain type is no change of the API. Handlers hold no rule of
//! the business: they read, call one function of the domain, and show its answer. The URLs stand in `router`.

pub mod answer;
pub mod appointments;
pub mod completion;
pub mod directory_refusals;
pub mod explain;
pub mod feed;
pub mod index;
pub mod live;
pub mod locations;
pub mod opening_hours;
pub mod openings;
pub mod operations;
pub mod patients;
pub mod practitioners;
pub mod search;
pub mod slots;
pub mod stream;
pub mod time_off;
pub mod tokens;
pub mod visit_types;
pub mod wishes;
