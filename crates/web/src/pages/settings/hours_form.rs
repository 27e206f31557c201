//! The form of opening hours: rows that can be added and taken away without a script.
//!
//! Fields are `rule-3-starts`, `closure-0-reason`; `rules` and `closures` say how many there may be. Invariant: a row
//! comes back as it was typed; hours come out only if every row is right.

use jiff::civil::{Date, DateTime, Time, Weekday};
use rendez_domain::directory::{Location, OpeningHours, Practitioner, WeeklyOpening};
use rendez_vocab::ids::{LocationId, VisitTypeId};
use sha2::{Digest, Sha256};

use crate::pages::fields::{Choice, Field, wrongs};
use crate::pages::form::Posted;
use crate::pages::views::address;
use crate::pages::visitor::Visitor;
use crate::pages::when;

/// As many as the API takes.
const MOST_RULES: usize = 200;
const MOST_CLOSURES: usize = 500;

/// A weekly rule.
pub(super) struct RuleRow {
    pub(super) number: usize,
    pub(super) heading: String,
    /// Weekday, start, end, and the place where there is a choice.
    pub(super) fields: Vec<Field>,
    /// Every how many weeks, from and until when.
    pub(super) rarely: Vec<Field>,
    /// For which visit types; none for all.
    pub(super) visit_types: Vec<Field>,
    /// Something unusual stands in the part that is usually closed.
    pub(super) unusual: bool,
}

/// A closure.
pub(super) struct ClosureRow {
    pub(super) number: usize,
    pub(super) fields: Vec<Field>,
}

/// The whole form.
pub(super) struct HoursForm {
    pub(super) rules: Vec<RuleRow>,
    pub(super) closures: Vec<ClosureRow>,
    pub(super) holidays: Field,
    /// An empty row of each, for the script.
    pub(super) blank_rule: RuleRow,
    pub(super) blank_closure: ClosureRow,
}

/// What the rows may refer to.
pub(super) struct Around<'a> {
    visitor: &'a Visitor,
    person: &'a Practitioner,
    locations: &'a [Location],
}

impl<'a> Around<'a> {
    pub(super) const fn new(
        visitor: &'a Visitor,
        person: &'a Practitioner,
        locations: &'a [Location],
    ) -> Self {
        Self { visitor, person, locations }
    }

    fn rule(&self, number: usize, value: impl Fn(&str) -> String) -> RuleRow {
        let t = |key: &str| self.visitor.t(key);
        let name = |part: &str| format!("rule-{number}-{part}");
        let weekdays =
            (1..=7).map(|day| Choice::new(day.to_string(), self.visitor.t(&format!("weekday-{day}"))));
        let mut fields = vec![
            Field::new("select", name("weekday"), t("hours-weekday"), value("weekday"))
                .one_of(weekdays.collect()),
            Field::new("time", name("starts"), t("hours-starts"), value("starts")).required(),
            Field::new("time", name("ends"), t("hours-ends"), value("ends")).required(),
        ];
        if self.locations.len() > 1 {
            let places = self.locations.iter().map(|place| {
                let text = if place.name.is_empty() || place.name == "—" {
                    address(place)
                } else {
                    place.name.clone()
                };
                Choice::new(place.id.to_string(), text)
            });
            fields.push(
                Field::new("select", name("location"), t("hours-location"), value("location"))
                    .one_of(places.collect()),
            );
        }
        let weeks = Some(value("weeks")).filter(|weeks| !weeks.is_empty()).unwrap_or_else(|| "1".to_owned());
        let rarely = vec![
            Field::new("number", name("weeks"), t("hours-weeks"), weeks.as_str()).within(1, 52),
            Field::new("date", name("from"), t("hours-from"), value("from")),
            Field::new("date", name("until"), t("hours-until"), value("until")),
        ];
        let visit_types: Vec<Field> = self
            .person
            .visit_types
            .iter()
            .map(|known| {
                let part = format!("type-{}", known.id);
                let chosen = value(&part);
                Field::new("check", name(&part), known.name.clone(), chosen)
            })
            .collect();
        let unusual = weeks != "1"
            || rarely[1..].iter().any(|field| !field.value.is_empty())
            || visit_types.iter().any(|field| field.value == "yes");
        let heading =
            self.visitor.locale.text_with("hours-rule", [("number", (number + 1).to_string().into())]);
        RuleRow { number, heading, fields, rarely, visit_types, unusual }
    }

    fn closure(&self, number: usize, value: impl Fn(&str) -> String) -> ClosureRow {
        let t = |key: &str| self.visitor.t(key);
        let name = |part: &str| format!("closure-{number}-{part}");
        let fields = vec![
            Field::new("datetime-local", name("starts"), t("hours-closed-from"), value("starts")).required(),
            Field::new("datetime-local", name("ends"), t("hours-closed-until"), value("ends")).required(),
            Field::new("text", name("reason"), t("hours-closed-reason"), value("reason")).at_most(200),
        ];
        ClosureRow { number, fields }
    }

