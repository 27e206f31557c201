//! Links by mail whose possession is the proof: what they hold, and how the mail is written.
//!
//! Invariants: a link holds 256 random bits, of which the database keeps only the SHA-256 beside the mail itself; the mail and
//! the job that sends it commit with the link. It does not know what a link is for.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rendez_platform::jobs::{NewJob, enqueue};
use rendez_platform::store::Transaction;
use rendez_vocab::Entropy;
use rendez_vocab::ids::{PatientId, uuid_v7};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::IdentityRefusal;
use crate::ctx::Ctx;

/// The job that sends a mail whose row is written.
pub const SEND_MAIL: &str = "mail.written";

/// What a link holds: 256 random bits, never shown by `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkToken([u8; 32]);

impl LinkToken {
    /// A new one.
    pub(super) fn new(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// The token in a link, if it is one.
    pub fn read(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// As the link holds it: 43 characters.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the database knows it by.
    pub(super) fn hash(self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// A link's mail in words. The link stands in the body.
#[derive(Debug, Clone)]
pub struct LinkMail {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// Writes a mail and the job that sends it; `whose` if it is a patient's own.
pub(super) async fn write_mail(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    to: &str,
    whose: Option<PatientId>,
    mail: &LinkMail,
) -> Result<Uuid, IdentityRefusal> {
    let id = uuid_v7(ctx.clock.now(), &*ctx.entropy);
    tx.execute(
        "INSERT INTO mail (id, to_address, subject, body, patient_id, created_at) VALUES ($1, $2, $3, $4, $5, rendez_now())",
        &[&id, &to, &mail.subject, &mail.body, &whose.map(|patient| patient.uuid())],
    )
    .await?;
    enqueue(tx, &NewJob::new(SEND_MAIL, json!({ "mail": id }))).await?;
    Ok(id)
}
