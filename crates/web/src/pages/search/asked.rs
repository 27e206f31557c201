//! What a search page is asked for: read from its address, written into addresses, and put to the domain.
//!
//! Invariant: [`Asked::address`] of what [`Asked::read`] understood leads to the same page. What cannot be understood counts
//! as left out.

use jiff::SignedDuration;
use jiff::civil::{Date, Time, Weekday, time};
use jiff::tz::TimeZone;
use rendez_domain::regions::{Pack, Specialty, search_key};
use rendez_domain::search::{self, Ahead, Cursor, FREE_WITHIN_DAYS, SearchRequest, Town};

use super::super::error::query_value;
use super::super::when;
use crate::api::search::{cursor, request};

/// How many results a page shows.
const RESULTS: u8 = 10;
/// How many days stand side by side beside each result.
pub(super) const DAYS_AHEAD: u8 = 5;
/// How many days are looked at for them: nobody wants to see a weekend on which everybody is closed.
const DAYS_LOOKED_AT: u8 = DAYS_AHEAD + 3;
/// How many times of each day are shown.
pub(super) const STARTS_A_DAY: u8 = 4;
/// The distances that can be chosen, in kilometres.
pub(super) const DISTANCES: [u32; 6] = [5, 10, 30, 50, 100, 300];
/// The distance when none is chosen.
pub(super) const USUAL_DISTANCE: u32 = 30;

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Daytime {
    Morning,
    Afternoon,
    Evening,
}

impl Daytime {
    pub(super) const ALL: [Self; 3] = [Self::Morning, Self::Afternoon, Self::Evening];

    /// The name in addresses and in the keys of texts.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Morning => "morning",
            Self::Afternoon => "afternoon",
            Self::Evening => "evening",
        }
    }

    fn hours(self) -> (Time, Time) {
        match self {
            Self::Morning => (Time::midnight(), time(12, 0, 0, 0)),
            Self::Afternoon => (time(12, 0, 0, 0), time(18, 0, 0, 0)),
            Self::Evening => (time(18, 0, 0, 0), Time::MAX),
        }
    }
}

/// What the search form sends. Everything may be left out or empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Asked {
    pub(super) q: String,
    pub(super) specialty: String,
    pub(super) place: String,
    pub(super) date: String,
    pub(super) distance: Option<u32>,
    pub(super) within: Option<u32>,
    pub(super) days: Vec<Weekday>,
    pub(super) daytime: Option<Daytime>,
    pub(super) telehealth: bool,
    pub(super) new_patients: bool,
    pub(super) language: String,
    pub(super) sector: String,
    pub(super) after: Option<Cursor>,
}

