//! The invented country, as the timeline, a practice and a second maker find it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rendez_domain::availability::{ScheduleCache, opening_ranges};
use rendez_domain::regions::{Pack, packs};
use rendez_server::generate::{Made, Plan, generate};
use rendez_testkit::{TestDatabase, consistency};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PractitionerId;
use tokio_postgres::Client;

const SMALL: Plan = Plan { practitioners: 200, patients: 500, seed: 1, streams: 2 };

fn france() -> &'static Pack {
    &packs()[0]
}

async fn make(database: &TestDatabase, plan: Plan) -> Made {
    generate(&database.store(), france(), plan, |_| ()).await.expect("an empty database")
}

async fn count(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.expect("a count").get(0)
}

#[tokio::test]
async fn a_country_has_everybody_and_every_invariant_holds() {
    let database = TestDatabase::new().await;
    let told = Arc::new(AtomicUsize::new(0));
    let hears = Arc::clone(&told);
    let progress = move |people| {
        hears.fetch_add(people, Ordering::Relaxed);
    };
    let made = generate(&database.store(), france(), SMALL, progress).await.expect("an empty database");
    assert_eq!(told.load(Ordering::Relaxed), 700, "everybody was told of");
    assert!((0.62..0.78).contains(&made.busy_share), "{made:?}");

    let client = database.connect().await;
    consistency::check(&client).await;
    assert_eq!(count(&client, "SELECT count(*) FROM claim").await, i64::try_from(made.claims).expect("few"));
    for (sql, expected) in [
        ("SELECT count(*) FROM practitioner", 200),
        ("SELECT count(*) FROM patient", 500),
        ("SELECT count(*) FROM calendar", 700),
        ("SELECT count(*) FROM calendar WHERE id >> 40 <> 250", 0),
        ("SELECT count(*) FROM claim WHERE kind <> 'clinic' OR NOT exclusive OR expires_at IS NOT NULL", 0),
        ("SELECT count(*) FROM practitioner WHERE NOT 'fr' = ANY (languages)", 0),
        ("SELECT count(*) FROM practitioner WHERE email NOT LIKE '%.example'", 0),
        ("SELECT count(*) FROM patient WHERE email NOT LIKE '%.example'", 0),
        ("SELECT count(*) FROM visit_type WHERE duration_minutes NOT BETWEEN 10 AND 60", 0),
        (
            "SELECT count(*) FROM practitioner p WHERE (SELECT count(*) FROM visit_type v WHERE v.practitioner_id = p.id) NOT BETWEEN 1 AND 6",
            0,
        ),
        (
            "SELECT count(*) FROM practitioner p WHERE telehealth <>
                EXISTS (SELECT FROM visit_type v WHERE v.practitioner_id = p.id AND v.telehealth)",
            0,
        ),
        (
            "SELECT count(*) FROM practitioner p WHERE NOT EXISTS (SELECT FROM opening_rule r WHERE r.practitioner_id = p.id)",
            0,
        ),
        (
            "SELECT count(*) FROM opening_rule r JOIN practitioner p ON p.id = r.practitioner_id WHERE r.location_id <> p.location_id
                AND NOT EXISTS (SELECT FROM practitioner_location l WHERE l.practitioner_id = p.id AND l.location_id = r.location_id)",
            0,
        ),
        (
            "SELECT count(*) FROM location l JOIN practitioner p ON p.location_id = l.id WHERE l.organization_id <> p.organization_id
                OR l.latitude IS NULL OR l.longitude IS NULL",
            0,
        ),
        (
            "SELECT count(*) FROM (SELECT FROM practitioner GROUP BY location_id HAVING count(*) > 8) crowded",
            0,
        ),
    ] {
        assert_eq!(count(&client, sql).await, expected, "{sql}");
    }
    let codes =
        client.query("SELECT DISTINCT specialty, sector FROM practitioner", &[]).await.expect("codes");
    for row in codes {
        assert!(france().specialty(row.get(0)).is_some());
        assert!(row.get::<_, Option<&str>>(1).is_none_or(|code| france().sector(code).is_some()));
    }
    // A command that takes a calendar now takes one that nobody has.
    let next = count(&client, "SELECT (250::bigint << 40) + nextval('calendar_number')").await;
    assert!(next > count(&client, "SELECT max(id) FROM calendar").await);
}

