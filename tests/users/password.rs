//! `PUT /users/me/password`.

use crate::support::{Call, Person, World, fixtures::new_password};
use serde_json::json;

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