/// Days of the week as addresses name them, from Monday on.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Asked {
    /// Reads the pairs of an address.
    pub(super) fn read(pairs: Vec<(String, String)>) -> Self {
        let mut asked = Self::default();
        for (name, value) in pairs {
            let value = value.trim();
            match name.as_str() {
                "q" => asked.q = value.to_owned(),
                "specialty" => asked.specialty = value.to_owned(),
                "place" => asked.place = value.to_owned(),
                "date" => asked.date = value.to_owned(),
                // The form always sends one; the usual one narrows nothing.
                "distance" => {
                    let known = |km: &u32| DISTANCES.contains(km) && *km != USUAL_DISTANCE;
                    asked.distance = value.parse().ok().filter(known);
                }
                "within" => asked.within = value.parse().ok().filter(|days| FREE_WITHIN_DAYS.contains(days)),
                "days" => asked.days.extend(value.split(',').filter_map(request::weekday)),
                "hours" => asked.daytime = Daytime::ALL.into_iter().find(|daytime| daytime.name() == value),
                "telehealth" => asked.telehealth = value == "true",
                "new" => asked.new_patients = value == "true",
                "language" => asked.language = value.to_owned(),
                "sector" => asked.sector = value.to_owned(),
                "after" => asked.after = cursor::parse(value),
                _ => {}
            }
        }
        asked.days.sort_unstable_by_key(|day| day.to_monday_zero_offset());
        asked.days.dedup();
        asked
    }

    /// The address of the page, from its first result on.
    pub(super) fn address(&self) -> String {
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        let yes = |set: bool| if set { "true".to_owned() } else { String::new() };
        let days: Vec<&str> = self
            .days
            .iter()
            .filter_map(|day| DAYS.get(usize::from(day.to_monday_zero_offset().unsigned_abs())))
            .copied()
            .collect();
        let fields = [
            ("q", self.q.clone()),
            ("specialty", self.specialty.clone()),
            ("place", self.place.clone()),
            ("date", self.date.clone()),
            ("distance", number(self.distance)),
            ("within", number(self.within)),
            ("days", days.join(",")),
            ("hours", self.daytime.map_or("", Daytime::name).to_owned()),
            ("telehealth", yes(self.telehealth)),
            ("new", yes(self.new_patients)),
            ("language", self.language.clone()),
            ("sector", self.sector.clone()),
        ];
        let pairs = fields.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}", query_value(value))).collect();
        format!("/search?{}", query.join("&"))
    }

    /// The address of the waiting list's form for the same, where it is clear what to wait for and around where.
    pub(super) fn waiting(&self, pack: &'static Pack) -> Option<String> {
        let specialty = self.specialty(pack)?.code.clone();
        self.town(pack)?;
        let same = Self { q: String::new(), specialty, after: None, ..self.clone() };
        same.address().strip_prefix("/search").map(|query| format!("/waiting{query}"))
    }

    /// The address of the results behind a place in their order.
    pub(super) fn address_after(&self, after: &Cursor) -> String {
        format!("{}&after={}", self.address(), query_value(&cursor::write(after)))
    }

    /// The same with what names somebody, and nothing that only narrows it.
    pub(super) fn without_filters(&self) -> Self {
        Self {
            q: self.q.clone(),
            specialty: self.specialty.clone(),
            place: self.place.clone(),
            date: self.date.clone(),
            ..Self::default()
        }
    }

    /// How many things narrow it.
    pub(super) fn filters(&self) -> usize {
        usize::from(self.distance.is_some())
            + usize::from(self.within.is_some())
            + usize::from(!self.days.is_empty())
            + usize::from(self.daytime.is_some())
            + usize::from(self.telehealth)
            + usize::from(self.new_patients)
            + usize::from(!self.language.is_empty())
            + usize::from(!self.sector.is_empty())
    }

    /// The specialty that was typed by its whole name in any language of the region, or chosen by its code.
    pub(super) fn specialty(&self, pack: &'static Pack) -> Option<&'static Specialty> {
        self.specialty_typed(pack).or_else(|| pack.specialty(&self.specialty))
    }

    fn specialty_typed(&self, pack: &'static Pack) -> Option<&'static Specialty> {
        let key = search_key(&self.q);
        let named =
            |known: &&Specialty| pack.locales().iter().any(|locale| search_key(known.name(locale)) == key);
        pack.specialties().iter().filter(|_| !key.is_empty()).find(named)
    }

    /// What was typed, if it is more than a specialty's name.
    pub(super) fn typed(&self, pack: &'static Pack) -> Option<&str> {
        (!search_key(&self.q).is_empty() && self.specialty_typed(pack).is_none()).then_some(&self.q)
    }

    /// The town that was typed.
    pub(super) fn town(&self, pack: &'static Pack) -> Option<Town> {
        search::town(pack, &self.place)
    }

    /// What the domain is asked. `now` is only what a choice of days is counted from.
    pub(super) fn request(&self, pack: &'static Pack, now: jiff::Timestamp) -> SearchRequest {
        let zone: &TimeZone = pack.time_zone();
        let specialty = self.specialty(pack);
        let from = self.date.parse::<Date>().ok().map(|date| when::start_of(date, zone));
        let within = self.within.map(|days| SignedDuration::from_hours(24 * i64::from(days)));
        let is_code = |code: &String| code.len() <= 3 && code.bytes().all(|byte| byte.is_ascii_lowercase());
        SearchRequest {
            specialty: specialty.map(|known| known.code.clone()),
            q: self.typed(pack).map(str::to_owned),
            near: self.town(pack).map(|town| (town.place.latitude, town.place.longitude)),
            radius_km: self.distance.map(f64::from),
            from,
            to: within.and_then(|within| from.map_or(now, |from| from.max(now)).checked_add(within).ok()),
            language: Some(self.language.clone()).filter(|code| !code.is_empty()).filter(is_code),
            telehealth: self.telehealth.then_some(true),
            new_patients: self.new_patients.then_some(true),
            sector: pack.sector(&self.sector).map(|sector| sector.code.clone()),
            days: self.days.clone(),
            hours: self.daytime.map(Daytime::hours),
            limit: RESULTS,
            after: self.after,
            ahead: Some(Ahead { days: DAYS_LOOKED_AT, starts: STARTS_A_DAY + 1 }),
            ..SearchRequest::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use rendez_domain::regions::packs;

    use super::*;

    fn asked(query: &str) -> Asked {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Asked::read(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    #[test]
    fn a_town_is_found_by_name_postal_code_or_its_beginning() {
        let town = |place: &str| {
            let asked = Asked { place: place.into(), ..Asked::default() };
            asked.town(&packs()[0]).map(|town| town.place.name.as_str())
        };
        assert_eq!(town("rennes"), Some("Rennes"));
        assert_eq!(town("35000"), Some("Rennes"));
        assert_eq!(town("Ren"), Some("Rennes"));
        assert_eq!(town(""), None);
        assert_eq!(town("zzzz"), None);
    }

    #[test]
    fn a_search_has_an_address_of_its_own() {
        let asked = Asked {
            q: "Le Goff & fils".into(),
            place: "Saint-Malo".into(),
            date: "2026-12-30".into(),
            ..Asked::default()
        };
        assert_eq!(asked.address(), "/search?q=Le%20Goff%20%26%20fils&place=Saint-Malo&date=2026-12-30");
    }

    #[test]
    fn what_an_address_says_is_written_again() {
        let whole = "q=dentiste&place=Rennes&date=2026-12-30&distance=10&within=7&days=sun&days=sat&hours=evening&telehealth=true&new=true&language=br&sector=sector-1";
        let read = asked(whole);
        assert_eq!(read.filters(), 8);
        let query = read.address();
        let again = query.strip_prefix("/search?").expect("an address").replace("%2C", ",");
        assert_eq!(asked(&again), read);
        assert_eq!(read.without_filters().filters(), 0);
        let request = read.request(&packs()[0], jiff::Timestamp::UNIX_EPOCH);
        assert_eq!((request.days.len(), request.radius_km, request.telehealth), (2, Some(10.0), Some(true)));
        assert_eq!(request.hours, Some((time(18, 0, 0, 0), Time::MAX)));
        assert_eq!(request.sector.as_deref(), Some("sector-1"));
    }

    #[test]
    fn what_is_typed_beside_a_chosen_specialty_narrows_it() {
        let request = |query| {
            let request = asked(query).request(&packs()[0], jiff::Timestamp::UNIX_EPOCH);
            (request.specialty, request.q)
        };
        let code = |code: &str| Some(code.to_owned());
        assert_eq!(request("specialty=cardiology&q=Martin"), (code("cardiology"), code("Martin")));
        assert_eq!(request("specialty=cardiology"), (code("cardiology"), None));
        assert_eq!(request("specialty=cardiology&q=dermatologue"), (code("dermatology"), None));
        assert_eq!(request("q=Martin"), (None, code("Martin")));
    }

    #[test]
    fn the_usual_distance_narrows_nothing() {
        let usual = asked("place=Rennes&distance=30");
        assert_eq!((usual.filters(), usual.address()), (0, "/search?place=Rennes".to_owned()));
        assert_eq!(asked("place=Rennes&distance=50").filters(), 1);
    }

    #[test]
    fn a_search_for_a_specialty_near_a_town_becomes_a_wish() {
        let waiting = |query| asked(query).waiting(&packs()[0]);
        assert_eq!(
            waiting("q=dermatologue&place=Rennes&days=sat&hours=evening").as_deref(),
            Some("/waiting?specialty=dermatology&place=Rennes&days=sat&hours=evening")
        );
        assert_eq!(waiting("q=Martin&place=Rennes"), None);
        assert_eq!(waiting("q=dermatologue"), None);
    }

    #[test]
    fn nonsense_counts_as_left_out() {
        let read = asked("distance=7&within=2&days=someday&hours=night&telehealth=perhaps&after=x&zzz=1");
        assert_eq!(read, Asked::default());
        let request = asked("language=%3C%3E&sector=none").request(&packs()[0], jiff::Timestamp::UNIX_EPOCH);
        assert_eq!((request.language, request.sector), (None, None));
    }
}
