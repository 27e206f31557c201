//! Each migration runs over the rows that stood there before it, and keeps them.

use rendez_platform::migrations::{embedded, run};
use rendez_testkit::TestDatabase;
use tokio_postgres::Client;

/// Rows as they stand after the migration of that name. A new migration gets its own here.
const SAMPLES: &[(&str, &str)] = &[
    (
        "0001_create_foundation",
        "INSERT INTO region VALUES ('fr', 250);
         INSERT INTO change (kind) VALUES ('schedule');
         INSERT INTO follower (name, xid, seq) VALUES ('mirror', '5', 1);
         INSERT INTO job (kind, payload) VALUES ('mail.confirmation', '{}');
         INSERT INTO idempotency (caller, route, key, fingerprint, status, answer_kind, answer)
            VALUES ('admin:root', 'POST /v1/patients', 'k', 'f', 201, 'body', '{}');
         INSERT INTO audit (actor, action, subject_id) VALUES ('admin:root', 'patient.create', gen_random_uuid())",
    ),
    (
        "0002_create_directory",
        "INSERT INTO calendar VALUES (1, 'practitioner', true), (2, 'room', true), (3, 'patient', true);
         INSERT INTO organization (id, region, name) VALUES ('00000000-0000-0000-0000-000000000001', 'fr', 'Cabinet');
         INSERT INTO location (id, organization_id, name, time_zone)
            VALUES ('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001', 'Cabinet', 'Europe/Paris');
         INSERT INTO room (id, location_id, calendar_id, kind, name)
            VALUES ('00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000002', 2, 'echo', 'Salle 1');
         INSERT INTO practitioner (id, organization_id, calendar_id, location_id, given_name, family_name, search_name)
            VALUES ('00000000-0000-0000-0000-000000000004', '00000000-0000-0000-0000-000000000001', 1,
                '00000000-0000-0000-0000-000000000002', 'Anne', 'Le Goff', 'le goff anne');
         INSERT INTO visit_type (id, practitioner_id, name, duration_minutes)
            VALUES ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000004', 'Consultation', 15);
         INSERT INTO patient (id, region, calendar_id, given_name, family_name, registered_by)
            VALUES ('00000000-0000-0000-0000-000000000006', 'fr', 3, 'Ana', 'Martin', 'server');
         INSERT INTO account (id, email, password_hash, role, patient_id)
            VALUES ('00000000-0000-0000-0000-000000000007', 'ana@example.org', 'x', 'patient', '00000000-0000-0000-0000-000000000006');
         INSERT INTO consent (account_id, key) SELECT id, 'terms' FROM account;
         INSERT INTO session (token_hash, account_id, expires_at) SELECT 'x', id, '2027-01-01' FROM account;
         INSERT INTO account_organization SELECT a.id, o.id FROM account a, organization o;
         INSERT INTO practitioner_location SELECT id, location_id FROM practitioner",
    ),
    (
        "0003_create_availability",
        "INSERT INTO opening_rule (practitioner_id, location_id, weekday, starts, ends)
            SELECT id, location_id, 1, '09:00', '12:00' FROM practitioner;
         INSERT INTO closure (practitioner_id, starts, ends) SELECT id, '2027-01-01', '2027-01-02' FROM practitioner;
         INSERT INTO opening (id, practitioner_id, location_id, starts_at, ends_at)
            SELECT gen_random_uuid(), id, location_id, '2027-02-01 08:00Z', '2027-02-01 09:00Z' FROM practitioner;
         INSERT INTO time_off (id, practitioner_id, starts_at, ends_at)
            SELECT gen_random_uuid(), id, '2027-03-01 08:00Z', '2027-03-05 09:00Z' FROM practitioner",
    ),
    (
        "0004_create_timeline",
        "INSERT INTO appointment (id, patient_id, practitioner_id, organization_id, location_id, visit_type_id, starts_at, ends_at, time_zone,
                status, hold_expires_at, policy_version, practitioner_calendar, patient_calendar, claim_starts_at, claim_ends_at)
            SELECT '00000000-0000-0000-0000-000000000008', x.id, p.id, p.organization_id, p.location_id, v.id, '2027-02-01 08:00Z',
                '2027-02-01 08:15Z', 'Europe/Paris', 'held', '2027-01-01 08:30Z', 1, 1, 3, '2027-02-01 08:00Z', '2027-02-01 08:15Z'
            FROM practitioner p, patient x, visit_type v;
         INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id, expires_at)
            SELECT calendar, starts_at, ends_at, 'hold', id, hold_expires_at
            FROM appointment, unnest(ARRAY[practitioner_calendar, patient_calendar]) AS calendar;
         INSERT INTO hold SELECT patient_id, 1, id, hold_expires_at FROM appointment;
         INSERT INTO mail (id, to_address, subject, body) VALUES (gen_random_uuid(), 'ana@example.org', 's', 'b')",
    ),
    ("0005_add_sector", "UPDATE practitioner SET sector = 'sector-1'"),
    (
        "0006_create_import",
        "INSERT INTO practitioner_identifier (system, value, practitioner_id) SELECT 'rpps', '81000000000', id FROM practitioner;
         INSERT INTO organization_identifier SELECT 'rpps', 'siren:1', id, 'k', name FROM organization;
         INSERT INTO location_identifier SELECT 'rpps', 'k', id, 1 FROM location;
         INSERT INTO import_run (system, format, fingerprint) VALUES ('rpps', 'rpps', 'f');
         CREATE TABLE import_line_1 PARTITION OF import_line FOR VALUES IN (1);
         CREATE TABLE import_place_1 PARTITION OF import_place FOR VALUES IN (1);
         INSERT INTO import_line (run_id, person, file_no, line, said) VALUES (1, '81000000000', 0, 2, '{}');
         INSERT INTO import_place (run_id, key, is_line, file_no, line, said) VALUES (1, 'k', false, 0, 2, '{}');
         INSERT INTO import_finding SELECT id, 0, 3, 'line', 'it is no JSON', '' FROM import_run",
    ),
    (
        "0007_create_waiting_list",
        "INSERT INTO wish (id, patient_id, ordinal, practitioner_id, visit_type_id, radius_km, weekdays, first_day, last_day, expires_at,
                asked_at, looked_at, likeness, created_at, updated_at)
            SELECT '00000000-0000-0000-0000-000000000009', x.id, 1, v.practitioner_id, v.id, 0, 127, '2027-02-01', '2027-03-01',
                '2027-03-02', '2027-01-01', '2027-01-01', 'l', '2027-01-01', '2027-01-01'
            FROM patient x, visit_type v;
         INSERT INTO wish_offer SELECT w.id, w.practitioner_id, a.starts_at, a.id, '2027-01-01' FROM wish w, appointment a",
    ),
    (
        "0008_create_care_and_feeds",
        "INSERT INTO calendar VALUES (4, 'patient', true);
         INSERT INTO patient (id, region, calendar_id, given_name, family_name, registered_by)
            VALUES ('00000000-0000-0000-0000-000000000009', 'fr', 4, 'Lila', 'Martin', 'server');
         INSERT INTO care (guardian_id, dependant_id, relation, since, ordinal)
            VALUES ('00000000-0000-0000-0000-000000000006', '00000000-0000-0000-0000-000000000009', 'child', '2026-12-01Z', 1);
         INSERT INTO calendar_feed SELECT '00000000-0000-0000-0000-000000000006', 'x', '2026-12-01Z'",
    ),
    ("0009_index_patients", "UPDATE patient SET phone = '+33612345678', birth_date = '1986-04-12'"),
    (
        "0010_create_practice_records",
        "INSERT INTO patient_block (organization_id, patient_id, reason, blocked_by)
            SELECT o.id, x.id, 'missed three', 'staff:acc_x' FROM organization o, patient x;
         INSERT INTO invitation (id, organization_id, email, rights, token_hash, invited_by, expires_at)
            SELECT gen_random_uuid(), id, 'neuf@example.org', 'desk', 'x', 'admin:root', '2027-01-01' FROM organization;
         INSERT INTO job_pause (kind, paused_by) VALUES ('mail.confirmation', 'admin:root')",
    ),
    (
        "0015_add_patient_of_mail",
        "UPDATE mail SET patient_id = '00000000-0000-0000-0000-000000000006'",
    ),
    (
        "0021_add_password_resets",
        "INSERT INTO password_reset (account_id, place, token_hash, mail_id, created_at, expires_at)
            SELECT a.id, 1, 'x', m.id, '2026-12-01Z', '2026-12-02Z' FROM account a, mail m",
    ),
];

