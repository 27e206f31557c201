//! People whom a patient cares for: who they are, and since and until when.
//!
//! Invariants: whoever is cared for is a patient with a record of their own, entered by the guardian; nobody cares for
//! themselves; a guardian has at most [`MOST_PEOPLE`] people, kept by a key; a minor's ends on the day of majority. The
//! guardian declares that they may act, and the audit keeps the declaration: nothing here can check it. What the
//! guardian may then do stands in [`super::access`]; the statements ask `acts_for`.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Transaction};
use rendez_vocab::ids::PatientId;
use serde_json::json;

use super::access::{self, Denied};
use crate::ctx::Ctx;
use crate::directory::{DirectoryRefusal, NewPatient, insert_patient, record};
use crate::idempotency::{self, KeyRefusal};

/// How many people one patient may care for.
pub const MOST_PEOPLE: i16 = 10;
/// The age of majority in every country that has a pack, in years (for France: Code civil, article 414).
const MAJORITY_YEARS: i16 = 18;

/// What somebody is to the patient who cares for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// A son or daughter under age.
    Child,
    /// Another minor in their care.
    Ward,
    /// Wife, husband, partner.
    Partner,
    /// Mother or father.
    Parent,
    /// Another adult.
    Other,
}

impl Relation {
    /// All of them, in the order of a form.
    pub const ALL: [Self; 5] = [Self::Child, Self::Ward, Self::Partner, Self::Parent, Self::Other];

    /// The name in the database and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Child => "child",
            Self::Ward => "ward",
            Self::Partner => "partner",
            Self::Parent => "parent",
            Self::Other => "other",
        }
    }

    /// The relation with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.as_str() == name)
    }

    /// Whether it is one to a minor.
    pub const fn is_to_minor(self) -> bool {
        matches!(self, Self::Child | Self::Ward)
    }
}

/// Somebody whom a patient cares for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaredFor {
    /// Their record.
    pub patient: PatientId,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// Known of everybody whom a guardian has entered.
    pub birth_date: Option<Date>,
    /// What they are to the guardian.
    pub relation: Relation,
    /// When a minor comes of age.
    pub until: Option<Timestamp>,
    /// They have come of age: the guardian may do nothing for them any more.
    pub is_over: bool,
    /// The version of their record.
    pub version: i64,
}

/// Somebody to care for, or how they are corrected.
#[derive(Debug, Clone)]
pub struct Person {
    /// First name, 1 to 100 characters.
    pub given_name: String,
    /// Last name, 1 to 100 characters.
    pub family_name: String,
    /// A day in the past.
    pub birth_date: Date,
    /// What they are to the guardian.
    pub relation: Relation,
}

/// Caring for somebody was refused.
#[derive(Debug, thiserror::Error)]
pub enum CareRefusal {
    /// No such person, or not in the caller's care.
    #[error("no such person")]
    NotFound,
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The key of the request.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// The list is full.
    #[error("nobody may care for more people")]
    TooMany,
    /// A minor's relation to somebody who is of age.
    #[error("this person is of age")]
    OfAge,
    /// Visits of this person are still to come: they must not be left without anybody who could cancel them.
    #[error("visits of this person are still to come")]
    VisitsAhead,
    /// Somebody changed the record since the caller read it.
    #[error("the record has changed")]
    VersionMismatch,
    /// Our side broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<tokio_postgres::Error> for CareRefusal {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<DirectoryRefusal> for CareRefusal {
    fn from(refusal: DirectoryRefusal) -> Self {
        match refusal {
            DirectoryRefusal::Fault(fault) => Self::Fault(fault),
            other => Self::Fault(Fault::new("entering a person", other)),
        }
    }
}

const PEOPLE: &str =
    "SELECT p.id, p.given_name, p.family_name, p.birth_date, c.relation, nullif(c.until, 'infinity'),
        c.until <= rendez_now(), p.version
    FROM care c JOIN patient p ON p.id = c.dependant_id
    WHERE c.guardian_id = $1 AND c.ordinal IS NOT NULL ORDER BY c.ordinal";

/// Whom the caller cares for, also those who have come of age, in the order in which they were added.
pub async fn people(ctx: &Ctx) -> Result<Vec<CaredFor>, CareRefusal> {
    let guardian = access::people(&ctx.actor)?;
    let conn = ctx.store.read_fresh().await?;
    let rows = conn.rows(PEOPLE, &[&guardian.uuid()]).await?;
    rows.iter()
        .map(|row| {
            let relation = Relation::named(row.get(4));
            Ok(CaredFor {
                patient: PatientId::from_uuid(row.get(0)),
                given_name: row.get(1),
                family_name: row.get(2),
                birth_date: row.get(3),
                relation: relation.ok_or_else(|| Fault::plain("an unknown relation"))?,
                until: row.get(5),
                is_over: row.get(6),
                version: row.get(7),
            })
        })
        .collect()
}

