//! `DELETE /api-keys/{id}`.

use crate::support::{Call, Key, World, credentials::only};
use auth::access::SpaceRole;
use serde_json::json;

fn revoke(credential: &str, key: &Key) -> Call {
    Call::delete(format!("/api-keys/{}", key.id)).bearer(credential)
}

#[tokio::test]
async fn a_revoked_key_is_refused_on_the_next_request() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (session, key, other) =
        (world.session(&person).await, world.key(&person).await, world.key(&person).await);
    world.call(Call::get("/users/me").bearer(&key.text)).await.expect(200);
    let answer = world.call(revoke(&session.token, &key)).await.expect(204);
    assert_eq!(answer.header("cache-control"), "no-store");
    world.call(Call::get("/users/me").bearer(&key.text)).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer(&other.text)).await.expect(200);
}

#[tokio::test]
async fn revoking_again_is_no_error_for_the_owner_and_a_404_for_anybody_else() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    let admin = world.session(&tenant.admin).await;
    world.call(revoke(&admin.token, &key)).await.is_not_found();
    world.call(revoke(&session.token, &key)).await.expect(204);
    world.call(revoke(&session.token, &key)).await.expect(204);
    world.call(revoke(&admin.token, &key)).await.is_not_found();
}

#[tokio::test]
async fn a_key_can_end_itself_even_where_it_is_restricted() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let north = world.space(&tenant, "north").await;
    world.join(&person, &north, SpaceRole::Viewer).await;
    let key = world.key_with(&person, |key| key.spaces = only(&[&north])).await;
    let other = world.key(&person).await;
    world.call(revoke(&key.text, &other)).await.is_forbidden();
    world.call(revoke(&key.text, &key)).await.expect(204);
    world.call(revoke(&key.text, &key)).await.is_unauthorized();
}

#[tokio::test]
async fn with_a_key_end_the_keys_that_it_made_and_those_that_they_made() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (session, root, sibling) =
        (world.session(&person).await, world.key(&person).await, world.key(&person).await);
    let make = |credential: &str| Call::post("/api-keys").bearer(credential).json(json!({"name": "x"}));
    let child = world.call(make(&root.text)).await.expect(201).text("key");
    let grandchild = world.call(make(&child)).await.expect(201).text("key");
    world.call(Call::get("/users/me").bearer(&grandchild)).await.expect(200);
    world.call(revoke(&session.token, &root)).await.expect(204);
    for ended in [&root.text, &child, &grandchild] {
        world.call(Call::get("/users/me").bearer(ended)).await.is_unauthorized();
    }
    world.call(Call::get("/users/me").bearer(&sibling.text)).await.expect(200);
    let left = world.call(Call::get("/api-keys").bearer(&session.token)).await.expect(200).json();
    assert_eq!(left["api_keys"].as_array().unwrap().len(), 1);
}
