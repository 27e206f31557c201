//! What patients do: leave a wish, take it back, let an offered time go, wait again.
//!
//! The unique indexes of live wishes are the limit and keep the same wish from standing in the line twice: a command
//! inserts, and reads what stood in its way afterwards.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Transaction, violated};
use rendez_vocab::ids::{AppointmentId, WishId};
use serde_json::Value;

use super::WISH_JOB;
use super::error::{WaitingRefusal, WrongWish};
use super::follow::SETTLE_OF_PATIENT;
use super::model::{NewWish, Offered, Target, Wish, WishStatus};
use super::queries::{find, find_with, knows};
use crate::booking;
use crate::ctx::Ctx;
use crate::idempotency::{self, Answer};
use crate::identity::access;

/// How often a command is tried again because another of the same patient came between.
const TRIES: usize = 8;

const LEAVE: &str = "
INSERT INTO wish (id, patient_id, ordinal, practitioner_id, visit_type_id, specialty, latitude, longitude, radius_km, place, most_minutes,
    weekdays, from_minute, until_minute, first_day, last_day, expires_at, asked_at, looked_at, likeness, created_at, updated_at)
SELECT $1::uuid, $2::uuid, free.ordinal, $3::uuid, $4::uuid, coalesce($5::text, p.specialty), coalesce($6::float8, l.latitude),
    coalesce($7::float8, l.longitude), $8::smallint, $9::text, $10::int, $11::smallint, $12::smallint, $13::smallint, $14::date, $15::date,
    $16::timestamptz, rendez_now(), rendez_now(), $17::bytea, rendez_now(), rendez_now()
FROM (SELECT min(o) AS ordinal FROM generate_series(1, $18::int) o WHERE NOT EXISTS (
        SELECT FROM wish w WHERE w.patient_id = $2::uuid AND w.ordinal = o AND w.status IN ('waiting', 'offered'))) free
    LEFT JOIN practitioner p ON p.id = $3::uuid LEFT JOIN location l ON l.id = p.location_id
WHERE free.ordinal IS NOT NULL
ON CONFLICT DO NOTHING";

/// What stands in the way of a wish: the same one, or too many.
const IN_THE_WAY: &str = "SELECT count(*), (array_agg(id) FILTER (WHERE likeness = $2))[1] FROM wish
    WHERE patient_id = $1 AND status IN ('waiting', 'offered')";

const EXPIRE_OF_PATIENT: &str =
    "UPDATE wish SET status = 'expired', version = version + 1, updated_at = rendez_now()
    WHERE patient_id = $1 AND status = 'waiting' AND expires_at <= rendez_now()";

/// Leaves a wish. A free time that fits it already is offered at once.
pub async fn leave(
    ctx: &Ctx,
    new: NewWish,
    render: impl Fn(&Wish) -> Value + Send + 'static,
) -> Result<Answer<Wish>, WaitingRefusal> {
    let scope = access::wishes(&ctx.actor)?;
    if scope.patient.is_some_and(|own| own != new.patient.uuid()) {
        return Err(WaitingRefusal::NotFound);
    }
    let zone = zone_of(ctx, &new.target).await?;
    let today = zone.to_datetime(ctx.clock.now()).date();
    new.check(today).map_err(WaitingRefusal::Wrong)?;
    let expires_at = end_of(&new, &zone)?;
    let id = WishId::new(ctx.clock.now(), &*ctx.entropy);
    let task = ctx.clone();
    let left = ctx
        .store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            if !knows(&tx, &scope, new.patient.uuid()).await? {
                return Err(WaitingRefusal::NotFound);
            }
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                return Ok(Answer::Replayed(earlier?));
            }
            settle_of_patient(&tx, &new).await?;
            insert(&tx, &task, id, &new, expires_at).await?;
            tx.execute(
                "INSERT INTO job (kind, payload) VALUES ($1, jsonb_build_object('wish', $2::uuid))",
                &[&WISH_JOB, &id.uuid()],
            )
            .await?;
            record(&tx, &task, "wish.leave", id, 1).await?;
            let wish = find_with(&tx, &scope, id).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 201, &render(&wish)).await?;
            tx.commit().await?;
            Ok::<_, WaitingRefusal>(Answer::Fresh(wish))
        })
        .await?;
    Ok(left)
}

/// The clock that a wish's days are read by: the practitioner's, or the region's.
async fn zone_of(ctx: &Ctx, target: &Target) -> Result<TimeZone, WaitingRefusal> {
    let wrong = |what| Err(WaitingRefusal::Wrong(what));
    match target {
        Target::Area { specialty, .. } if ctx.pack.specialty(specialty).is_none() => {
            wrong(WrongWish::UnknownSpecialty)
        }
        Target::Area { .. } => Ok(ctx.pack.time_zone().clone()),
        Target::Practitioner { practitioner, visit_type } => {
            let known = ctx.schedules.reload(&ctx.store, *practitioner).await?;
            let Some(schedule) = known.filter(|schedule| schedule.active) else {
                return wrong(WrongWish::UnknownPractitioner);
            };
            if !schedule.visit_type(*visit_type).is_some_and(|known| known.active) {
                return wrong(WrongWish::UnknownVisitType);
            }
            let at = schedule.location(schedule.default_location);
            Ok(at.map_or_else(|| ctx.pack.time_zone().clone(), |at| at.time_zone.clone()))
        }
    }
}

