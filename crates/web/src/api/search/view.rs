//! What a search answers, as the API description tells it. The bytes are written by [`super::json`], and a test holds the
//! two together.

use jiff::Timestamp;
use rendez_vocab::ids::{LocationId, OrganizationId, PractitionerId, VisitTypeId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::slots::SlotView;

/// Where the offered times are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundLocation)]
pub struct FoundLocationView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: LocationId,
    /// What people call it.
    pub name: String,
    /// Street and number.
    pub line: String,
    /// In the country's form.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Degrees north, if known.
    pub latitude: Option<f64>,
    /// Degrees east, if known.
    pub longitude: Option<f64>,
    /// IANA zone.
    pub time_zone: String,
}

/// A person who gives care, as far as a result tells; `GET /v1/practitioners/{id}` tells the rest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundPractitioner)]
pub struct FoundPractitionerView {
    /// Its id.
    #[schema(value_type = String, example = "prac_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: PractitionerId,
    /// Where they belong.
    #[schema(value_type = String)]
    pub organization_id: OrganizationId,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// A code of `GET /v1/specialties`.
    pub specialty: Option<String>,
    /// Codes of ISO 639.
    pub languages: Vec<String>,
    /// What statutory insurance has agreed on with them; unknown without it.
    pub sector: Option<String>,
    /// For patients to call.
    pub phone: Option<String>,
    /// Whether somebody new may book.
    pub accepts_new_patients: bool,
    /// Whether visits at a distance are offered.
    pub telehealth: bool,
    /// Where the offered times are; without times, the nearest or the first place.
    pub location: Option<FoundLocationView>,
}

/// What the offered times are for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundVisitType)]
pub struct FoundVisitTypeView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: VisitTypeId,
    /// What patients read.
    pub name: String,
    /// How long the visit lasts.
    pub duration_minutes: u32,
    /// Whether it happens at a distance.
    pub telehealth: bool,
}

/// One result.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Found)]
pub struct FoundView {
    /// Who.
    pub practitioner: FoundPractitionerView,
    /// What the offered times are for: the first visit type that suits.
    pub visit_type: FoundVisitTypeView,
    /// How far in a straight line, if a place was asked for.
    pub distance_km: Option<f64>,
    /// The next free ones, at most three.
    pub next_slots: Vec<SlotView>,
}

/// How many of all matches have a value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Facet)]
pub struct FacetView {
    /// The value.
    pub value: String,
    /// How many.
    pub count: u32,
}

/// How many are free soon.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FreeWithin)]
pub struct FreeWithinView {
    /// Within so many days.
    pub days: u32,
    /// How many.
    pub count: u32,
}

/// Counts over all matches; languages and sectors as if none had been asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Facets)]
pub struct FacetsView {
    /// Most first, at most 20.
    pub specialties: Vec<FacetView>,
    /// Most first, at most 20.
    pub languages: Vec<FacetView>,
    /// Most first, at most 20.
    pub sectors: Vec<FacetView>,
    /// How many offer visits at a distance.
    pub telehealth: u32,
    /// How many take new patients.
    pub new_patients: u32,
    /// How many have a free time within 1, 3, 7 and 14 days; told when the search begins now, on any day, at any hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_within: Option<Vec<FreeWithinView>>,
}

/// What comes close to a search that found nothing, at most three each.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alternatives)]
pub struct AlternativesView {
    /// The same, later.
    pub later: Vec<FoundView>,
    /// The same, farther away.
    pub farther: Vec<FoundView>,
    /// Visits at a distance, wherever the practitioner is.
    pub telehealth: Vec<FoundView>,
    /// Who matches but has no free time that can be booked, for patients to call; told when somebody was named, or when there
    /// is nothing else.
    pub without_times: Vec<KnownView>,
}

/// Somebody without a free time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Known)]
pub struct KnownView {
    /// Who, with the nearest place or the first.
    pub practitioner: FoundPractitionerView,
    /// How far in a straight line, if a place was asked for.
    pub distance_km: Option<f64>,
}

/// A window of time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Searched)]
pub struct SearchedView {
    /// At or after.
    pub from: Timestamp,
    /// Before.
    pub to: Timestamp,
}

/// A town that may have been meant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OtherTown)]
pub struct OtherTownView {
    /// Its name.
    #[schema(example = "Saint-Denis")]
    pub name: String,
    /// Its first postal code: name and code together name no other town.
    #[schema(example = "97400")]
    pub postal_code: String,
}

/// The town that `place` was understood as.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Town)]
pub struct TownView {
    /// Its name.
    #[schema(example = "Saint-Denis")]
    pub name: String,
    /// Its postal code: the one that was sent, or its first.
    #[schema(example = "93200")]
    pub postal_code: String,
    /// Whether it is called just as was sent; if not, it is a guess.
    pub exact: bool,
    /// Others that may have been meant, the likeliest first: of the same name, or after a guess similar ones.
    pub others: Vec<OtherTownView>,
}

/// The answer to a search.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchResults)]
pub struct SearchView {
    /// Best first, and only those with a free time: near and soon, a day's wait counting as much as 1.5 km.
    pub results: Vec<FoundView>,
    /// How many match and have a free time in the window; unless `notice` says otherwise.
    pub total: u32,
    /// Counts over those.
    pub facets: FacetsView,
    /// The town around which was searched, if `place` was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<TownView>,
    /// When the first page has nothing: what comes close.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<AlternativesView>,
    /// `stale`: nothing is known of changes after `as_of`. `shortened`: `to` lies further ahead than is looked at, `searched`
    /// says until when. `approximate`: nearest first, and the counts do not look at what is free. `incomplete`: likewise, and
    /// not everybody could be looked at in time; ask again in a moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "stale")]
    pub notice: Option<&'static str>,
    /// When was looked: from `from`, or now, until `to`, or as far as is looked at.
    pub searched: SearchedView,
    /// Everything that was committed before this instant is seen.
    pub as_of: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// For the next page; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
