//! Writes and sends the mails.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rendez_platform::fault::Fault;
use rendez_platform::jobs::JobError;
use rendez_platform::mail::{Mail, Mailer};
use rendez_platform::store::{Prepared, Store};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::AppointmentId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ics::{IcsMethod, Visit, calendar};
use super::text::Words;
use crate::booking::BookingRefusal;
use crate::ctx::Ctx;

/// Which mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// The visit is booked.
    Confirmation,
    /// It takes place at another time.
    Moved,
    /// It does not take place.
    Cancellation,
    /// Its time is kept for somebody who waited for one like it.
    Offer,
}

impl MailKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Confirmation, Self::Moved, Self::Cancellation, Self::Offer];

    /// The kind of the job that is enqueued with the change itself.
    pub const fn job(self) -> &'static str {
        match self {
            Self::Confirmation => "mail.confirmation",
            Self::Moved => "mail.moved",
            Self::Cancellation => "mail.cancellation",
            Self::Offer => "mail.offer",
        }
    }

    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Confirmation => ("confirmation-subject", "confirmation-body"),
            Self::Moved => ("moved-subject", "moved-body"),
            Self::Cancellation => ("cancellation-subject", "cancellation-body"),
            Self::Offer => ("offer-subject", "offer-body"),
        }
    }

    const fn method(self) -> IcsMethod {
        match self {
            Self::Cancellation => IcsMethod::Cancel,
            _ => IcsMethod::Publish,
        }
    }

    /// The status that the visit must still have for the mail to be true.
    const fn status(self) -> &'static str {
        match self {
            Self::Cancellation => "cancelled",
            Self::Offer => "held",
            _ => "booked",
        }
    }
}

/// Mails about somebody without an address of their own go to who cares for them, in that person's language and name.
const VISIT: &str = "SELECT a.starts_at, a.ends_at, a.time_zone, a.status, a.version, a.updated_at,
        coalesce(x.email, g.email), concat_ws(' ', x.given_name, x.family_name), coalesce(x.locale, g.locale, $2), p.given_name || ' ' || p.family_name, v.name,
        concat_ws(', ', nullif(l.name, '—'), nullif(l.line, ''), nullif(concat_ws(' ', nullif(l.postal_code, ''), nullif(l.city, '')), '')),
        CASE WHEN x.email IS NULL THEN concat_ws(' ', g.given_name, g.family_name) END,
        a.hold_expires_at, CASE WHEN x.email IS NULL THEN g.id ELSE x.id END
    FROM appointment a JOIN patient x ON x.id = a.patient_id JOIN practitioner p ON p.id = a.practitioner_id
        JOIN location l ON l.id = a.location_id JOIN visit_type v ON v.id = a.visit_type_id
        LEFT JOIN LATERAL (
            SELECT p.id, p.email, p.locale, p.given_name, p.family_name FROM care c JOIN patient p ON p.id = c.guardian_id
            WHERE c.dependant_id = x.id AND c.until > rendez_now() AND p.email IS NOT NULL ORDER BY c.since LIMIT 1) g ON true
    WHERE a.id = $1";

/// What a mail or a calendar file says of a visit.
struct Facts {
    range: TimeRange,
    time_zone: String,
    status: String,
    version: i64,
    changed_at: Timestamp,
    email: Option<String>,
    /// Whose mail it is: the patient's, or that of who cares for them.
    addressee: Option<Uuid>,
    patient: String,
    /// Who cares for the patient, if the mail goes to them.
    guardian: Option<String>,
    locale: String,
    practitioner: String,
    visit_type: String,
    place: String,
    hold_expires_at: Option<Timestamp>,
}

impl Facts {
    fn visit(&self, id: AppointmentId) -> Visit {
        Visit {
            id,
            version: self.version,
            range: self.range,
            changed_at: self.changed_at,
            summary: match &self.guardian {
                Some(_) => format!("{} – {} ({})", self.visit_type, self.practitioner, self.patient),
                None => format!("{} – {}", self.visit_type, self.practitioner),
            },
            place: self.place.clone(),
        }
    }
}

async fn facts(ctx: &Ctx, id: AppointmentId) -> Result<Option<Facts>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let Some(row) = conn.maybe_row(VISIT, &[&id.uuid(), &ctx.pack.default_locale()]).await? else {
        return Ok(None);
    };
    Ok(Some(Facts {
        range: TimeRange::new(row.get(0), row.get(1))
            .map_err(|error| Fault::new("reading a visit", error))?,
        time_zone: row.get(2),
        status: row.get(3),
        version: row.get(4),
        changed_at: row.get(5),
        email: row.get(6),
        patient: row.get(7),
        locale: row.get(8),
        practitioner: row.get(9),
        visit_type: row.get(10),
        place: row.get(11),
        guardian: row.get::<_, Option<String>>(12).filter(|name| !name.is_empty()),
        hold_expires_at: row.get(13),
        addressee: row.get(14),
    }))
}

/// A visit that the caller may see, as its calendar file says it.
pub async fn visit(ctx: &Ctx, id: AppointmentId) -> Result<Visit, BookingRefusal> {
    crate::booking::find(ctx, id).await?;
    let facts = facts(ctx, id).await?.ok_or(BookingRefusal::NotFound)?;
    Ok(facts.visit(id))
}

