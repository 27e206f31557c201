//! Days side by side, as columns of open time, absences, empty cells and visits.
//!
//! Invariant: a column stands on its own place's clock, and columns of one grid share it; places in other zones have a
//! grid of their own. It reads nothing: a reading of the agenda goes in, a page's parts come out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rendez_domain::agenda::{Reading, Visit};
use rendez_domain::booking::Status;
use rendez_domain::directory::{Practitioner, Room};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AppointmentId, LocationId};

use super::super::views::{name_of, status_text, telephone};
use super::super::visitor::Visitor;
use super::super::when;
use super::asked::{Question, View, zone_of};
use super::place::{Stretch, lanes, shown_hours};

/// How far empty cells are apart.
const CELL_MINUTES: i64 = 15;
/// How far they are apart where weeks stand side by side, in up to 42 columns.
const WEEKS_CELL_MINUTES: i64 = 30;
/// Visits that stand side by side at most, as `agenda.css` has lanes.
const MOST_LANES: usize = 6;
/// Colours of visit types in the style sheet.
const COLOURS: usize = 8;

/// Days side by side on one clock.
pub(super) struct Grid {
    /// The zone's name where it is not the region's own.
    pub(super) zone: String,
    pub(super) length: String,
    pub(super) hours: Vec<Mark>,
    pub(super) columns: Vec<Column>,
    /// The hours shown, as an address writes them.
    pub(super) span: String,
}

/// A text at a place.
pub(super) struct Mark {
    pub(super) place: String,
    pub(super) text: String,
}

/// A day of a practitioner or of a room.
pub(super) struct Column {
    pub(super) key: String,
    /// Whose changes concern it; empty for a room, which any may.
    pub(super) practitioner: String,
    /// What it is, for whoever hears the page.
    pub(super) label: String,
    pub(super) heading: String,
    pub(super) detail: String,
    /// Where the heading leads.
    pub(super) href: String,
    pub(super) today: bool,
    /// A day begins with it, beside others of the same day.
    pub(super) leads: bool,
    /// A public holiday, or that the clocks change.
    pub(super) notes: Vec<String>,
    /// Unix seconds of its first instant.
    pub(super) start: i64,
    pub(super) minutes: i64,
    pub(super) open: Vec<String>,
    pub(super) shut: Vec<Mark>,
    pub(super) cells: Vec<Cell>,
    pub(super) visits: Vec<Block>,
    pub(super) now: Option<String>,
}

/// Time that nothing takes.
pub(super) struct Cell {
    pub(super) place: String,
    pub(super) href: String,
    pub(super) time: String,
    pub(super) spoken: String,
    /// Unix seconds.
    pub(super) start: i64,
}

/// A visit.
pub(super) struct Block {
    pub(super) id: String,
    pub(super) place: String,
    /// Further classes: colour, status.
    pub(super) looks: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) patient: String,
    pub(super) phone: String,
    /// What is shown after the patient: the visit type, and in a room also with whom.
    pub(super) about: String,
    pub(super) reason: String,
    /// What stands behind it: held until when, arrived, overbooked.
    pub(super) state: String,
    pub(super) start: i64,
    pub(super) minutes: i64,
    pub(super) version: i64,
    pub(super) can_move: bool,
}

/// A colour with the visit type that has it.
pub(super) struct Colour {
    pub(super) class: String,
    pub(super) name: String,
}

/// What one column is about.
#[derive(Clone, Copy)]
enum Whose<'a> {
    Person(&'a Practitioner),
    Room(&'a Room),
}

struct Ask<'a> {
    whose: Whose<'a>,
    date: Date,
    zone_name: &'a str,
    zone: TimeZone,
}

/// What every column is made with.
pub(super) struct Maker<'a> {
    visitor: &'a Visitor,
    question: &'a Question,
    reading: &'a Reading,
    /// Everybody whose visits may be shown, also in shared rooms.
    people: Vec<&'a Practitioner>,
    colours: BTreeMap<&'a str, usize>,
    /// What empty cells are called where it is open, away and closed: there are up to a thousand.
    cell_words: [String; 3],
    fresh: Option<AppointmentId>,
}

impl<'a> Maker<'a> {
    /// `colleagues` are those who share the rooms, `fresh` is the visit that something was just done to.
    pub(super) fn new(
        visitor: &'a Visitor,
        question: &'a Question,
        reading: &'a Reading,
        colleagues: &'a [Practitioner],
        fresh: Option<AppointmentId>,
    ) -> Self {
        let people: Vec<&Practitioner> = colleagues.iter().chain(&question.people).collect();
        let mut colours = BTreeMap::new();
        for visit_type in people.iter().flat_map(|person| &person.visit_types) {
            let next = colours.len() % COLOURS;
            colours.entry(visit_type.name.as_str()).or_insert(next);
        }
        let cell_words =
            ["agenda-cell-free", "agenda-cell-away", "agenda-cell-closed"].map(|key| visitor.t(key));
        Self { visitor, question, reading, people, colours, cell_words, fresh }
    }

