//! What an answer says of its own age is true.

use rendez_testkit::World;

use crate::nodes::{Node, database_now, half_hours, until};

#[tokio::test]
async fn an_answer_is_never_as_of_a_time_after_a_change_that_it_does_not_show() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 60).await;
    let node = Node::of(&world).await;
    let mut slow = world.database.connect().await;
    for round in 0..5 {
        let start = day.start();
        let was_offered = round % 2 == 0;
        let change = slow.transaction().await.expect("a transaction");
        let (sql, kind) = match was_offered {
            true => (
                "INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
                 SELECT calendar_id, $2, $3, 'clinic', id FROM practitioner WHERE id = $1",
                "claimed",
            ),
            false => {
                ("DELETE FROM claim WHERE owner_id = $1 AND starts_at = $2 AND ends_at = $3", "released")
            }
        };
        change.execute(sql, &[&dentist.id.uuid(), &start, &day.end()]).await.expect("a change");
        change
            .execute(
                "INSERT INTO change (kind, practitioner_id, starts_at, ends_at) VALUES ($1, $2, $3, $4)",
                &[&kind, &dentist.id.uuid(), &start, &day.end()],
            )
            .await
            .expect("a row of the log");
        // It has begun and is not committed: nobody sees it, however far readings have come.
        for _ in 0..20 {
            assert_eq!(node.offers(dentist.id, start).await, was_offered);
            database_now(&world).await;
        }
        change.commit().await.expect("committed");
        let committed = database_now(&world).await;
        until("the change is seen", async || {
            let as_of = node.index().view().expect("an index").as_of;
            let seen = node.offers(dentist.id, start).await != was_offered;
            assert!(
                seen || as_of <= committed,
                "as of {as_of}, and not what was committed before {committed}"
            );
            seen && as_of > committed
        })
        .await;
    }
    assert!(!node.index().view().expect("an index").stale);
}
