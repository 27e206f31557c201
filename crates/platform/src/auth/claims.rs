//! Between the claims of a token and the actor they prove.
//!
//! Invariant: what cannot be read without doubt is refused, never guessed; a patient's token names a patient's id.

use rendez_vocab::Actor;
use rendez_vocab::ids::{AccountId, OrganizationId};
use serde::{Deserialize, Serialize};

/// A subject longer than this is refused: it is stored in each audit row.
const MAX_SUBJECT_CHARS: usize = 200;
/// More organizations than this for one member of staff are refused.
const MAX_ORGANIZATIONS: usize = 100;

/// Why claims do not name an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitClaims {
    /// `role` is missing or not one of ours.
    #[error("`role` is none of patient, practitioner, staff, system, admin")]
    UnknownRole,
    /// `sub` is not an id of the kind that the role has, or is empty, too long or not printable.
    #[error("`sub` does not fit the role")]
    WrongSubject,
    /// `orgs` is missing for a member of staff, too long, or holds what is no organization's id.
    #[error("`orgs` must list the organizations of a member of staff")]
    WrongOrganizations,
    /// `acc` is no account's id, or stands without `acc_ver`.
    #[error("`acc` and `acc_ver` must name an account together")]
    WrongAccount,
}

/// The claims as they stand in a token (RFC 7519 section 4.1, and four of our own: `role`, `orgs`, `acc`, `acc_ver`).
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TokenClaims {
    pub(super) iss: String,
    pub(super) aud: Audience,
    pub(super) sub: String,
    #[serde(default)]
    pub(super) role: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) orgs: Vec<String>,
    /// Seconds since 1970. RFC 7519 allows fractions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nbf: Option<serde_json::Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) iat: Option<serde_json::Number>,
    pub(super) exp: serde_json::Number,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) jti: Option<String>,
    /// The account that asked for the token, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) acc: Option<String>,
    /// The version of the account's tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) acc_ver: Option<i32>,
}

/// The account whose password a token was given for. Its tokens of another version are over; whoever verified one asks
/// whether it still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenAccount {
    /// Whose it is.
    pub id: AccountId,
    /// As `account.token_version` was.
    pub version: i32,
}

/// One audience or several (RFC 7519 section 4.1.3).
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

/// The actor that role, subject and organizations name, as the `rendez token` command and tokens spell them.
///
/// A patient's subject is a `pat_…`, a practitioner's a `prac_…`; staff has a subject of its own and at least one
/// `org_…`; `organizations` of the other roles is ignored.
pub fn actor(role: &str, subject: &str, organizations: &[String]) -> Result<Actor, UnfitClaims> {
    match role {
        "patient" => subject.parse().map(Actor::Patient).map_err(|_| UnfitClaims::WrongSubject),
        "practitioner" => subject.parse().map(Actor::Practitioner).map_err(|_| UnfitClaims::WrongSubject),
        "staff" => {
            Ok(Actor::Staff { subject: name(subject)?, organizations: organization_ids(organizations)? })
        }
        "system" => name(subject).map(Actor::System),
        "admin" => name(subject).map(Actor::Admin),
        _ => Err(UnfitClaims::UnknownRole),
    }
}

/// The subject and the organizations that stand for an actor in a token. Nobody and the server's own jobs have none.
pub(super) fn of_actor(actor: &Actor) -> Option<(String, Vec<String>)> {
    match actor {
        Actor::Nobody | Actor::Server => None,
        Actor::Patient(id) => Some((id.to_string(), Vec::new())),
        Actor::Practitioner(id) => Some((id.to_string(), Vec::new())),
        Actor::Staff { subject, organizations } => {
            Some((subject.clone(), organizations.iter().map(ToString::to_string).collect()))
        }
        Actor::System(subject) | Actor::Admin(subject) => Some((subject.clone(), Vec::new())),
    }
}

/// The account that a token of the own issuer names; `None` for tokens that belong to no account.
pub(super) fn account(claims: &TokenClaims) -> Result<Option<TokenAccount>, UnfitClaims> {
    match (&claims.acc, claims.acc_ver) {
        (None, None) => Ok(None),
        (Some(id), Some(version)) => {
            let id = id.parse().map_err(|_| UnfitClaims::WrongAccount)?;
            Ok(Some(TokenAccount { id, version }))
        }
        _ => Err(UnfitClaims::WrongAccount),
    }
}

/// A subject that is free text: it goes into the audit, so it has an end and no control characters.
fn name(subject: &str) -> Result<String, UnfitClaims> {
    let fits = !subject.is_empty()
        && subject.chars().count() <= MAX_SUBJECT_CHARS
        && !subject.chars().any(char::is_control);
    if fits { Ok(subject.to_owned()) } else { Err(UnfitClaims::WrongSubject) }
}

fn organization_ids(texts: &[String]) -> Result<Vec<OrganizationId>, UnfitClaims> {
    if texts.is_empty() || texts.len() > MAX_ORGANIZATIONS {
        return Err(UnfitClaims::WrongOrganizations);
    }
    texts.iter().map(|text| text.parse().map_err(|_| UnfitClaims::WrongOrganizations)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rendez_vocab::entropy::SeededEntropy;
    use rendez_vocab::ids::{PatientId, PractitionerId};

    use super::*;

    #[test]
    fn every_role_comes_back_from_its_claims() {
        let entropy = SeededEntropy::new(3);
        let now = Timestamp::UNIX_EPOCH;
        for somebody in [
            Actor::Patient(PatientId::new(now, &entropy)),
            Actor::Practitioner(PractitionerId::new(now, &entropy)),
            Actor::Staff {
                subject: "acc_reception".to_owned(),
                organizations: vec![OrganizationId::new(now, &entropy), OrganizationId::new(now, &entropy)],
            },
            Actor::System("partner".to_owned()),
            Actor::Admin("root".to_owned()),
        ] {
            let (subject, organizations) = of_actor(&somebody).expect("somebody has claims");
            assert_eq!(actor(somebody.role(), &subject, &organizations), Ok(somebody));
        }
        assert_eq!(of_actor(&Actor::Nobody), None);
        assert_eq!(of_actor(&Actor::Server), None);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let practitioner = PractitionerId::new(Timestamp::UNIX_EPOCH, &SeededEntropy::new(3)).to_string();
        assert_eq!(actor("patient", &practitioner, &[]), Err(UnfitClaims::WrongSubject));
        assert_eq!(actor("patient", "", &[]), Err(UnfitClaims::WrongSubject));
        assert_eq!(actor("admin", "two\nlines", &[]), Err(UnfitClaims::WrongSubject));
        assert_eq!(actor("admin", &"x".repeat(201), &[]), Err(UnfitClaims::WrongSubject));
        assert_eq!(actor("staff", "somebody", &[]), Err(UnfitClaims::WrongOrganizations));
        assert_eq!(actor("staff", "somebody", &[practitioner]), Err(UnfitClaims::WrongOrganizations));
        assert_eq!(actor("server", "x", &[]), Err(UnfitClaims::UnknownRole));
        assert_eq!(actor("", "x", &[]), Err(UnfitClaims::UnknownRole));
    }
}
