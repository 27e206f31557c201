//! How who is offered a time hears of it.

use rendez_domain::notify::{self, MailKind};
use rendez_domain::waiting;
use rendez_platform::mail::Mailer;
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::AppointmentId;
use serde_json::Value;

use crate::room::{Full, any_time, catch_up, leave, server};

#[tokio::test]
async fn the_mail_is_promised_with_the_offer_and_says_how_to_take_it() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let patient = world.patient_with_mail("ana@example.org").await;
    let wish = leave(&world, any_time(&world, patient, &full.practitioner)).await.expect("a wish");
    full.free(&world).await;
    let given = catch_up(&world).await;
    let client = world.database.connect().await;
    let row = client
        .query_one("SELECT payload FROM job WHERE kind = 'mail.offer'", &[])
        .await
        .expect("one promise");
    let payload: Value = row.get(0);
    let id: AppointmentId =
        AppointmentId::from_uuid(payload["appointment"].as_str().expect("an id").parse().expect("a UUID"));
    assert_eq!(id, given[0].appointment);
    let version = payload["version"].as_i64().expect("a version");
    let mailer = Mailer::new(None, "Rendez <no-reply@example.org>").expect("nowhere");
    for _ in 0..2 {
        notify::deliver(&server(&world), &mailer, MailKind::Offer, id, version).await.expect("written");
    }
    let mails = notify::kept_mails(&world.admin()).await.expect("mails");
    let offers: Vec<_> = mails.iter().filter(|mail| mail.body.contains("/confirm")).collect();
    assert_eq!(offers.len(), 1, "once");
    assert!(
        offers[0].body.contains(&format!("http://rendez.test/appointments/{id}/confirm")),
        "{}",
        offers[0].body
    );
    assert!(offers[0].calendar.is_none(), "what is not booked stands in no calendar");

    // An offer that was let go is not worth a mail any more.
    client.execute("DELETE FROM mail", &[]).await.expect("no mails");
    waiting::decline(&world.ctx(Actor::Patient(patient)), wish.id).await.expect("offered");
    notify::deliver(&server(&world), &mailer, MailKind::Offer, id, version).await.expect("nothing to say");
    assert!(notify::kept_mails(&world.admin()).await.expect("mails").is_empty());
}
