//! People who sign in, and the one place that says who may do what.
//!
//! Owns the tables `account`, `consent`, `account_organization`, `care`, `invitation` and `password_reset`; sessions and tokens are the platform's.

pub mod access;
mod account;
mod care;
mod commands;
mod error;
mod forgotten;
mod invitations;
mod links;
mod model;
mod queries;
mod rights;
mod staff;
mod tokens;
mod work;

pub use account::{
    OwnAccount, OwnSession, change_email, change_password, end_other_sessions, own_account, set_consents,
};
pub(crate) use account::{known, note};
pub use care::{
    CareRefusal, CaredFor, MOST_PEOPLE, Person, Relation, add_person, correct_person, end_care, of_age_on,
    people,
};
pub use commands::{register_patient, sign_in, sign_in_for_token};
pub use error::IdentityRefusal;
pub use forgotten::{MOST_RESETS, RESET_MINUTES, forgot_password, purge_resets, reset_owner, reset_password};
pub use invitations::{
    INVITATION_HOURS, Invitation, NewInvitation, accept_invitation, invitation, invite, purge_invitations,
    withdraw_invitation,
};
pub use links::{LinkMail, LinkToken, SEND_MAIL};
pub use model::{Account, NewPatientAccount, Role};
pub use queries::{SignedIn, signed_in};
pub use rights::{Rights, rights_in};
pub use staff::{Member, OpenInvitation, PractitionerMember, Staff, remove_member, set_rights, staff};
pub use tokens::token_stands;
pub use work::{WorkAccount, work_account};
