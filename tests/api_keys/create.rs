//! `POST /api-keys`.

use crate::support::{Call, World, canary, credentials::only, in_process};
use auth::{access::SpaceRole, address::Addresses};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

fn create(credential: &str, body: Value) -> Call {
    Call::post("/api-keys").bearer(credential).json(body)
}

#[tokio::test]
async fn a_new_key_is_shown_once_and_works_at_once() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    let answer = world.call(create(&session.token, json!({"name": "deploy"}))).await.expect(201);
    assert_eq!(answer.header("cache-control"), "no-store");
    insta::assert_json_snapshot!(answer.json(), {
        ".id" => "[key]", ".hint" => "[hint]", ".created_at" => "[time]", ".key" => "[secret]",
    });
    let (key, id) = (answer.text("key"), answer.text("id"));
    assert!(key.starts_with(&format!("{}_", world.prefix.as_str())) && key.ends_with(&answer.text("hint")));
    let me = world.call(Call::get("/users/me").bearer(&key)).await.expect(200);
    assert_eq!(me.json()["credential"], json!({"kind": "api_key", "id": id}));
    let shown = world.call(Call::get(format!("/api-keys/{id}")).bearer(&session.token)).await.expect(200);
    assert_eq!(shown.json().get("key"), None);
}

#[tokio::test]
async fn a_key_has_the_end_and_the_restrictions_that_were_asked_for() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let (north, south) = (world.space(&tenant, "north").await, world.space(&tenant, "south").await);
    world.join(&person, &north, SpaceRole::Editor).await;
    world.join(&person, &south, SpaceRole::Editor).await;
    let session = world.session(&person).await;
    let end = (world.second() + Duration::days(30)).format(&Rfc3339).unwrap();
    let body = json!({"name": "narrow", "expires_at": end, "read_only": true, "spaces": ["north"]});
    let answer = world.call(create(&session.token, body)).await.expect(201);
    assert_eq!(answer.json()["expires_at"], end);
    assert_eq!(answer.json()["read_only"], true);
    assert_eq!(answer.json()["spaces"], json!(["north"]));
    let key = answer.text("key");
    world.call(Call::get("/catalog/spaces/north/products").bearer(&key)).await.expect(200);
    world.call(Call::get("/catalog/spaces/south/products").bearer(&key)).await.is_forbidden();
    let product = Call::post("/catalog/spaces/north/products").bearer(&key).json(json!({"name": "Lamp"}));
    world.call(product).await.is_forbidden();
}

#[tokio::test]
async fn what_is_out_of_bounds_is_refused_and_names_the_field() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let (north, _) = (world.space(&tenant, "north").await, world.space(&tenant, "south").await);
    world.join(&person, &north, SpaceRole::Viewer).await;
    let session = world.session(&person).await;
    let past = (world.second() - Duration::seconds(1)).format(&Rfc3339).unwrap();
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (json!({"name": "x".repeat(101)}), "name"),
        (json!({"name": "x", "expires_at": past}), "expires_at"),
        (json!({"name": "x", "expires_at": "tomorrow"}), "expires_at"),
        (json!({"name": "x", "spaces": []}), "spaces"),
        (json!({"name": "x", "spaces": ["nowhere"]}), "spaces"),
        (json!({"name": "x", "spaces": ["south"]}), "spaces"),
        (json!({"name": "x", "spaces": ["north", "south"]}), "spaces"),
        (json!({"name": "x", "spaces": ["north/../south"]}), "spaces"),
        (json!({"name": "x", "spaces": vec!["north"; 51]}), "spaces"),
        (json!({"name": "x", "allowed_addresses": []}), "allowed_addresses"),
        (json!({"name": "x", "allowed_addresses": ["198.51.100.7/24"]}), "allowed_addresses"),
        (json!({"name": "x", "allowed_addresses": ["::ffff:198.51.100.7"]}), "allowed_addresses"),
        (json!({"name": "x", "allowed_addresses": ["example.test"]}), "allowed_addresses"),
        (json!({"name": "x", "allowed_addresses": vec!["198.51.100.7"; 65]}), "allowed_addresses"),
    ] {
        let answer = world.call(create(&session.token, body.clone())).await;
        assert_eq!(answer.status, 422, "{body}");
        assert!(
            answer.text("detail").starts_with(&format!("{field}: ")),
            "{body}: {}",
            answer.text("detail")
        );
    }
    for body in [json!({}), json!({"name": "x", "owner": "me"}), json!({"name": "x", "read_only": "yes"})] {
        world.call(create(&session.token, body)).await.expect(400);
    }
    let listed = world.call(Call::get("/api-keys").bearer(&session.token)).await.expect(200);
    assert_eq!(listed.json()["api_keys"], json!([]));
}

#[tokio::test]
async fn a_key_makes_no_key_that_is_broader_than_itself() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let end = world.second() + Duration::days(1);
    let ending = world.key_with(&person, |key| key.expires_at = Some(end)).await;
    let wide = world.key(&person).await;
    let broader = |answer: crate::support::Answer| {
        answer.is_error(403, "A key cannot make or rotate a key that is broader than itself");
    };
    broader(world.call(create(&ending.text, json!({"name": "x"}))).await);
    let later = (end + Duration::seconds(1)).format(&Rfc3339).unwrap();
    broader(world.call(create(&ending.text, json!({"name": "x", "expires_at": later}))).await);
    let same = end.format(&Rfc3339).unwrap();
    world.call(create(&ending.text, json!({"name": "x", "expires_at": same}))).await.expect(201);
    world.call(create(&wide.text, json!({"name": "x"}))).await.expect(201);
    let child = world.call(create(&wide.text, json!({"name": "x", "read_only": true}))).await.expect(201);
    assert_eq!(child.text("created_by_key"), wide.id.to_string());
    world.call(create(&child.text("key"), json!({"name": "x"}))).await.is_forbidden();
}

