//! Nothing that a request runs reads a big table from end to end.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use rendez_domain::booking::{self, AppointmentFilter, HoldRequest};
use rendez_domain::directory::{self, NewTimeOff};
use rendez_domain::search::{SearchRequest, search};
use rendez_domain::{identity, personal};
use rendez_testkit::World;
use rendez_vocab::{Actor, TimeRange};

/// About the directory of a region, and a month of its timeline.
const REGION: &str = "
CREATE TEMP TABLE n AS SELECT i, md5('p' || i)::uuid AS practitioner, md5('l' || i)::uuid AS location, md5('x' || i)::uuid AS patient,
    md5('v' || i)::uuid AS visit_type, (250::bigint << 40) + 1000000 + i AS calendar FROM generate_series(1, 20000) AS i;
INSERT INTO organization (id, region, name) VALUES ('00000000-0000-0000-0000-000000000001', 'fr', 'Cabinet');
INSERT INTO calendar SELECT calendar, 'practitioner', true FROM n UNION ALL SELECT calendar + 100000, 'patient', true FROM n;
INSERT INTO location (id, organization_id, name, time_zone, latitude, longitude)
    SELECT location, '00000000-0000-0000-0000-000000000001', 'Cabinet', 'Europe/Paris', 42.5 + (i * 7919 % 8000) / 1000.0, -4 + (i * 6101 % 12000) / 1000.0 FROM n;
INSERT INTO practitioner (id, organization_id, calendar_id, location_id, given_name, family_name, search_name, specialty, languages)
    SELECT practitioner, '00000000-0000-0000-0000-000000000001', calendar, location, 'Anne', left(md5(i::text), 8),
        left(md5(i::text), 8) || ' anne', 'specialty-' || i % 40, '{fr}' FROM n;
INSERT INTO visit_type (id, practitioner_id, name, duration_minutes) SELECT visit_type, practitioner, 'Consultation', 15 FROM n;
INSERT INTO opening_rule (practitioner_id, location_id, weekday, starts, ends)
    SELECT practitioner, location, day, '09:00', '17:00' FROM n, generate_series(1, 2) AS day;
INSERT INTO patient (id, region, calendar_id, given_name, family_name, registered_by)
    SELECT patient, 'fr', calendar + 100000, 'Ana', 'Martin', 'server' FROM n;
INSERT INTO account (id, email, password_hash, role, patient_id) SELECT md5('u' || i)::uuid, i || '@example.org', 'x', 'patient', patient FROM n;
INSERT INTO mail (id, to_address, subject, body, patient_id) SELECT md5('m' || i)::uuid, i || '@example.org', 's', 'b', patient FROM n;
INSERT INTO appointment (id, patient_id, practitioner_id, organization_id, location_id, visit_type_id, starts_at, ends_at, time_zone,
        status, policy_version, practitioner_calendar, patient_calendar, claim_starts_at, claim_ends_at)
    SELECT md5('a' || i || '-' || day)::uuid, patient, practitioner, '00000000-0000-0000-0000-000000000001', location, visit_type, at, at + interval '15 minutes',
        'Europe/Paris', 'booked', 1, calendar, calendar + 100000, at, at + interval '15 minutes'
    FROM n, generate_series(1, 2) AS day, LATERAL (SELECT date_trunc('day', now()) + day * interval '1 day' + (i % 40) * interval '15 minutes' AS at) t;
INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
    SELECT practitioner_calendar, starts_at, ends_at, 'appointment', id FROM appointment
    UNION ALL SELECT patient_calendar, starts_at, ends_at, 'appointment', id FROM appointment;
INSERT INTO idempotency (caller, route, key, fingerprint, status, answer_kind, answer)
    SELECT 'patient:' || i, 'POST /v1/appointments', 'k', 'f', 201, 'body', '{}' FROM n;
ANALYZE";

