//! `POST /api-keys`.

use crate::support::{Call, World, credentials::only};
use auth::access::SpaceRole;
use serde_json::{Value, json};
use time::{Duration, format_description::well_known::Rfc3339};

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
