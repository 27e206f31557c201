//! An account.

use rendez_vocab::Actor;
use rendez_vocab::ids::AccountId;

use crate::directory::NewPatient;

/// Somebody who can sign in.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// As whom they act.
    pub actor: Actor,
}

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Books for themselves.
    Patient,
    /// Runs their own day.
    Practitioner,
    /// Runs the day of their organizations.
    Staff,
    /// Runs the installation.
    Admin,
}

impl Role {
    /// The name in the database and in tokens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Practitioner => "practitioner",
            Self::Staff => "staff",
            Self::Admin => "admin",
        }
    }

    /// The role with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Patient, Self::Practitioner, Self::Staff, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == name)
    }
}

/// A patient who signs up.
#[derive(Debug, Clone)]
pub struct NewPatientAccount {
    /// Who they are.
    pub patient: NewPatient,
    /// With what they sign in.
    pub email: String,
    /// The keys of the pack's consents that they gave.
    pub consents: Vec<String>,
    /// Their password, in clear; it goes no further than the hash.
    pub password: String,
}
