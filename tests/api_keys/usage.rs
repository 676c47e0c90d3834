//! `GET /api-keys/{id}/usage`.

use crate::{
    support::{Call, Key, Person, World, in_process},
    usage::{batch, line_of},
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

/// A line about this key.
fn of(key: &Key, person: &Person, address: &str) -> String {
    line_of(key, person, address).to_string()
}

async fn report(world: &World, key: &Key, token: &str, query: &str) -> Value {
    let call = Call::get(format!("/api-keys/{}/usage{query}", key.id)).bearer(token);
    let answer = world.call(call).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()
}

#[tokio::test]
async fn an_owner_sees_a_key_s_hours_and_days_and_where_it_is_new() {
    let world = in_process!("hands lines to the consumer of the log");
    let person = world.member(&world.tenant().await).await;
    let (key, session) = (world.key(&person).await, world.session(&person).await);
    let now = world.deployment().now();
    assert_eq!(
        report(&world, &key, &session.token, "").await,
        json!({"usage": [], "flags": [], "last_used_at": null})
    );
    let at = |hours: i64| now - Duration::hours(hours);
    world.count(&batch(&[(of(&key, &person, "192.0.2.1"), at(3))])).await.unwrap();
    assert_eq!(report(&world, &key, &session.token, "").await["flags"], json!([]), "its first place");
    world
        .count(&batch(&[(of(&key, &person, "192.0.2.2"), at(1)), (of(&key, &person, "192.0.2.1"), at(1))]))
        .await
        .unwrap();

    let row = |from: &str, count: u64, new: &[&str]| {
        json!({
            "from": from, "allowed": count, "forbidden": 0, "unauthorized": 0, "faults": 0,
            "distinct_addresses": count.min(2), "routes": {"GET /users/me": count}, "new_addresses": new,
        })
    };
    let by_hour = report(&world, &key, &session.token, "?interval=hour").await;
    assert_eq!(
        by_hour,
        json!({
            "usage": [
                row("2030-04-09T11:00:00Z", 2, &["192.0.2.2"]), row("2030-04-09T09:00:00Z", 1, &["192.0.2.1"]),
            ],
            "flags": ["new_address"], "last_used_at": "2030-04-09T11:34:56Z",
        })
    );
    let by_day = report(&world, &key, &session.token, "").await;
    assert_eq!(by_day["usage"], json!([row("2030-04-09T00:00:00Z", 3, &["192.0.2.1", "192.0.2.2"])]));
    let before = report(&world, &key, &session.token, "?to=2030-04-09T08:59:59Z").await;
    assert_eq!(before["usage"], json!([]));
}

/// The whole way: the authorizer's lines, the subscription to its log, the consumer, the report.
#[tokio::test]
async fn what_a_key_calls_is_soon_in_its_usage() {
    let world = World::new().await;
    if world.is_in_process() {
        println!("not run inside the test: nobody delivers the log there");
        return;
    }
    let person = world.member(&world.tenant().await).await;
    let (key, session) = (world.key(&person).await, world.session(&person).await);
    let me = || Call::get("/users/me").bearer(&key.text);
    for _ in 0..3 {
        world.call(me()).await.expect(200);
    }
    let rotate = Call::post(format!("/api-keys/{}/rotate", key.id)).bearer(&session.token);
    world.call(rotate).await.expect(201);
    world.call(me()).await.is_unauthorized();

    let mut seen = Value::Null;
    for _ in 0..60 {
        seen = report(&world, &key, &session.token, "").await;
        // More than one where the day ends in between.
        let count =
            |of: &str| seen["usage"].as_array().unwrap().iter().map(|it| it[of].as_u64().unwrap()).sum();
        let counts: [u64; 4] = ["allowed", "unauthorized", "forbidden", "faults"].map(count);
        if counts == [3, 1, 0, 0] {
            let shown = world.call(Call::get(format!("/api-keys/{}", key.id)).bearer(&session.token)).await;
            assert_eq!(shown.expect(200).json()["last_used_at"], seen["last_used_at"]);
            assert!(seen["last_used_at"].is_string());
            return;
        }
        assert!(counts[0] <= 3 && counts[1] <= 1, "counted twice: {seen}");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    panic!("not counted within half a minute: {seen}");
}

#[tokio::test]
async fn a_sudden_rise_is_flagged_on_the_day_after() {
    let world = in_process!("moves the clock");
    let person = world.member(&world.tenant().await).await;
    let key = world.key(&person).await;
    let now: OffsetDateTime = world.deployment().now();
    let lines: Vec<_> = (0..1_001).map(|_| (of(&key, &person, "192.0.2.1"), now)).collect();
    world.count(&batch(&lines)).await.unwrap();
    let flags = async || {
        let session = world.session(&person).await;
        report(&world, &key, &session.token, "").await["flags"].clone()
    };
    assert_eq!(flags().await, json!([]), "the day is not over");
    world.deployment().pass(Duration::DAY);
    assert_eq!(flags().await, json!(["sudden_rise"]));
    world.deployment().pass(Duration::DAY);
    assert_eq!(flags().await, json!([]));
}

#[tokio::test]
async fn another_s_key_and_none_are_the_same_404() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let (person, other) = (world.member(&tenant).await, world.member(&tenant).await);
    let session = world.session(&person).await;
    let foreign = world.key(&other).await;
    for id in [foreign.id.to_string(), "key_00000000000".to_owned()] {
        world.call(Call::get(format!("/api-keys/{id}/usage")).bearer(&session.token)).await.is_not_found();
    }
}

#[tokio::test]
async fn a_question_out_of_bounds_is_refused_by_its_field() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (key, session) = (world.key(&person).await, world.session(&person).await);
    for (query, detail) in [
        ("interval=week", "interval: must be hour or day"),
        ("from=2026-01-31", "from: must be a time such as 2026-01-31T00:00:00Z"),
        ("to=9999-12-31T23:59:59-01:00", "to: must be a time such as 2026-01-31T00:00:00Z"),
        ("to=now", "to: must be a time such as 2026-01-31T00:00:00Z"),
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from: must not be after to"),
        ("from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:01Z", "from: must be at most 31 days before to"),
    ] {
        let call = Call::get(format!("/api-keys/{}/usage?{query}", key.id)).bearer(&session.token);
        world.call(call).await.is_error(422, detail);
    }
}

