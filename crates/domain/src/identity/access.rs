//! Who may do what: every rule of it, in one file.
//!
//! Commands and queries begin at the owner: they ask here for a [`Scope`] and hand it to their statement, so a
//! finder for somebody's data without a scope does not exist.

use rendez_vocab::Actor;
use rendez_vocab::ids::{OrganizationId, PatientId, PractitionerId};
use uuid::Uuid;

use super::rights::Rights;

/// The caller may not do this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignIn,
    /// The caller's role does not include it.
    #[error("your role does not include this")]
    Forbidden,
}

/// Whose records a caller may see and change. Statements take it as three parameters, each null when it does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Only this patient's; for appointments also those of people whom this patient cares for now, which the statements
    /// ask of `acts_for`.
    pub patient: Option<Uuid>,
    /// Only this practitioner's.
    pub practitioner: Option<Uuid>,
    /// Only those of these organizations.
    pub organizations: Option<Vec<Uuid>>,
    /// Only those of patients whom one of these registered.
    pub registered_by: Option<Vec<String>>,
}

/// Whether anybody is signed in at all.
pub fn signed_in(actor: &Actor) -> Result<(), Denied> {
    match actor {
        Actor::Nobody => Err(Denied::SignIn),
        _ => Ok(()),
    }
}

/// Appointments: patients see theirs and those of people they care for, practitioners theirs, staff those of their organizations, partners those of
/// patients they registered, admins and the server all.
pub fn appointments(actor: &Actor) -> Result<Scope, Denied> {
    let everything = Scope::default();
    Ok(match actor {
        Actor::Nobody => return Err(Denied::SignIn),
        Actor::Patient(id) => Scope { patient: Some(id.uuid()), ..everything },
        Actor::Practitioner(id) => Scope { practitioner: Some(id.uuid()), ..everything },
        Actor::Staff { organizations, .. } => {
            Scope { organizations: Some(organizations.iter().map(|id| id.uuid()).collect()), ..everything }
        }
        Actor::System(_) => Scope { registered_by: Some(registrars(actor)), ..everything },
        Actor::Admin(_) | Actor::Server => everything,
    })
}

/// Whose people a caller may see, add, correct and give up: those whom they care for.
pub fn people(actor: &Actor) -> Result<PatientId, Denied> {
    match actor {
        Actor::Nobody => Err(Denied::SignIn),
        Actor::Patient(own) => Ok(*own),
        _ => Err(Denied::Forbidden),
    }
}

/// Patients' records: patients see their own, not those of people they care for; practitioners and staff those who have a visit with them or whom they
/// registered; partners those they registered; admins all.
pub fn patients(actor: &Actor) -> Result<Scope, Denied> {
    let scope = appointments(actor)?;
    Ok(match actor {
        Actor::Practitioner(_) | Actor::Staff { .. } => {
            Scope { registered_by: Some(registrars(actor)), ..scope }
        }
        _ => scope,
    })
}

/// Wishes on the waiting list: patients see and leave theirs, partners those of patients they registered, admins all. The
/// practice learns how many wait, not who.
pub fn wishes(actor: &Actor) -> Result<Scope, Denied> {
    match actor {
        Actor::Practitioner(_) | Actor::Staff { .. } => Err(Denied::Forbidden),
        _ => appointments(actor),
    }
}

/// Whether the caller may write into this practitioner's day: book at the desk, overbook, mark an outcome, take time off.
pub fn manage_practitioner(
    actor: &Actor,
    practitioner: PractitionerId,
    organization: OrganizationId,
) -> Result<(), Denied> {
    match actor {
        Actor::Nobody => Err(Denied::SignIn),
        Actor::Practitioner(own) if *own == practitioner => Ok(()),
        Actor::Staff { organizations, .. } if organizations.contains(&organization) => Ok(()),
        Actor::Admin(_) | Actor::Server => Ok(()),
        _ => Err(Denied::Forbidden),
    }
}

/// Whether the caller may book this practitioner's time for somebody: everybody signed in may, but practitioners and
/// staff only at home.
pub fn book_with(
    actor: &Actor,
    practitioner: PractitionerId,
    organization: OrganizationId,
) -> Result<(), Denied> {
    match actor {
        Actor::Practitioner(_) | Actor::Staff { .. } => {
            manage_practitioner(actor, practitioner, organization)
        }
        Actor::Nobody => Err(Denied::SignIn),
        _ => Ok(()),
    }
}

