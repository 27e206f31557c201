//! The controls that narrow a search, each with what stands in it and how many it leaves.

use rendez_domain::search::{FREE_WITHIN_DAYS, Facet, Facets};

use super::super::page::Link;
use super::super::views::language;
use super::super::visitor::Visitor;
use super::asked::{Asked, DAYS, DISTANCES, Daytime, USUAL_DISTANCE};
use jiff::civil::Weekday;

/// One of several.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// The controls of the form.
pub(super) struct Filters {
    /// How many are set.
    pub(super) set: usize,
    /// The same search without them.
    pub(super) clear: String,
    /// Empty without a place.
    pub(super) distances: Vec<Choice>,
    pub(super) within: Vec<Choice>,
    pub(super) daytimes: Vec<Choice>,
    pub(super) days: Vec<Choice>,
    pub(super) languages: Vec<Choice>,
    pub(super) sectors: Vec<Choice>,
    pub(super) telehealth: Choice,
    pub(super) new_patients: Choice,
}

impl Filters {
    /// The controls of a search with these counts.
    pub(super) fn new(visitor: &Visitor, asked: &Asked, facets: &Facets, around: bool) -> Self {
        let locale = visitor.locale;
        let distance = |km: &u32| Choice {
            value: km.to_string(),
            text: locale.text_with("distance-km", [("km", km.to_string().into())]),
            chosen: asked.distance.unwrap_or(USUAL_DISTANCE) == *km,
        };
        let within = |(at, days): (usize, &u32)| {
            let text = locale.text_with("filter-within-days", [("days", (*days).into())]);
            let count = facets.free_within_days.map(|counts| counts[at]);
            Choice {
                value: days.to_string(),
                text: counted(text, count.filter(|_| asked.within.is_none())),
                chosen: asked.within == Some(*days),
            }
        };
        let daytime = |daytime: Daytime| Choice {
            value: daytime.name().to_owned(),
            text: visitor.t(&format!("filter-{}", daytime.name())),
            chosen: asked.daytime == Some(daytime),
        };
        let day = |(at, name): (usize, &&str)| {
            let weekday = i8::try_from(at).ok().and_then(|at| Weekday::from_monday_zero_offset(at).ok());
            Choice {
                value: (*name).to_owned(),
                text: visitor.t(&format!("weekday-short-{}", at + 1)),
                chosen: weekday.is_some_and(|weekday| asked.days.contains(&weekday)),
            }
        };
        let sector_name = |code: &str| {
            let sector = visitor.ctx.pack.sector(code);
            sector.map_or_else(|| code.to_owned(), |sector| sector.name(locale.tag()).to_owned())
        };
        Self {
            set: asked.filters(),
            clear: asked.without_filters().address(),
            distances: if around { DISTANCES.iter().map(distance).collect() } else { Vec::new() },
            within: FREE_WITHIN_DAYS.iter().enumerate().map(within).collect(),
            daytimes: Daytime::ALL.into_iter().map(daytime).collect(),
            days: DAYS.iter().enumerate().map(day).collect(),
            languages: values(&facets.languages, &asked.language, |code| language(visitor, code)),
            sectors: values(&facets.sectors, &asked.sector, sector_name),
            telehealth: Choice {
                value: "true".to_owned(),
                text: counted(visitor.t("filter-telehealth"), Some(facets.telehealth)),
                chosen: asked.telehealth,
            },
            new_patients: Choice {
                value: "true".to_owned(),
                text: counted(visitor.t("filter-new-patients"), Some(facets.new_patients)),
                chosen: asked.new_patients,
            },
        }
    }
}

/// The values of a facet to choose from, and the one that is chosen even if nobody has it.
fn values(facets: &[Facet], chosen: &str, name: impl Fn(&str) -> String) -> Vec<Choice> {
    let choice = |value: &str, count: Option<u32>| Choice {
        value: value.to_owned(),
        text: counted(name(value), count),
        chosen: value == chosen,
    };
    let mut choices: Vec<Choice> =
        facets.iter().map(|facet| choice(&facet.value, Some(facet.count))).collect();
    if !chosen.is_empty() && !choices.iter().any(|choice| choice.chosen) {
        choices.push(choice(chosen, None));
    }
    choices
}

fn counted(text: String, count: Option<u32>) -> String {
    match count {
        Some(count) => format!("{text} ({count})"),
        None => text,
    }
}

/// The specialties among the matches as searches of their own, for who has not named one.
pub(super) fn specialties(visitor: &Visitor, asked: &Asked, facets: &Facets) -> Vec<Link> {
    const MOST: usize = 8;
    let link = |facet: &Facet| {
        let known = visitor.ctx.pack.specialty(&facet.value)?;
        let asked = Asked { specialty: known.code.clone(), ..asked.clone() };
        Some(Link::new(
            asked.address(),
            counted(known.name(visitor.locale.tag()).to_owned(), Some(facet.count)),
        ))
    };
    match asked.q.is_empty() && asked.specialty.is_empty() && facets.specialties.len() > 1 {
        true => facets.specialties.iter().filter_map(link).take(MOST).collect(),
        false => Vec::new(),
    }
}