/// Enters somebody whom the caller declares to care for. A repeated request finds the person it made.
pub async fn add_person(ctx: &Ctx, person: Person) -> Result<PatientId, CareRefusal> {
    let guardian = access::people(&ctx.actor)?;
    let until = care_ends(ctx, &person)?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                let known = earlier?.answer["patient"].as_str().and_then(|id| id.parse().ok());
                return known.ok_or(CareRefusal::NotFound);
            }
            let new = NewPatient {
                given_name: person.given_name,
                family_name: person.family_name,
                birth_date: Some(person.birth_date),
                ..NewPatient::default()
            };
            let patient = insert_patient(&tx, &task, new, &task.actor).await?.id;
            // Two requests at once take their places one after the other; the key would refuse the second.
            tx.execute("SELECT FROM patient WHERE id = $1 FOR NO KEY UPDATE", &[&guardian.uuid()]).await?;
            let added = tx
                .execute(
                    "INSERT INTO care (guardian_id, dependant_id, relation, since, until, ordinal)
                     SELECT $1, $2, $3, rendez_now(), coalesce($4::timestamptz, 'infinity'), o FROM generate_series(1, $5::smallint) AS o
                     WHERE NOT EXISTS (SELECT FROM care c WHERE c.guardian_id = $1 AND c.ordinal = o)
                     ORDER BY o LIMIT 1 ON CONFLICT DO NOTHING",
                    &[&guardian.uuid(), &patient.uuid(), &person.relation.as_str(), &until, &MOST_PEOPLE],
                )
                .await?;
            if added == 0 {
                return Err(CareRefusal::TooMany);
            }
            record(&tx, &task, "care.declare", patient.uuid(), 1).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 201, &json!({ "patient": patient })).await?;
            tx.commit().await?;
            Ok(patient)
        })
        .await
}

/// Corrects what is known of somebody in the caller's care. `version` is that of the record which the caller read.
pub async fn correct_person(
    ctx: &Ctx,
    id: PatientId,
    version: i64,
    person: Person,
) -> Result<(), CareRefusal> {
    let guardian = access::people(&ctx.actor)?;
    let until = care_ends(ctx, &person)?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let now_known = lock(&tx, guardian, id).await?;
            if now_known != version {
                return Err(CareRefusal::VersionMismatch);
            }
            tx.execute(
                "UPDATE patient SET given_name = $2, family_name = $3, birth_date = $4, version = version + 1 WHERE id = $1",
                &[&id.uuid(), &person.given_name, &person.family_name, &person.birth_date],
            )
            .await?;
            tx.execute(
                "UPDATE care SET relation = $3, until = coalesce($4::timestamptz, 'infinity') WHERE guardian_id = $1 AND dependant_id = $2",
                &[&guardian.uuid(), &id.uuid(), &person.relation.as_str(), &until],
            )
            .await?;
            record(&tx, &task, "patient.update", id.uuid(), version + 1).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Gives up caring for somebody: from now on the caller may do nothing for them. Not while visits are to come that nobody
/// else could cancel. Doing it twice is no error.
pub async fn end_care(ctx: &Ctx, id: PatientId) -> Result<(), CareRefusal> {
    let guardian = access::people(&ctx.actor)?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            // The lock of the patient's holds: none begins while the care ends.
            tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 1))", &[&id.uuid()]).await?;
            let ahead = "SELECT EXISTS (SELECT FROM appointment a WHERE a.patient_id = $1 AND a.starts_at > rendez_now()
                    AND (a.status = 'booked' OR a.status = 'held' AND a.hold_expires_at > rendez_now()))
                AND acts_for($2, $1)";
            if tx.query_one(ahead, &[&id.uuid(), &guardian.uuid()]).await?.get(0) {
                return Err(CareRefusal::VisitsAhead);
            }
            let ended = tx
                .execute(
                    "UPDATE care SET until = least(until, rendez_now()), ordinal = NULL
                     WHERE guardian_id = $1 AND dependant_id = $2 AND ordinal IS NOT NULL",
                    &[&guardian.uuid(), &id.uuid()],
                )
                .await?;
            if ended == 0 {
                let known = "SELECT EXISTS (SELECT FROM care WHERE guardian_id = $1 AND dependant_id = $2)";
                let known: bool = tx.query_one(known, &[&guardian.uuid(), &id.uuid()]).await?.get(0);
                return if known { Ok(()) } else { Err(CareRefusal::NotFound) };
            }
            record(&tx, &task, "care.end", id.uuid(), 1).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Locks a dependant's record while the care lives; its version.
async fn lock(tx: &Transaction<'_>, guardian: PatientId, id: PatientId) -> Result<i64, CareRefusal> {
    let sql = "SELECT p.version FROM patient p WHERE p.id = $1 AND acts_for($2, p.id) FOR NO KEY UPDATE";
    let row = tx.maybe_row(sql, &[&id.uuid(), &guardian.uuid()]).await?;
    row.map(|row| row.get(0)).ok_or(CareRefusal::NotFound)
}

/// When caring for this person ends by itself: for who is under age the first instant of the day of majority where the region
/// is, whatever the relation says.
fn care_ends(ctx: &Ctx, person: &Person) -> Result<Option<Timestamp>, CareRefusal> {
    let ends = of_age_on(person.birth_date)
        .to_zoned(ctx.pack.time_zone().clone())
        .map_err(|error| Fault::new("finding the day of majority", error))?
        .timestamp();
    match ends > ctx.clock.now() {
        true => Ok(Some(ends)),
        false if person.relation.is_to_minor() => Err(CareRefusal::OfAge),
        false => Ok(None),
    }
}

/// The day on which somebody comes of age. Who was born on 29 February does so on the 28th.
pub fn of_age_on(birth_date: Date) -> Date {
    birth_date.checked_add(MAJORITY_YEARS.years()).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn majority_is_a_birthday() {
        assert_eq!(of_age_on(date(2010, 5, 4)), date(2028, 5, 4));
        assert_eq!(of_age_on(date(2008, 2, 29)), date(2026, 2, 28));
    }
}
