//! `PATCH /api-keys/{id}`.

use crate::support::{Call, World};
use serde_json::json;

#[tokio::test]
async fn a_renamed_key_is_the_same_key() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    let path = format!("/api-keys/{}", key.id);
    let before = world.call(Call::get(&path).bearer(&session.token)).await.expect(200).json();
    let rename = Call::patch(&path).bearer(&session.token).json(json!({"name": " nightly "}));
    let answer = world.call(rename).await.expect(200);
    let mut expected = before;
    expected["name"] = json!("nightly");
    assert_eq!(answer.json(), expected);
    assert_eq!(world.call(Call::get(&path).bearer(&session.token)).await.expect(200).json(), expected);
    world.call(Call::get("/users/me").bearer(&key.text)).await.expect(200);
}

#[tokio::test]
async fn nothing_but_the_name_can_be_changed() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    let key = world.key_with(&person, |key| key.read_only = true).await;
    let rename = |body| Call::patch(format!("/api-keys/{}", key.id)).bearer(&session.token).json(body);
    for body in [json!({"name": "x", "read_only": false}), json!({"read_only": false}), json!({"name": null})]
    {
        world.call(rename(body)).await.expect(400);
    }
    for body in [json!({"name": ""}), json!({"name": "x".repeat(101)})] {
        world.call(rename(body)).await.expect(422);
    }
}

#[tokio::test]
async fn a_key_that_ended_with_all_keys_is_not_found_and_gets_no_name() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let (key, admin) = (world.key(&person).await, world.session(&tenant.admin).await);
    let out = format!("/admin/users/{}/sign-out", person.user.id);
    let out = Call::post(out).bearer(&admin.token).json(json!({"api_keys": true}));
    world.call(out).await.expect(204);
    let session = world.session(&person).await;
    let path = format!("/api-keys/{}", key.id);
    world.call(Call::get(path.clone()).bearer(&session.token)).await.is_not_found();
    let rename = Call::patch(path).bearer(&session.token).json(json!({"name": "another"}));
    world.call(rename).await.is_not_found();
}
