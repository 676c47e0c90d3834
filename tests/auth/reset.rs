//! `POST /auth/password/reset`.

use crate::support::{Answer, Call, Person, World, canary, fixtures::new_password, in_process};
use auth::{
    access::OrganizationRole,
    audit::{Action, Actor},
    ids::UserId,
    one_time,
    records::User,
    throttle::MAX_FAILURES,
};
use serde_json::json;
use store::{Created, Write};
use time::Duration;

fn forgot(person: &Person) -> Call {
    Call::post("/auth/password/forgot").json(json!({"email": person.user.email.as_str()}))
}

fn reset(token: &str, password: &str) -> Call {
    Call::post("/auth/password/reset").json(json!({"token": token, "password": password}))
}

fn login(person: &Person, password: &str) -> Call {
    let body = json!({"email": person.user.email.as_str(), "password": password});
    Call::post("/auth/login").json(body)
}

#[track_caller]
fn is_refused(answer: &Answer) {
    answer.is_error(422, "token: is unknown, expired or used");
}

impl World {
    async fn somebody(&self) -> Person {
        self.member_with_password(&self.tenant().await, false).await
    }

    /// A token as the mailer makes it, without its mail.
    async fn reset_token(&self, person: &Person) -> String {
        let version = self.store.password_version(person.user.id).await.unwrap().unwrap_or(0);
        let (token, stored) = {
            let mut rng = self.rng.lock().unwrap();
            one_time::issue(&person.user, version, None, self.now(), &mut *rng)
        };
        assert_eq!(self.store.put_one_time(&stored, None).await.unwrap(), Write::Done);
        let token = token.reveal().to_string();
        canary::note(&token);
        token
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_through_the_link_of_a_mail() {
    let world = World::new().await;
    let person = world.somebody().await;
    let (old, new) = (person.password.clone().unwrap(), new_password());
    world.call(forgot(&person)).await.expect(202);
    let token = world.mail_to(&person).await.token();
    let answer = world.call(reset(&token, &new)).await.expect(204);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.body.is_empty(), "a reset opens no session");
    world.call(login(&person, &old)).await.is_unauthorized();
    world.call(login(&person, &new)).await.expect(200);
}

#[tokio::test]
async fn a_token_is_good_once() {
    let world = World::new().await;
    let person = world.somebody().await;
    let (token, new) = (world.reset_token(&person).await, new_password());
    world.call(reset(&token, &new)).await.expect(204);
    is_refused(&world.call(reset(&token, &new_password())).await);
    world.call(login(&person, &new)).await.expect(200);
}

#[tokio::test]
async fn of_two_who_use_a_token_at_once_one_sets_the_password() {
    let world = World::new().await;
    let person = world.somebody().await;
    let token = world.reset_token(&person).await;
    let passwords = [new_password(), new_password()];
    let (one, other) =
        tokio::join!(world.call(reset(&token, &passwords[0])), world.call(reset(&token, &passwords[1])));
    let (winner, loser, lost) = if one.status == 204 {
        (&passwords[0], &passwords[1], other)
    } else {
        (&passwords[1], &passwords[0], one)
    };
    is_refused(&lost);
    world.call(login(&person, winner)).await.expect(200);
    world.call(login(&person, loser)).await.is_unauthorized();
}

#[tokio::test]
async fn a_token_ends_after_half_an_hour() {
    let world = in_process!("moves the clock");
    let person = world.somebody().await;
    let (late, in_time) = (world.somebody().await, world.reset_token(&person).await);
    let too_late = world.reset_token(&late).await;
    world.pass(Duration::seconds(30 * 60 - 1));
    world.call(reset(&in_time, &new_password())).await.expect(204);
    world.pass(Duration::seconds(1));
    is_refused(&world.call(reset(&too_late, &new_password())).await);
    world.call(login(&late, late.password.as_ref().unwrap())).await.expect(200);
}

#[tokio::test]
async fn a_token_is_good_for_the_password_that_it_was_made_for_and_no_later_one() {
    let world = World::new().await;
    let person = world.somebody().await;
    let (first, second) = (world.reset_token(&person).await, world.reset_token(&person).await);
    let session = world.session(&person).await;
    let changed = new_password();
    let body = json!({"current_password": person.password, "new_password": changed});
    world.call(Call::put("/users/me/password").bearer(&session.token).json(body)).await.expect(204);
    is_refused(&world.call(reset(&first, &new_password())).await);
    world.call(login(&person, &changed)).await.expect(200);

    let third = world.reset_token(&person).await;
    world.call(reset(&third, &new_password())).await.expect(204);
    is_refused(&world.call(reset(&second, &new_password())).await);
}

#[tokio::test]
async fn a_weak_password_is_refused_with_the_reason_and_the_token_stays_good() {
    let world = World::new().await;
    let person = world.somebody().await;
    let token = world.reset_token(&person).await;
    for weak in
        ["short", "aaaaaaaaaaaaaaaaaaaa", "passwordpassword1", person.user.email.as_str(), &"x".repeat(129)]
    {
        let answer = world.call(reset(&token, weak)).await.expect(422);
        let detail = answer.text("detail");
        assert!(detail.starts_with("password: ") && !detail.contains(weak), "{weak}: {detail}");
    }
    world.call(reset(&token, &new_password())).await.expect(204);
}

#[tokio::test]
async fn a_reset_ends_every_session_and_no_key() {
    let world = World::new().await;
    let person = world.somebody().await;
    let (session, other) = (world.session(&person).await, world.session(&person).await);
    let key = world.key(&person).await;
    let token = world.reset_token(&person).await;
    world.call(reset(&token, &new_password())).await.expect(204);
    for session in [session, other] {
        world.call(Call::get("/users/me").bearer(&session.token)).await.is_unauthorized();
    }
    world.call(Call::get("/users/me").bearer(&key.text)).await.expect(200);
}

#[tokio::test]
async fn a_password_that_was_tried_too_often_logs_in_again_after_a_reset() {
    let world = World::new().await;
    let person = world.somebody().await;
    let user = &person.user;
    let read = world.store.login_records(user.organization, user.id, 0).await.unwrap().password.unwrap();
    let disabled = world.store.charge_password(&read, &read.throttle, MAX_FAILURES, 1).await;
    assert_eq!(disabled.unwrap(), Write::Done);
    world.call(login(&person, person.password.as_ref().unwrap())).await.is_unauthorized();
    let (token, new) = (world.reset_token(&person).await, new_password());
    world.call(reset(&token, &new)).await.expect(204);
    world.call(login(&person, &new)).await.expect(200);
    let read = world.store.login_records(user.organization, user.id, 0).await.unwrap().password.unwrap();
    assert_eq!(read.failures, 0);
}

#[tokio::test]
async fn a_first_password_is_set_the_same_way_and_asks_for_no_other() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let email = format!("{:016x}@example.test", world.draw()).parse().unwrap();
    let user = User {
        id: UserId::from_bits(world.draw()),
        email,
        organization_role: OrganizationRole::Member,
        ..tenant.admin.user
    };
    assert_eq!(world.store.create_user(&user, None).await.unwrap(), Created::Done);
    let person = Person { user, password: None };
    let (token, new) = (world.reset_token(&person).await, new_password());
    let late = world.reset_token(&person).await;
    world.call(reset(&token, &new)).await.expect(204);
    is_refused(&world.call(reset(&late, &new_password())).await);
    let session = world.call(login(&person, &new)).await.expect(200).text("access_token");
    world.call(Call::get("/users/me").bearer(session)).await.expect(200);
}