/// The end of a wish's last day.
fn end_of(new: &NewWish, zone: &TimeZone) -> Result<Timestamp, WaitingRefusal> {
    let after = new.last_day.checked_add(1.day()).and_then(|day| day.to_zoned(zone.clone()));
    after.map(|midnight| midnight.timestamp()).map_err(|_| WaitingRefusal::Wrong(WrongWish::TooLong))
}

/// Wishes that are over but not yet noted so stand in nobody's way.
async fn settle_of_patient(tx: &Transaction<'_>, new: &NewWish) -> Result<(), Fault> {
    tx.execute(SETTLE_OF_PATIENT, &[&new.patient.uuid()]).await?;
    tx.execute(EXPIRE_OF_PATIENT, &[&new.patient.uuid()]).await?;
    Ok(())
}

async fn insert(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    id: WishId,
    new: &NewWish,
    expires_at: Timestamp,
) -> Result<(), WaitingRefusal> {
    let (practitioner, visit_type) = match &new.target {
        Target::Practitioner { practitioner, visit_type } => {
            (Some(practitioner.uuid()), Some(visit_type.uuid()))
        }
        Target::Area { .. } => (None, None),
    };
    let (specialty, place, at, radius, most) = match &new.target {
        Target::Practitioner { .. } => (None, "", None, 0, None),
        Target::Area { specialty, place, latitude, longitude, radius_km, most_minutes } => {
            let most = most_minutes.map(|most| i32::try_from(most).unwrap_or(i32::MAX));
            (Some(specialty.as_str()), place.as_str(), Some((*latitude, *longitude)), *radius_km, most)
        }
    };
    let small = |value: u16| i16::try_from(value).unwrap_or(i16::MAX);
    let (likeness, limit) = (new.likeness(), ctx.booking.max_wishes_per_patient);
    for _ in 0..TRIES {
        let inserted = tx
            .execute(
                LEAVE,
                &[
                    &id.uuid(),
                    &new.patient.uuid(),
                    &practitioner,
                    &visit_type,
                    &specialty,
                    &at.map(|at| at.0),
                    &at.map(|at| at.1),
                    &small(radius),
                    &place,
                    &most,
                    &new.weekdays.bits(),
                    &small(new.hours.from_minute()),
                    &small(new.hours.until_minute()),
                    &new.first_day,
                    &new.last_day,
                    &expires_at,
                    &likeness,
                    &i32::from(limit),
                ],
            )
            .await?;
        if inserted == 1 {
            return Ok(());
        }
        let row = tx.row(IN_THE_WAY, &[&new.patient.uuid(), &likeness]).await?;
        if let Some(wish) = row.get::<_, Option<_>>(1).map(WishId::from_uuid) {
            return Err(WaitingRefusal::AlreadyWished { wish });
        }
        if row.get::<_, i64>(0) >= i64::from(limit) {
            return Err(WaitingRefusal::TooManyWishes { limit });
        }
    }
    Err(WaitingRefusal::Busy)
}

/// Takes a wish back. A time that is kept for it goes to the next.
pub async fn withdraw(
    ctx: &Ctx,
    id: WishId,
    if_match: Option<i64>,
    render: impl Fn(&Wish) -> Value + Send + 'static,
) -> Result<Answer<Wish>, WaitingRefusal> {
    let answer = change(ctx, id, if_match, Step::Withdraw, render).await?;
    if let Answer::Fresh(Wish { offered: Some(Offered { appointment, expires_at: Some(_), .. }), .. }) =
        &answer
    {
        give_back(ctx, *appointment).await?;
    }
    Ok(answer)
}

/// Stands a wish whose offer was let go at the end of the line. The times that it was offered are not offered again.
pub async fn wait_again(
    ctx: &Ctx,
    id: WishId,
    if_match: Option<i64>,
    render: impl Fn(&Wish) -> Value + Send + 'static,
) -> Result<Answer<Wish>, WaitingRefusal> {
    change(ctx, id, if_match, Step::WaitAgain, render).await
}

/// Lets the time go that is kept for a wish: the next in the line gets it.
pub async fn decline(ctx: &Ctx, id: WishId) -> Result<Wish, WaitingRefusal> {
    let wish = find(ctx, id).await?;
    match (wish.status, wish.offered) {
        (WishStatus::Offered, Some(offered)) => give_back(ctx, offered.appointment).await?,
        (WishStatus::Lapsed, _) => {}
        _ => return Err(WaitingRefusal::WrongStatus),
    }
    find(ctx, id).await
}