/// Writes a mail about a version of a visit and sends it: the job of booking's commands. Safe to run twice. A mail that
/// is no longer true (the visit has been cancelled meanwhile) is not sent: the newer job sends its own.
pub async fn deliver(
    ctx: &Ctx,
    mailer: &Mailer,
    kind: MailKind,
    id: AppointmentId,
    version: i64,
) -> Result<(), JobError> {
    let Some(facts) = facts(ctx, id).await? else { return Ok(()) };
    let Some(to) = facts.email.clone() else { return Ok(()) };
    if facts.status != kind.status() || facts.version != version {
        return Ok(());
    }
    let mail = compose(ctx, kind, id, &facts, to)?;
    if write(ctx, &mail, facts.addressee).await? {
        return Ok(());
    }
    mailer.send(&mail).await?;
    Ok(mark_sent(ctx, mail.id).await?)
}

/// Writes the mail's row, once. Tells whether it has been sent already.
async fn write(ctx: &Ctx, mail: &Mail, addressee: Option<Uuid>) -> Result<bool, Fault> {
    let conn = ctx.store.read_fresh().await?;
    conn.execute(
        "INSERT INTO mail (id, to_address, subject, body, calendar, patient_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, rendez_now())
         ON CONFLICT (id) DO NOTHING",
        &[&mail.id, &mail.to, &mail.subject, &mail.body, &mail.calendar, &addressee],
    )
    .await?;
    Ok(conn.row("SELECT sent_at IS NOT NULL FROM mail WHERE id = $1", &[&mail.id]).await?.get(0))
}

pub(super) async fn mark_sent(ctx: &Ctx, id: Uuid) -> Result<(), Fault> {
    let conn = ctx.store.read_fresh().await?;
    conn.execute("UPDATE mail SET sent_at = rendez_now() WHERE id = $1", &[&id]).await?;
    Ok(())
}

fn compose(ctx: &Ctx, kind: MailKind, id: AppointmentId, facts: &Facts, to: String) -> Result<Mail, Fault> {
    let words = Words::of(&facts.locale);
    let zone =
        TimeZone::get(&facts.time_zone).map_err(|error| Fault::new("looking up a visit's zone", error))?;
    let local = zone.to_datetime(facts.range.start());
    // Only a hold has a deadline, and only its mail names one.
    let until = zone.to_datetime(facts.hold_expires_at.unwrap_or(facts.range.start()));
    let visit = match &facts.guardian {
        Some(_) => words.say(
            "visit-of-another",
            &[("visit", facts.visit_type.as_str().into()), ("person", facts.patient.as_str().into())],
        ),
        None => facts.visit_type.clone(),
    };
    let arguments = [
        ("patient", facts.guardian.as_ref().unwrap_or(&facts.patient).as_str().into()),
        ("practitioner", facts.practitioner.as_str().into()),
        ("visit", visit.into()),
        ("day", words.date(local).into()),
        ("time", words.time(local).into()),
        ("zone", words.zone(&facts.time_zone, ctx.pack.time_zone_name()).into()),
        ("place", facts.place.as_str().into()),
        ("until-day", words.date(until).into()),
        ("until-time", words.time(until).into()),
        ("link", format!("{}/appointments/{id}/confirm", ctx.public_url).into()),
    ];
    let (subject, body) = kind.keys();
    Ok(Mail {
        id: mail_id(kind, id, facts.version),
        to,
        subject: words.say(subject, &arguments),
        body: words.say(body, &arguments),
        // What is not booked yet stands in nobody's calendar.
        calendar: (kind != MailKind::Offer).then(|| calendar(&facts.visit(id), kind.method())),
        calendar_method: kind.method().as_str(),
    })
}

/// The same visit, version and kind always make the same mail.
fn mail_id(kind: MailKind, id: AppointmentId, version: i64) -> Uuid {
    let digest = Sha256::digest(format!("{}/{id}/{version}", kind.job()));
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Mails that are removed in one statement, so that none is long.
const PURGE_AT_ONCE: i64 = 1_000;

/// Removes mails written more than so many days ago, sent or not; returns how many.
pub async fn purge(store: &Store, keep_days: u16) -> Result<u64, Fault> {
    let conn = store.read_fresh().await?;
    let sql = "DELETE FROM mail WHERE id = ANY (ARRAY(
                   SELECT id FROM mail WHERE created_at < rendez_now() - make_interval(days => $1)
                    ORDER BY created_at LIMIT $2))";
    let mut purged = 0;
    loop {
        let rows = conn.execute(sql, &[&i32::from(keep_days), &PURGE_AT_ONCE]).await?;
        purged += rows;
        if rows < PURGE_AT_ONCE.unsigned_abs() {
            return Ok(purged);
        }
    }
}

/// A mail as it was or will be sent.
#[derive(Debug, Clone)]
pub struct KeptMail {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// The attached iCalendar object.
    pub calendar: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// The newest mails, at most 50. For demonstrations only: the caller must see that nobody else asks.
pub async fn kept_mails(ctx: &Ctx) -> Result<Vec<KeptMail>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let sql = "SELECT id, to_address, subject, body, calendar, created_at FROM mail ORDER BY created_at DESC, id LIMIT 50";
    Ok(conn.rows(sql, &[]).await?.iter().map(kept).collect())
}

/// One mail. For demonstrations only.
pub async fn kept_mail(ctx: &Ctx, id: Uuid) -> Result<Option<KeptMail>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let sql = "SELECT id, to_address, subject, body, calendar, created_at FROM mail WHERE id = $1";
    Ok(conn.maybe_row(sql, &[&id]).await?.as_ref().map(kept))
}

fn kept(row: &tokio_postgres::Row) -> KeptMail {
    KeptMail {
        id: row.get(0),
        to: row.get(1),
        subject: row.get(2),
        body: row.get(3),
        calendar: row.get(4),
        created_at: row.get(5),
    }
}
