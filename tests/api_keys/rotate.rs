//! `POST /api-keys/{id}/rotate`.

use crate::support::{Answer, Call, Key, World, credentials::only, in_process};
use auth::{access::SpaceRole, address::Addresses, records::StoredKey};
use serde_json::json;
use time::Duration;

fn rotate(credential: &str, key: &Key) -> Call {
    Call::post(format!("/api-keys/{}/rotate", key.id)).bearer(credential)
}

async fn works(world: &World, credential: &str) -> bool {
    let answer = world.call(Call::get("/users/me").bearer(credential)).await;
    if answer.status != 200 {
        answer.is_unauthorized();
    }
    answer.status == 200
}

#[tokio::test]
async fn a_rotated_key_is_the_same_key_with_another_secret() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    let answer = world.call(rotate(&session.token, &key)).await.expect(201);
    assert_eq!(answer.header("cache-control"), "no-store");
    insta::assert_json_snapshot!(answer.json(), {
        ".id" => "[key]", ".hint" => "[hint]", ".created_at" => "[time]", ".rotated_at" => "[time]",
        ".key" => "[secret]",
    });
    assert_eq!(answer.text("id"), key.id.to_string());
    assert!(!works(&world, &key.text).await, "the old secret ends at once");
    assert!(works(&world, &answer.text("key")).await);
}

#[tokio::test]
async fn while_the_overlap_lasts_both_secrets_work() {
    let world = in_process!("moves the clock");
    let person = world.member(&world.tenant().await).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    let answer =
        world.call(rotate(&session.token, &key).json(json!({"overlap_seconds": 60}))).await.expect(201);
    assert_eq!(answer.text("previous_secret_expires_at"), "2030-04-09T12:35:56Z");
    world.pass(Duration::seconds(59));
    assert!(works(&world, &key.text).await && works(&world, &answer.text("key")).await);
    world.pass(Duration::seconds(1));
    assert!(!works(&world, &key.text).await && works(&world, &answer.text("key")).await);
    let session = world.session(&person).await;
    let shown =
        world.call(Call::get(format!("/api-keys/{}", key.id)).bearer(&session.token)).await.expect(200);
    assert_eq!(shown.json()["previous_secret_expires_at"], json!(null));
}

#[tokio::test]
async fn a_second_rotation_ends_the_first_secret_whatever_its_overlap() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    let overlap = |call: Call| call.json(json!({"overlap_seconds": 3600}));
    let second = world.call(overlap(rotate(&session.token, &key))).await.expect(201).text("key");
    assert!(works(&world, &key.text).await);
    let third = world.call(overlap(rotate(&session.token, &key))).await.expect(201).text("key");
    assert!(!works(&world, &key.text).await && works(&world, &second).await && works(&world, &third).await);
}

#[tokio::test]
async fn an_overlap_out_of_bounds_is_refused_and_rotates_nothing() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    for seconds in [-1, 604_801] {
        let answer = world.call(rotate(&session.token, &key).json(json!({"overlap_seconds": seconds}))).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text("detail").starts_with("overlap_seconds: "));
    }
    for body in [json!({"overlap_seconds": "60"}), json!({"overlap": 60}), json!({"overlap_seconds": 1.5})] {
        world.call(rotate(&session.token, &key).json(body)).await.expect(400);
    }
    assert!(works(&world, &key.text).await);
    world.call(rotate(&session.token, &key).json(json!({}))).await.expect(201);
}

fn is_another_s(answer: &Answer) {
    answer.is_error(403, "A key can rotate itself and the keys that it made");
}

#[tokio::test]
async fn a_key_rotates_itself_and_what_it_made_and_no_equal_of_its() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (key, equal) = (world.key(&person).await, world.key(&person).await);
    is_another_s(&world.call(rotate(&key.text, &equal)).await);
    assert!(works(&world, &equal.text).await, "nothing was rotated");
    let made =
        world.call(Call::post("/api-keys").bearer(&key.text).json(json!({"name": "x"}))).await.expect(201);
    let made = Key { id: made.text("id").parse().unwrap(), text: made.text("key") };
    is_another_s(&world.call(rotate(&made.text, &key)).await);
    world.call(rotate(&key.text, &made)).await.expect(201);
    world.call(rotate(&key.text, &key)).await.expect(201);
    assert!(!works(&world, &made.text).await && !works(&world, &key.text).await);
}

