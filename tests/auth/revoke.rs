//! `POST /auth/revoke`.

use crate::support::{Answer, Call, World, in_process, wire::Fault};
use serde_json::json;
use time::Duration;

fn revoke(token: impl AsRef<str>) -> Call {
    Call::post("/auth/revoke").json(json!({"token": token.as_ref()}))
}

fn me(credential: impl AsRef<str>) -> Call {
    Call::get("/users/me").bearer(credential)
}

#[track_caller]
fn is_done(answer: Answer) {
    let answer = answer.expect(200);
    assert_eq!(answer.json(), json!({}));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn whoever_holds_a_key_ends_it_and_what_it_made() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (key, other) = (world.key(&person).await, world.key(&person).await);
    let made = Call::post("/api-keys").bearer(&key.text).json(json!({"name": "made by it"}));
    let made = world.call(made).await.expect(201).text("key");
    crate::support::canary::note(&made);
    is_done(world.call(revoke(&key.text)).await);
    world.call(me(&key.text)).await.is_unauthorized();
    world.call(me(&made)).await.is_unauthorized();
    world.call(me(&other.text)).await.expect(200);
    is_done(world.call(revoke(&key.text)).await);
}

#[tokio::test]
async fn a_key_whose_secret_is_not_known_goes_on() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let key = world.key(&person).await;
    // The same ids with another secret: what a key's owner may show, such as its id, is not enough.
    let same = auth::api_key::ApiKey::generate(
        person.user.organization,
        person.user.id,
        key.id,
        &mut *world.rng.lock().unwrap(),
    );
    is_done(world.call(revoke(&*same.reveal(&world.prefix))).await);
    world.call(me(&key.text)).await.expect(200);
}

#[tokio::test]
async fn a_replaced_secret_ends_itself_and_nothing_else() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let old = world.key(&person).await;
    let rotate = Call::post(format!("/api-keys/{}/rotate", old.id)).bearer(&old.text);
    let new = world.call(rotate.json(json!({"overlap_seconds": 3600}))).await.expect(201).text("key");
    crate::support::canary::note(&new);
    world.call(me(&old.text)).await.expect(200);
    is_done(world.call(revoke(&old.text)).await);
    world.call(me(&old.text)).await.is_unauthorized();
    world.call(me(&new)).await.expect(200);
    is_done(world.call(revoke(&new)).await);
    world.call(me(&new)).await.is_unauthorized();
}

#[tokio::test]
async fn whoever_holds_a_session_token_or_its_cookie_ends_the_session() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    for by_cookie in [false, true] {
        let session = world.log_in(&person).await;
        is_done(world.call(revoke(if by_cookie { session.cookie() } else { &session.token })).await);
        world.call(me(&session.token)).await.is_unauthorized();
        world.call(Call::post("/auth/refresh").cookie(session.cookie())).await.is_unauthorized();
    }
}

#[tokio::test]
async fn a_token_whose_life_has_ended_still_ends_its_session() {
    let world = in_process!("moves the clock");
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    world.pass(Duration::hours(1));
    is_done(world.call(revoke(&session.token)).await);
    world.call(Call::post("/auth/refresh").cookie(session.cookie())).await.is_unauthorized();
}

#[tokio::test]
async fn anything_is_200_and_ends_nothing_that_it_is_not() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.log_in(&person).await;
    let (head, signature) = session.token.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    let mut cookie = session.cookie().to_owned();
    cookie.replace_range(100..=100, if &cookie[100..=100] == "A" { "B" } else { "A" });
    for token in ["x", "a.b.c", "qarion_", &forged, &cookie, &session.id.to_string()] {
        is_done(world.call(revoke(token)).await);
    }
    world.call(me(&session.token)).await.expect(200);
    world.call(Call::post("/auth/refresh").cookie(session.cookie())).await.expect(200);
}

#[tokio::test]
async fn a_body_of_another_form_is_a_400_or_422() {
    let world = World::new().await;
    world.call(revoke("")).await.is_error(422, "token: must have 1 to 4096 characters");
    world.call(revoke("x".repeat(4097))).await.is_error(422, "token: must have 1 to 4096 characters");
    let call = Call::post("/auth/revoke").json(json!({}));
    world.call(call).await.is_error(400, "token: is required");
    let call = Call::post("/auth/revoke").text("application/x-www-form-urlencoded", "token=x");
    world.call(call).await.is_error(415, "Content-Type must be application/json");
}

#[tokio::test]
async fn a_write_that_failed_is_a_503() {
    let world = in_process!("injects faults");
    let person = world.member(&world.tenant().await).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    for token in [&session.token, &key.text] {
        let write = |operation: &str| matches!(operation, "UpdateItem" | "TransactWriteItems");
        let deployment = world.deployment();
        deployment.breaks(1, true, move |operation| write(operation).then_some(Fault::Dropped));
        world.call(revoke(token)).await.is_error(503, "Service unavailable");
        deployment.mend();
        world.call(me(token)).await.expect(200);
        is_done(world.call(revoke(token)).await);
        world.call(me(token)).await.is_unauthorized();
    }
}
