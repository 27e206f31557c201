//! Writes the answer to a search, byte for byte: the busiest answer of all, so it is made in one buffer straight from the
//! profiles as the index keeps them.
//!
//! Invariant: it is the JSON of [`super::view::SearchView`]; a test compares the two.

use std::io::Write;
use std::time::Duration;

use rendez_domain::search::card::{Card, CardLocation};
use rendez_domain::search::{
    Alternatives, FREE_WITHIN_DAYS, Facet, Facets, Found, Known, SearchResults, Town,
};
use rendez_vocab::ids::{LocationId, PractitionerId, SlotId};

use super::cursor;

/// About what a result takes.
const BYTES_PER_RESULT: usize = 1_500;

/// The answer as JSON, with the town that was named.
pub(super) fn write(results: &SearchResults, town: Option<&Town>, took: Duration) -> Vec<u8> {
    let mut json = Json(Vec::with_capacity(1_024 + results.results.len() * BYTES_PER_RESULT));
    json.raw("{\"results\":");
    json.those(&results.results, Json::found);
    json.raw(",\"total\":");
    json.number(results.total);
    json.facets(&results.facets);
    if let Some(town) = town {
        json.town(town);
    }
    if let Some(alternatives) = &results.alternatives {
        json.alternatives(alternatives);
    }
    if let Some(notice) = results.notice {
        json.raw(",\"notice\":");
        json.text(notice.as_str());
    }
    let window = results.window;
    json.shown(format_args!(",\"searched\":{{\"from\":\"{}\",\"to\":\"{}\"}}", window.start(), window.end()));
    json.raw(",\"as_of\":");
    json.shown(format_args!("\"{}\"", results.as_of));
    json.raw(",\"took_ms\":");
    json.thousandths(i64::try_from(took.as_micros()).unwrap_or(i64::MAX));
    if let Some(next) = &results.next {
        json.raw(",\"next_cursor\":");
        json.text(&cursor::write(next));
    }
    json.raw("}");
    json.0
}

struct Json(Vec<u8>);

impl Json {
    fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn shown(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into memory does not fail.
        let _ = self.0.write_fmt(text);
    }

