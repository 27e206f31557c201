//! A practice's patients: those who have or had visits with it, and those whom it entered.
//!
//! Invariant: what a practice sees of a patient is their record and their visits with this practice, never those with
//! others; lists are bounded.

use jiff::Timestamp;
use jiff::civil::Date;
use rendez_platform::store::Prepared;
use rendez_vocab::ids::{AppointmentId, PatientId};
use tokio_postgres::Row;
use tokio_postgres::types::Json;

use super::error::PracticeRefusal;
use super::workplace::Workplace;
use crate::booking::Appointment;
use crate::ctx::Ctx;
use crate::directory::Patient;

/// How many patients one page lists.
const PATIENTS: usize = 20;
/// How many visits one page lists.
const VISITS: usize = 20;

/// What is known of the patient who is looked for. Parts that are left out do not narrow.
#[derive(Debug, Clone, Default)]
pub struct PatientQuestion {
    /// Beginnings of names in any order; accents and case do not count.
    pub name: String,
    /// Born on.
    pub birth_date: Option<Date>,
    /// In international form.
    pub phone: Option<String>,
    /// After this one of the last page.
    pub after: Option<PatientId>,
}

/// A patient in a list.
#[derive(Debug, Clone)]
pub struct PatientLine {
    /// Which one.
    pub id: PatientId,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// If known.
    pub birth_date: Option<Date>,
    /// If known.
    pub phone: Option<String>,
    /// Asked to call instead of booking online.
    pub blocked: bool,
}

/// A page of patients.
#[derive(Debug, Clone)]
pub struct FoundPatients {
    /// By name.
    pub patients: Vec<PatientLine>,
    /// After whom the next page begins, if there is one.
    pub next: Option<PatientId>,
}

/// Why somebody is asked to call.
#[derive(Debug, Clone)]
pub struct PatientBlock {
    /// In the practice's words.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// A patient as a practice sees them.
#[derive(Debug, Clone)]
pub struct PatientRecord {
    /// Who they are.
    pub patient: Patient,
    /// Visits at this practice that took place.
    pub visits: i64,
    /// Visits at this practice that they missed.
    pub no_shows: i64,
    /// Asked to call instead of booking online.
    pub block: Option<PatientBlock>,
}

/// A patient's visits at a practice, the latest first.
#[derive(Debug, Clone)]
pub struct VisitsOfPatient {
    /// By start, the latest first.
    pub visits: Vec<Appointment>,
    /// Before which one the next page begins, if there is one.
    pub next: Option<AppointmentId>,
}

const FIND: &str = "
WITH ours AS (
    SELECT a.patient_id AS id FROM appointment a
    WHERE $2::uuid IS NULL AND a.organization_id = $1 AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show')
    UNION SELECT a.patient_id FROM appointment a
    WHERE a.practitioner_id = $2 AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show')
    UNION SELECT x.id FROM patient x WHERE x.registered_by = ANY ($3)
), named AS MATERIALIZED (
    SELECT p.id, p.given_name, p.family_name, p.birth_date, p.phone,
           rendez_search_key(p.family_name || ' ' || p.given_name) AS name
    FROM ours JOIN patient p ON p.id = ours.id
    WHERE ($5::date IS NULL OR p.birth_date = $5) AND ($6::text IS NULL OR p.phone = $6)
)
SELECT n.id, n.given_name, n.family_name, n.birth_date, n.phone,
       EXISTS (SELECT FROM patient_block b WHERE b.patient_id = n.id AND b.organization_id = $1)
FROM named n
WHERE coalesce((SELECT bool_and(n.name LIKE word || '%' OR n.name LIKE '% ' || word || '%')
                FROM unnest(string_to_array(rendez_search_key($4), ' ')) AS word), true)
  AND ($7::uuid IS NULL OR (n.name, n.id) > (
      SELECT rendez_search_key(q.family_name || ' ' || q.given_name), q.id FROM patient q WHERE q.id = $7))
ORDER BY n.name, n.id LIMIT $8";

/// Looks for patients of a practice, by name.
pub async fn find_patients(
    ctx: &Ctx,
    at: &Workplace,
    question: &PatientQuestion,
) -> Result<FoundPatients, PracticeRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let rows = conn
        .rows(
            FIND,
            &[
                &at.organization().uuid(),
                &at.practitioner().map(|id| id.uuid()),
                &at.registrars(),
                &question.name,
                &question.birth_date,
                &question.phone,
                &question.after.map(PatientId::uuid),
                &one_more(PATIENTS),
            ],
        )
        .await?;
    let mut patients: Vec<PatientLine> = rows.iter().map(line).collect();
    let more = patients.len() > PATIENTS;
    patients.truncate(PATIENTS);
    let next = patients.last().map(|last| last.id).filter(|_| more);
    Ok(FoundPatients { patients, next })
}

