//! `/admin/users`: the people of an organization, listed, made, changed, signed out and deleted by its admins.

use crate::support::{Call, Person, World, fixtures::new_password, in_process, wire::Fault};
use auth::{
    access::SpaceRole,
    audit::{Action, AuditEvent},
};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use time::Duration;

fn path(person: &Person) -> String {
    format!("/admin/users/{}", person.user.id)
}

fn emails(list: &Value) -> Vec<String> {
    list["users"].as_array().unwrap().iter().map(|it| it["email"].as_str().unwrap().to_owned()).collect()
}

async fn events(world: &World, person: &Person, action: Action) -> Vec<AuditEvent> {
    let events = crate::support::fixtures::audited(&world.store, person.user.organization, world.now()).await;
    events.into_iter().filter(|it| it.action == action && it.target == person.user.id.to_string()).collect()
}

#[tokio::test]
async fn people_are_listed_by_email_in_pages_over_all_shards() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let mut expected = vec![tenant.admin.user.email.to_string()];
    for _ in 0..9 {
        expected.push(world.member(&tenant).await.user.email.to_string());
    }
    world.service_account(&tenant).await;
    expected.sort();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let call = Call::get(format!("/admin/users?limit=3{cursor}")).bearer(&admin);
        let page = world.call(call).await.expect(200).json();
        assert!(emails(&page).len() <= 3);
        seen.extend(emails(&page));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, expected);
    let one = &expected[4];
    let found = Call::get(format!("/admin/users?email_prefix={}", one.to_uppercase())).bearer(&admin);
    assert_eq!(emails(&world.call(found).await.expect(200).json()), std::slice::from_ref(one));
    let wrong = Call::get("/admin/users?email_prefix=").bearer(&admin);
    world.call(wrong).await.expect(422);
}

#[tokio::test]
async fn a_user_is_shown_to_its_own_organization_and_is_nobody_to_another() {
    let world = World::new().await;
    let (tenant, other) = (world.tenant().await, world.tenant().await);
    let person = world.member(&tenant).await;
    let service = world.service_account(&tenant).await;
    let admin = world.session(&tenant.admin).await.token;
    let shown = world.call(Call::get(path(&person)).bearer(&admin)).await.expect(200).json();
    assert_eq!(shown["email"], person.user.email.as_str());
    assert_eq!((&shown["kind"], &shown["org_role"]), (&json!("human"), &json!("member")));
    world.call(Call::get(path(&service)).bearer(&admin)).await.is_not_found();
    let theirs = world.session(&other.admin).await.token;
    for call in [
        Call::get(path(&person)),
        Call::patch(path(&person)).json(json!({"disabled": true})),
        Call::delete(path(&person)),
        Call::post(format!("{}/sign-out", path(&person))),
        Call::get(format!("{}/sessions", path(&person))),
    ] {
        world.call(call.bearer(&theirs)).await.is_not_found();
    }
    world.call(Call::get(path(&person)).bearer(&admin)).await.expect(200);
}

#[tokio::test]
async fn a_change_holds_from_the_next_request_and_the_audit_says_what_it_was() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let (admin, own) = (world.session(&tenant.admin).await.token, world.session(&person).await.token);
    let patch = |body: Value| Call::patch(path(&person)).bearer(&admin).json(body);
    world.call(patch(json!({}))).await.expect(422);
    world.call(patch(json!({"org_role": "owner"}))).await.is_error(422, "org_role: must be member or admin");
    let changed = world.call(patch(json!({"name": "Ada", "org_role": "admin"}))).await.expect(200).json();
    assert_eq!((&changed["name"], &changed["org_role"]), (&json!("Ada"), &json!("admin")));
    world.call(Call::get("/admin/users").bearer(&own)).await.expect(200);
    world.call(patch(json!({"name": "Ada"}))).await.expect(200);
    let told = events(&world, &person, Action::UserUpdated).await;
    assert_eq!(told.len(), 1, "what changes nothing is no event");
    assert_eq!(told[0].details["org_role.before"], "member");
    assert_eq!(told[0].details["org_role.after"], "admin");
    assert!(!told[0].details.contains_key("disabled.before"));

    world.call(patch(json!({"disabled": true}))).await.expect(200);
    world.call(Call::get("/users/me").bearer(&own)).await.is_unauthorized();
    world.call(patch(json!({"disabled": false}))).await.expect(200);
    world.call(Call::get("/users/me").bearer(&own)).await.is_unauthorized();
}

