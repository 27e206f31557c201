//! When a practitioner can be booked and what for: opening hours, absences, visit types, each with a preview of what a
//! change would do; and what patients read of them.
//!
//! Invariant: no hours are saved that were not previewed as it is; a save compares the version that was read, and whoever
//! comes second sees what the first has done.

pub(super) mod hours;
mod hours_form;
mod hours_words;
mod preview;
pub(super) mod profile;
pub(super) mod time_off;
mod visit_type_form;
pub(super) mod visit_types;

use rendez_domain::directory::{self, Practitioner};
use rendez_domain::identity::{self, access};
use rendez_vocab::Actor;
use serde::Deserialize;

use super::error::PageError;
use super::page::Link;
use super::views::name_of;
use super::visitor::Visitor;

/// What the address of an editor asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    practitioner: String,
    #[serde(default)]
    done: String,
}

/// Whose settings are edited, and who else's the visitor may edit.
struct Editor {
    person: Practitioner,
    colleagues: Vec<Practitioner>,
}

impl Editor {
    /// The practitioner whom the address or the form names, one's own self, or the first of the practice. `None` for an
    /// operator who names nobody.
    async fn open(visitor: &Visitor, asked: &str) -> Result<Option<Self>, PageError> {
        access::practice(&visitor.ctx.actor)?;
        let colleagues = match &visitor.ctx.actor {
            Actor::Practitioner(own) => vec![directory::practitioner(&visitor.ctx, *own).await?],
            Actor::Staff { organizations, .. } => {
                directory::practitioners_of(&visitor.ctx, organizations).await?
            }
            _ => Vec::new(),
        };
        let id = if asked.is_empty() {
            match colleagues.first() {
                Some(first) => first.id,
                None => return Ok(None),
            }
        } else {
            asked.parse().map_err(|_| PageError::NotFound)?
        };
        let person = match colleagues.iter().find(|colleague| colleague.id == id) {
            Some(known) => known.clone(),
            None => directory::practitioner(&visitor.ctx, id).await?,
        };
        access::manage_practitioner(&visitor.ctx.actor, person.id, person.organization)
            .map_err(|_| PageError::NotFound)?;
        let conn = visitor.ctx.store.read_fresh().await?;
        let rights = identity::rights_in(&*conn, &visitor.ctx.actor, person.organization).await?;
        access::change_schedule(&visitor.ctx.actor, person.id, person.organization, rights)?;
        Ok(Some(Self { person, colleagues }))
    }

    /// A link to the same page for each colleague.
    fn pills(&self, path: &str) -> Vec<Link> {
        self.colleagues
            .iter()
            .map(|other| {
                let href = format!("{path}?practitioner={}", other.id);
                Link::new(href, name_of(other)).current(other.id == self.person.id)
            })
            .collect()
    }
}
