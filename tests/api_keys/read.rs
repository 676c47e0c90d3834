//! `GET /api-keys` and `GET /api-keys/{id}`.

use crate::{
    support::{Call, World, in_process},
    usage::{batch, line_of},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::Duration;

fn list(credential: &str, query: &str) -> Call {
    Call::get(format!("/api-keys{query}")).bearer(credential)
}

#[tokio::test]
async fn a_list_shows_the_caller_s_keys_without_their_secrets() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let (person, other) = (world.member(&tenant).await, world.member(&tenant).await);
    let (one, _) = (world.key(&person).await, world.key(&other).await);
    let session = world.session(&person).await;
    let answer = world.call(list(&session.token, "")).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    insta::assert_json_snapshot!(answer.json(), {
        ".api_keys[].id" => "[key]", ".api_keys[].hint" => "[hint]", ".api_keys[].created_at" => "[time]",
    });
    assert_eq!(answer.json()["api_keys"][0]["id"], one.id.to_string());
}

#[tokio::test]
async fn a_key_shows_when_it_was_last_used_wherever_it_is_shown() {
    let world = in_process!("hands lines to the consumer of the log");
    let person = world.member(&world.tenant().await).await;
    let (used, unused) = (world.key(&person).await, world.key(&person).await);
    let session = world.session(&person).await;
    let now = world.deployment().now();
    let mut refused = line_of(&unused, &person, "192.0.2.1");
    (refused["decision"], refused["reason"]) = (json!("unauthorized"), json!("secret"));
    let lines = [
        (line_of(&used, &person, "192.0.2.1").to_string(), now - Duration::HOUR),
        (line_of(&used, &person, "192.0.2.2").to_string(), now - Duration::DAY),
        (refused.to_string(), now),
    ];
    world.count(&batch(&lines)).await.unwrap();

    let last = json!("2030-04-09T11:34:56Z");
    let page = world.call(list(&session.token, "")).await.expect(200).json();
    let shown: BTreeMap<_, _> = page["api_keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| (key["id"].as_str().unwrap().to_owned(), key["last_used_at"].clone()))
        .collect();
    assert_eq!(
        shown,
        BTreeMap::from([(used.id.to_string(), last.clone()), (unused.id.to_string(), Value::Null)])
    );
    let path = format!("/api-keys/{}", used.id);
    let rename = |name: &str| Call::patch(&path).json(json!({"name": name}));
    for (call, status) in [
        (Call::get(&path), 200),
        (rename("another"), 200),
        (rename("another"), 200),
        (Call::post(format!("{path}/rotate")), 201),
    ] {
        let answer = world.call(call.bearer(&session.token)).await.expect(status).json();
        assert_eq!(answer["last_used_at"], last);
    }
    let unused = Call::get(format!("/api-keys/{}", unused.id)).bearer(&session.token);
    assert_eq!(world.call(unused).await.expect(200).json()["last_used_at"], Value::Null);
}

#[tokio::test]
async fn pages_lead_through_the_whole_list_once_in_the_order_of_the_ids() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    let mut made = BTreeSet::new();
    for _ in 0..7 {
        made.insert(world.key(&person).await.id.to_string());
    }
    let revoked = world.key(&person).await;
    world.call(Call::delete(format!("/api-keys/{}", revoked.id)).bearer(&session.token)).await.expect(204);
    let (mut seen, mut sizes, mut query) = (Vec::new(), Vec::new(), "?limit=3".to_owned());
    loop {
        let page = world.call(list(&session.token, &query)).await.expect(200).json();
        let keys = page["api_keys"].as_array().unwrap();
        sizes.push(keys.len());
        seen.extend(keys.iter().map(|key| key["id"].as_str().unwrap().to_owned()));
        match &page["next_cursor"] {
            Value::String(cursor) => query = format!("?limit=3&cursor={cursor}"),
            _ => break,
        }
    }
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(seen, made.into_iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_limit_or_a_cursor_that_is_none_is_refused() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    for (query, field) in [
        ("?limit=0", "limit"),
        ("?limit=101", "limit"),
        ("?limit=-1", "limit"),
        ("?limit=many", "limit"),
        ("?limit=1&limit=2", "limit"),
        ("?cursor=", "cursor"),
        ("?cursor=junk", "cursor"),
        ("?cursor=cHJkXzAwMDAwMDAwMDA3", "cursor"),
    ] {
        let answer = world.call(list(&session.token, query)).await;
        assert_eq!(answer.status, 422, "{query}");
        assert!(
            answer.text("detail").starts_with(&format!("{field}: ")),
            "{query}: {}",
            answer.text("detail")
        );
    }
    world.call(list(&session.token, "?limit=100")).await.expect(200);
}

#[tokio::test]
async fn a_cursor_of_another_user_s_list_shows_nothing_of_it() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let (person, other) = (world.member(&tenant).await, world.member(&tenant).await);
    for _ in 0..3 {
        world.key(&other).await;
    }
    let (session, others) = (world.session(&person).await, world.session(&other).await);
    let cursor = world.call(list(&others.token, "?limit=1")).await.expect(200).text("next_cursor");
    let page = world.call(list(&session.token, &format!("?cursor={cursor}"))).await.expect(200);
    assert_eq!(page.json(), json!({"api_keys": [], "next_cursor": null}));
}

#[tokio::test]
async fn an_unknown_key_another_user_s_and_a_revoked_one_are_the_same_404() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let (person, other) = (world.member(&tenant).await, world.member(&tenant).await);
    let (revoked, others) = (world.key(&person).await, world.key(&other).await);
    let session = world.session(&person).await;
    world.call(Call::delete(format!("/api-keys/{}", revoked.id)).bearer(&session.token)).await.expect(204);
    for id in [revoked.id.to_string(), others.id.to_string(), "key_00000000000".to_owned()] {
        world.call(Call::get(format!("/api-keys/{id}")).bearer(&session.token)).await.is_not_found();
        let rename = Call::patch(format!("/api-keys/{id}")).bearer(&session.token).json(json!({"name": "x"}));
        world.call(rename).await.is_not_found();
        world.call(Call::post(format!("/api-keys/{id}/rotate")).bearer(&session.token)).await.is_not_found();
    }
    let admin = world.session(&tenant.admin).await;
    world.call(Call::get(format!("/api-keys/{}", others.id)).bearer(&admin.token)).await.is_not_found();
    world.call(Call::get("/users/me").bearer(&others.text)).await.expect(200);
}
