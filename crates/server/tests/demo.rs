//! The demo's world, as a visitor, a practice and the timeline find it.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use rendez_domain::availability::{self, ScheduleCache};
use rendez_domain::regions::{Pack, packs};
use rendez_platform::auth::Passwords;
use rendez_platform::store::Store;
use rendez_server::demo::{self, Loaded, Size};
use rendez_testkit::TestDatabase;
use rendez_vocab::entropy::SeededEntropy;
use rendez_vocab::ids::{PractitionerId, VisitTypeId};
use tokio_postgres::Client;

const SMALL: Size = Size { practitioners: 150, patients: 400 };

async fn load(database: &TestDatabase, seed: u64, size: Size) -> Loaded {
    demo::load_sized(&database.store(), france(), seed, size, |_, _| ()).await.expect("an empty database")
}

fn france() -> &'static Pack {
    &packs()[0]
}

async fn count(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.expect("a count").get(0)
}

#[tokio::test]
async fn the_world_is_populated_once() {
    let database = TestDatabase::new().await;
    let store = database.store();
    assert!(demo::is_empty(&store).await.expect("asked"));
    let (last, total) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (seen, of) = (Arc::clone(&last), Arc::clone(&total));
    let loaded = demo::load_sized(&store, france(), 1, SMALL, move |done, steps| {
        assert!(seen.swap(done, Ordering::Relaxed) <= done && done <= steps, "progress goes forward");
        of.store(steps, Ordering::Relaxed);
    })
    .await
    .expect("an empty database");
    assert_eq!(last.load(Ordering::Relaxed), total.load(Ordering::Relaxed), "and to its end");
    assert_eq!((loaded.practitioners, loaded.patients), (150, 400));
    assert!(loaded.appointments > 1000, "{}", loaded.appointments);
    assert!(!demo::is_empty(&store).await.expect("asked"));
    assert!(demo::load_sized(&store, france(), 1, SMALL, |_, _| ()).await.is_err(), "a second load");

    let client = database.connect().await;
    let appointments = i64::try_from(loaded.appointments).expect("a small number");
    for (sql, expected) in [
        ("SELECT count(*) FROM practitioner", 150),
        ("SELECT count(*) FROM patient", 400),
        ("SELECT count(*) FROM appointment", appointments),
        ("SELECT count(*) FROM calendar WHERE id >> 40 <> 250", 0),
        ("SELECT count(DISTINCT specialty) FROM practitioner", 62),
        ("SELECT count(*) FROM practitioner WHERE sector IS NULL", 0),
        ("SELECT count(*) FROM location WHERE postal_code !~ '^(22|29|35|56)'", 0),
        (
            "SELECT count(*) FROM practitioner p WHERE NOT EXISTS (SELECT FROM opening_rule r WHERE r.practitioner_id = p.id)",
            0,
        ),
        ("SELECT count(*) FROM account WHERE email NOT LIKE '%.example'", 0),
        ("SELECT count(*) FROM patient WHERE email NOT LIKE '%.example'", 0),
        (
            "SELECT count(*) FROM practitioner WHERE NOT 'fr' = ANY (languages) OR email NOT LIKE '%.example'",
            0,
        ),
        ("SELECT count(*) FROM (SELECT email FROM patient GROUP BY email HAVING count(*) > 1) twice", 0),
    ] {
        assert_eq!(count(&client, sql).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn every_visit_has_exactly_its_claims() {
    let database = TestDatabase::new().await;
    load(&database, 2, SMALL).await;
    let client = database.connect().await;
    // The constraint of the timeline has refused overlaps already; here is that nothing is missing or left over.
    let expected = "SELECT practitioner_calendar AS calendar_id, claim_starts_at AS starts_at, claim_ends_at AS ends_at, id AS owner_id
            FROM appointment WHERE status <> 'cancelled'
        UNION ALL SELECT room_calendar, claim_starts_at, claim_ends_at, id FROM appointment WHERE status <> 'cancelled' AND room_id IS NOT NULL
        UNION ALL SELECT patient_calendar, starts_at, ends_at, id FROM appointment WHERE status <> 'cancelled'";
    let actual = "SELECT calendar_id, starts_at, ends_at, owner_id FROM claim WHERE kind = 'appointment' AND exclusive AND expires_at IS NULL";
    for (one, other) in [(expected, actual), (actual, expected)] {
        assert_eq!(
            count(&client, &format!("SELECT count(*) FROM (({one}) EXCEPT ALL ({other})) odd")).await,
            0
        );
    }
    for sql in [
        "SELECT count(*) FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id
            WHERE p.calendar_id <> a.practitioner_calendar OR p.organization_id <> a.organization_id
               OR p.schedule_version <> a.policy_version",
        "SELECT count(*) FROM appointment a JOIN patient p ON p.id = a.patient_id WHERE p.calendar_id <> a.patient_calendar",
        "SELECT count(*) FROM appointment a JOIN visit_type v ON v.id = a.visit_type_id
            WHERE v.practitioner_id <> a.practitioner_id OR (v.room_kind IS NULL) <> (a.room_id IS NULL) OR v.telehealth <> a.telehealth",
        "SELECT count(*) FROM appointment a JOIN room r ON r.id = a.room_id
            WHERE r.location_id <> a.location_id OR r.calendar_id <> a.room_calendar",
        "SELECT count(*) FROM appointment WHERE created_at > rendez_now() OR created_at > starts_at",
        "SELECT count(*) FROM appointment WHERE ends_at > rendez_now() AND status NOT IN ('booked', 'cancelled')",
        // Time off is covered by its claims to the last minute.
        "SELECT count(*) FROM (SELECT t.starts_at, t.ends_at, range_agg(tstzrange(c.starts_at, c.ends_at)) AS taken
            FROM time_off t JOIN practitioner p ON p.id = t.practitioner_id
            LEFT JOIN claim c ON c.calendar_id = p.calendar_id AND c.kind = 'time-off' GROUP BY t.id) off
            WHERE taken IS DISTINCT FROM tstzmultirange(tstzrange(starts_at, ends_at))",
    ] {
        assert_eq!(count(&client, sql).await, 0, "{sql}");
    }
    assert!(
        count(&client, "SELECT count(*) FROM appointment WHERE room_id IS NOT NULL").await > 0,
        "some need a room"
    );
    assert!(count(&client, "SELECT count(*) FROM time_off").await > 0, "somebody is away");
}

#[tokio::test]
async fn every_coming_visit_stands_on_a_slot_of_the_schedule_as_the_database_has_it() {
    let database = TestDatabase::new().await;
    load(&database, 3, SMALL).await;
    let client = database.connect().await;
    let schedules = schedules();
    let rows = client
        .query(
            "SELECT practitioner_id, visit_type_id, starts_at, ends_at, claim_starts_at, claim_ends_at, location_id FROM appointment
             WHERE starts_at > rendez_now()",
            &[],
        )
        .await
        .expect("the visits");
    assert!(rows.len() > 500, "{}", rows.len());
    let store = database.store();
    for row in &rows {
        let id = PractitionerId::from_uuid(row.get(0));
        let schedule = schedules.get(&store, id).await.expect("read").expect("known");
        let visit_type = VisitTypeId::from_uuid(row.get(1));
        let start: Timestamp = row.get(2);
        // Early enough for any notice, late enough for any horizon.
        let then = start - SignedDuration::from_hours(24 * 3);
        let offer =
            availability::check(&schedule, visit_type, start, then, SignedDuration::ZERO).expect("offered");
        let stored = (row.get(2), row.get(3), row.get(4), row.get(5), row.get(6));
        let made = (
            offer.range.start(),
            offer.range.end(),
            offer.blocked.start(),
            offer.blocked.end(),
            offer.location.uuid(),
        );
        assert_eq!(made, stored);
    }
}

#[tokio::test]
async fn the_same_seed_makes_the_same_world() {
    let (one, same, other) = tokio::join!(TestDatabase::new(), TestDatabase::new(), TestDatabase::new());
    let size = Size { practitioners: 40, patients: 100 };
    for (database, seed) in [(&one, 7), (&same, 7), (&other, 8)] {
        load(database, seed, size).await;
    }
    assert_eq!(digest(&one).await, digest(&same).await);
    assert_ne!(digest(&one).await, digest(&other).await);
}

/// Of everything but the instants at which rows were written.
async fn digest(database: &TestDatabase) -> Vec<String> {
    let client = database.connect().await;
    let mut digests = Vec::new();
    for table in [
        "calendar",
        "organization",
        "location",
        "room",
        "practitioner",
        "visit_type",
        "opening_rule",
        "closure",
        "opening",
        "time_off",
        "patient",
        "appointment",
        "account",
        "account_organization",
        "claim",
    ] {
        let written = if table == "appointment" { "" } else { " - 'created_at'" };
        let sql = format!(
            "SELECT count(*) || md5(coalesce(string_agg(line, E'\\n' ORDER BY line), '')) FROM (SELECT (to_jsonb(t){written})::text AS line FROM {table} t) lines"
        );
        digests.push(client.query_one(&sql, &[]).await.expect("a digest").get(0));
    }
    digests
}

#[tokio::test]
async fn visitors_sign_in_and_find_their_things() {
    let database = TestDatabase::new().await;
    let loaded = load(&database, 4, SMALL).await;
    assert_eq!(loaded.logins, demo::logins());
    let client = database.connect().await;
    let passwords = Passwords::new(Arc::new(SeededEntropy::new(1)));
    let mut hashes = HashSet::new();
    for login in &loaded.logins {
        let row = client
            .query_one(
                "SELECT role, password_hash FROM account WHERE lower(email) = lower($1)",
                &[&login.email],
            )
            .await
            .expect("an account");
        assert_eq!(row.get::<_, &str>(0), login.role);
        let hash: String = row.get(1);
        if hashes.insert(hash.clone()) {
            assert!(passwords.verify(login.password, Some(&hash)).await.expect("verified"));
        }
    }
    let claires = "SELECT count(*) FROM appointment a JOIN account c ON c.patient_id = a.patient_id AND c.email = 'claire@demo.example'
        JOIN account d ON d.practitioner_id = a.practitioner_id AND d.email = 'docteur@demo.example'";
    assert_eq!(
        count(&client, &format!("{claires} WHERE a.status = 'fulfilled' AND a.ends_at < rendez_now()")).await,
        1
    );
    assert_eq!(
        count(&client, &format!("{claires} WHERE a.status = 'booked' AND a.starts_at > rendez_now()")).await,
        1
    );
    assert_eq!(
        count(
            &client,
            "SELECT count(*) FROM appointment a JOIN account c ON c.patient_id = a.patient_id AND c.email = 'claire@demo.example'"
        )
        .await,
        2
    );
    let colleagues = "SELECT count(*) FROM practitioner p JOIN account_organization o USING (organization_id)
        JOIN account a ON a.id = o.account_id AND a.email = 'accueil@demo.example'";
    assert!(count(&client, colleagues).await >= 3, "the desk serves several practitioners");
}

#[tokio::test]
async fn some_are_full_for_weeks_and_some_are_free_soon() {
    let database = TestDatabase::new().await;
    load(&database, 5, SMALL).await;
    let client = database.connect().await;
    let now: Timestamp = client.query_one("SELECT rendez_now()", &[]).await.expect("the clock").get(0);
    let (mut full, mut week, mut soon) = (0, 0, 0);
    for row in client.query("SELECT id FROM practitioner", &[]).await.expect("practitioners") {
        let id = PractitionerId::from_uuid(row.get(0));
        let first = first_free(&database.store(), &client, id, now).await;
        let ahead = first.map_or(SignedDuration::MAX, |start| start.duration_since(now));
        full += u32::from(ahead > SignedDuration::from_hours(24 * 14));
        week += u32::from(ahead < SignedDuration::from_hours(24 * 7));
        soon += u32::from(ahead < SignedDuration::from_hours(24));
    }
    assert!(full >= 5, "{full} are full for two weeks");
    assert!(week >= 75, "{week} are free within a week, wherever its Sunday and its holidays fall");
    assert!(soon <= 60, "{soon} can be booked within a day");
}

fn schedules() -> ScheduleCache {
    ScheduleCache::new(france().holidays(2020..=2040).into_iter().map(|(date, _)| date).collect())
}

/// The first start that a patient could book.
async fn first_free(store: &Store, client: &Client, id: PractitionerId, now: Timestamp) -> Option<Timestamp> {
    let schedule = schedules().get(store, id).await.expect("read").expect("known");
    let window =
        rendez_vocab::TimeRange::new(now, now + SignedDuration::from_hours(24 * 60)).expect("two months");
    let claims: Vec<_> = client
        .query(
            "SELECT starts_at, ends_at FROM claim WHERE calendar_id = $1 ORDER BY starts_at",
            &[&schedule.calendar],
        )
        .await
        .expect("claims")
        .iter()
        .map(|row| rendez_vocab::TimeRange::new(row.get(0), row.get(1)).expect("the constraint"))
        .collect();
    let firsts = schedule.visit_types.iter().filter_map(|visit_type| {
        let found = availability::slots(&schedule, visit_type.id, window, now, &claims, Some(1));
        found.first().map(|slot| slot.start)
    });
    firsts.min()
}
