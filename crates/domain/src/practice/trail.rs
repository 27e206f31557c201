//! The trail of a practice: who did what when, read from the audit.
//!
//! Invariant: only rows of this organization, and of a visit only as long as it is the organization's. Nothing here
//! writes; what the actions are called is the pages' business.

use std::collections::HashMap;

use jiff::Timestamp;
use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Prepared};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AccountId, AppointmentId, PatientId, PractitionerId};
use tokio_postgres::Row;
use uuid::Uuid;

use super::error::PracticeRefusal;
use super::workplace::Workplace;
use crate::ctx::Ctx;
use crate::identity::access;

/// How many entries one page lists.
const ENTRIES: usize = 50;

/// Which part of the trail.
#[derive(Debug, Clone, Default)]
pub struct TrailFilter {
    /// Only in this range.
    pub within: Option<TimeRange>,
    /// Only of this actor, as the audit writes it, or of all of a role, such as `patient`.
    pub actor: Option<String>,
    /// Older than this entry of the last page.
    pub before: Option<i64>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doer {
    /// Somebody with a name, or with an address where there is none.
    Named {
        /// The role's name, such as `patient`.
        role: String,
        /// What people call them.
        name: String,
    },
    /// The server itself.
    Server,
    /// An operator.
    Admin,
    /// Somebody whose record is not here: a partner, or staff of another issuer.
    Other(String),
}

/// Something that was done.
#[derive(Debug, Clone)]
pub struct TrailEntry {
    /// Its place in the audit.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub doer: Doer,
    /// What, such as `appointment.confirm`.
    pub action: String,
    /// The visit it was done to, if it was one: which, and when it begins in its own zone.
    pub visit: Option<(AppointmentId, Timestamp, String)>,
    /// The patient whom it concerns.
    pub patient: Option<(PatientId, String)>,
    /// The practitioner whom it concerns.
    pub practitioner: Option<String>,
    /// The address of the account or invitation that it concerns.
    pub member: Option<String>,
    /// What a move changed, where it is known: rows from before this was kept do not say.
    pub moved: Option<Moved>,
    /// Why a visit was put over another.
    pub overbook_reason: Option<String>,
}

/// A visit's two times, and whose they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// When it was.
    pub from: Timestamp,
    /// With whom it was.
    pub from_practitioner: String,
    /// When it was to be.
    pub to: Timestamp,
    /// With whom it was to be.
    pub to_practitioner: String,
}

/// A page of the trail, the latest first.
#[derive(Debug, Clone)]
pub struct Trail {
    /// The latest first.
    pub entries: Vec<TrailEntry>,
    /// Before which entry the next page begins, if there is one.
    pub next: Option<i64>,
}

const READ: &str = "
SELECT u.id, u.at, u.actor, u.action, a.id, a.starts_at, a.time_zone, p.id, p.given_name || ' ' || p.family_name,
       d.given_name || ' ' || d.family_name, coalesce(s.email, i.email),
       (u.detail->>'from')::timestamptz, f.given_name || ' ' || f.family_name,
       (u.detail->>'to')::timestamptz, t.given_name || ' ' || t.family_name,
       CASE WHEN u.action = 'appointment.overbook' THEN a.overbook_reason END
FROM audit u
LEFT JOIN appointment a ON a.id = u.subject_id AND a.organization_id = u.organization_id
LEFT JOIN patient p ON p.id = coalesce(a.patient_id, u.subject_id)
LEFT JOIN practitioner d ON d.id = coalesce(a.practitioner_id, u.subject_id) AND d.organization_id = u.organization_id
LEFT JOIN practitioner f ON f.id = (u.detail->>'from_practitioner')::uuid
LEFT JOIN practitioner t ON t.id = (u.detail->>'to_practitioner')::uuid
LEFT JOIN account s ON s.id = u.subject_id
LEFT JOIN invitation i ON i.id = u.subject_id AND i.organization_id = u.organization_id
WHERE u.organization_id = $1
  AND ($2::timestamptz IS NULL OR u.at >= $2) AND ($3::timestamptz IS NULL OR u.at < $3)
  AND ($4::text IS NULL OR u.actor = $4 OR starts_with(u.actor, $4 || ':'))
  AND ($5::bigint IS NULL OR (u.at, u.id) < (SELECT v.at, v.id FROM audit v WHERE v.id = $5))
