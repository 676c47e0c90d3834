//! `POST /auth/logout`.

use crate::support::{Call, World, in_process};
use time::Duration;
use tokens::COOKIE;

fn logout() -> Call {
    Call::post("/auth/logout")
}

#[tokio::test]
async fn a_session_that_ends_is_refused_on_the_next_request() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (session, other) = (world.session(&person).await, world.session(&person).await);
    world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200);
    let answer = world.call(logout().bearer(&session.token)).await.expect(204);
    assert_eq!(answer.header("cache-control"), "no-store");
    world.call(Call::get("/users/me").bearer(&session.token)).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer(&other.token)).await.expect(200);
}

#[tokio::test]
async fn ending_a_session_twice_is_no_error() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    world.call(logout().bearer(&session.token)).await.expect(204);
    world.call(logout().bearer(&session.token)).await.expect(204);
}

#[tokio::test]
async fn a_token_whose_life_has_ended_still_ends_its_session() {
    let world = in_process!("moves the clock");
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    world.pass(Duration::hours(1));
    world.call(logout().bearer(&session.token)).await.expect(204);
    assert_eq!(world.store.session(person.user.id, session.id).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_no_token_of_ours_ends_nothing() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    world.call(logout()).await.is_unauthorized();
    world.call(logout().bearer("junk")).await.is_unauthorized();
    world.call(logout().bearer(&key.text)).await.is_unauthorized();
    world.call(logout().header("Authorization", &session.token)).await.is_unauthorized();
    let (head, signature) = session.token.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    world.call(logout().bearer(&forged)).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200);
}

#[tokio::test]
async fn two_credentials_end_nothing() {
    let world = in_process!("the shape of an event with two values is API Gateway's");
    let person = world.member(&world.tenant().await).await;
    let (one, other) = (world.session(&person).await, world.session(&person).await);
    world.call(logout().bearer(&one.token).bearer(&other.token)).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer(&one.token)).await.expect(200);
    world.call(Call::get("/users/me").bearer(&other.token)).await.expect(200);
}

#[tokio::test]
async fn the_cookie_ends_its_session_and_is_taken_away() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let (session, other) = (world.log_in(&person).await, world.log_in(&person).await);
    let answer = world.call(logout().cookie(session.cookie())).await.expect(204);
    let ended = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    assert_eq!(answer.header("set-cookie"), ended);
    world.call(Call::get("/users/me").bearer(&session.token)).await.is_unauthorized();
    world.call(Call::post("/auth/refresh").cookie(session.cookie())).await.is_unauthorized();
    // There is nothing left to end but the cookie.
    let again = world.call(logout().cookie(session.cookie())).await.expect(204);
    assert_eq!(again.header("set-cookie"), ended);
    world.call(Call::get("/users/me").bearer(&other.token)).await.expect(200);
}

#[tokio::test]
async fn a_cookie_of_the_past_ends_its_session_and_a_forged_one_does_not() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.log_in(&person).await;
    let refresh = Call::post("/auth/refresh").cookie(session.cookie());
    world.call(refresh).await.expect(200).cookie().unwrap();
    let mut forged = session.cookie().to_owned();
    forged.replace_range(100..=100, if &forged[100..=100] == "A" { "B" } else { "A" });
    world.call(logout().cookie(forged)).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200);
    world.call(logout().cookie(session.cookie())).await.expect(204);
    world.call(Call::get("/users/me").bearer(&session.token)).await.is_unauthorized();
}

#[tokio::test]
async fn a_token_and_a_cookie_of_two_sessions_end_both() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let (one, other) = (world.log_in(&person).await, world.log_in(&person).await);
    world.call(logout().bearer(&one.token).cookie(other.cookie())).await.expect(204);
    for session in [&one, &other] {
        world.call(Call::get("/users/me").bearer(&session.token)).await.is_unauthorized();
        world.call(Call::post("/auth/refresh").cookie(session.cookie())).await.is_unauthorized();
    }
}

#[tokio::test]
async fn a_cookie_ends_its_session_beside_a_token_that_is_none() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.log_in(&person).await;
    world.call(logout().bearer("no.token.anymore").cookie(session.cookie())).await.expect(204);
    world.call(Call::get("/users/me").bearer(&session.token)).await.is_unauthorized();
}

#[tokio::test]
async fn a_page_of_another_origin_ends_the_session_of_its_token_and_not_the_cookies() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let (one, other) = (world.log_in(&person).await, world.log_in(&person).await);
    let call = logout().bearer(&one.token).cookie(other.cookie()).header("Origin", "https://evil.example");
    world.call(call).await.expect(204);
    world.call(Call::get("/users/me").bearer(&one.token)).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer(&other.token)).await.expect(200);
}

#[tokio::test]
async fn a_forged_cookie_ends_no_session_that_has_no_cookie() {
    let world = in_process!("makes a cookie of its own");
    let person = world.member_with_password(&world.tenant().await, true).await;
    let session = world.first_session(&person).await;
    // The ids are no secret. A session that is not refreshed has nothing to know a tag by.
    let stored = world.store.session(person.user.id, session.id).await.unwrap().unwrap();
    let (_, forged) =
        auth::refresh::RefreshState::begin(&stored, world.now(), &mut *world.rng.lock().unwrap());
    world.call(logout().cookie(&*forged.reveal())).await.expect(204);
    assert_eq!(world.store.session(stored.user, stored.id).await.unwrap(), Some(stored));
}
