//! `POST /admin/users/{id}/password-reset`.

use crate::support::{
    Answer, Call, Person, Tenant, World, fixtures::new_password, in_process, in_process::BASE_URL,
};
use auth::{
    audit::{Action, Actor, AuditEvent},
    decide::CredentialId,
    ids::UserId,
};
use serde_json::json;
use time::Duration;

const STALE: &str = "Log in again: this needs a password that was entered within the last 10 minutes";

fn start(credential: &str, person: &Person) -> Call {
    of(credential, &person.user.id.to_string())
}

fn of(credential: &str, id: &str) -> Call {
    Call::post(format!("/admin/users/{id}/password-reset")).bearer(credential)
}

fn reset(token: &str, password: &str) -> Call {
    Call::post("/auth/password/reset").json(json!({"token": token, "password": password}))
}

fn login(person: &Person, password: &str) -> Call {
    let body = json!({"email": person.user.email.as_str(), "password": password});
    Call::post("/auth/login").json(body)
}

/// The token of a link that was handed over.
fn token(answer: &Answer) -> String {
    answer.text("link").split_once("#token=").unwrap().1.to_owned()
}

/// The events of resets that were started.
async fn started(world: &World, tenant: &Tenant) -> Vec<AuditEvent> {
    let events = crate::support::fixtures::audited(&world.store, tenant.id, world.now()).await;
    events.into_iter().filter(|it| it.action == Action::PasswordResetStarted).collect()
}

#[tokio::test]
async fn where_mails_are_sent_the_user_gets_the_link_and_the_admin_does_not() {
    let world = in_process!("has an address that mails come from");
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let session = world.session(&tenant.admin).await;
    let answer = world.call(start(&session.token, &person)).await.expect(200);
    assert_eq!(answer.json(), json!({"delivery": "email"}));
    assert_eq!(answer.header("cache-control"), "no-store");

    let (old, new) = (person.password.clone().unwrap(), new_password());
    world.call(login(&person, &old)).await.expect(200);
    let token = world.mail_to(&person).await.token();
    world.call(reset(&token, &new)).await.expect(204);
    world.call(login(&person, &old)).await.is_unauthorized();
    world.call(login(&person, &new)).await.expect(200);

    let events = started(&world, &tenant).await;
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!(event.actor, Actor::User(tenant.admin.user.id));
    assert_eq!(event.credential, Some(CredentialId::Session(session.id)));
    assert_eq!(event.target, person.user.id.to_string());
    assert_eq!(event.details["delivery"], "email");
}

#[tokio::test]
async fn where_no_mails_are_sent_the_admin_hands_over_a_link_that_works_once() {
    let world = in_process!("has no address that mails come from").without_sender();
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let (session, theirs) = (world.session(&tenant.admin).await, world.session(&person).await);
    let answer = world.call(start(&session.token, &person)).await.expect(200);
    assert_eq!(answer.json()["delivery"], "link");
    assert_eq!(answer.text("expires_at"), "2030-04-09T13:04:56Z");
    assert_eq!(answer.header("cache-control"), "no-store");
    let link = answer.text("link");
    assert!(link.starts_with(&format!("{BASE_URL}/console/reset#token=")), "a page of ours");

    let (token, new) = (token(&answer), new_password());
    world.call(reset(&token, &new)).await.expect(204);
    world.call(reset(&token, &new_password())).await.expect(422);
    world.call(login(&person, &new)).await.expect(200);
    world.call(Call::get("/users/me").bearer(&theirs.token)).await.is_unauthorized();

    let events = started(&world, &tenant).await;
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!(event.actor, Actor::User(tenant.admin.user.id));
    assert_eq!(event.target, person.user.id.to_string());
    assert_eq!(event.details["delivery"], "link");
    assert!(!format!("{event:?}").contains(&token), "no audit event holds a token");
}

#[tokio::test]
async fn a_user_without_a_password_gets_a_first_one() {
    let world = in_process!("makes users without a password").without_sender();
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let session = world.session(&tenant.admin).await;
    let answer = world.call(start(&session.token, &person)).await.expect(200);
    let new = new_password();
    world.call(reset(&token(&answer), &new)).await.expect(204);
    world.call(login(&person, &new)).await.expect(200);
}

#[tokio::test]
async fn a_link_is_void_and_the_present_password_good_after_a_change_that_came_first() {
    let world = in_process!("has no address that mails come from").without_sender();
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let (session, theirs) = (world.session(&tenant.admin).await, world.session(&person).await);
    let answer = world.call(start(&session.token, &person)).await.expect(200);
    let (old, new) = (person.password.clone().unwrap(), new_password());
    let change = json!({"current_password": old, "new_password": new});
    world.call(Call::put("/users/me/password").bearer(&theirs.token).json(change)).await.expect(204);
    world.call(reset(&token(&answer), &new_password())).await.expect(422);
    world.call(login(&person, &new)).await.expect(200);
}

#[tokio::test]
async fn a_session_that_was_opened_longer_ago_starts_none_however_often_it_is_refreshed() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let session = world.session(&tenant.admin).await;
    world.pass(Duration::seconds(599));
    world.call(start(&session.token, &person)).await.expect(200);
    world.pass(Duration::seconds(1));
    world.call(start(&session.token, &person)).await.is_error(403, STALE);
    let refreshed = world.call(Call::post("/auth/refresh").cookie(session.cookie())).await.expect(200);
    world.call(start(&refreshed.text("access_token"), &person)).await.is_error(403, STALE);
    // Nor does it tell who is there.
    let nobody = UserId::from_bits(world.draw()).to_string();
    world.call(of(&session.token, &nobody)).await.is_error(403, STALE);
    let again = world.session(&tenant.admin).await;
    world.call(start(&again.token, &person)).await.expect(200);
    assert_eq!(started(&world, &tenant).await.len(), 2);
}

#[tokio::test]
async fn another_organization_s_user_is_not_found_and_who_has_no_use_for_one_is_a_conflict() {
    let world = World::new().await;
    let (tenant, other) = (world.tenant().await, world.tenant().await);
    let (session, stranger) = (world.session(&tenant.admin).await, world.member(&other).await);
    world.call(start(&session.token, &stranger)).await.is_not_found();
    world.call(start(&session.token, &other.admin)).await.is_not_found();
    let nobody = UserId::from_bits(world.draw()).to_string();
    world.call(of(&session.token, &nobody)).await.is_not_found();
    let robot = world.service_account(&tenant).await;
    world.call(start(&session.token, &robot)).await.is_error(409, "A service account has no password");
    let gone = world.member(&tenant).await;
    world.disable(&gone).await;
    world.call(start(&session.token, &gone)).await.is_error(409, "The user is disabled");
    assert!(started(&world, &tenant).await.is_empty() && started(&world, &other).await.is_empty());
}

#[tokio::test]
async fn neither_a_member_nor_a_key_starts_one() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    world.call(start(&world.session(&person).await.token, &tenant.admin)).await.is_forbidden();
    world.call(start(&world.key(&tenant.admin).await.text, &person)).await.is_forbidden();
    assert!(started(&world, &tenant).await.is_empty());
}
