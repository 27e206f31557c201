//! Who is asking.

use std::fmt;

use crate::ids::{OrganizationId, PatientId, PractitionerId};

/// The caller of a command or query, as the token or the session proved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Not signed in.
    Nobody,
    /// A patient, acting for themselves.
    Patient(PatientId),
    /// A practitioner.
    Practitioner(PractitionerId),
    /// A member of staff of one or more organizations.
    Staff {
        /// The subject of the token: who exactly, for the audit.
        subject: String,
        /// Where they work.
        organizations: Vec<OrganizationId>,
    },
    /// A partner's program.
    System(String),
    /// An operator of this installation.
    Admin(String),
    /// The server's own jobs.
    Server,
}

impl Actor {
    /// The role's name as tokens spell it.
    pub const fn role(&self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Patient(_) => "patient",
            Self::Practitioner(_) => "practitioner",
            Self::Staff { .. } => "staff",
            Self::System(_) => "system",
            Self::Admin(_) => "admin",
            Self::Server => "server",
        }
    }

    /// Whether somebody is signed in at all.
    pub const fn is_somebody(&self) -> bool {
        !matches!(self, Self::Nobody)
    }
}

/// Role and subject, such as `patient:pat_01h…`: what the audit and the idempotency scope store.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody | Self::Server => f.write_str(self.role()),
            Self::Patient(id) => write!(f, "patient:{id}"),
            Self::Practitioner(id) => write!(f, "practitioner:{id}"),
            Self::Staff { subject, .. } => write!(f, "staff:{subject}"),
            Self::System(subject) => write!(f, "system:{subject}"),
            Self::Admin(subject) => write!(f, "admin:{subject}"),
        }
    }
}