#[tokio::test]
async fn a_revoked_key_s_usage_is_still_there() {
    let world = in_process!("hands lines to the consumer of the log");
    let person = world.member(&world.tenant().await).await;
    let (key, session) = (world.key(&person).await, world.session(&person).await);
    let line = of(&key, &person, "192.0.2.1");
    world.count(&batch(&[(line, world.deployment().now())])).await.unwrap();
    let before = report(&world, &key, &session.token, "?interval=hour").await;
    assert_eq!(before["usage"][0]["allowed"], 1);
    world.call(Call::delete(format!("/api-keys/{}", key.id)).bearer(&session.token)).await.expect(204);
    assert_eq!(report(&world, &key, &session.token, "?interval=hour").await, before);
}

#[tokio::test]
async fn an_admin_sees_the_hours_of_each_key_of_the_organization_below_its_owner_only() {
    let world = in_process!("hands lines to the consumer of the log");
    let tenant = world.tenant().await;
    let (person, account) = (world.member(&tenant).await, world.service_account(&tenant).await);
    let admin = world.session(&tenant.admin).await.token;
    for (kind, other, owner) in
        [("users", "service-accounts", &person), ("service-accounts", "users", &account)]
    {
        let key = world.key(owner).await;
        let line = of(&key, owner, "192.0.2.1");
        world.count(&batch(&[(line, world.deployment().now())])).await.unwrap();
        let path = |kind: &str, owner: &Person| {
            Call::get(format!("/admin/{kind}/{}/api-keys/{}/usage", owner.user.id, key.id)).bearer(&admin)
        };
        let seen = world.call(path(kind, owner)).await.expect(200).json();
        assert_eq!(seen["usage"][0]["allowed"], 1, "{kind}");
        for call in [path(other, owner), path("users", &tenant.admin), path("service-accounts", &account)] {
            if call.path() != path(kind, owner).path() {
                world.call(call).await.is_not_found();
            }
        }
    }
}