#[tokio::test]
async fn who_could_not_log_in_anyway_sets_no_password() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let disabled = world.member_with_password(&tenant, false).await;
    let service = world.service_account(&tenant).await;
    let other = world.tenant().await;
    let suspended = world.member_with_password(&other, false).await;
    for person in [&disabled, &service, &suspended] {
        let token = world.reset_token(person).await;
        if person.user.id == disabled.user.id {
            world.disable(person).await;
        }
        if person.user.id == suspended.user.id {
            world.suspend(&other).await;
        }
        is_refused(&world.call(reset(&token, &new_password())).await);
    }
}

#[tokio::test]
async fn a_reset_is_in_the_audit_and_none_of_it_is_a_secret() {
    let world = World::new().await;
    let person = world.somebody().await;
    let token = world.reset_token(&person).await;
    let source = "198.51.100.23";
    world.call(reset(&token, &new_password()).from(source)).await.expect(204);
    is_refused(&world.call(reset(&token, &new_password())).await);
    let events = events(&world, &person).await;
    let [event] = events.as_slice() else { panic!("{} events", events.len()) };
    assert_eq!((event.action, event.actor), (Action::PasswordReset, Actor::User(person.user.id)));
    assert_eq!((&event.target, event.credential), (&person.user.id.to_string(), None));
    assert_eq!(event.source_address, source);
    assert_eq!(event.details.get("purpose").map(String::as_str), Some("reset"));
    canary::is_clean("the audit", &format!("{events:?}"));
}

async fn events(world: &World, person: &Person) -> Vec<auth::audit::AuditEvent> {
    crate::support::fixtures::audited(&world.store, person.user.organization, world.now()).await
}

#[tokio::test]
async fn what_is_no_token_is_refused_before_any_work() {
    let world = in_process!("counts the calls to the table");
    let token = world.reset_token(&world.somebody().await).await;
    let unknown = one_time::OneTimeToken::generate(&mut *world.rng.lock().unwrap()).reveal().to_string();
    canary::note(&unknown);
    let mut other_spelling = token.clone();
    other_spelling.push('=');
    for (junk, calls) in [("", 0), ("x", 0), (&*other_spelling, 0), (&*"x".repeat(5000), 0), (&*unknown, 1)] {
        world.deployment().take();
        let before = world.deployment().gateway.login.blocks();
        is_refused(&world.call(reset(junk, &new_password())).await);
        assert_eq!(world.deployment().take().len(), calls);
        assert_eq!(world.deployment().gateway.login.blocks(), before, "argon2 is for who holds a token");
    }
    world.call(reset(&token, &new_password())).await.expect(204);
}

#[tokio::test]
async fn a_body_of_another_shape_is_refused_and_not_repeated() {
    let world = World::new().await;
    let secret = new_password();
    let body = |text: String| Call::post("/auth/password/reset").text("application/json", text);
    for (call, status, detail) in [
        (body("{".to_owned()), 400, "Request body is not valid JSON"),
        (body(format!(r#"{{"password":"{secret}"}}"#)), 400, "token: is required"),
        (body(r#"{"token":"x"}"#.to_owned()), 400, "password: is required"),
        (
            body(format!(r#"{{"token":17,"password":"{secret}"}}"#)),
            400,
            "token: is unknown, repeated or not of the expected form",
        ),
        (
            body(format!(r#"{{"token":"x","password":"{secret}","email":"a@b.test"}}"#)),
            400,
            "email: is unknown, repeated or not of the expected form",
        ),
        (reset("x", &"x".repeat(11_000)), 413, "Request body is too large"),
    ] {
        world.call(call).await.is_error(status, detail);
    }
}
