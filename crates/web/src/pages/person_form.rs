//! The fields that say who somebody is whom a patient cares for: on the page of one's people, and where a visit is
//! confirmed.
//!
//! Invariant: every field is judged at once and keeps what was typed.

use jiff::civil::Date;
use rendez_domain::identity::{CareRefusal, CaredFor, MOST_PEOPLE, Person, Relation};

use super::error::PageError;
use super::form::Posted;
use super::page::Link;
use super::visitor::Visitor;

/// Nobody alive is older.
const OLDEST_YEARS: i16 = 130;
/// The longest name.
const NAME: usize = 100;

/// The form with what stands in it and what is wrong with it.
#[derive(Default)]
pub(super) struct PersonForm {
    pub(super) given_name: PersonField,
    pub(super) family_name: PersonField,
    pub(super) birth_date: PersonField,
    pub(super) relation: PersonField,
    pub(super) relations: Vec<Choice>,
    /// Whether the guardian has to declare that they may act; who did before is not asked again.
    pub(super) declares: bool,
    pub(super) declared: bool,
    pub(super) undeclared: Option<String>,
    /// What is wrong with the whole of it.
    pub(super) wrong: Option<String>,
}

/// What stands in a field, and what is wrong with it.
#[derive(Default)]
pub(super) struct PersonField {
    pub(super) value: String,
    pub(super) wrong: Option<String>,
}

/// An option of a list.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) text: String,
    pub(super) chosen: bool,
}

impl PersonForm {
    /// An empty form for somebody new.
    pub(super) fn empty(visitor: &Visitor) -> Self {
        Self { relations: relations(visitor, ""), declares: true, ..Self::default() }
    }

    /// The form with what is known of somebody.
    pub(super) fn of(visitor: &Visitor, person: &CaredFor) -> Self {
        let field = |value: &str| PersonField { value: value.to_owned(), wrong: None };
        Self {
            given_name: field(&person.given_name),
            family_name: field(&person.family_name),
            birth_date: field(&person.birth_date.map(|date| date.to_string()).unwrap_or_default()),
            relation: field(person.relation.as_str()),
            relations: relations(visitor, person.relation.as_str()),
            ..Self::default()
        }
    }

    /// The form as it was sent.
    pub(super) fn sent(posted: &Posted, declares: bool) -> Self {
        let field = |name: &str| PersonField { value: posted.field(name).to_owned(), wrong: None };
        Self {
            given_name: field("given_name"),
            family_name: field("family_name"),
            birth_date: field("birth_date"),
            relation: field("relation"),
            relations: relations(posted.visitor(), posted.field("relation")),
            declares,
            declared: posted.field("declared") == "yes",
            ..Self::default()
        }
    }

    /// Marks what is wrong; the person if nothing is.
    pub(super) fn judge(&mut self, visitor: &Visitor) -> Option<Person> {
        for (field, label) in
            [(&mut self.given_name, "field-given-name"), (&mut self.family_name, "field-family-name")]
        {
            field.wrong = name_wrong(visitor, &field.value, label);
        }
        let birth_date = self.birth_date.value.parse::<Date>().ok().filter(|date| {
            let today = visitor.ctx.pack.time_zone().to_datetime(visitor.ctx.clock.now()).date();
            *date <= today && date.year() >= today.year() - OLDEST_YEARS
        });
        if birth_date.is_none() {
            self.birth_date.wrong = Some(visitor.t("wrong-birth-date"));
        }
        let relation = Relation::named(&self.relation.value);
        if relation.is_none() {
            self.relation.wrong = Some(visitor.t("person-wrong-relation"));
        }
        if self.declares && !self.declared {
            self.undeclared = Some(visitor.t("person-wrong-declared"));
        }
        if self.is_wrong() {
            return None;
        }
        Some(Person {
            given_name: self.given_name.value.clone(),
            family_name: self.family_name.value.clone(),
            birth_date: birth_date?,
            relation: relation?,
        })
    }

    /// Marks what the domain refused; what is no matter of the form is the answer.
    pub(super) fn mark(&mut self, visitor: &Visitor, refusal: CareRefusal) -> Result<(), PageError> {
        match refusal {
            CareRefusal::OfAge => self.relation.wrong = Some(visitor.t("person-wrong-of-age")),
            CareRefusal::TooMany => {
                let limit = [("limit", MOST_PEOPLE.into())];
                self.wrong = Some(visitor.locale.text_with("person-wrong-too-many", limit));
            }
            CareRefusal::VisitsAhead => self.wrong = Some(visitor.t("person-wrong-visits")),
            CareRefusal::VersionMismatch => self.wrong = Some(visitor.t("person-wrong-changed")),
            other => return Err(other.into()),
        }
        Ok(())
    }

    /// What is wrong with it, each with the field that it is about.
    pub(super) fn problems(&self) -> Vec<Link> {
        [
            ("#given_name", &self.given_name.wrong),
            ("#family_name", &self.family_name.wrong),
            ("#birth_date", &self.birth_date.wrong),
            ("#relation", &self.relation.wrong),
            ("#declared", &self.undeclared),
            ("#given_name", &self.wrong),
        ]
        .into_iter()
        .filter_map(|(href, wrong)| Some(Link::new(href, wrong.as_deref()?)))
        .collect()
    }

    /// Whether something is wrong with it.
    pub(super) fn is_wrong(&self) -> bool {
        !self.problems().is_empty()
    }
}

fn name_wrong(visitor: &Visitor, value: &str, label: &str) -> Option<String> {
    let say = |key: &str| Some(visitor.locale.text_with(key, [("field", visitor.t(label).into())]));
    match value.chars().count() {
        0 => say("wrong-missing"),
        count if count > NAME => say("wrong-too-long"),
        _ => None,
    }
}

fn relations(visitor: &Visitor, chosen: &str) -> Vec<Choice> {
    let choice = |relation: Relation| Choice {
        value: relation.as_str(),
        text: relation_text(visitor, relation),
        chosen: relation.as_str() == chosen,
    };
    Relation::ALL.into_iter().map(choice).collect()
}

/// What somebody is to the visitor.
pub(super) fn relation_text(visitor: &Visitor, relation: Relation) -> String {
    visitor.t(match relation {
        Relation::Child => "relation-child",
        Relation::Ward => "relation-ward",
        Relation::Partner => "relation-partner",
        Relation::Parent => "relation-parent",
        Relation::Other => "relation-other",
    })
}
