//! What is different from country to country: a pack of data for each region.
//!
//! Invariant: every pack that is compiled in is complete and consistent (texts in each of its locales, zones that exist,
//! codes that are unique); [`Pack::parse`] refuses any other, and tests read each one.
//! Tables owned: `region`. It does not know who practises, who is a patient, or what is booked.

mod forms;
mod holidays;
mod identifiers;
mod install;
mod model;
mod parse;
mod places;
mod sample_names;
mod search_key;
mod specialties;
mod text;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use places::Gazetteer;
use rendez_vocab::RegionCode;

pub use forms::{PhoneForm, PostalCodeForm};
pub use identifiers::{Bearer, CheckRule, Identifier};
pub use install::install;
pub use model::{Consent, Language, Pack, Policies, Retention, Sector};
pub use parse::PackError;
pub use places::Place;
pub use sample_names::{SampleNames, sample_names};
pub use search_key::search_key;
pub use specialties::{Specialty, VisitTypeTemplate};
pub use text::Text;

static SOURCES: [(&str, LazyLock<Gazetteer>); 1] =
    [(include_str!("../../../../packs/fr/pack.toml"), LazyLock::new(french_places))];

static PACKS: LazyLock<Vec<Pack>> = LazyLock::new(|| {
    SOURCES
        .iter()
        .map(|(source, places)| {
            Pack::parse(source, places).expect("tests read every pack that is compiled in")
        })
        .collect()
});

fn french_places() -> Gazetteer {
    let source = include_str!("../../../../packs/fr/places.tsv");
    Gazetteer::read(source).expect("tests read every line of the towns")
}

/// Every pack that is compiled in.
pub fn packs() -> &'static [Pack] {
    &PACKS
}

/// The pack of a region, if the region has one.
pub fn pack(region: RegionCode) -> Option<&'static Pack> {
    packs().iter().find(|pack| pack.region() == region)
}
