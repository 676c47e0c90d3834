//! `GET /admin/api-keys`.

use crate::{
    support::{Call, World, in_process},
    usage::{batch, line},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use time::Duration;

fn ids(page: &Value) -> Vec<String> {
    let keys = page["api_keys"].as_array().unwrap();
    keys.iter().map(|key| key["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_admin_sees_the_organization_s_keys_with_their_users_and_no_other_one_s() {
    let world = World::new().await;
    let (tenant, other) = (world.tenant().await, world.tenant().await);
    let member = world.member(&tenant).await;
    let (one, revoked) = (world.key(&member).await, world.key(&member).await);
    world.key(&other.admin).await;
    let session = world.session(&tenant.admin).await;
    let owner = world.session(&member).await;
    world.call(Call::delete(format!("/api-keys/{}", revoked.id)).bearer(&owner.token)).await.expect(204);
    let page = world.call(Call::get("/admin/api-keys").bearer(&session.token)).await.expect(200).json();
    assert_eq!(ids(&page), [one.id.to_string()]);
    let user = &member.user;
    assert_eq!(
        page["api_keys"][0]["user"],
        json!({"id": user.id, "email": user.email.as_str(), "name": user.name, "kind": "human"})
    );
    assert_eq!(page["api_keys"][0]["last_used_at"], Value::Null);
}

#[tokio::test]
async fn pages_lead_through_all_keys_once() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let session = world.session(&tenant.admin).await;
    let mut made = BTreeSet::new();
    for _ in 0..7 {
        made.insert(world.key(&world.member(&tenant).await).await.id.to_string());
    }
    let (mut seen, mut query) = (Vec::new(), String::new());
    loop {
        let call = Call::get(format!("/admin/api-keys?limit=3{query}")).bearer(&session.token);
        let page = world.call(call).await.expect(200).json();
        seen.extend(ids(&page));
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 7);
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), made);
}

#[tokio::test]
async fn keys_that_were_neither_made_nor_used_for_so_long_are_unused() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let (used, unused) = (world.key(&tenant.admin).await, world.key(&tenant.admin).await);
    world.deployment().pass(Duration::days(91));
    let now = world.deployment().now();
    let mut call = line(used.id.bits(), "/users/me", "192.0.2.1");
    (call["org"], call["user"]) = (json!(tenant.id), json!(tenant.admin.user.id));
    world.count(&batch(&[(call.to_string(), now)])).await.unwrap();
    let new = world.key(&tenant.admin).await;
    let session = world.session(&tenant.admin).await;
    let list = async |query: &str| {
        let call = Call::get(format!("/admin/api-keys{query}")).bearer(&session.token);
        world.call(call).await.expect(200).json()
    };
    assert_eq!(ids(&list("?unused_for=90d").await), [unused.id.to_string()]);
    assert_eq!(ids(&list("?unused_for=92d").await), Vec::<String>::new());
    let all = list("").await;
    let all: BTreeSet<_> = ids(&all).into_iter().collect();
    assert_eq!(all, BTreeSet::from([used.id, unused.id, new.id].map(|id| id.to_string())));
}

#[tokio::test]
async fn a_question_out_of_bounds_is_refused_by_its_field() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let session = world.session(&tenant.admin).await;
    for value in ["0d", "731d", "90", "d", "-1d", "90h", "%2B90d"] {
        let call = Call::get(format!("/admin/api-keys?unused_for={value}")).bearer(&session.token);
        world.call(call).await.is_error(422, "unused_for: must be 1 to 730 days, such as 90d");
    }
    for cursor in ["x", "MQ", "OTk5OTk5OTk5OTk5OSNrZXlfMDAwMDAwMDAwMDc"] {
        let call = Call::get(format!("/admin/api-keys?cursor={cursor}")).bearer(&session.token);
        world.call(call).await.is_error(422, "cursor: must be the next_cursor of the page before");
    }
}