#[tokio::test]
async fn what_is_taken_is_opening_time() {
    let database = TestDatabase::new().await;
    make(&database, Plan { practitioners: 60, patients: 0, ..SMALL }).await;
    let client = database.connect().await;
    let schedules =
        ScheduleCache::new(france().holidays(2020..=2045).into_iter().map(|(date, _)| date).collect());
    let rows = client
        .query(
            "SELECT p.id, min(c.starts_at), max(c.ends_at), array_agg(c.starts_at), array_agg(c.ends_at)
             FROM practitioner p JOIN claim c ON c.calendar_id = p.calendar_id GROUP BY p.id",
            &[],
        )
        .await
        .expect("the claims");
    assert!(rows.len() > 50, "{}", rows.len());
    for row in rows {
        let id = PractitionerId::from_uuid(row.get(0));
        let schedule = schedules.get(&database.store(), id).await.expect("read").expect("known");
        let span = TimeRange::new(row.get(1), row.get(2)).expect("a range");
        let open: Vec<TimeRange> =
            opening_ranges(&schedule, span).into_iter().map(|opening| opening.range).collect();
        let starts: Vec<jiff::Timestamp> = row.get(3);
        let ends: Vec<jiff::Timestamp> = row.get(4);
        for (start, end) in starts.into_iter().zip(ends) {
            let inside = |instant| open.iter().any(|open| open.start() <= instant && instant <= open.end());
            assert!(inside(start) && inside(end), "a block starts and ends while somebody works");
        }
    }
}

#[tokio::test]
async fn the_same_seed_makes_the_same_country_whoever_writes_it() {
    let (one, same, other) = tokio::join!(TestDatabase::new(), TestDatabase::new(), TestDatabase::new());
    let plan = Plan { practitioners: 2_100, patients: 0, ..SMALL };
    make(&one, Plan { streams: 1, ..plan }).await;
    make(&same, Plan { streams: 3, ..plan }).await;
    make(&other, Plan { seed: 2, ..plan }).await;
    assert_eq!(digest(&one).await, digest(&same).await);
    assert_ne!(digest(&one).await, digest(&other).await);
}

/// Of everything but the instants at which rows were written and the numbers that the database gave them.
async fn digest(database: &TestDatabase) -> Vec<String> {
    let client = database.connect().await;
    let mut digests = Vec::new();
    for (table, without) in [
        ("calendar", "''"),
        ("organization", "'created_at'"),
        ("location", "'created_at'"),
        ("practitioner", "'created_at'"),
        ("practitioner_location", "''"),
        ("visit_type", "''"),
        ("opening_rule", "'id'"),
        ("claim", "'id'"),
    ] {
        let sql = format!(
            "SELECT count(*) || md5(coalesce(string_agg(line, E'\\n' ORDER BY line), ''))
             FROM (SELECT (to_jsonb(t) - {without})::text AS line FROM {table} t) lines"
        );
        digests.push(client.query_one(&sql, &[]).await.expect("a digest").get(0));
    }
    digests
}

#[tokio::test]
async fn a_database_with_somebody_in_it_is_refused_and_stays_as_it_is() {
    let database = TestDatabase::new().await;
    make(&database, Plan { practitioners: 5, patients: 0, ..SMALL }).await;
    let refused = generate(&database.store(), france(), SMALL, |_| ()).await.expect_err("refused");
    assert!(refused.to_string().contains("not empty"), "{refused}");
    let client = database.connect().await;
    assert_eq!(count(&client, "SELECT count(*) FROM practitioner").await, 5);
}
