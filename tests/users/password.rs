//! `PUT /users/me/password`.

use crate::support::{Call, Person, World, fixtures::new_password, in_process};
use auth::throttle::{AttemptState, MAX_FAILURES};
use serde_json::json;
use store::Write;
use time::Duration;

fn change(credential: &str, current: &str, new: &str) -> Call {
    let body = json!({"current_password": current, "new_password": new});
    Call::put("/users/me/password").bearer(credential).json(body)
}

fn login(person: &Person, password: &str) -> Call {
    let body = json!({"email": person.user.email.as_str(), "password": password});
    Call::post("/auth/login").json(body)
}

#[tokio::test]
async fn a_changed_password_logs_in_and_the_old_one_no_more() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let (old, new) = (person.password.clone().unwrap(), new_password());
    let session = world.session(&person).await;
    let answer = world.call(change(&session.token, &old, &new)).await.expect(204);
    assert_eq!(answer.header("cache-control"), "no-store");
    world.call(login(&person, &old)).await.is_unauthorized();
    world.call(login(&person, &new)).await.expect(200);
}

#[tokio::test]
async fn a_change_ends_every_other_session_and_no_key() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let (session, other) = (world.session(&person).await, world.session(&person).await);
    let key = world.key(&person).await;
    world.call(change(&session.token, person.password.as_ref().unwrap(), &new_password())).await.expect(204);
    world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200);
    world.call(Call::get("/users/me").bearer(&other.token)).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer(&key.text)).await.expect(200);
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.session(&person).await;
    let answer = world.call(change(&session.token, &new_password(), &new_password())).await;
    answer.is_error(403, "current_password is wrong");
    world.call(login(&person, person.password.as_ref().unwrap())).await.expect(200);
}

#[tokio::test]
async fn whoever_guesses_the_current_password_of_a_session_is_told_to_wait_before_any_work() {
    let world = in_process!("counts on one time, and the work");
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.session(&person).await;
    for _ in 0..5 {
        let answer = world.call(change(&session.token, "none of the right ones", &new_password())).await;
        answer.is_error(403, "current_password is wrong");
    }
    let blocks = || world.deployment().gateway.login.blocks();
    let before = blocks();
    let right = person.password.as_ref().unwrap();
    let answer = world.call(change(&session.token, right, &new_password())).await;
    answer.is_error(429, "Too many attempts; try again later");
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(blocks(), before);
    world.pass(Duration::seconds(1));
    world.call(change(&session.token, right, &new_password())).await.expect(204);
}

#[tokio::test]
async fn attackers_elsewhere_do_not_keep_a_user_from_changing_the_password() {
    let world = in_process!("chooses addresses");
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.log_in(&person).await;
    for number in 0..6 {
        let from = format!("198.51.100.{number}");
        let _any = world.call(login(&person, "none of the right ones").from(from)).await;
    }
    let old = person.password.as_ref().unwrap();
    world.call(change(&session.token, old, &new_password())).await.expect(204);
}

#[tokio::test]
async fn a_change_takes_the_failures_before_it_away() {
    let world = in_process!("looks at the table");
    let person = world.member_with_password(&world.tenant().await, false).await;
    let (session, new) = (world.session(&person).await, new_password());
    for _ in 0..3 {
        world.call(login(&person, "none of the right ones")).await.is_unauthorized();
    }
    world.call(change(&session.token, person.password.as_ref().unwrap(), &new)).await.expect(204);
    let stored = world.store.password(person.user.id).await.unwrap().unwrap();
    assert_eq!((stored.failures, stored.throttle), (0, AttemptState::default()));
    // Who knew the old one may have been known by it.
    assert_eq!(stored.known_addresses, []);
    world.call(login(&person, &new)).await.expect(200);
}

#[tokio::test]
async fn a_password_that_failures_have_disabled_is_not_changed_but_reset() {
    let world = in_process!("seeds failures");
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.session(&person).await;
    let stored = world.store.password(person.user.id).await.unwrap().unwrap();
    let written = world.store.charge_password(&stored, &AttemptState::default(), MAX_FAILURES, 1).await;
    assert_eq!(written, Ok(Write::Done));
    let old = person.password.as_ref().unwrap();
    let answer = world.call(change(&session.token, old, &new_password())).await;
    answer.is_error(403, "The password is disabled until it is reset");
}

#[tokio::test]
async fn of_two_changes_at_the_same_moment_one_is_done() {
    let world = in_process!("runs two at once");
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.session(&person).await;
    let (old, one, two) = (person.password.clone().unwrap(), new_password(), new_password());
    let (a, b) = tokio::join!(
        world.call(change(&session.token, &old, &one)),
        world.call(change(&session.token, &old, &two)),
    );
    let (done, refused, new) = if a.status == 204 { (a, b, one) } else { (b, a, two) };
    assert_eq!(done.status, 204);
    // The other met the change before it verified the old password, or after.
    match refused.status {
        403 => refused.is_error(403, "current_password is wrong"),
        401 => refused.is_unauthorized(),
        _ => refused.is_error(409, "The password or the account was changed at the same time"),
    }
    world.call(login(&person, &new)).await.expect(200);
}

#[tokio::test]
async fn a_weak_password_is_refused_with_the_reason() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.session(&person).await;
    let old = person.password.as_ref().unwrap();
    for weak in [
        "short",
        "fourteen chars",
        "aaaaaaaaaaaaaaaaaaaa",
        "qwertyuiopasdfghjkl",
        "passwordpassword1",
        person.user.email.as_str(),
        &"x".repeat(129),
    ] {
        let answer = world.call(change(&session.token, old, weak)).await.expect(422);
        let detail = answer.text("detail");
        assert!(detail.starts_with("new_password: ") && !detail.contains(weak), "{weak}: {detail}");
    }
    world.call(login(&person, old)).await.expect(200);
}

#[tokio::test]
async fn a_first_password_is_changed_into_a_session_of_the_usual_kind() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, true).await;
    let (old, new) = (person.password.clone().unwrap(), new_password());
    let first = world.first_session(&person).await;
    let answer = world.call(change(&first.token, &old, &new)).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    insta::assert_json_snapshot!(answer.json(), {".access_token" => "[token]"});
    assert!(answer.cookie().is_some());
    world.call(Call::get("/users/me").bearer(answer.text("access_token"))).await.expect(200);
    world.call(change(&first.token, &new, &new_password())).await.is_unauthorized();
    let again = world.call(login(&person, &new)).await.expect(200);
    world.call(Call::get("/users/me").bearer(again.text("access_token"))).await.expect(200);
}

#[tokio::test]
async fn a_key_cannot_change_the_password() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let key = world.key(&person).await;
    world.call(change(&key.text, person.password.as_ref().unwrap(), &new_password())).await.is_forbidden();
}
