//! The calendar that a patient's programs subscribe to.

use jiff::SignedDuration;
use jiff::civil::date;
use rendez_domain::booking::{self, HoldRequest};
use rendez_domain::identity::{self, Person, Relation};
use rendez_domain::notify::{self, FeedToken};
use rendez_testkit::World;
use rendez_vocab::Actor;

#[tokio::test]
async fn a_calendar_follows_what_becomes_of_the_visits_of_a_family() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 240).await;
    let at = |minutes: i64| world.slot(&practitioner, day.start() + SignedDuration::from_mins(minutes));
    let (ana, bob) = (world.patient().await, world.patient().await);
    let ctx = world.ctx(Actor::Patient(ana));
    let lila = Person {
        given_name: "Lila".into(),
        family_name: "Martin".into(),
        birth_date: date(2020, 5, 4),
        relation: Relation::Child,
    };
    let child = identity::add_person(&ctx, lila).await.expect("a child");
    assert_eq!(notify::feed_since(&ctx).await.expect("an answer"), None);
    let token = notify::renew_feed(&ctx).await.expect("an address");
    let nobody = world.ctx(Actor::Nobody);
    let read = async || notify::feed(&nobody, &token).await.expect("an answer").expect("a calendar");
    let count = |text: &str, what: &str| text.matches(what).count();
    let empty = read().await;
    assert!(empty.starts_with("BEGIN:VCALENDAR") && count(&empty, "BEGIN:VEVENT") == 0, "{empty}");

    let visit = world.book(ana, at(0)).await;
    let request = HoldRequest { slot: at(30), patient: child, reason: None };
    let held = booking::hold(&ctx, request.clone()).await.expect("free");
    booking::cancel(&ctx, held.id, None, None).await.expect("it was only held");
    let held = booking::hold(&ctx, request).await.expect("free");
    let of_child = booking::confirm(&ctx, held.id, None, None).await.expect("in time");
    world.book(bob, at(120)).await;
    let both = read().await;
    assert_eq!((count(&both, "BEGIN:VEVENT"), count(&both, "STATUS:CONFIRMED")), (2, 2), "{both}");
    assert!(both.contains("(Lila)") && both.contains(&format!("UID:{}@rendez", visit.id)), "{both}");
    assert_eq!(both, read().await, "the same visits, the same text");

    booking::reschedule(&ctx, visit.id, None, at(60)).await.expect("free");
    booking::cancel(&ctx, of_child.id, None, None).await.expect("hers");
    let changed = read().await;
    assert!(
        changed.contains(&format!("UID:{}@rendez", visit.id)) && changed.contains("SEQUENCE:3"),
        "{changed}"
    );
    assert_eq!((count(&changed, "BEGIN:VEVENT"), count(&changed, "STATUS:CANCELLED")), (2, 1), "{changed}");

    let newer = notify::renew_feed(&ctx).await.expect("another address");
    assert!(notify::feed(&nobody, &token).await.expect("an answer").is_none(), "the old one is over");
    assert!(notify::feed(&nobody, &newer).await.expect("an answer").is_some());
    notify::revoke_feed(&ctx).await.expect("taken away");
    notify::revoke_feed(&ctx).await.expect("twice is no error");
    assert!(notify::feed(&nobody, &newer).await.expect("an answer").is_none());
    let guess = FeedToken::parse(&"0".repeat(64)).expect("a token");
    assert!(notify::feed(&nobody, &guess).await.expect("an answer").is_none());
    assert!(
        notify::renew_feed(&nobody).await.is_err()
            && notify::renew_feed(&world.desk_of(&practitioner)).await.is_err()
    );
    assert_eq!(world.count("SELECT count(*) FROM audit WHERE action LIKE 'calendar.%'").await, 3);
}