    fn holidays(&self, works: bool) -> Field {
        let label = self.visitor.t("hours-holidays");
        Field::new("check", "holidays", label, if works { "yes" } else { "" })
    }

    fn form(&self, rules: Vec<RuleRow>, closures: Vec<ClosureRow>, works: bool) -> HoursForm {
        let (next_rule, next_closure) = (rules.len(), closures.len());
        HoursForm {
            holidays: self.holidays(works),
            blank_rule: self.rule(next_rule, |part| self.usual(part)),
            blank_closure: self.closure(next_closure, |_| String::new()),
            rules,
            closures,
        }
    }

    /// What stands in a row that was just added.
    fn usual(&self, part: &str) -> String {
        let main = self.locations.first().map(|place| place.id.to_string());
        match part {
            "weekday" => "1".to_owned(),
            "starts" => "09:00".to_owned(),
            "ends" => "12:00".to_owned(),
            "location" => main.unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// The form of the hours as they stand.
    pub(super) fn stored(&self, hours: &OpeningHours) -> HoursForm {
        let rules = hours.weekly.iter().enumerate().map(|(number, rule)| {
            self.rule(number, |part| match part {
                "weekday" => rule.weekday.to_monday_one_offset().to_string(),
                "starts" => when::clock(rule.starts),
                "ends" => when::clock(rule.ends),
                "location" => rule.location.map(|id| id.to_string()).unwrap_or_default(),
                "weeks" => rule.every_weeks.max(1).to_string(),
                "from" => rule.valid_from.map(|date| date.to_string()).unwrap_or_default(),
                "until" => rule.valid_until.map(|date| date.to_string()).unwrap_or_default(),
                other => {
                    let chosen = rule.visit_types.iter().any(|id| other == format!("type-{id}"));
                    if chosen { "yes".to_owned() } else { String::new() }
                }
            })
        });
        let closures = hours.closures.iter().enumerate().map(|(number, (starts, ends, reason))| {
            self.closure(number, |part| match part {
                "starts" => minutes(*starts),
                "ends" => minutes(*ends),
                _ => reason.clone().unwrap_or_default(),
            })
        });
        self.form(rules.collect(), closures.collect(), hours.works_public_holidays.unwrap_or(false))
    }

    /// The form as it was sent, after the row that a button adds or takes away.
    pub(super) fn sent(&self, posted: &Posted, button: &str) -> HoursForm {
        let rows = |kind: &str, key: &str, most: usize| -> Vec<usize> {
            let count = posted.field(&format!("{kind}s")).parse::<usize>().unwrap_or(0).min(most);
            let is_there = |at: &usize| posted.has(&format!("{kind}-{at}-{key}"));
            let gone = format!("remove-{kind}-");
            let removed = button.strip_prefix(gone.as_str()).and_then(|at| at.parse::<usize>().ok());
            (0..count).filter(is_there).filter(|at| Some(*at) != removed).collect()
        };
        let mut rules: Vec<RuleRow> = Vec::new();
        for at in rows("rule", "weekday", MOST_RULES) {
            rules.push(self.rule(rules.len(), |part| posted.field(&format!("rule-{at}-{part}")).to_owned()));
        }
        let mut closures: Vec<ClosureRow> = Vec::new();
        for at in rows("closure", "starts", MOST_CLOSURES) {
            let value = |part: &str| posted.field(&format!("closure-{at}-{part}")).to_owned();
            closures.push(self.closure(closures.len(), value));
        }
        if button == "add-rule" && rules.len() < MOST_RULES {
            // The next row is like the last one: most weeks repeat themselves.
            let added = match rules.last() {
                Some(last) => self.rule(rules.len(), |part| last.next(part)),
                None => self.rule(0, |part| self.usual(part)),
            };
            rules.push(added);
        }
        if button == "add-closure" && closures.len() < MOST_CLOSURES {
            closures.push(self.closure(closures.len(), |_| String::new()));
        }
        self.form(rules, closures, posted.field("holidays") == "yes")
    }
}

impl RuleRow {
    fn value(&self, part: &str) -> &str {
        let name = format!("rule-{}-{part}", self.number);
        let mut all = self.fields.iter().chain(&self.rarely).chain(&self.visit_types);
        all.find(|field| field.name == name).map_or("", |field| field.value.as_str())
    }

    /// What a row after this one begins with: the same on the next day.
    fn next(&self, part: &str) -> String {
        match part {
            "weekday" => (self.value(part).parse::<u8>().unwrap_or(0) % 7 + 1).to_string(),
            other => self.value(other).to_owned(),
        }
    }

    fn field(&mut self, part: &str) -> Option<&mut Field> {
        let name = format!("rule-{}-{part}", self.number);
        self.fields.iter_mut().chain(&mut self.rarely).find(|field| field.name == name)
    }

    fn refuse(&mut self, visitor: &Visitor, part: &str, key: &str) {
        let text = visitor.t(key);
        self.unusual |= matches!(part, "weeks" | "from" | "until");
        if let Some(field) = self.field(part) {
            field.refuse(text);
        }
    }

    fn read(&mut self, visitor: &Visitor) -> Option<WeeklyOpening> {
        let weekday =
            self.value("weekday").parse().ok().and_then(|day| Weekday::from_monday_one_offset(day).ok());
        let starts = self.value("starts").parse::<Time>().ok();
        let ends = self.value("ends").parse::<Time>().ok();
        if weekday.is_none() {
            self.refuse(visitor, "weekday", "wrong-weekday");
        }
        if starts.is_none() {
            self.refuse(visitor, "starts", "wrong-time");
        }
        if ends.is_none() {
            self.refuse(visitor, "ends", "wrong-time");
        }
        if starts.is_some() && starts == ends && starts != Some(Time::midnight()) {
            self.refuse(visitor, "ends", "wrong-zero-length");
        }
        let weeks = self.field("weeks").and_then(|field| field.number(visitor));
        let (from, until) = (self.date(visitor, "from"), self.date(visitor, "until"));
        if weeks.is_none() {
            self.unusual = true;
        }
        if weeks.is_some_and(|weeks| weeks > 1) && from == Ok(None) {
            self.refuse(visitor, "from", "wrong-weeks-from");
        }
        if let (Ok(Some(from)), Ok(Some(until))) = (from, until)
            && until < from
        {
            self.refuse(visitor, "until", "wrong-until");
        }
        let location = match self.value("location") {
            "" => None,
            text => match text.parse::<LocationId>() {
                Ok(id) => Some(id),
                Err(_) => {
                    self.refuse(visitor, "location", "wrong-location");
                    None
                }
            },
        };
        let prefix = format!("rule-{}-type-", self.number);
        let chosen = self.visit_types.iter().filter(|field| field.value == "yes");
        let visit_types: Vec<VisitTypeId> =
            chosen.filter_map(|field| field.name.strip_prefix(&prefix)?.parse().ok()).collect();
        let right = self.fields.iter().chain(&self.rarely).all(|field| field.wrong.is_none());
        right.then_some(())?;
        Some(WeeklyOpening {
            weekday: weekday?,
            starts: starts?,
            ends: ends?,
            location,
            visit_types,
            valid_from: from.ok()?,
            valid_until: until.ok()?,
            every_weeks: u8::try_from(weeks?).ok()?,
        })
    }

    fn date(&mut self, visitor: &Visitor, part: &str) -> Result<Option<Date>, ()> {
        match self.value(part) {
            "" => Ok(None),
            text => match text.parse() {
                Ok(date) => Ok(Some(date)),
                Err(_) => {
                    self.refuse(visitor, part, "wrong-date");
                    Err(())
                }
            },
        }
    }
}

impl ClosureRow {
    fn read(&mut self, visitor: &Visitor) -> Option<(DateTime, DateTime, Option<String>)> {
        let [starts, ends, reason] = self.fields.as_mut_slice() else { return None };
        let (from, until) = (starts.value.parse::<DateTime>().ok(), ends.value.parse::<DateTime>().ok());
        if from.is_none() {
            starts.refuse(visitor.t("wrong-moment"));
        }
        if until.is_none() {
            ends.refuse(visitor.t("wrong-moment"));
        }
        if from.is_some() && until.is_some() && until <= from {
            ends.refuse(visitor.t("wrong-end"));
        }
        let why = reason.text(visitor);
        let right = self.fields.iter().all(|field| field.wrong.is_none());
        right.then_some(())?;
        Some((from?, until?, why))
    }
}

impl HoursForm {
    /// Judges every row; the hours if all are right.
    pub(super) fn read(&mut self, visitor: &Visitor) -> Option<OpeningHours> {
        let weekly: Vec<Option<WeeklyOpening>> =
            self.rules.iter_mut().map(|rule| rule.read(visitor)).collect();
        let closures: Vec<_> = self.closures.iter_mut().map(|closure| closure.read(visitor)).collect();
        Some(OpeningHours {
            weekly: weekly.into_iter().collect::<Option<_>>()?,
            closures: closures.into_iter().collect::<Option<_>>()?,
            works_public_holidays: Some(self.holidays.value == "yes"),
            version: 0,
        })
    }

    /// Every field, in the order of the page.
    fn all(&self) -> impl Iterator<Item = &Field> {
        let rules = self
            .rules
            .iter()
            .flat_map(|rule| rule.fields.iter().chain(&rule.rarely).chain(&rule.visit_types));
        rules.chain(std::iter::once(&self.holidays)).chain(self.closures.iter().flat_map(|row| &row.fields))
    }

    /// What is wrong, by the field's id.
    pub(super) fn wrongs(&self) -> Vec<(String, String)> {
        wrongs(self.all())
    }

    /// Tells this very content from every other: what was previewed is what may be saved.
    pub(super) fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for field in self.all() {
            for part in [&field.name, &field.value] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
        }
        digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// As `datetime-local` writes it.
fn minutes(at: DateTime) -> String {
    format!("{}T{}", at.date(), when::clock(at.time()))
}