/// Cancels a hold. One that has ended meanwhile has gone back already.
async fn give_back(ctx: &Ctx, appointment: AppointmentId) -> Result<(), WaitingRefusal> {
    let plain = Ctx { idempotency: None, ..ctx.clone() };
    let held = booking::find(&plain, appointment).await?;
    if held.status != booking::Status::Held {
        return Ok(());
    }
    // By its version: what is confirmed at this very moment stays booked.
    match booking::cancel(&plain, appointment, Some(held.version), None).await {
        Ok(_)
        | Err(
            booking::BookingRefusal::HoldExpired
            | booking::BookingRefusal::Already(_)
            | booking::BookingRefusal::VersionMismatch,
        ) => Ok(()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// A change of a wish's state by its patient.
#[derive(Clone, Copy)]
enum Step {
    Withdraw,
    WaitAgain,
}

const WITHDRAW: &str =
    "UPDATE wish SET status = 'withdrawn', version = version + 1, updated_at = rendez_now()
    WHERE id = $1 AND status IN ('waiting', 'offered', 'lapsed')";

/// The unique indexes judge it again: the limit, and whether the same has been wished for meanwhile.
const WAIT_AGAIN: &str = "
WITH again AS (
    UPDATE wish w SET status = 'waiting', asked_at = rendez_now(), looked_at = rendez_now(), version = w.version + 1,
        updated_at = rendez_now(), ordinal = free.ordinal
    FROM (SELECT min(o) AS ordinal FROM generate_series(1, $2::int) o WHERE NOT EXISTS (
        SELECT FROM wish t JOIN wish l ON l.patient_id = t.patient_id
        WHERE t.id = $1 AND l.id <> t.id AND l.ordinal = o AND l.status IN ('waiting', 'offered'))) free
    WHERE w.id = $1 AND w.status = 'lapsed' AND w.expires_at > rendez_now() AND free.ordinal IS NOT NULL
    RETURNING w.id
)
INSERT INTO job (kind, payload) SELECT 'waiting.wish', jsonb_build_object('wish', id) FROM again";

impl Step {
    const fn action(self) -> &'static str {
        match self {
            Self::Withdraw => "wish.withdraw",
            Self::WaitAgain => "wish.wait-again",
        }
    }

    async fn run(self, tx: &Transaction<'_>, id: WishId, limit: i16) -> Result<u64, tokio_postgres::Error> {
        match self {
            Self::Withdraw => tx.execute(WITHDRAW, &[&id.uuid()]).await,
            Self::WaitAgain => tx.execute(WAIT_AGAIN, &[&id.uuid(), &i32::from(limit)]).await,
        }
    }
}

/// Changes a wish's state with its row in hand, so that no offer comes between; recorded and remembered.
async fn change(
    ctx: &Ctx,
    id: WishId,
    if_match: Option<i64>,
    step: Step,
    render: impl Fn(&Wish) -> Value + Send + 'static,
) -> Result<Answer<Wish>, WaitingRefusal> {
    let scope = access::wishes(&ctx.actor)?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let known = find_with(&tx, &scope, id).await?;
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                return Ok(Answer::Replayed(earlier?));
            }
            let lock = "SELECT version FROM wish WHERE id = $1 FOR NO KEY UPDATE";
            let version: i64 = tx.query_one(lock, &[&id.uuid()]).await?.get(0);
            if if_match.is_some_and(|read| read != version) {
                return Err(WaitingRefusal::VersionMismatch);
            }
            tx.execute(SETTLE_OF_PATIENT, &[&known.patient.uuid()]).await?;
            let limit = task.booking.max_wishes_per_patient;
            match step.run(&tx, id, limit).await {
                Ok(1) => {}
                Ok(_) => {
                    let row = tx.row(IN_THE_WAY, &[&known.patient.uuid(), &Vec::<u8>::new()]).await?;
                    let full = known.status == WishStatus::Lapsed && row.get::<_, i64>(0) >= i64::from(limit);
                    return Err(if full {
                        WaitingRefusal::TooManyWishes { limit }
                    } else {
                        WaitingRefusal::WrongStatus
                    });
                }
                Err(error) => {
                    return Err(match violated(&error) {
                        Some("wish_likeness") => WaitingRefusal::AlreadyWished { wish: id },
                        Some("wish_ordinal") => WaitingRefusal::Busy,
                        _ => error.into(),
                    });
                }
            }
            let wish = find_with(&tx, &scope, id).await?;
            record(&tx, &task, step.action(), id, wish.version).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 200, &render(&wish)).await?;
            tx.commit().await?;
            Ok(Answer::Fresh(wish))
        })
        .await
}

/// Writes the audit row of a command.
pub(super) async fn record(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    action: &str,
    id: WishId,
    version: i64,
) -> Result<(), Fault> {
    tx.execute(
        "INSERT INTO audit (actor, action, subject_id, version, address, request_id) VALUES ($1, $2, $3, $4, $5::text::inet, $6)",
        &[
            &ctx.actor.to_string(),
            &action,
            &id.uuid(),
            &version,
            &ctx.origin.address.map(|address| address.to_string()),
            &ctx.origin.request_id,
        ],
    )
    .await?;
    Ok(())
}
