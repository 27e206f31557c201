//! Who is free near here: the search of one region.
//!
//! A request is answered from this process's index, else from another process that has one, else, bounded and with a
//! notice, from the database; the index being away is never an error. `feed` keeps the index in step with the database.
//! It writes nothing but its own snapshot file and owns no table.

mod answer;
pub mod card;
pub mod feed;
mod index;
mod model;
mod searching;
mod sql;
mod window;
mod words;

pub use answer::{people_like, search, search_here};
pub use model::{
    Ahead, Alternatives, Cursor, Facet, Facets, Found, Known, Notice, SearchRefusal, SearchRequest,
    SearchResults, Source,
};
pub use searching::{Gates, RemoteSearch, Searching};
pub use window::is_beyond_reach;
pub use words::{Town, complete_place, prepare, specialties_like, town, town_at};

/// In how many days somebody may be free: what [`Facets::free_within_days`] counts.
pub use rendez_index::FREE_WITHIN_DAYS;
/// How far anybody looks, in kilometres.
pub const FARTHEST_KM: f64 = 500.0;
/// How many free times a result shows.
const SHOWN: usize = 3;
const USUAL_RADIUS_KM: f64 = 30.0;
const KM_PER_DEGREE: f64 = 111.195;