    /// The grids of a day or a week; `None` if visits lie outside the hours that were asked for.
    pub(super) fn grids(&self, zones: &BTreeMap<LocationId, String>) -> Option<Vec<Grid>> {
        let asks = self.asks(zones);
        let mut names: Vec<&str> = Vec::new();
        for ask in &asks {
            if !names.contains(&ask.zone_name) {
                names.push(ask.zone_name);
            }
        }
        names
            .into_iter()
            .map(|zone| self.grid(zone, asks.iter().filter(|ask| ask.zone_name == zone).collect()))
            .collect()
    }

    /// The colours that visits of this page have.
    pub(super) fn legend(&self) -> Vec<Colour> {
        let shown: Vec<&str> = self.reading.visits.iter().map(|visit| self.type_name(visit)).collect();
        let used = self.colours.iter().filter(|(name, _)| shown.contains(*name));
        used.map(|(name, colour)| Colour { class: format!("t{colour}"), name: (*name).to_owned() }).collect()
    }

    fn asks<'b>(&'b self, zones: &'b BTreeMap<LocationId, String>) -> Vec<Ask<'b>> {
        let ask = |whose, date, zone_name: &'b str| Ask {
            whose,
            date,
            zone_name,
            zone: when::zone_named(zone_name),
        };
        let usual = self.visitor.ctx.pack.time_zone_name();
        let zone_of_room = |room: &Room| zones.get(&room.location).map_or(usual, String::as_str);
        let people = self.question.people.iter().map(|person| (Whose::Person(person), zone_of(person)));
        let rooms = self.question.rooms.iter().map(|room| (Whose::Room(room), zone_of_room(room)));
        if self.question.view == View::Week {
            let monday = when::monday_of(self.question.date);
            let all: Vec<_> = people.chain(rooms).collect();
            let on =
                |day| all.iter().map(move |(whose, zone)| ask(*whose, when::days_after(monday, day), zone));
            return (0..7).flat_map(on).collect();
        }
        people.chain(rooms).map(|(whose, zone)| ask(whose, self.question.date, zone)).collect()
    }

    fn grid(&self, zone_name: &str, asks: Vec<&Ask<'_>>) -> Option<Grid> {
        let hours = asks.iter().filter_map(|ask| {
            let day = Stretch::new(ask.date, &ask.zone, (0, 24))?;
            let visits = self.visits_of(&ask.whose).map(|visit| visit.appointment.range);
            day.hours_of(visits.chain(self.open_ranges(&ask.whose)))
        });
        let needed = shown_hours(hours);
        let shown = match (self.question.whole_day, self.question.span) {
            (true, _) => (0, 24),
            (false, Some(span)) if span.0 > needed.0 || span.1 < needed.1 => return None,
            (false, Some(span)) => span,
            (false, None) => needed,
        };
        let columns: Vec<(&Ask<'_>, Stretch)> = asks
            .into_iter()
            .filter_map(|ask| Some((ask, Stretch::new(ask.date, &ask.zone, shown)?)))
            .collect();
        let longest =
            columns.iter().map(|(_, stretch)| stretch).max_by_key(|stretch| stretch.range.duration());
        let usual = columns.iter().map(|(_, stretch)| stretch).find(|stretch| !stretch.changes);
        let axis = usual.or(longest)?;
        let marks = axis.pieces(60).into_iter().filter_map(|piece| {
            Some(Mark { place: axis.point(piece.start())?, text: axis.clock(piece.start()) })
        });
        Some(Grid {
            zone: when::zone_name(zone_name, self.visitor.ctx.pack.time_zone_name()),
            length: longest?.length(),
            hours: marks.collect(),
            columns: columns.iter().map(|(ask, stretch)| self.column(ask, stretch)).collect(),
            span: format!("{}-{}", shown.0, shown.1),
        })
    }

    fn column(&self, ask: &Ask<'_>, stretch: &Stretch) -> Column {
        let visits: Vec<&Visit> = self
            .visits_of(&ask.whose)
            .filter(|visit| visit.appointment.range.overlaps(stretch.range))
            .collect();
        let mut taken: Vec<TimeRange> = visits.iter().map(|visit| visit.appointment.range).collect();
        let open: Vec<TimeRange> = self.open_ranges(&ask.whose).collect();
        let sides = lanes(&taken, MOST_LANES);
        let now = self.reading.as_of;
        let locale = self.visitor.locale;
        let (id, practitioner) = match ask.whose {
            Whose::Person(person) => (person.id.to_string(), person.id.to_string()),
            Whose::Room(room) => (room.id.to_string(), String::new()),
        };
        let week_of = self.question.week_of(&id);
        let name = match ask.whose {
            Whose::Person(person) => name_of(person),
            Whose::Room(room) => room.name.clone(),
        };
        let weeks = self.question.has_weeks_side_by_side();
        let leads = weeks && self.question.leader == id;
        let (key, heading, detail, href) = match ask.whose {
            _ if self.question.view == View::Week => (
                format!("{id}_{}", ask.date),
                match weeks {
                    true => when::day_of_week(locale, ask.date),
                    false => when::date_short(locale, ask.date),
                },
                match weeks {
                    true => name.clone(),
                    false => locale.text_with("day-total", [("count", visits.len().into())]),
                },
                self.question.at(View::Day, ask.date),
            ),
            Whose::Person(person) => (id, name.clone(), self.specialty(person), week_of),
            Whose::Room(_) => (id, name.clone(), self.visitor.t("agenda-room"), week_of),
        };
        let label = if weeks { format!("{heading}, {name}") } else { heading.clone() };
        let blocks = visits
            .iter()
            .zip(&sides)
            .filter_map(|(visit, side)| self.block(visit, *side, ask, stretch))
            .collect();
        taken.sort_unstable();
        let cells = match &ask.whose {
            Whose::Person(person) => self.cells(person, stretch, &taken, &open),
            Whose::Room(_) => Vec::new(),
        };
        Column {
            key,
            practitioner,
            label,
            heading,
            detail,
            href,
            leads,
            today: ask.zone.to_datetime(now).date() == ask.date,
            notes: self.notes(ask, stretch),
            start: stretch.range.start().as_second(),
            minutes: stretch.range.duration().as_mins(),
            open: open.iter().filter_map(|range| stretch.place(*range)).collect(),
            shut: self.shut(ask, stretch),
            cells,
            visits: blocks,
            now: stretch.point(now),
        }
    }

    /// The visits that take the time of a column, by start.
    fn visits_of<'b>(&'b self, whose: &'b Whose<'b>) -> impl Iterator<Item = &'b Visit> {
        self.reading.visits.iter().filter(move |visit| {
            let visit = &visit.appointment;
            visit.status != Status::Cancelled
                && match whose {
                    Whose::Person(person) => visit.practitioner == person.id,
                    Whose::Room(room) => visit.room == Some(room.id),
                }
        })
    }

    fn open_ranges<'b>(&'b self, whose: &'b Whose<'b>) -> impl Iterator<Item = TimeRange> {
        self.reading
            .opened
            .iter()
            .filter(move |opened| matches!(whose, Whose::Person(person) if person.id == opened.practitioner))
            .flat_map(|opened| opened.ranges.iter().map(|open| open.range))
    }

    /// Absences and closures, with their reasons.
    fn shut(&self, ask: &Ask<'_>, stretch: &Stretch) -> Vec<Mark> {
        let Whose::Person(person) = &ask.whose else { return Vec::new() };
        let text = |reason: &Option<String>, usual: &str| match reason {
            Some(reason) if !reason.is_empty() => reason.clone(),
            _ => self.visitor.t(usual),
        };
        let away =
            self.reading.absences.iter().filter(|absence| absence.practitioner == person.id).filter_map(
                |absence| {
                    let place = stretch.place(absence.range)?;
                    Some(Mark { place, text: text(&absence.reason, "agenda-away") })
                },
            );
        let closed =
            self.reading.closings.iter().filter(|closing| closing.practitioner == person.id).filter_map(
                |closing| {
                    let at =
                        |wall: jiff::civil::DateTime| Some(wall.to_zoned(ask.zone.clone()).ok()?.timestamp());
                    let range = TimeRange::new(at(closing.starts)?, at(closing.ends)?).ok()?;
                    let place = stretch.place(range)?;
                    Some(Mark { place, text: text(&closing.reason, "agenda-closed") })
                },
            );
        closed.chain(away).collect()
    }

    fn notes(&self, ask: &Ask<'_>, stretch: &Stretch) -> Vec<String> {
        let mut notes = Vec::new();
        let opened = match &ask.whose {
            Whose::Person(person) => {
                self.reading.opened.iter().find(|opened| opened.practitioner == person.id)
            }
            Whose::Room(_) => None,
        };
        if opened.is_some_and(|opened| opened.schedule.holidays.contains(ask.date)) {
            let year = ask.date.year();
            let holidays = self.visitor.ctx.pack.holidays(year..=year);
            let name = holidays.iter().find(|(date, _)| *date == ask.date);
            notes.extend(name.map(|(_, name)| name.get(self.visitor.locale.tag()).to_owned()));
        }
        if stretch.changes {
            notes.push(self.visitor.t("agenda-clocks-change"));
        }
        notes
    }

    /// Time that no visit takes, in pieces. A piece that a visit begins or ends in is shorter.
    fn cells(
        &self,
        person: &Practitioner,
        stretch: &Stretch,
        taken: &[TimeRange],
        open: &[TimeRange],
    ) -> Vec<Cell> {
        let weeks = self.question.has_weeks_side_by_side();
        let pieces = stretch.pieces(if weeks { WEEKS_CELL_MINUTES } else { CELL_MINUTES });
        let left = pieces.iter().filter_map(|piece| piece.minus(taken).into_iter().next());
        let away = |at: Timestamp| {
            let mut absences = self.reading.absences.iter();
            absences.any(|absence| absence.practitioner == person.id && absence.range.contains_instant(at))
        };
        left.filter_map(|free| {
            let start = free.start();
            let [is_open, is_away, is_closed] = &self.cell_words;
            let spoken = match open.iter().any(|range| range.contains_instant(start)) {
                true => is_open,
                false if away(start) => is_away,
                false => is_closed,
            };
            let href = match self.question.moving {
                Some(visit) => {
                    format!("/practice/visits/{visit}/move?practitioner={}&start={start}", person.id)
                }
                None => format!("/practice/book?practitioner={}&start={start}", person.id),
            };
            Some(Cell {
                place: stretch.place(free)?,
                href,
                time: stretch.clock(start),
                spoken: spoken.clone(),
                start: start.as_second(),
            })
        })
        .collect()
    }

    fn block(
        &self,
        visit: &Visit,
        (lane, of): (usize, usize),
        ask: &Ask<'_>,
        stretch: &Stretch,
    ) -> Option<Block> {
        let booked = &visit.appointment;
        let begun = booked.range.start() <= self.reading.as_of;
        let type_name = self.type_name(visit);
        let about = match &ask.whose {
            Whose::Person(_) => type_name.to_owned(),
            Whose::Room(_) => self.person(visit).map_or_else(|| type_name.to_owned(), name_of),
        };
        let struck = booked.status == Status::Booked
            && self.reading.absences.iter().any(|absence| {
                absence.practitioner == booked.practitioner && absence.range.overlaps(booked.range)
            });
        let mut looks = format!("l{lane} w{of} is-{}", booked.status.as_str());
        if let Some(colour) = self.colours.get(type_name) {
            looks.push_str(&format!(" t{colour}"));
        }
        for (class, holds) in [
            ("short", booked.range.duration().as_mins() < 25),
            ("overbooked", booked.overbook_reason.is_some()),
            ("struck", struck),
            ("fresh", self.fresh == Some(booked.id)),
            ("moving", self.question.moving == Some(booked.id)),
        ] {
            if holds {
                looks.push(' ');
                looks.push_str(class);
            }
        }
        Some(Block {
            id: booked.id.to_string(),
            place: stretch.place(booked.range)?,
            looks,
            from: stretch.clock(booked.range.start()),
            until: stretch.clock(booked.range.end()),
            patient: format!("{} {}", visit.given_name, visit.family_name),
            phone: visit.phone.as_deref().map(|phone| telephone(self.visitor, phone)).unwrap_or_default(),
            about,
            reason: booked.reason.clone().unwrap_or_default(),
            state: self.state(visit, struck, stretch),
            start: booked.range.start().as_second(),
            minutes: booked.range.duration().as_mins(),
            version: booked.version,
            can_move: matches!(booked.status, Status::Held | Status::Booked)
                && !begun
                && matches!(ask.whose, Whose::Person(_)),
        })
    }

    fn state(&self, visit: &Visit, struck: bool, stretch: &Stretch) -> String {
        let booked = &visit.appointment;
        let mut words = match (booked.status, booked.hold_expires_at) {
            (Status::Held, Some(until)) => {
                vec![self.visitor.locale.text_with("agenda-held", [("time", stretch.clock(until).into())])]
            }
            (status, _) => vec![status_text(self.visitor, status)],
        };
        if booked.overbook_reason.is_some() {
            words.push(self.visitor.t("day-overbooked"));
        }
        if struck {
            words.push(self.visitor.t("day-struck"));
        }
        words.join(", ")
    }

    fn person(&self, visit: &Visit) -> Option<&'a Practitioner> {
        self.people.iter().find(|person| person.id == visit.appointment.practitioner).copied()
    }

    fn type_name(&self, visit: &Visit) -> &'a str {
        let visit_types = self.person(visit).map(|person| &person.visit_types);
        let known = visit_types.and_then(|all| all.iter().find(|one| one.id == visit.appointment.visit_type));
        known.map_or("", |known| known.name.as_str())
    }

    fn specialty(&self, person: &Practitioner) -> String {
        let code = person.specialty.as_deref();
        let specialty = code.and_then(|code| self.visitor.ctx.pack.specialty(code));
        specialty.map(|known| known.name(self.visitor.locale.tag()).to_owned()).unwrap_or_default()
    }
}