#[tokio::test]
async fn a_key_restricted_to_a_space_makes_none() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let north = world.space(&tenant, "north").await;
    world.join(&person, &north, SpaceRole::Admin).await;
    let key = world.key_with(&person, |key| key.spaces = only(&[&north])).await;
    world.call(create(&key.text, json!({"name": "x", "spaces": ["north"]}))).await.is_forbidden();
}

#[tokio::test]
async fn an_organization_admin_restricts_a_key_to_any_of_its_spaces_and_to_no_other_s() {
    let world = World::new().await;
    let (tenant, other) = (world.tenant().await, world.tenant().await);
    world.space(&tenant, "north").await;
    world.space(&other, "south").await;
    let session = world.session(&tenant.admin).await;
    world.call(create(&session.token, json!({"name": "x", "spaces": ["north"]}))).await.expect(201);
    world.call(create(&session.token, json!({"name": "x", "spaces": ["south"]}))).await.expect(422);
}

#[tokio::test]
async fn a_key_of_an_address_list_is_good_from_there_and_nowhere_else() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    let list = json!(["198.51.100.0/24", "2001:db8::/32", "192.0.2.9"]);
    let answer = world.call(create(&session.token, json!({"name": "x", "allowed_addresses": list}))).await;
    let (key, id) = (answer.text("key"), answer.text("id"));
    let shown = json!(["198.51.100.0/24", "2001:db8::/32", "192.0.2.9/32"]);
    assert_eq!(answer.json()["allowed_addresses"], shown);
    let again = world.call(Call::get(format!("/api-keys/{id}")).bearer(&session.token)).await.expect(200);
    assert_eq!(again.json()["allowed_addresses"], shown);
    let me = |source: &str| Call::get("/users/me").bearer(&key).from(source);
    for inside in ["198.51.100.7", "192.0.2.9", "::ffff:198.51.100.7", "2001:db8:ffff::1"] {
        world.call(me(inside)).await.expect(200);
    }
    for outside in ["198.51.101.7", "192.0.2.8", "::ffff:192.0.2.8", "2001:db9::1"] {
        world.call(me(outside)).await.is_forbidden();
        // Not its user's other credentials.
        world.call(Call::get("/users/me").bearer(&session.token).from(outside)).await.expect(200);
    }
}

#[tokio::test]
async fn the_organization_s_list_and_the_key_s_count_both() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let list = |networks: &[&str]| Addresses::parse(networks).unwrap();
    let key = world.key_with(&person, |key| key.addresses = list(&["198.51.100.0/24", "192.0.2.0/24"])).await;
    world.change_policy(&tenant, |policy| policy.addresses = list(&["198.51.0.0/16", "2001:db8::/32"])).await;
    let me = |source: &str| Call::get("/users/me").bearer(&key.text).from(source);
    world.call(me("198.51.100.7")).await.expect(200);
    for outside in ["192.0.2.9", "198.51.101.7", "2001:db8::1"] {
        world.call(me(outside)).await.is_forbidden();
    }
}

#[tokio::test]
async fn a_key_makes_no_key_that_is_good_from_more_addresses() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let list = Addresses::parse(&["198.51.100.0/24", "2001:db8::/32"]).unwrap();
    let key = world.key_with(&person, |key| key.addresses = list).await;
    let make =
        |list: Value| create(&key.text, json!({"name": "x", "allowed_addresses": list})).from("198.51.100.7");
    for wider in [
        Value::Null,
        json!(["198.51.0.0/16"]),
        json!(["198.51.100.7", "192.0.2.9"]),
        json!(["2001:db8::/31"]),
        json!(["::/0"]),
    ] {
        let answer = world.call(make(wider.clone())).await;
        answer.is_error(403, "A key cannot make or rotate a key that is broader than itself");
    }
    for narrower in [json!(["198.51.100.128/25"]), json!(["2001:db8:1::/48", "198.51.100.0/24"])] {
        world.call(make(narrower)).await.expect(201);
    }
}

#[tokio::test]
async fn a_new_key_ends_within_the_policy_s_greatest_age() {
    let world = in_process!("knows the time to the second");
    let tenant = world.tenant().await;
    let session = world.session(&world.member(&tenant).await).await;
    world.change_policy(&tenant, |policy| policy.max_key_age_days = Some(30)).await;
    let latest = world.second() + Duration::days(30);
    let ends = |end: OffsetDateTime| json!({"name": "x", "expires_at": end.format(&Rfc3339).unwrap()});
    let answer = world.call(create(&session.token, json!({"name": "x"}))).await.expect(201);
    assert_eq!(answer.json()["expires_at"], Value::Null);
    world.call(create(&session.token, ends(latest))).await.expect(201);
    world.call(create(&session.token, ends(latest - Duration::days(29)))).await.expect(201);
    let refused = world.call(create(&session.token, ends(latest + Duration::SECOND))).await;
    refused.is_error(422, "expires_at: must be within the organization's 30 days");
    world.pass(Duration::days(29));
    // A rotation begins the age of the secret anew, and the key goes on.
    let rotated = Call::post(format!("/api-keys/{}/rotate", answer.text("id"))).bearer(answer.text("key"));
    let rotated = world.call(rotated).await.expect(201).text("key");
    canary::note(&rotated);
    world.pass(Duration::days(29));
    world.call(Call::get("/users/me").bearer(&rotated)).await.expect(200);
    world.pass(Duration::days(1));
    world.call(Call::get("/users/me").bearer(&rotated)).await.is_unauthorized();
}