/// Whether the caller may enter a practitioner into an organization (`None`: a new one).
pub fn create_practitioner(actor: &Actor, organization: Option<OrganizationId>) -> Result<(), Denied> {
    match (actor, organization) {
        (Actor::Nobody, _) => Err(Denied::SignIn),
        (Actor::Admin(_) | Actor::Server, _) => Ok(()),
        (Actor::Staff { organizations, .. }, Some(id)) if organizations.contains(&id) => Ok(()),
        _ => Err(Denied::Forbidden),
    }
}

/// Whom the caller may book for. Patients: themselves (`None`) and people they care for. Practices and partners: patients of
/// this scope, and those the operator entered. `None` also for callers whom that does not bind.
pub fn book_for(actor: &Actor, patient: PatientId) -> Result<Option<Scope>, Denied> {
    Ok(match actor {
        Actor::Nobody => return Err(Denied::SignIn),
        Actor::Patient(own) if *own != patient => Some(appointments(actor)?),
        Actor::Practitioner(_) | Actor::Staff { .. } | Actor::System(_) => Some(patients(actor)?),
        _ => None,
    })
}

/// Whose patients' records the caller may change: their own, those they registered, or (admins) all. To have seen a
/// patient is no right to change where their mails go.
pub fn change_patients(actor: &Actor) -> Result<Scope, Denied> {
    Ok(match actor {
        Actor::Practitioner(_) | Actor::Staff { .. } => {
            Scope { registered_by: Some(registrars(actor)), ..Scope::default() }
        }
        _ => patients(actor)?,
    })
}

/// Under which names the caller registers patients, the first for new ones. Staff register for their organization, so
/// that colleagues know the patient too.
pub fn registrars(actor: &Actor) -> Vec<String> {
    match actor {
        Actor::Staff { organizations, .. } if !organizations.is_empty() => {
            organizations.iter().map(|id| format!("organization:{id}")).collect()
        }
        _ => vec![actor.to_string()],
    }
}

/// Whether the caller may enter a patient's record.
pub fn create_patient(actor: &Actor) -> Result<(), Denied> {
    match actor {
        Actor::Nobody => Err(Denied::SignIn),
        Actor::Patient(_) => Err(Denied::Forbidden),
        _ => Ok(()),
    }
}

/// Whether the caller runs this installation.
pub fn administer(actor: &Actor) -> Result<(), Denied> {
    match actor {
        Actor::Nobody => Err(Denied::SignIn),
        Actor::Admin(_) | Actor::Server => Ok(()),
        _ => Err(Denied::Forbidden),
    }
}

/// Whether the caller marks outcomes and sees the practice's day: not the patient.
pub fn practice(actor: &Actor) -> Result<(), Denied> {
    match actor {
        Actor::Nobody => Err(Denied::SignIn),
        Actor::Practitioner(_) | Actor::Staff { .. } | Actor::Admin(_) | Actor::Server => Ok(()),
        _ => Err(Denied::Forbidden),
    }
}

/// Whether the caller may change when a practitioner can be booked and what for. Staff need the right to it, as the
/// database has it now; practitioners change their own.
pub fn change_schedule(
    actor: &Actor,
    practitioner: PractitionerId,
    organization: OrganizationId,
    rights: Option<Rights>,
) -> Result<(), Denied> {
    manage_practitioner(actor, practitioner, organization)?;
    match (actor, rights) {
        (Actor::Staff { .. }, Some(Rights::Manager)) => Ok(()),
        (Actor::Staff { .. }, _) => Err(Denied::Forbidden),
        _ => Ok(()),
    }
}

/// Whether the caller may change what an organization consists of: its practitioners, locations and
/// rooms. Staff need the right to it, as the database has it now.
pub fn change_organization(
    actor: &Actor,
    organization: OrganizationId,
    rights: Option<Rights>,
) -> Result<(), Denied> {
    create_practitioner(actor, Some(organization))?;
    match (actor, rights) {
        (Actor::Staff { .. }, Some(Rights::Manager)) => Ok(()),
        (Actor::Staff { .. }, _) => Err(Denied::Forbidden),
        _ => Ok(()),
    }
}

/// Whether the caller sees a practice's own records: its patients, its trail.
pub fn work_in(actor: &Actor, rights: Option<Rights>) -> Result<Rights, Denied> {
    practice(actor)?;
    rights.ok_or(Denied::Forbidden)
}

/// Whether the caller says who works for an organization, and with which rights.
pub fn manage_staff(actor: &Actor, rights: Option<Rights>) -> Result<(), Denied> {
    match work_in(actor, rights)? {
        Rights::Manager => Ok(()),
        Rights::Desk => Err(Denied::Forbidden),
    }
}