#[tokio::test]
async fn a_narrow_key_never_obtains_a_broad_one_s_secret() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let north = world.space(&tenant, "north").await;
    world.join(&person, &north, SpaceRole::Admin).await;
    let broad = world.key(&person).await;
    let reader = world.key_with(&person, |key| key.read_only = true).await;
    let narrow = world.key_with(&person, |key| key.spaces = only(&[&north])).await;
    let end = world.second() + Duration::days(1);
    let ending = world.key_with(&person, |key| key.expires_at = Some(end)).await;
    world.call(rotate(&reader.text, &broad)).await.is_forbidden();
    world.call(rotate(&narrow.text, &broad)).await.is_forbidden();
    is_another_s(&world.call(rotate(&ending.text, &broad)).await);
    assert!(works(&world, &broad.text).await, "nothing was rotated");
    world.call(rotate(&narrow.text, &narrow)).await.expect(201);
}

#[tokio::test]
async fn a_key_of_fewer_addresses_never_obtains_the_secret_of_one_of_more() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let broad = world.key(&person).await;
    // Narrowed after it had made the other.
    let list = |networks: &[&str]| Addresses::parse(networks).unwrap();
    let narrow = world.key_with(&person, |key| key.addresses = list(&["198.51.100.0/24"])).await;
    let made = async |addresses: Addresses| {
        let of = |key: &mut StoredKey| (key.addresses, key.created_by_key) = (addresses, Some(narrow.id));
        world.key_with(&person, of).await
    };
    let (wider, within) = (made(list(&["198.51.0.0/16"])).await, made(list(&["198.51.100.7"])).await);
    let from = |key: &Key| rotate(&narrow.text, key).from("198.51.100.7");
    is_another_s(&world.call(from(&broad)).await);
    let broader = "A key cannot make or rotate a key that is broader than itself";
    world.call(from(&wider)).await.is_error(403, broader);
    assert!(works(&world, &broad.text).await, "nothing was rotated");
    world.call(Call::get("/users/me").bearer(&wider.text).from("198.51.1.1")).await.expect(200);
    world.call(from(&within)).await.expect(201);
    let answer = world.call(from(&narrow)).await.expect(201);
    assert_eq!(answer.json()["allowed_addresses"], json!(["198.51.100.0/24"]), "its list stays");
}

#[tokio::test]
async fn the_old_secret_can_make_rotate_and_revoke_no_key() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    let overlap = json!({"overlap_seconds": 3600});
    let new = world.call(rotate(&session.token, &key).json(overlap)).await.expect(201).text("key");
    let replaced = "The replaced secret of a key can make, rotate and revoke no key";
    world.call(rotate(&key.text, &key)).await.is_error(403, replaced);
    let revoke = |credential: &str| Call::delete(format!("/api-keys/{}", key.id)).bearer(credential);
    world.call(revoke(&key.text)).await.is_error(403, replaced);
    // Neither through a key of its own making, which could revoke or outlive it.
    let child = Call::post("/api-keys").bearer(&key.text).json(json!({"name": "child"}));
    world.call(child).await.is_error(403, replaced);
    assert!(works(&world, &new).await && works(&world, &key.text).await);
    world.call(rotate(&new, &key)).await.expect(201);
}

#[tokio::test]
async fn an_expired_key_is_not_revived() {
    let world = in_process!("moves the clock");
    let person = world.member(&world.tenant().await).await;
    let end = world.second() + Duration::seconds(10);
    let key = world.key_with(&person, |key| key.expires_at = Some(end)).await;
    world.pass(Duration::seconds(9));
    assert!(works(&world, &key.text).await);
    world.pass(Duration::seconds(1));
    assert!(!works(&world, &key.text).await);
    let session = world.session(&person).await;
    world.call(rotate(&session.token, &key)).await.expect(409);
}

#[tokio::test]
async fn an_overlap_ends_when_the_old_secret_is_too_old() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let made = world.second() - Duration::days(10) + Duration::seconds(60);
    let key = world.key_with(&person, |key| key.created_at = made).await;
    world.change_policy(&tenant, |policy| policy.max_key_age_days = Some(10)).await;
    let session = world.session(&person).await;
    let answer =
        world.call(rotate(&session.token, &key).json(json!({"overlap_seconds": 3600}))).await.expect(201);
    assert_eq!(answer.text("previous_secret_expires_at"), "2030-04-09T12:35:56Z");
    assert!(works(&world, &key.text).await);
    world.pass(Duration::seconds(60));
    assert!(!works(&world, &key.text).await && works(&world, &answer.text("key")).await);
}
