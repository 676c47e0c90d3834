//! Each member of a policy holds from the next request, for the sessions and keys that are there already.

use crate::support::{Call, Key, Person, Tenant, World, in_process};
use serde_json::{Value, json};
use time::Duration;

const INSIDE: &str = "198.51.100.7";
const OUTSIDE: &str = "192.0.2.9";

fn me(credential: &str) -> Call {
    Call::get("/users/me").bearer(credential)
}

fn refresh(token: &str) -> Call {
    Call::post("/auth/refresh").cookie(token)
}

impl World {
    /// Changes one member of the policy as an admin does who has just logged in.
    async fn tighten(&self, tenant: &Tenant, member: &str, value: impl Into<Value>) {
        let session = self.session(&tenant.admin).await;
        let seen = self.call(Call::get("/admin/policy").bearer(&session.token)).await.expect(200);
        let mut policy = seen.json();
        policy[member] = value.into();
        let put = Call::put("/admin/policy").bearer(&session.token).header("If-Match", seen.header("etag"));
        self.call(put.json(policy).from(INSIDE)).await.expect(200);
    }
}

async fn member_key(world: &World) -> (Tenant, Person, Key) {
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let key = world.key(&person).await;
    world.call(me(&key.text)).await.expect(200);
    (tenant, person, key)
}

#[tokio::test]
async fn a_shorter_session_ends_tokens_that_are_older_and_a_refresh_gives_a_shorter_one() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let session = world.session(&world.member(&tenant).await).await;
    world.pass(Duration::seconds(299));
    world.tighten(&tenant, "session_seconds", 300).await;
    world.call(me(&session.token)).await.expect(200);
    world.pass(Duration::seconds(1));
    world.call(me(&session.token)).await.is_unauthorized();

    let answer = world.call(refresh(session.cookie())).await.expect(200);
    assert_eq!(answer.json()["expires_in"], 300);
    let token = answer.text("access_token");
    world.pass(Duration::seconds(299));
    world.call(me(&token)).await.expect(200);
    world.pass(Duration::seconds(1));
    world.call(me(&token)).await.is_unauthorized();
}

#[tokio::test]
async fn a_shorter_absolute_life_ends_older_sessions_however_often_they_were_refreshed() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let old = world.session(&person).await;
    world.pass(Duration::minutes(40));
    let young = world.session(&person).await;
    world.pass(Duration::minutes(20));
    let answer = world.call(refresh(old.cookie())).await.expect(200);
    let (token, cookie) = (answer.text("access_token"), answer.cookie().unwrap());
    world.call(me(&token)).await.expect(200);

    world.tighten(&tenant, "refresh_idle_seconds", 3600).await;
    world.call(me(&token)).await.expect(200);
    world.tighten(&tenant, "refresh_absolute_seconds", 3600).await;
    world.call(me(&token)).await.is_unauthorized();
    world.call(refresh(&cookie)).await.is_unauthorized();
    let answer = world.call(refresh(young.cookie())).await.expect(200);
    world.call(me(&answer.text("access_token"))).await.expect(200);
}

#[tokio::test]
async fn a_shorter_idle_life_ends_sessions_that_were_idle_longer() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let (idle, used) = (world.session(&person).await, world.session(&person).await);
    world.pass(Duration::minutes(30));
    let used = world.call(refresh(used.cookie())).await.expect(200).cookie().unwrap();
    world.pass(Duration::minutes(30));
    world.tighten(&tenant, "refresh_idle_seconds", 3600).await;
    world.call(refresh(idle.cookie())).await.is_unauthorized();
    world.call(refresh(&used)).await.expect(200);
}

#[tokio::test]
async fn where_keys_are_not_allowed_no_key_is_good_and_none_is_made() {
    let world = World::new().await;
    let (tenant, person, key) = member_key(&world).await;
    let service = world.key(&world.service_account(&tenant).await).await;
    let elsewhere = member_key(&world).await.2;
    let session = world.session(&person).await;
    let create = || Call::post("/api-keys").bearer(&session.token).json(json!({"name": "x"}));
    let rotate = || Call::post(format!("/api-keys/{}/rotate", key.id)).bearer(&session.token);

    world.tighten(&tenant, "api_keys_allowed", false).await;
    world.call(me(&key.text)).await.is_forbidden();
    world.call(me(&service.text)).await.is_forbidden();
    let not_allowed = "API keys are not allowed in this organization";
    world.call(create()).await.is_error(403, not_allowed);
    world.call(rotate()).await.is_error(403, not_allowed);
    // Sessions go on, also to look at keys and to end them; so do other organizations' keys.
    let listed = world.call(Call::get("/api-keys").bearer(&session.token)).await.expect(200);
    assert_eq!(listed.json()["api_keys"].as_array().unwrap().len(), 1);
    world.call(me(&elsewhere.text)).await.expect(200);

    world.tighten(&tenant, "api_keys_allowed", true).await;
    world.call(me(&key.text)).await.expect(200);
    world.call(create()).await.expect(201);
    world.tighten(&tenant, "api_keys_allowed", false).await;
    world.call(Call::delete(format!("/api-keys/{}", key.id)).bearer(&session.token)).await.expect(204);
}