#[tokio::test]
async fn of_two_admins_who_demote_each_other_at_once_one_stays() {
    let world = World::new().await;
    for _ in 0..5 {
        let tenant = world.tenant().await;
        let second = world.admin_with(&tenant, false).await;
        let (one, two) = (world.session(&tenant.admin).await.token, world.session(&second).await.token);
        let demote = json!({"org_role": "member"});
        let (a, b) = (
            Call::patch(path(&second)).bearer(&one).json(demote.clone()),
            Call::patch(path(&tenant.admin)).bearer(&two).json(demote),
        );
        let (a, b) = tokio::join!(world.raw_call(&a), world.raw_call(&b));
        let done = [a.status, b.status].iter().filter(|it| **it == 200).count();
        assert_eq!(done, 1, "{} {}", a.status, b.status);
        let organization = world.store.organization(tenant.id).await.unwrap().unwrap();
        assert_eq!(organization.admins, 1);
    }
}

#[tokio::test]
async fn the_last_admin_stays_although_a_service_account_is_admin_and_nobody_deletes_themselves() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let last = "The user is the organization's last active admin";
    for body in [json!({"org_role": "member"}), json!({"disabled": true})] {
        let call = Call::patch(path(&tenant.admin)).bearer(&admin).json(body);
        world.call(call).await.is_error(409, last);
    }
    let oneself = Call::delete(path(&tenant.admin)).bearer(&admin);
    world.call(oneself).await.is_error(409, "Nobody deletes themselves");
}

#[tokio::test]
async fn a_sign_out_ends_every_session_and_keys_only_if_asked() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let admin = world.session(&tenant.admin).await.token;
    let (own, key) = (world.session(&person).await.token, world.key(&person).await.text);
    let me = |credential: &str| Call::get("/users/me").bearer(credential);
    let sign_out = || Call::post(format!("{}/sign-out", path(&person))).bearer(&admin);
    world.call(sign_out()).await.expect(204);
    world.call(me(&own)).await.is_unauthorized();
    world.call(me(&key)).await.expect(200);
    world.call(sign_out().json(json!({"api_keys": true}))).await.expect(204);
    world.call(me(&key)).await.is_unauthorized();
    assert_eq!(events(&world, &person, Action::UserSignedOut).await.len(), 2);
}

#[tokio::test]
async fn sessions_of_a_user_are_listed_and_ended_one_by_one() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let admin = world.session(&tenant.admin).await.token;
    let (one, two) = (world.session(&person).await, world.session(&person).await);
    let list = || Call::get(format!("{}/sessions", path(&person))).bearer(&admin);
    let shown = world.call(list()).await.expect(200).json();
    assert_eq!(shown["sessions"].as_array().unwrap().len(), 2);
    assert!(shown["sessions"].as_array().unwrap().iter().all(|it| it["current"] == json!(false)));
    let end = Call::delete(format!("{}/sessions/{}", path(&person), one.id)).bearer(&admin);
    world.call(end.clone()).await.expect(204);
    world.call(end).await.is_not_found();
    world.call(Call::get("/users/me").bearer(&one.token)).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer(&two.token)).await.expect(200);
}