/// Rows that were read by going through a whole table, by table. The sessions must have ended for it to be complete.
async fn read_through(world: &World) -> BTreeMap<String, i64> {
    let client = world.database.connect().await;
    let end = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    client.query_one(end, &[]).await.expect("the others end");
    let sql =
        "SELECT relname::text, seq_tup_read FROM pg_stat_user_tables WHERE n_live_tup > 5000 ORDER BY 1";
    client.query(sql, &[]).await.expect("statistics").iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn no_request_reads_a_big_table_from_end_to_end() {
    let world = World::new().await;
    world.database.connect().await.batch_execute(REGION).await.expect("a region");
    let before = read_through(&world).await;
    for table in [
        "account",
        "appointment",
        "claim",
        "idempotency",
        "location",
        "mail",
        "opening_rule",
        "patient",
        "practitioner",
        "visit_type",
    ] {
        assert!(before.contains_key(table), "{table} is big: {before:?}");
    }

    // Each at least six times, so that a plan for any parameters would show as well.
    for round in 0..7 {
        let practitioner = world.practitioner(vec![]).await;
        let day = world.open_day(&practitioner, 3, 60).await;
        let patient = world.patient().await;
        let slot =
            |quarter: i64| world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * quarter));
        let ctx = world.patient_with_key(patient, "POST /v1/appointments", "k");
        let request = HoldRequest { slot: slot(0), patient, reason: None };
        let held = booking::hold(&ctx, request.clone()).await.expect("free");
        booking::hold(&ctx, request).await.expect("the first answer");
        world.hold(world.patient().await, slot(0)).await.expect_err("taken");
        let ctx = world.ctx(Actor::Patient(patient));
        booking::confirm(&ctx, held.id, None, None).await.expect("in time");
        booking::reschedule(&ctx, held.id, None, slot(1)).await.expect("free");
        booking::find(&ctx, held.id).await.expect("theirs");
        personal::export(&ctx).await.expect("everything");
        identity::staff(&world.admin(), practitioner.organization).await.expect("its people");
        for filter in [
            AppointmentFilter { patient: Some(patient), limit: 20, ..AppointmentFilter::default() },
            AppointmentFilter {
                practitioner: Some(practitioner.id),
                from: Some(day.start()),
                limit: 20,
                ..AppointmentFilter::default()
            },
        ] {
            booking::list(&world.admin(), &filter).await.expect("a list");
        }
        directory::patient(&world.desk_of(&practitioner), patient).await.expect("their patient");
        let visit_type = practitioner.visit_types[0].id;
        booking::slots(&ctx, practitioner.id, visit_type, day, None).await.expect("slots");
        booking::explain(&ctx, practitioner.id, visit_type, day.start()).await.expect("rules");
        let hour = TimeRange::new(day.start(), day.end()).expect("an hour");
        let new = NewTimeOff { range: hour, reason: None };
        directory::take_time_off(&world.admin(), practitioner.id, new, |_| serde_json::Value::Null)
            .await
            .expect("time off");
        booking::cancel(&ctx, held.id, None, None).await.expect("in time");
        booking::sweep(&world.admin()).await.expect("a sweep");
        let near = Some((48.1 + f64::from(round) / 10.0, -1.68));
        let request = SearchRequest { near, radius_km: Some(10.0), limit: 10, ..SearchRequest::default() };
        search(&ctx, &request).await.expect("an answer");
        let by_specialty = SearchRequest { specialty: Some("cardiology".into()), ..request };
        search(&ctx, &by_specialty).await.expect("an answer");
        let everywhere = SearchRequest { limit: 10, ..SearchRequest::default() };
        for request in [
            everywhere.clone(),
            SearchRequest { specialty: Some("cardiology".into()), ..everywhere.clone() },
            SearchRequest { q: Some("cardiologue".into()), ..everywhere.clone() },
            SearchRequest { q: Some("c4ca42".into()), ..everywhere.clone() },
            SearchRequest { q: Some("anne c4ca4".into()), ..everywhere.clone() },
            SearchRequest { q: Some("c4ca42".into()), near, ..everywhere.clone() },
            SearchRequest { near, radius_km: Some(500.0), ..everywhere.clone() },
            SearchRequest { telehealth: Some(true), ..everywhere },
        ] {
            search(&ctx, &request).await.expect("an answer");
        }
    }
    let after = read_through(&world).await;
    assert_eq!(after, before, "rows read by going through a whole table");
    // Going through the mails by their dates would read all of them too.
    let scans = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'mail_patient'";
    assert!(world.count(scans).await >= 7, "mails are found by their patient");
}
