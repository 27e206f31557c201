//! What a change would do, before it is saved.

use jiff::civil::{Time, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use rendez_domain::availability::{Closure, Draft, OpeningRule, VisitType};
use rendez_domain::booking::{self, Appointment, BookingRefusal, SchedulePreview, Why};
use rendez_domain::directory::{self, OpeningHours, WeeklyOpening};
use rendez_vocab::ids::TimeOffId;
use rendez_vocab::{Actor, TimeRange};

use crate::house::House;

/// Nine to noon every day in Paris, and a visit of Ana's at ten, three days from now.
async fn house() -> (House, Appointment) {
    let house = House::new().await;
    let hours = OpeningHours {
        weekly: week(time(9, 0, 0, 0), time(12, 0, 0, 0)),
        works_public_holidays: Some(true),
        ..OpeningHours::default()
    };
    directory::put_opening_hours(&house.as_manager(), house.doctor.id, None, hours).await.expect("hours");
    let zone = TimeZone::get("Europe/Paris").expect("a zone");
    let today = zone.to_datetime(house.world.services.clock.now()).date();
    let ten = today.checked_add(3.days()).expect("near").at(10, 0, 0, 0).to_zoned(zone).expect("ten o'clock");
    let ana = house.patient("Ana", "Martin").await;
    let visit = house.world.book(ana, house.world.slot(&house.doctor, ten.timestamp())).await;
    (house, visit)
}

fn week(starts: Time, ends: Time) -> Vec<WeeklyOpening> {
    let day = |number: i8| WeeklyOpening {
        weekday: jiff::civil::Weekday::from_monday_one_offset(number).expect("a weekday"),
        starts,
        ends,
        location: None,
        visit_types: Vec::new(),
        valid_from: None,
        valid_until: None,
        every_weeks: 1,
    };
    (1..=7).map(day).collect()
}

fn draft(house: &House, starts: Time, ends: Time, closures: Vec<Closure>) -> Draft {
    let rules = week(starts, ends)
        .into_iter()
        .map(|rule| OpeningRule {
            location: house.doctor.locations[0].id,
            weekday: rule.weekday,
            starts: rule.starts,
            ends: rule.ends,
            visit_types: Vec::new(),
            valid_from: None,
            valid_until: None,
            every_weeks: 1,
        })
        .collect();
    Draft { hours: Some((rules, closures)), works_public_holidays: Some(true), ..Draft::default() }
}

async fn preview(house: &House, draft: Draft) -> SchedulePreview {
    booking::preview(&house.as_manager(), house.doctor.id, draft).await.expect("a preview")
}

#[tokio::test]
async fn a_preview_shows_the_very_slots_that_a_save_makes() {
    let (house, _) = house().await;
    let (from, until) = (time(22, 0, 0, 0), time(0, 0, 0, 0));
    let seen = preview(&house, draft(&house, from, until, Vec::new())).await;
    assert_eq!(seen.days.len(), 14);
    let weekly = week(from, until);
    let hours = OpeningHours { weekly, works_public_holidays: Some(true), ..OpeningHours::default() };
    directory::put_opening_hours(&house.as_manager(), house.doctor.id, None, hours).await.expect("saved");
    let window =
        TimeRange::new(seen.as_of, seen.as_of + SignedDuration::from_hours(24 * 15)).expect("two weeks");
    let visit_type = house.doctor.visit_types[0].id;
    let offered = booking::slots(&house.as_manager(), house.doctor.id, visit_type, window, None).await;
    let promised: Vec<_> =
        seen.days.iter().flat_map(|day| &day.starts).flat_map(|(_, starts)| starts).collect();
    let kept: Vec<_> = offered.expect("slots").slots.into_iter().map(|slot| slot.start).collect();
    assert!(!promised.is_empty());
    assert_eq!(
        kept[..promised.len()].iter().collect::<Vec<_>>(),
        promised,
        "an evening that ends at midnight"
    );
}

#[tokio::test]
async fn a_booked_visit_that_falls_outside_is_told_with_its_reason() {
    let (house, visit) = house().await;
    let struck = |preview: SchedulePreview| {
        preview.struck.into_iter().map(|one| (one.id, one.why)).collect::<Vec<_>>()
    };
    let (nine, noon) = (time(9, 0, 0, 0), time(12, 0, 0, 0));
    let same = preview(&house, draft(&house, nine, noon, Vec::new())).await;
    assert_eq!(struck(same), []);
    let afternoon = preview(&house, draft(&house, noon, time(18, 0, 0, 0), Vec::new())).await;
    assert!(afternoon.days.iter().any(|day| day.after > day.before));
    assert_eq!(struck(afternoon), [(visit.id, Why::Outside)]);
    let off_grid = preview(&house, draft(&house, time(9, 7, 0, 0), noon, Vec::new())).await;
    assert_eq!(struck(off_grid), [], "a visit between two slots still lies in the hours");

    let zone = TimeZone::get("Europe/Paris").expect("a zone");
    let date = zone.to_datetime(visit.range.start()).date();
    let closed = Closure { starts: date.at(8, 0, 0, 0), ends: date.at(20, 0, 0, 0) };
    let closed = preview(&house, draft(&house, nine, noon, vec![closed])).await;
    assert_eq!(struck(closed), [(visit.id, Why::Closed)]);
    let id = TimeOffId::new(house.world.services.clock.now(), &*house.world.services.entropy);
    let away = Draft { time_off: Some((id, visit.range)), ..Draft::default() };
    assert_eq!(struck(preview(&house, away).await), [(visit.id, Why::Away)]);
    let nothing = "SELECT count(*) FROM closure";
    assert_eq!(house.world.count(nothing).await, 0, "nothing is saved by looking");
}

#[tokio::test]
async fn a_longer_visit_type_gives_fewer_slots_and_leaves_what_is_booked() {
    let (house, visit) = house().await;
    let known = house.doctor.visit_types[0].clone();
    let longer = VisitType { duration_minutes: 60, ..known.clone() };
    let seen = preview(&house, Draft { visit_type: Some(longer), ..Draft::default() }).await;
    let sum = |each: fn(&booking::DayOfSlots) -> usize| seen.days.iter().map(each).sum::<usize>();
    assert!(sum(|day| day.after) < sum(|day| day.before));
    assert_eq!(seen.struck.iter().map(|one| (one.id, one.why)).collect::<Vec<_>>(), [(visit.id, Why::Kept)]);
    let gone = VisitType { active: false, ..known };
    let seen = preview(&house, Draft { visit_type: Some(gone), ..Draft::default() }).await;
    assert_eq!(seen.struck[0].why, Why::NotOffered);
    assert!(seen.days.iter().all(|day| day.after == 0));
}

#[tokio::test]
async fn only_the_practice_looks_ahead() {
    let (house, visit) = house().await;
    let stranger = house.world.practitioner(vec![]).await;
    for actor in [
        Actor::Nobody,
        Actor::Patient(visit.patient),
        Actor::Practitioner(stranger.id),
        house.world.desk_of(&stranger).actor,
    ] {
        let refused = booking::preview(&house.world.ctx(actor), house.doctor.id, Draft::default()).await;
        assert!(matches!(refused, Err(BookingRefusal::Denied(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn days_on_which_the_clocks_change_are_as_long_as_they_are() {
    let (house, _) = house().await;
    for (from, changed, slots) in
        [("2027-03-20T10:00:00Z", date(2027, 3, 28), 4), ("2027-10-23T10:00:00Z", date(2027, 10, 31), 12)]
    {
        house.world.stop_clock_at(from.parse().expect("a literal")).await;
        let (half_past_one, half_past_three) = (time(1, 30, 0, 0), time(3, 30, 0, 0));
        let seen = preview(&house, draft(&house, half_past_one, half_past_three, Vec::new())).await;
        let on = |date| seen.days.iter().find(|day| day.date == date).map(|day| day.after);
        assert_eq!(on(changed), Some(slots), "{changed}");
        assert_eq!(on(changed.yesterday().expect("a day before")), Some(8), "two hours as usual");
        assert_eq!(seen.days.len(), 14);
    }
}