#[tokio::test]
async fn who_is_made_chooses_a_first_password_by_a_link_that_lives_a_day() {
    let world = in_process!("has no address that mails come from, and moves the clock").without_sender();
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let email = format!("new{:x}@example.test", world.draw());
    let body = json!({"email": email.to_uppercase(), "name": "New"});
    let create = Call::post("/admin/users").bearer(&admin).json(body);
    let made = world.call(create.clone()).await.expect(201).json();
    assert_eq!((&made["user"]["email"], &made["setup"]["delivery"]), (&json!(email), &json!("link")));
    world.call(create).await.is_error(409, "The email address is taken");
    let token = made["setup"]["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    world.pass(Duration::hours(23));
    let password = new_password();
    let reset = Call::post("/auth/password/reset").json(json!({"token": token, "password": password}));
    world.call(reset).await.expect(204);
    let login = Call::post("/auth/login").json(json!({"email": email, "password": password}));
    world.call(login).await.expect(200);
}

#[tokio::test]
async fn who_is_made_gets_a_mail_where_mails_are_sent() {
    let world = in_process!("has an address that mails come from");
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let email = format!("new{:x}@example.test", world.draw());
    let create = Call::post("/admin/users").bearer(&admin).json(json!({"email": email, "name": "New"}));
    let made = world.call(create).await.expect(201).json();
    assert_eq!(made["setup"], json!({"delivery": "email"}));
    let id = made["user"]["id"].as_str().unwrap().parse().unwrap();
    let user = world.store.user(id).await.unwrap().unwrap();
    let mail = world.mail_to(&Person { user, password: None }).await;
    let password = new_password();
    let body = json!({"token": mail.token(), "password": password});
    world.call(Call::post("/auth/password/reset").json(body)).await.expect(204);
}

#[tokio::test]
async fn a_deletion_that_breaks_anywhere_is_finished_by_the_same_request() {
    let world = in_process!("breaks each call to the table");
    let mut number = 1;
    loop {
        let tenant = world.tenant().await;
        let admin = world.session(&tenant.admin).await.token;
        let north = world.space(&tenant, "north").await;
        let person = world.member_with_password(&tenant, false).await;
        world.join(&person, &north, SpaceRole::Admin).await;
        let (own, key) = (world.log_in(&person).await.token, world.key(&person).await.text);
        let delete = Call::delete(path(&person)).bearer(&admin);
        let broken = world.deployment().breaks(number, true, |_| Some(Fault::Dropped));
        let first = world.raw_call(&delete).await;
        world.deployment().mend();
        let was_broken = broken.load(Ordering::Relaxed) > 0;
        let again = world.raw_call(&delete).await;
        assert!(matches!(again.status, 204 | 404), "call {number}: {}", again.status);
        world.call(Call::get(path(&person)).bearer(&admin)).await.is_not_found();
        for credential in [&own, &key] {
            world.call(Call::get("/users/me").bearer(credential)).await.is_unauthorized();
        }
        let id = person.user.id;
        assert!(world.store.sessions_of(id).await.unwrap().is_empty());
        assert!(world.store.memberships_of(id).await.unwrap().is_empty());
        assert_eq!(world.store.password_version(id).await.unwrap(), None);
        assert_eq!(world.store.user_by_email(&person.user.email).await.unwrap(), None);
        let space = world.store.space(tenant.id, &north.slug).await.unwrap().unwrap();
        assert_eq!((space.admins, space.members), (0, 0), "call {number}");
        assert_eq!(events(&world, &person, Action::UserDeleted).await.len(), 1, "call {number}");
        if !was_broken {
            assert_eq!(first.status, 204);
            return;
        }
        number += 1;
    }
}

#[tokio::test]
async fn a_session_of_long_ago_makes_nobody() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let opened = world.session(&tenant.admin).await;
    world.pass(Duration::minutes(10));
    let body = json!({"email": format!("{:x}@example.test", world.draw()), "name": "Ines"});
    let stale = "Log in again: this needs a password that was entered within the last 10 minutes";
    let call = Call::post("/admin/users").bearer(&opened.token).json(body.clone());
    world.call(call).await.is_error(403, stale);
    // What it makes is told of: nothing.
    let events = crate::support::fixtures::audited(&world.store, tenant.id, world.now()).await;
    assert!(events.iter().all(|it| it.action != Action::UserCreated));
    let fresh = world.session(&tenant.admin).await;
    world.call(Call::post("/admin/users").bearer(&fresh.token).json(body)).await.expect(201);
}