#[tokio::test]
async fn a_greatest_age_ends_secrets_that_are_older_until_they_are_rotated() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let now = world.second();
    // A minute to spare, for a system whose clock goes on.
    let aged = |days: i64| now - Duration::days(days) + Duration::minutes(1);
    let old = world.key_with(&person, |key| key.created_at = aged(11)).await;
    let young = world.key_with(&person, |key| key.created_at = aged(10)).await;
    let rotated =
        world.key_with(&person, |key| (key.created_at, key.rotated_at) = (aged(400), Some(aged(5)))).await;
    let statuses = async |expected: [u16; 3]| {
        for (key, status) in [&old, &young, &rotated].into_iter().zip(expected) {
            let answer = world.call(me(&key.text)).await;
            if status == 401 { answer.is_unauthorized() } else { drop(answer.expect(status)) }
        }
    };
    statuses([200, 200, 200]).await;
    world.tighten(&tenant, "max_key_age_days", 10).await;
    statuses([401, 200, 200]).await;
    world.tighten(&tenant, "max_key_age_days", 5).await;
    statuses([401, 401, 200]).await;

    let session = world.session(&person).await;
    let rotate = Call::post(format!("/api-keys/{}/rotate", old.id)).bearer(&session.token);
    let answer = world.call(rotate.json(json!({"overlap_seconds": 3600}))).await.expect(201);
    assert_eq!(answer.json()["previous_secret_expires_at"], json!(null), "what is too old overlaps nothing");
    world.call(me(&answer.text("key"))).await.expect(200);
    statuses([401, 401, 200]).await;
    world.tighten(&tenant, "max_key_age_days", Value::Null).await;
    statuses([401, 200, 200]).await;
}

#[tokio::test]
async fn a_secret_that_overlaps_its_successor_has_an_age_of_its_own() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let made = world.second() - Duration::days(20);
    let key = world.key_with(&person, |key| key.created_at = made).await;
    let session = world.session(&person).await;
    let rotate = Call::post(format!("/api-keys/{}/rotate", key.id)).bearer(&session.token);
    let new = world.call(rotate.json(json!({"overlap_seconds": 3600}))).await.expect(201).text("key");
    world.call(me(&key.text)).await.expect(200);
    world.tighten(&tenant, "max_key_age_days", 10).await;
    world.call(me(&key.text)).await.is_unauthorized();
    world.call(me(&new)).await.expect(200);
}

#[tokio::test]
async fn an_address_list_holds_at_once_for_sessions_and_keys_that_exist() {
    let world = World::new().await;
    let (tenant, person, key) = member_key(&world).await;
    let session = world.session(&person).await;
    let credentials = [&session.token, &key.text];
    for credential in credentials {
        world.call(me(credential).from(OUTSIDE)).await.expect(200);
    }
    world.tighten(&tenant, "allowed_addresses", json!(["198.51.100.0/24"])).await;
    for credential in credentials {
        for inside in [INSIDE, "198.51.100.0", "198.51.100.255"] {
            world.call(me(credential).from(inside)).await.expect(200);
        }
        for outside in [OUTSIDE, "198.51.101.0", "198.51.99.255"] {
            world.call(me(credential).from(outside)).await.is_forbidden();
        }
        world.call(me(credential).from(INSIDE)).await.expect(200);
    }
    // Who is outside cannot lift it, though its credential is an admin's.
    let admin = world.key(&tenant.admin).await;
    let policy = || Call::get("/admin/policy").bearer(&admin.text);
    let mut lifted = world.call(policy().from(INSIDE)).await.expect(200).json();
    lifted["allowed_addresses"] = Value::Null;
    let lift = |source: &str| {
        let put = Call::put("/admin/policy").bearer(&admin.text).header("If-Match", "\"2\"");
        put.json(lifted.clone()).from(source)
    };
    world.call(lift(OUTSIDE)).await.is_forbidden();
    world.call(lift(INSIDE)).await.expect(200);
    for credential in credentials {
        world.call(me(credential).from(OUTSIDE)).await.expect(200);
    }
}

#[tokio::test]
async fn a_list_is_of_ipv4_and_ipv6_and_a_mapped_address_is_the_ipv4_one() {
    let world = World::new().await;
    let (tenant, _, key) = member_key(&world).await;
    let list = json!(["198.51.100.0/24", "2001:db8:1::/48", "2001:db8:2::7"]);
    world.tighten(&tenant, "allowed_addresses", list).await;
    for inside in ["2001:db8:1::1", "2001:db8:1:ffff::1", "2001:db8:2::7", "::ffff:198.51.100.9", INSIDE] {
        world.call(me(&key.text).from(inside)).await.expect(200);
    }
    for outside in ["2001:db8:3::1", "2001:db8:2::8", "::ffff:192.0.2.9", "::198.51.100.9", OUTSIDE] {
        world.call(me(&key.text).from(outside)).await.is_forbidden();
    }
}

#[tokio::test]
async fn an_address_list_counts_for_a_refresh_which_has_no_effect_from_outside() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let session = world.session(&person).await;
    world.tighten(&tenant, "allowed_addresses", json!([format!("{INSIDE}/32")])).await;
    world.call(refresh(session.cookie()).from(OUTSIDE)).await.expect(403);
    let answer = world.call(refresh(session.cookie()).from(INSIDE)).await.expect(200);
    world.call(me(&answer.text("access_token")).from(INSIDE)).await.expect(200);
}