ORDER BY u.at DESC, u.id DESC LIMIT $6";

/// A page of a practice's trail. For those who manage it.
pub async fn trail(ctx: &Ctx, at: &Workplace, filter: &TrailFilter) -> Result<Trail, PracticeRefusal> {
    access::manage_staff(&ctx.actor, Some(at.rights()))?;
    let conn = ctx.store.read_fresh().await?;
    let rows = conn
        .rows(
            READ,
            &[
                &at.organization().uuid(),
                &filter.within.map(TimeRange::start),
                &filter.within.map(TimeRange::end),
                &filter.actor,
                &filter.before,
                &i64::try_from(ENTRIES + 1).unwrap_or(i64::MAX),
            ],
        )
        .await?;
    let actors: Vec<&str> = rows.iter().take(ENTRIES).map(|row| row.get(2)).collect();
    let names = names(&conn, &actors).await?;
    let entries: Vec<TrailEntry> = rows
        .iter()
        .take(ENTRIES)
        .map(|row| TrailEntry {
            id: row.get(0),
            at: row.get(1),
            doer: doer(row.get(2), &names),
            action: row.get(3),
            visit: row
                .get::<_, Option<Uuid>>(4)
                .map(|id| (AppointmentId::from_uuid(id), row.get(5), row.get(6))),
            patient: row.get::<_, Option<Uuid>>(7).map(|id| (PatientId::from_uuid(id), row.get(8))),
            practitioner: row.get(9),
            member: row.get(10),
            moved: moved(row),
            overbook_reason: row.get(15),
        })
        .collect();
    let next = entries.last().map(|last| last.id).filter(|_| rows.len() > ENTRIES);
    Ok(Trail { entries, next })
}

fn moved(row: &Row) -> Option<Moved> {
    Some(Moved {
        from: row.get::<_, Option<Timestamp>>(11)?,
        from_practitioner: row.get::<_, Option<String>>(12)?,
        to: row.get::<_, Option<Timestamp>>(13)?,
        to_practitioner: row.get::<_, Option<String>>(14)?,
    })
}

/// Whose id an actor's text holds.
fn subject(actor: &str) -> Option<Uuid> {
    let (role, id) = actor.split_once(':')?;
    match role {
        "patient" => id.parse().ok().map(PatientId::uuid),
        "practitioner" => id.parse().ok().map(PractitionerId::uuid),
        "staff" => id.parse().ok().map(AccountId::uuid),
        _ => None,
    }
}

/// What the actors are called, by their ids.
async fn names(conn: &Conn, actors: &[&str]) -> Result<HashMap<Uuid, String>, Fault> {
    let ids: Vec<Uuid> = actors.iter().filter_map(|actor| subject(actor)).collect();
    let sql = "SELECT id, given_name || ' ' || family_name FROM patient WHERE id = ANY ($1)
        UNION ALL SELECT id, given_name || ' ' || family_name FROM practitioner WHERE id = ANY ($1)
        UNION ALL SELECT id, email FROM account WHERE id = ANY ($1) AND role = 'staff'";
    Ok(conn.rows(sql, &[&ids]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

fn doer(actor: &str, names: &HashMap<Uuid, String>) -> Doer {
    let (role, rest) = actor.split_once(':').unwrap_or((actor, ""));
    match (role, subject(actor).and_then(|id| names.get(&id))) {
        ("server", _) => Doer::Server,
        ("admin", _) => Doer::Admin,
        (_, Some(name)) => Doer::Named { role: role.to_owned(), name: name.clone() },
        _ => Doer::Other(rest.to_owned()),
    }
}
