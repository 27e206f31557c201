//! Everything that is known of a patient and of whom they care for, as JSON.

use std::sync::LazyLock;

use rendez_platform::store::Prepared;

use crate::ctx::Ctx;
use crate::identity::{IdentityRefusal, access};

/// Each part and the statement that makes it. $1 is the patient, $2 the actor as the audit names them. Tokens, hashes and
/// what practices wrote for themselves are no part.
const PARTS: [(&str, &str); 11] = [
    (
        "account",
        "SELECT jsonb_build_object('email', a.email, 'created_at', a.created_at) FROM account a WHERE a.patient_id = $1::uuid",
    ),
    (
        "patient",
        "SELECT jsonb_build_object('given_name', p.given_name, 'family_name', p.family_name, 'birth_date', p.birth_date,
            'email', p.email, 'phone', p.phone, 'language', p.locale, 'created_at', p.created_at) FROM patient p WHERE p.id = $1::uuid",
    ),
    (
        "people_cared_for",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('given_name', p.given_name, 'family_name', p.family_name,
            'birth_date', p.birth_date, 'relation', c.relation, 'since', c.since, 'until', nullif(c.until, 'infinity'))
            ORDER BY c.since), '[]') FROM care c JOIN patient p ON p.id = c.dependant_id WHERE c.guardian_id = $1::uuid",
    ),
    (
        "visits",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('for', x.given_name || ' ' || x.family_name, 'start', a.starts_at,
            'end', a.ends_at, 'time_zone', a.time_zone, 'status', a.status, 'visit_type', v.name,
            'practitioner', d.given_name || ' ' || d.family_name, 'place', concat_ws(', ', l.line, l.postal_code, l.city),
            'telehealth', a.telehealth, 'reason', a.reason, 'cancel_reason', a.cancel_reason, 'made_at', a.created_at,
            'changed_at', a.updated_at) ORDER BY a.starts_at, a.id), '[]')
         FROM people_of($1::uuid) AS person JOIN appointment a ON a.patient_id = person JOIN patient x ON x.id = a.patient_id
            JOIN practitioner d ON d.id = a.practitioner_id JOIN location l ON l.id = a.location_id
            JOIN visit_type v ON v.id = a.visit_type_id",
    ),
    (
        "wishes",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('status', w.status, 'practitioner', d.given_name || ' ' || d.family_name,
            'visit_type', v.name, 'specialty', w.specialty, 'place', nullif(w.place, ''), 'radius_km', nullif(w.radius_km, 0),
            'first_day', w.first_day, 'last_day', w.last_day, 'asked_at', w.asked_at) ORDER BY w.created_at, w.id), '[]')
         FROM people_of($1::uuid) AS person JOIN wish w ON w.patient_id = person
            LEFT JOIN practitioner d ON d.id = w.practitioner_id LEFT JOIN visit_type v ON v.id = w.visit_type_id",
    ),
    (
        "consents",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('key', c.key, 'given_at', c.given_at) ORDER BY c.key), '[]')
         FROM consent c JOIN account a ON a.id = c.account_id WHERE a.patient_id = $1::uuid",
    ),
    (
        "sessions",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('since', s.created_at, 'until', s.expires_at) ORDER BY s.created_at), '[]')
         FROM session s JOIN account a ON a.id = s.account_id WHERE a.patient_id = $1::uuid",
    ),
    (
        "password_links",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('since', r.created_at, 'until', r.expires_at) ORDER BY r.created_at), '[]')
         FROM password_reset r JOIN account a ON a.id = r.account_id WHERE a.patient_id = $1::uuid",
    ),
    (
        "calendar",
        "SELECT jsonb_build_object('since', f.created_at) FROM calendar_feed f WHERE f.patient_id = $1::uuid",
    ),
    (
        // Written to them, whatever the address: another's mails may go to the same one. A link that still counts is for the
        // mailbox alone: to be signed in is no proof of it.
        "mails",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('to', m.to_address, 'subject', m.subject, 'body',
            CASE WHEN m.id NOT IN (SELECT r.mail_id FROM password_reset r WHERE r.expires_at > rendez_now()) THEN m.body END,
            'written_at', m.created_at, 'sent_at', m.sent_at) ORDER BY m.created_at), '[]')
         FROM mail m WHERE m.patient_id = $1::uuid",
    ),
    (
        // By subject, as the audit is indexed: what they did to their own records, visits and account.
        "what_you_did",
        "SELECT coalesce(jsonb_agg(jsonb_build_object('at', u.at, 'action', u.action, 'address', host(u.address)) ORDER BY u.id), '[]')
         FROM (SELECT person AS id FROM people_of($1::uuid) AS person
               UNION ALL SELECT a.id FROM account a WHERE a.patient_id = $1::uuid
               UNION ALL SELECT a.id FROM people_of($1::uuid) AS person JOIN appointment a ON a.patient_id = person) AS subject
            JOIN audit u ON u.subject_id = subject.id WHERE u.actor = $2::text",
    ),
];

/// One statement, so that all parts are of one instant.
static EXPORT: LazyLock<String> = LazyLock::new(|| {
    let parts: Vec<String> = PARTS.iter().map(|(name, sql)| format!("'{name}', ({sql})")).collect();
    format!("SELECT jsonb_pretty(jsonb_build_object('as_of', rendez_now(), {}))", parts.join(", "))
});

/// Everything that is known of the caller, of the people they care for and of their visits.
pub async fn export(ctx: &Ctx) -> Result<String, IdentityRefusal> {
    let patient = access::people(&ctx.actor)?;
    let conn = ctx.store.read_fresh().await?;
    Ok(conn.row(&EXPORT, &[&patient.uuid(), &ctx.actor.to_string()]).await?.get(0))
}
