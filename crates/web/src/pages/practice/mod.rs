//! A practice's own records: its patients, its staff, its trail; and the link that makes somebody a member of it.
//!
//! Invariant: each page begins at a workplace of the visitor's. What is looked for stands in no address.

pub(super) mod invitation;
pub(super) mod patient;
pub(super) mod patients;
pub(super) mod staff;
pub(super) mod trail;

use rendez_domain::directory;
use rendez_domain::practice::{self, Workplace};
use rendez_vocab::ids::{OrganizationId, PractitionerId};

use super::error::PageError;
use super::page::Link;
use super::visitor::Visitor;

/// Where the visitor works: in the organization named, in that of the practitioner named, or in their first. `None` for an
/// operator who names none.
async fn workplace(
    visitor: &Visitor,
    organization: &str,
    practitioner: &str,
) -> Result<Option<Workplace>, PageError> {
    rendez_domain::identity::access::practice(&visitor.ctx.actor)?;
    let asked = if !organization.is_empty() {
        Some(organization.parse::<OrganizationId>().map_err(|_| PageError::NotFound)?)
    } else if !practitioner.is_empty() {
        let id: PractitionerId = practitioner.parse().map_err(|_| PageError::NotFound)?;
        Some(directory::practitioner(&visitor.ctx, id).await?.organization)
    } else {
        None
    };
    Ok(practice::workplace(&visitor.ctx, asked).await?)
}

/// The part of an address that names the workplace, for links between its pages.
fn at(path: &str, place: &Workplace) -> String {
    format!("{path}?organization={}", place.organization())
}

/// The same page of each practice in which the visitor works, if there are several.
async fn houses(visitor: &Visitor, path: &str, here: &Workplace) -> Result<Vec<Link>, PageError> {
    let all = practice::workplaces(&visitor.ctx).await?;
    Ok(all
        .into_iter()
        .map(|(id, name)| {
            Link::new(format!("{path}?organization={id}"), name).current(id == here.organization())
        })
        .collect())
}