#[tokio::test]
async fn nobody_becomes_an_admin_by_a_key_or_by_a_session_of_long_ago() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let (person, account) = (world.member(&tenant).await, world.service_account(&tenant).await);
    let (key, opened) = (world.key(&tenant.admin).await, world.session(&tenant.admin).await.token);
    let accounts = "/admin/service-accounts";
    let raises = |credential: &str| {
        let raise = json!({"org_role": "admin"});
        [
            Call::patch(path(&person)).bearer(credential).json(raise.clone()),
            Call::patch(format!("{accounts}/{}", account.user.id)).bearer(credential).json(raise),
            Call::post(accounts).bearer(credential).json(json!({"name": "CI", "org_role": "admin"})),
        ]
    };
    for call in raises(&key.text) {
        world.call(call).await.is_error(403, "An API key makes nobody an admin: log in");
    }
    for call in raises(&opened).into_iter().take(1) {
        world.call(call).await.expect(200);
    }
    // Who was one is not made one by being enabled, unless it is by a person.
    let enable = |credential: &str, disabled: bool| {
        Call::patch(path(&person)).bearer(credential).json(json!({"disabled": disabled}))
    };
    world.call(enable(&key.text, true)).await.expect(200);
    world.call(enable(&key.text, false)).await.is_error(403, "An API key makes nobody an admin: log in");
    world.pass(Duration::minutes(10));
    let stale = "Log in again: this needs a password that was entered within the last 10 minutes";
    world.call(enable(&opened, false)).await.is_error(403, stale);
    for call in raises(&opened).into_iter().skip(1) {
        world.call(call).await.is_error(403, stale);
    }
    let fresh = world.session(&tenant.admin).await.token;
    world.call(enable(&fresh, false)).await.expect(200);
    let [_, raise, make] = raises(&fresh);
    world.call(raise).await.expect(200);
    world.call(make).await.expect(201);
    // What is no rise needs neither.
    let lower = Call::patch(path(&person)).bearer(&key.text).json(json!({"org_role": "member"}));
    world.call(lower).await.expect(200);
}

#[tokio::test]
async fn keys_that_ended_with_a_sign_out_are_in_no_list() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let (key, admin) = (world.key(&person).await, world.session(&tenant.admin).await.token);
    let out =
        Call::post(format!("{}/sign-out", path(&person))).bearer(&admin).json(json!({"api_keys": true}));
    world.call(out).await.expect(204);
    let own = world.session(&person).await.token;
    for (list, credential) in [
        ("/api-keys".to_owned(), &own),
        (format!("{}/api-keys", path(&person)), &admin),
        ("/admin/api-keys".to_owned(), &admin),
    ] {
        let listed = world.call(Call::get(&list).bearer(credential)).await.expect(200).json();
        assert_eq!(listed["api_keys"], json!([]), "{list}");
    }
    world.call(Call::get(format!("/api-keys/{}", key.id)).bearer(&own)).await.is_not_found();
    // To be revoked, it is still there: who repeats a revocation is not told that there was nothing.
    world.call(Call::delete(format!("/api-keys/{}", key.id)).bearer(&own)).await.expect(204);
}

#[tokio::test]
async fn a_search_finds_whatever_case_is_typed() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let email = format!("\u{391}\u{3a3}{:x}@example.test", world.draw());
    let make = Call::post("/admin/users").bearer(&admin).json(json!({"email": email, "name": "Ines"}));
    world.call(make).await.expect(201);
    // A capital sigma at the end of a word has a small letter of its own.
    for prefix in ["%CE%91%CE%A3", "%CE%B1%CF%83"] {
        let list = Call::get(format!("/admin/users?email_prefix={prefix}")).bearer(&admin);
        assert_eq!(
            world.call(list).await.expect(200).json()["users"].as_array().unwrap().len(),
            1,
            "{prefix}"
        );
    }
}

#[tokio::test]
async fn an_address_that_grows_when_it_is_normalized_is_refused_and_no_list_suffers() {
    let world = World::new().await;
    let admin = world.session(&world.tenant().await.admin).await.token;
    let email = format!("{}abcdef@hr.test", "\u{130}".repeat(120));
    let make = Call::post("/admin/users").bearer(&admin).json(json!({"email": email, "name": "x"}));
    world.call(make).await.is_error(422, "email: must be an e-mail address");
    world.call(Call::get("/admin/users").bearer(&admin)).await.expect(200);
}