/// Whom a practice asks to call, by name; at most 100.
pub async fn blocked_patients(ctx: &Ctx, at: &Workplace) -> Result<Vec<PatientLine>, PracticeRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let statement = conn
        .prepare_cached(
            "SELECT p.id, p.given_name, p.family_name, p.birth_date, p.phone, true
             FROM patient_block b JOIN patient p ON p.id = b.patient_id
             WHERE b.organization_id = $1 AND ($2::uuid IS NULL OR p.registered_by = ANY ($3) OR EXISTS (
                 SELECT FROM appointment a WHERE a.patient_id = p.id AND a.practitioner_id = $2
                 AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show')))
             ORDER BY lower(p.family_name), lower(p.given_name), p.id LIMIT 100",
        )
        .await?;
    let practitioner = at.practitioner().map(|id| id.uuid());
    let rows = conn.query(&statement, &[&at.organization().uuid(), &practitioner, &at.registrars()]).await?;
    Ok(rows.iter().map(line).collect())
}

fn line(row: &Row) -> PatientLine {
    PatientLine {
        id: PatientId::from_uuid(row.get(0)),
        given_name: row.get(1),
        family_name: row.get(2),
        birth_date: row.get(3),
        phone: row.get(4),
        blocked: row.get(5),
    }
}

/// The condition that a patient `p` is the practice's; parameters as in [`FIND`].
macro_rules! ours {
    () => {
        "(p.registered_by = ANY ($3) OR EXISTS (SELECT FROM appointment a WHERE a.patient_id = p.id
            AND a.organization_id = $1 AND ($2::uuid IS NULL OR a.practitioner_id = $2)
            AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show')))"
    };
}
pub(super) use ours;

const RECORD: &str = concat!(
    "SELECT p.id, p.given_name, p.family_name, p.birth_date, p.email, p.phone, p.locale, p.version,
        (SELECT count(*) FROM appointment v WHERE v.patient_id = p.id AND v.organization_id = $1 AND v.status = 'fulfilled'),
        (SELECT count(*) FROM appointment v WHERE v.patient_id = p.id AND v.organization_id = $1 AND v.status = 'no-show'),
        b.reason, b.blocked_at
     FROM patient p LEFT JOIN patient_block b ON b.patient_id = p.id AND b.organization_id = $1
     WHERE p.id = $4 AND ",
    ours!()
);

/// A patient of a practice.
pub async fn patient_record(
    ctx: &Ctx,
    at: &Workplace,
    id: PatientId,
) -> Result<PatientRecord, PracticeRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let statement = conn.prepare_cached(RECORD).await?;
    let practitioner = at.practitioner().map(|id| id.uuid());
    let row = conn
        .query_opt(&statement, &[&at.organization().uuid(), &practitioner, &at.registrars(), &id.uuid()])
        .await?
        .ok_or(PracticeRefusal::NotFound)?;
    Ok(PatientRecord {
        patient: Patient {
            id: PatientId::from_uuid(row.get(0)),
            given_name: row.get(1),
            family_name: row.get(2),
            birth_date: row.get(3),
            email: row.get(4),
            phone: row.get(5),
            locale: row.get(6),
            version: row.get(7),
        },
        visits: row.get(8),
        no_shows: row.get(9),
        block: row.get::<_, Option<String>>(10).map(|reason| PatientBlock { reason, since: row.get(11) }),
    })
}

const HISTORY: &str = "SELECT to_jsonb(a) FROM appointment a
    WHERE a.patient_id = $1 AND a.organization_id = $2 AND ($3::uuid IS NULL OR a.practitioner_id = $3)
      AND a.status NOT IN ('held', 'expired')
      AND ($4::uuid IS NULL OR (a.starts_at, a.id) < (SELECT b.starts_at, b.id FROM appointment b WHERE b.id = $4))
    ORDER BY a.starts_at DESC, a.id DESC LIMIT $5";

/// The visits of a patient at a practice, before one of them or from the latest on.
pub async fn visits_of_patient(
    ctx: &Ctx,
    at: &Workplace,
    id: PatientId,
    before: Option<AppointmentId>,
) -> Result<VisitsOfPatient, PracticeRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let rows = conn
        .rows(
            HISTORY,
            &[
                &id.uuid(),
                &at.organization().uuid(),
                &at.practitioner().map(|id| id.uuid()),
                &before.map(AppointmentId::uuid),
                &one_more(VISITS),
            ],
        )
        .await?;
    let mut visits: Vec<Appointment> = rows.iter().map(|row| row.get::<_, Json<Appointment>>(0).0).collect();
    let more = visits.len() > VISITS;
    visits.truncate(VISITS);
    let next = visits.last().map(|last| last.id).filter(|_| more);
    Ok(VisitsOfPatient { visits, next })
}

/// One more than a page shows, to know whether there is a next one.
fn one_more(shown: usize) -> i64 {
    i64::try_from(shown + 1).unwrap_or(i64::MAX)
}