/// How many rows each table has, but for the list of migrations itself.
async fn counts(client: &Client) -> Vec<(String, i64)> {
    let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition AND relname <> 'schema_migration' ORDER BY 1";
    let mut counts = Vec::new();
    for row in client.query(tables, &[]).await.expect("tables") {
        let table: String = row.get(0);
        let count =
            client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.expect("a count").get(0);
        counts.push((table, count));
    }
    counts
}

#[tokio::test]
async fn each_migration_keeps_the_rows_that_it_finds() {
    let database = TestDatabase::new().await;
    let mut client = database.connect().await;
    client
        .batch_execute("SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .await
        .expect("an empty database");
    let all = embedded();
    let mut before: Vec<(String, i64)> = Vec::new();
    for (place, migration) in all.iter().enumerate() {
        assert_eq!(
            run(&mut client, &all[..=place]).await.expect("it runs over rows"),
            std::slice::from_ref(&migration.name)
        );
        let after = counts(&client).await;
        for (table, count) in &before {
            let kept = after.iter().find(|(name, _)| name == table);
            assert_eq!(kept.map(|(_, kept)| kept), Some(count), "rows of {table} after {}", migration.name);
        }
        if let Some((_, rows)) = SAMPLES.iter().find(|(name, _)| *name == migration.name) {
            client.batch_execute(rows).await.expect("sample rows");
        }
        before = counts(&client).await;
    }
    for (table, count) in counts(&client).await {
        assert!(count > 0, "no sample row for {table}");
    }
}
