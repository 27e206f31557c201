//! Who is free near here: the search of one region, by SQL.
//!
//! Candidates come from the directory by specialty, name and distance; their next free slots are computed from
//! schedules and claims as of one instant. It writes nothing and owns no table. The in-memory index takes its place
//! behind the same request and answer.

mod model;
mod queries;
mod words;

pub use model::{Cursor, Facet, Facets, Found, SearchRefusal, SearchRequest, SearchResults};
pub use queries::search;
pub use words::specialties_like;
