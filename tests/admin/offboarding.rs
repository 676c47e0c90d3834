//! `GET /admin/users/{id}/offboarding`: what stops when a user is disabled.

use crate::{
    support::{Call, World, credentials::only, in_process},
    usage::{batch, line_of},
};
use auth::access::SpaceRole;
use serde_json::json;
use time::Duration;

#[tokio::test]
async fn the_keys_that_stop_and_the_spaces_left_without_an_admin_are_shown_in_pages() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let (person, other) = (world.member(&tenant).await, world.member(&tenant).await);
    let mut spaces = Vec::new();
    for (slug, role) in
        [("alone", SpaceRole::Admin), ("both", SpaceRole::Admin), ("reads", SpaceRole::Viewer)]
    {
        let space = world.space(&tenant, slug).await;
        world.join(&person, &space, role).await;
        spaces.push(space);
    }
    world.join(&other, &spaces[1], SpaceRole::Admin).await;
    let mut live = Vec::new();
    for _ in 0..3 {
        live.push(world.key(&person).await.id.to_string());
    }
    live.sort();
    let past = world.second() - Duration::DAY;
    world.key_with(&person, |key| key.expires_at = Some(past)).await;
    let admin = world.session(&tenant.admin).await.token;
    let path = format!("/admin/users/{}/offboarding", person.user.id);

    let (mut keys, mut left, mut cursor) = (Vec::new(), Vec::new(), String::new());
    loop {
        let call = Call::get(format!("{path}?limit=2{cursor}")).bearer(&admin);
        let page = world.call(call).await.expect(200).json();
        assert_eq!(page["user"]["id"], person.user.id.to_string());
        assert_eq!(page["last_organization_admin"], false);
        for key in page["api_keys"].as_array().unwrap() {
            assert_eq!((&key["api_key"]["last_used_at"], &key["callers"]), (&json!(null), &json!([])));
            keys.push(key["api_key"]["id"].as_str().unwrap().to_owned());
        }
        for space in page["spaces"].as_array().unwrap() {
            left.push((space["slug"].clone(), space["role"].clone(), space["last_admin"].clone()));
        }
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    keys.sort();
    assert_eq!(keys, live, "what has ended already does not stop");
    assert_eq!(
        json!(left),
        json!([["alone", "admin", true], ["both", "admin", false], ["reads", "viewer", false]])
    );
}

#[tokio::test]
async fn a_key_that_is_used_says_when_and_from_where() {
    let world = in_process!("hands lines to the consumer of the log");
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let key = world.key(&person).await;
    let now = world.deployment().now();
    let lines = ["192.0.2.1", "2001:db8::1"].map(|it| (line_of(&key, &person, it).to_string(), now));
    world.count(&batch(&lines)).await.unwrap();
    let admin = world.session(&tenant.admin).await.token;
    let call = Call::get(format!("/admin/users/{}/offboarding", person.user.id)).bearer(&admin);
    let page = world.call(call).await.expect(200).json();
    let [shown] = page["api_keys"].as_array().unwrap().as_slice() else { panic!("{page}") };
    assert_eq!(shown["api_key"]["last_used_at"], "2030-04-09T12:34:56Z");
    assert_eq!(shown["callers"], json!(["192.0.2.1", "2001:db8:0:0::/64"]));
}

#[tokio::test]
async fn the_last_admin_is_named_as_such_and_nothing_is_changed() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let preview = |id| Call::get(format!("/admin/users/{id}/offboarding")).bearer(&admin);
    let shown = world.call(preview(tenant.admin.user.id)).await.expect(200).json();
    assert_eq!(shown["last_organization_admin"], true);
    let second = world.admin_with(&tenant, false).await;
    let shown = world.call(preview(second.user.id)).await.expect(200).json();
    assert_eq!(shown["last_organization_admin"], false);
    assert_eq!((&shown["api_keys"], &shown["spaces"]), (&json!([]), &json!([])));
    let account = world.service_account(&tenant).await;
    world.call(preview(account.user.id)).await.is_not_found();
    let wrong = Call::get(format!("/admin/users/{}/offboarding?cursor=x", second.user.id)).bearer(&admin);
    world.call(wrong).await.expect(422);
}

#[tokio::test]
async fn a_restricted_key_is_shown_with_its_restriction() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let north = world.space(&tenant, "north").await;
    world.key_with(&person, |key| key.spaces = only(&[&north])).await;
    let admin = world.session(&tenant.admin).await.token;
    let call = Call::get(format!("/admin/users/{}/offboarding", person.user.id)).bearer(&admin);
    let shown = world.call(call).await.expect(200).json();
    assert_eq!(shown["api_keys"][0]["api_key"]["spaces"], json!(["north"]));
}