    /// A text in quotes (RFC 8259 section 7).
    fn text(&mut self, text: &str) {
        self.0.push(b'"');
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')) {
            let (plain, special) = rest.split_at(at);
            self.0.extend_from_slice(plain);
            match special[0] {
                b'"' => self.raw("\\\""),
                b'\\' => self.raw("\\\\"),
                control => self.shown(format_args!("\\u{control:04x}")),
            }
            rest = &special[1..];
        }
        self.0.extend_from_slice(rest);
        self.0.push(b'"');
    }

    fn optional_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.raw("null"),
        }
    }

    fn truth(&mut self, value: bool) {
        self.raw(if value { "true" } else { "false" });
    }

    fn number(&mut self, number: impl Into<u64>) {
        let mut number: u64 = number.into();
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.0.extend_from_slice(&digits[at..]);
    }

    /// A number that is given in thousandths.
    fn thousandths(&mut self, number: i64) {
        self.decimal(number, 3);
    }

    /// A number that is given in so many decimals, without the zeros at its end; one decimal at least.
    fn decimal(&mut self, number: i64, decimals: u32) {
        let whole = 10u64.pow(decimals);
        if number < 0 {
            self.0.push(b'-');
        }
        self.number(number.unsigned_abs() / whole);
        self.0.push(b'.');
        let mut rest = number.unsigned_abs() % whole;
        let mut unit = whole / 10;
        loop {
            self.0.push(b'0' + (rest / unit) as u8);
            rest %= unit;
            unit /= 10;
            if rest == 0 || unit == 0 {
                break;
            }
        }
    }

    /// Degrees, as short as they can be told.
    fn degrees(&mut self, degrees: f64) {
        const PER_DEGREE: f64 = 1e7;
        let whole = (degrees * PER_DEGREE).round();
        match whole / PER_DEGREE == degrees && whole.abs() < 1e10 {
            true => self.decimal(whole as i64, 7),
            false => self.shown(format_args!("{degrees}")),
        }
    }

    fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.0.push(b'[');
        for (at, value) in items.iter().enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            item(self, value);
        }
        self.0.push(b']');
    }

    /// A list of those that can be written.
    fn those<T>(&mut self, items: &[T], item: impl Fn(&mut Self, &T) -> Option<()>) {
        self.0.push(b'[');
        let first = self.0.len();
        for value in items {
            let before = self.0.len();
            if before > first {
                self.0.push(b',');
            }
            if item(self, value).is_none() {
                self.0.truncate(before);
            }
        }
        self.0.push(b']');
    }

    /// A result; nothing if its profile cannot be read.
    fn found(&mut self, found: &Found) -> Option<()> {
        let card = found.card()?;
        self.person(found.practitioner, &card, Some(found.location));
        self.raw(",\"visit_type\":");
        self.visit_type(found, &card);
        self.distance(found.metres);
        self.raw(",\"next_slots\":");
        self.slots(found);
        self.raw("}");
        Some(())
    }

    /// Somebody without times; nothing if the profile cannot be read.
    fn known(&mut self, known: &Known) -> Option<()> {
        self.person(known.practitioner, &known.card()?, known.location);
        self.distance(known.metres);
        self.raw("}");
        Some(())
    }

    fn distance(&mut self, metres: Option<u32>) {
        self.raw(",\"distance_km\":");
        match metres {
            Some(metres) => self.thousandths(metres.into()),
            None => self.raw("null"),
        }
    }

    /// The beginning of a result: who, at which place.
    fn person(&mut self, id: PractitionerId, card: &Card<'_>, place: Option<LocationId>) {
        self.raw("{\"practitioner\":{\"id\":\"");
        id.append_to(&mut self.0);
        self.raw("\",\"organization_id\":\"");
        card.organization.append_to(&mut self.0);
        self.raw("\",\"given_name\":");
        self.text(card.given_name);
        self.raw(",\"family_name\":");
        self.text(card.family_name);
        self.raw(",\"specialty\":");
        self.optional_text(card.specialty);
        self.raw(",\"languages\":[");
        for (at, language) in card.languages().enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            self.text(language);
        }
        self.raw("],\"sector\":");
        self.optional_text(card.sector);
        self.raw(",\"phone\":");
        self.optional_text(card.phone);
        self.raw(",\"accepts_new_patients\":");
        self.truth(card.accepts_new_patients);
        self.raw(",\"telehealth\":");
        self.truth(card.telehealth);
        self.raw(",\"location\":");
        match place.and_then(|place| card.location(place)) {
            Some(location) => self.location(&location),
            None => self.raw("null"),
        }
        self.raw("}");
    }

    fn location(&mut self, location: &CardLocation<'_>) {
        self.raw("{\"id\":\"");
        location.id.append_to(&mut self.0);
        self.raw("\",\"name\":");
        self.text(location.name);
        self.raw(",\"line\":");
        self.text(location.line);
        self.raw(",\"postal_code\":");
        self.text(location.postal_code);
        self.raw(",\"city\":");
        self.text(location.city);
        self.raw(",\"country\":");
        self.text(location.country);
        match location.position {
            Some((latitude, longitude)) => {
                self.raw(",\"latitude\":");
                self.degrees(latitude);
                self.raw(",\"longitude\":");
                self.degrees(longitude);
            }
            None => self.raw(",\"latitude\":null,\"longitude\":null"),
        }
        self.raw(",\"time_zone\":");
        self.text(location.time_zone);
        self.raw("}");
    }

    fn visit_type(&mut self, found: &Found, card: &Card<'_>) {
        let known = card.visit_type(found.visit_type);
        self.raw("{\"id\":\"");
        found.visit_type.append_to(&mut self.0);
        self.raw("\",\"name\":");
        self.text(known.map_or("", |known| known.name));
        self.raw(",\"duration_minutes\":");
        self.number(found.duration_minutes);
        self.raw(",\"telehealth\":");
        self.truth(known.is_some_and(|known| known.telehealth));
        self.raw("}");
    }

    fn slots(&mut self, found: &Found) {
        let minutes = i64::from(found.duration_minutes);
        // The ids are the same in each: they are written once and copied.
        let mut ids = 0..0;
        self.list(&found.starts, |json, start| {
            json.raw("{\"id\":\"");
            SlotId::new(found.practitioner, found.visit_type, *start).append_to(&mut json.0);
            json.raw("\",\"start\":\"");
            json.instant(start.as_second());
            json.raw("\",\"end\":\"");
            json.instant(start.as_second() + minutes * 60);
            if !ids.is_empty() {
                return json.0.extend_from_within(ids.clone());
            }
            let from = json.0.len();
            json.raw("\",\"visit_type_id\":\"");
            found.visit_type.append_to(&mut json.0);
            json.raw("\",\"location_id\":\"");
            found.location.append_to(&mut json.0);
            json.raw("\"}");
            ids = from..json.0.len();
        });
    }

    /// A whole second in UTC (RFC 3339).
    fn instant(&mut self, second: i64) {
        let (days, time) = (second.div_euclid(86_400), second.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let mut text = *b"0000-00-00T00:00:00Z";
        let parts = [
            (0, 4, year),
            (5, 2, month),
            (8, 2, day),
            (11, 2, time / 3600),
            (14, 2, time / 60 % 60),
            (17, 2, time % 60),
        ];
        for (at, digits, mut value) in parts {
            for place in (at..at + digits).rev() {
                text[place] = b'0' + (value % 10) as u8;
                value /= 10;
            }
        }
        self.0.extend_from_slice(&text);
    }

    fn facets(&mut self, facets: &Facets) {
        let named = |json: &mut Self, facet: &Facet| {
            json.raw("{\"value\":");
            json.text(&facet.value);
            json.raw(",\"count\":");
            json.number(facet.count);
            json.raw("}");
        };
        self.raw(",\"facets\":{\"specialties\":");
        self.list(&facets.specialties, named);
        self.raw(",\"languages\":");
        self.list(&facets.languages, named);
        self.raw(",\"sectors\":");
        self.list(&facets.sectors, named);
        self.raw(",\"telehealth\":");
        self.number(facets.telehealth);
        self.raw(",\"new_patients\":");
        self.number(facets.new_patients);
        if let Some(counts) = facets.free_within_days {
            self.raw(",\"free_within\":");
            let each: [(u32, u32); 4] = std::array::from_fn(|at| (FREE_WITHIN_DAYS[at], counts[at]));
            self.list(&each, |json, (days, count)| {
                json.raw("{\"days\":");
                json.number(*days);
                json.raw(",\"count\":");
                json.number(*count);
                json.raw("}");
            });
        }
        self.raw("}");
    }

    fn town(&mut self, town: &Town) {
        self.raw(",\"place\":{\"name\":");
        self.text(&town.place.name);
        self.raw(",\"postal_code\":");
        self.text(town.postal_code);
        self.raw(",\"exact\":");
        self.truth(town.exact);
        self.raw(",\"others\":");
        self.list(&town.others, |json, other| {
            json.raw("{\"name\":");
            json.text(&other.name);
            json.raw(",\"postal_code\":");
            json.text(&other.postal_code);
            json.raw("}");
        });
        self.raw("}");
    }

    fn alternatives(&mut self, alternatives: &Alternatives) {
        self.raw(",\"alternatives\":{\"later\":");
        self.those(&alternatives.later, Self::found);
        self.raw(",\"farther\":");
        self.those(&alternatives.farther, Self::found);
        self.raw(",\"telehealth\":");
        self.those(&alternatives.telehealth, Self::found);
        self.raw(",\"without_times\":");
        self.those(&alternatives.without_times, Self::known);
        self.raw("}");
    }
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar. March is taken for the first month, so
/// that the leap day is a year's last.
fn civil(days: i64) -> (i64, i64, i64) {
    const ERA: i64 = 146_097; // days of 400 years
    let from_march_0 = days + 719_468;
    let (era, day_of_era) = (from_march_0.div_euclid(ERA), from_march_0.rem_euclid(ERA));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rendez_domain::regions::packs;
    use rendez_domain::search::card::{self, CardSource, CardVisitType};
    use rendez_domain::search::{Cursor, Notice, Source, town};
    use rendez_vocab::TimeRange;
    use rendez_vocab::ids::{OrganizationId, VisitTypeId};
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::super::view::{
        AlternativesView, FacetView, FacetsView, FoundLocationView, FoundPractitionerView, FoundView,
        FoundVisitTypeView, FreeWithinView, KnownView, OtherTownView, SearchView, SearchedView, TownView,
    };
    use super::*;
    use crate::api::slots::SlotView;

    fn found(number: u128) -> Found {
        let awkward = ["", "a \"quoted\" name\\", "tab\tand\u{1}control", "Œuvre d’été 🩺"];
        let name = awkward[number as usize % awkward.len()];
        let id = |kind: u128| Uuid::from_u128(number << 100 | kind << 64 | number.wrapping_mul(0x9e37_79b9));
        let place = CardLocation {
            id: LocationId::from_uuid(id(1)),
            name,
            line: "2 place des Lices",
            postal_code: "35000",
            city: "Rennes",
            country: "FR",
            position: match number % 4 {
                0 => None,
                1 => Some((48.1147, -1.6794)),
                2 => Some((-0.000_000_1, 180.0)),
                _ => Some((0.1 + 0.2, -1e-9)),
            },
            time_zone: "Europe/Paris",
        };
        let visit_type = CardVisitType {
            id: VisitTypeId::from_uuid(id(2)),
            name,
            duration_minutes: 15 + number as u32,
            telehealth: number % 2 == 1,
        };
        let source = CardSource {
            organization: OrganizationId::from_uuid(id(3)),
            given_name: "Hélène",
            family_name: name,
            specialty: (!number.is_multiple_of(3)).then_some("cardiology"),
            sector: (number % 3 > 1).then_some("sector-1"),
            phone: (!number.is_multiple_of(2)).then_some("+33299000000"),
            accepts_new_patients: number.is_multiple_of(2),
            telehealth: number.is_multiple_of(3),
            languages: ["fr", "br", "en"][..number as usize % 4].to_vec(),
            locations: vec![place],
            visit_types: vec![visit_type],
        };
        let start = |nth: i64| Timestamp::from_second(1_709_164_800 + nth * 86_400 * 37 + nth).expect("near");
        Found {
            practitioner: PractitionerId::from_uuid(id(4)),
            profile: card::encode(&source).into(),
            location: place.id,
            visit_type: visit_type.id,
            duration_minutes: visit_type.duration_minutes,
            metres: [None, Some(0), Some(7), Some(1_234_560)][number as usize % 4],
            starts: (0..number as i64 % 4).map(start).collect(),
            ahead: Vec::new(),
        }
    }

    fn person(id: PractitionerId, card: &Card<'_>, place: Option<CardLocation<'_>>) -> FoundPractitionerView {
        let location = place.map(|place| FoundLocationView {
            id: place.id,
            name: place.name.into(),
            line: place.line.into(),
            postal_code: place.postal_code.into(),
            city: place.city.into(),
            country: place.country.into(),
            latitude: place.position.map(|(latitude, _)| latitude),
            longitude: place.position.map(|(_, longitude)| longitude),
            time_zone: place.time_zone.into(),
        });
        FoundPractitionerView {
            id,
            organization_id: card.organization,
            given_name: card.given_name.into(),
            family_name: card.family_name.into(),
            specialty: card.specialty.map(Into::into),
            languages: card.languages().map(Into::into).collect(),
            sector: card.sector.map(Into::into),
            phone: card.phone.map(Into::into),
            accepts_new_patients: card.accepts_new_patients,
            telehealth: card.telehealth,
            location,
        }
    }

    fn view(found: &Found) -> FoundView {
        let card = found.card().expect("our own card");
        let visit_type = card.visit_type(found.visit_type).expect("on the card");
        FoundView {
            practitioner: person(found.practitioner, &card, card.location(found.location)),
            visit_type: FoundVisitTypeView {
                id: visit_type.id,
                name: visit_type.name.into(),
                duration_minutes: visit_type.duration_minutes,
                telehealth: visit_type.telehealth,
            },
            distance_km: found.metres.map(|metres| f64::from(metres) / 1000.0),
            next_slots: found
                .starts
                .iter()
                .map(|start| SlotView {
                    id: SlotId::new(found.practitioner, found.visit_type, *start),
                    start: *start,
                    end: *start + jiff::SignedDuration::from_mins(found.duration_minutes.into()),
                    visit_type_id: found.visit_type,
                    location_id: found.location,
                })
                .collect(),
        }
    }

    fn known(number: u128) -> Known {
        let Found { practitioner, profile, location, metres, .. } = found(number);
        Known { practitioner, profile, location: (number < 5).then_some(location), metres }
    }

    fn results(count: u128) -> SearchResults {
        let facet = |value: &'static str| Facet { value: value.into(), count: count as u32 };
        let alternatives = Alternatives {
            later: vec![found(1)],
            farther: Vec::new(),
            telehealth: vec![found(2), found(3)],
            without_times: vec![known(4), known(5)],
        };
        SearchResults {
            results: (0..count).map(found).collect(),
            total: 4_000_000_000,
            facets: Facets {
                specialties: vec![facet("cardiology"), facet("general-practice")],
                languages: vec![facet("fr")],
                sectors: Vec::new(),
                telehealth: 0,
                new_patients: 10,
                free_within_days: count.is_multiple_of(2).then_some([1, 2, 30, 400]),
            },
            next: (count > 2).then(|| Cursor::Nearest {
                metres: 7,
                practitioner: PractitionerId::from_uuid(Uuid::from_u128(5)),
            }),
            window: TimeRange::new(
                Timestamp::new(1_795_000_000, 500_000).expect("near"),
                Timestamp::from_second(1_796_000_000).expect("near"),
            )
            .expect("a window"),
            as_of: Timestamp::new(1_795_000_000, 120_000_000).expect("near"),
            source: Source::Index,
            notice: (count > 3).then_some(Notice::Stale),
            alternatives: (count == 0).then_some(alternatives),
        }
    }

    fn described(results: &SearchResults, town: Option<&Town>, took_ms: f64) -> SearchView {
        let views = |found: &[Found]| found.iter().map(view).collect::<Vec<_>>();
        let facets = |facets: &[Facet]| {
            facets
                .iter()
                .map(|facet| FacetView { value: facet.value.to_string(), count: facet.count })
                .collect()
        };
        let free_within = |counts: [u32; 4]| {
            FREE_WITHIN_DAYS
                .iter()
                .zip(counts)
                .map(|(days, count)| FreeWithinView { days: *days, count })
                .collect()
        };
        SearchView {
            results: views(&results.results),
            total: results.total,
            facets: FacetsView {
                specialties: facets(&results.facets.specialties),
                languages: facets(&results.facets.languages),
                sectors: facets(&results.facets.sectors),
                telehealth: results.facets.telehealth,
                new_patients: results.facets.new_patients,
                free_within: results.facets.free_within_days.map(free_within),
            },
            place: town.map(|town| TownView {
                name: town.place.name.clone(),
                postal_code: town.postal_code.to_owned(),
                exact: town.exact,
                others: town
                    .others
                    .iter()
                    .map(|other| OtherTownView {
                        name: other.name.clone(),
                        postal_code: other.postal_code.clone(),
                    })
                    .collect(),
            }),
            alternatives: results.alternatives.as_ref().map(|alternatives| AlternativesView {
                later: views(&alternatives.later),
                farther: views(&alternatives.farther),
                telehealth: views(&alternatives.telehealth),
                without_times: alternatives
                    .without_times
                    .iter()
                    .map(|known| {
                        let card = known.card().expect("our own card");
                        let place = known.location.and_then(|place| card.location(place));
                        let practitioner = person(known.practitioner, &card, place);
                        KnownView {
                            practitioner,
                            distance_km: known.metres.map(|metres| f64::from(metres) / 1000.0),
                        }
                    })
                    .collect(),
            }),
            notice: results.notice.map(Notice::as_str),
            searched: SearchedView { from: results.window.start(), to: results.window.end() },
            as_of: results.as_of,
            took_ms,
            next_cursor: results.next.as_ref().map(cursor::write),
        }
    }

    #[test]
    fn the_bytes_are_the_json_of_the_description() {
        for count in [0, 1, 2, 3, 25] {
            let results = results(count);
            let place = if count == 1 { "Saint-Denis" } else { "Renes" };
            let town = (count < 3).then(|| town(&packs()[0], place).expect("a town"));
            let written = write(&results, town.as_ref(), Duration::from_micros(41));
            let written: Value = serde_json::from_slice(&written).expect("JSON");
            let described = serde_json::to_value(described(&results, town.as_ref(), 0.041)).expect("JSON");
            assert_eq!(written, described);
        }
    }

    #[test]
    fn a_profile_that_cannot_be_read_is_left_out() {
        let broken = || Found { profile: Box::from([0xff_u8; 3]), ..found(1) };
        assert!(broken().card().is_none());
        for (found, ids) in [
            (vec![broken(), found(1), broken(), found(2), broken()], 2),
            (vec![broken(), broken()], 0),
            (vec![found(1), found(2), broken()], 2),
        ] {
            let results = SearchResults { results: found, ..results(1) };
            let written: Value =
                serde_json::from_slice(&write(&results, None, Duration::ZERO)).expect("JSON");
            let written = written["results"].as_array().expect("a list");
            assert_eq!(written.iter().filter(|found| found["practitioner"]["id"].is_string()).count(), ids);
            assert_eq!(written.len(), ids);
        }
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let told = |degrees: f64| {
            let mut json = Json(Vec::new());
            json.degrees(degrees);
            String::from_utf8(json.0).expect("text")
        };
        for (degrees, text) in
            [(48.1147, "48.1147"), (-1.0, "-1.0"), (0.0, "0.0"), (0.3, "0.3"), (1e-7, "0.0000001")]
        {
            assert_eq!(told(degrees), text);
        }
        assert_eq!(told(0.1 + 0.2), "0.30000000000000004");
    }

    #[test]
    fn instants_are_those_of_the_calendar() {
        for second in (-5_000_000_000..9_000_000_000).step_by(86_400 * 11 + 3_601) {
            let mut json = Json(Vec::new());
            json.instant(second);
            let expected = Timestamp::from_second(second).expect("near").to_string();
            assert_eq!(String::from_utf8(json.0).expect("text"), expected);
        }
        let mut json = Json(Vec::new());
        json.text("\u{7f}\u{0}\n");
        let back: Value = serde_json::from_slice(&json.0).expect("JSON");
        assert_eq!(back, json!("\u{7f}\u{0}\n"));
    }
}
