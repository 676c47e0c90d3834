//! What an administrator changes holds on the very next request.

use crate::support::{Call, Person, World};
use auth::access::{OrganizationRole, SpaceRole};
use store::AdminChange;

fn me(credential: &str) -> Call {
    Call::get("/users/me").bearer(credential)
}

/// A member with a session and a key, both of which have just worked.
async fn member(world: &World) -> (Person, String, String) {
    let person = world.member(&world.tenant().await).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    world.call(me(&session.token)).await.expect(200);
    world.call(me(&key.text)).await.expect(200);
    (person, session.token, key.text)
}

#[tokio::test]
async fn a_disabled_user_is_refused_with_every_credential_and_an_enabled_one_logs_in_anew() {
    let world = World::new().await;
    let (person, session, key) = member(&world).await;
    world.disable(&person).await;
    world.call(me(&session)).await.is_unauthorized();
    world.call(me(&key)).await.is_unauthorized();
    let enabled = world.store.set_user_disabled(person.user.id, false).await;
    assert_eq!(enabled.unwrap(), AdminChange::Done);
    world.call(me(&session)).await.is_unauthorized();
    world.call(me(&world.session(&person).await.token)).await.expect(200);
    world.call(me(&key)).await.expect(200);
}

#[tokio::test]
async fn signing_out_everywhere_ends_sessions_and_no_key() {
    let world = World::new().await;
    let (person, session, key) = member(&world).await;
    world.store.end_sessions(person.user.id).await.unwrap();
    world.call(me(&session)).await.is_unauthorized();
    world.call(me(&key)).await.expect(200);
}

#[tokio::test]
async fn ending_all_keys_ends_no_session() {
    let world = World::new().await;
    let (person, session, key) = member(&world).await;
    world.store.end_keys(person.user.id).await.unwrap();
    world.call(me(&session)).await.expect(200);
    world.call(me(&key)).await.is_unauthorized();
}

#[tokio::test]
async fn a_suspended_organization_s_credentials_are_refused_all_of_them() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let service = world.service_account(&tenant).await;
    let (session, key) = (world.session(&tenant.admin).await, world.key(&service).await);
    world.call(me(&session.token)).await.expect(200);
    world.suspend(&tenant).await;
    world.call(me(&session.token)).await.is_unauthorized();
    world.call(me(&key.text)).await.is_unauthorized();
}

#[tokio::test]
async fn a_revoked_key_and_an_ended_session_are_refused() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    world.call(me(&key.text)).await.expect(200);
    world.call(Call::delete(format!("/api-keys/{}", key.id)).bearer(&session.token)).await.expect(204);
    world.call(me(&key.text)).await.is_unauthorized();
    world.call(Call::post("/auth/logout").bearer(&session.token)).await.expect(204);
    world.call(me(&session.token)).await.is_unauthorized();
}

#[tokio::test]
async fn a_role_in_the_organization_counts_in_its_spaces_at_once() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    world.space(&tenant, "north").await;
    let person = world.member(&tenant).await;
    let key = world.key(&person).await;
    let products = || Call::get("/catalog/spaces/north/products").bearer(&key.text);
    world.call(products()).await.is_forbidden();
    for (role, status) in [(OrganizationRole::Admin, 200), (OrganizationRole::Member, 403)] {
        let changed = world.store.set_organization_role(person.user.id, role).await;
        assert_eq!(changed.unwrap(), AdminChange::Done);
        world.call(products()).await.expect(status);
    }
}

#[tokio::test]
async fn a_role_in_a_space_counts_at_once() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let north = world.space(&tenant, "north").await;
    let person = world.member(&tenant).await;
    let key = world.key(&person).await;
    let create = || {
        let body = serde_json::json!({"name": "Lamp"});
        Call::post("/catalog/spaces/north/products").bearer(&key.text).json(body)
    };
    for (role, status) in [(SpaceRole::Viewer, 403), (SpaceRole::Editor, 201), (SpaceRole::Viewer, 403)] {
        world.join(&person, &north, role).await;
        world.call(create()).await.expect(status);
    }
}
