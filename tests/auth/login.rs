//! `POST /auth/login`.

use crate::support::{
    Call, Person, World, canary, credentials::claims, fixtures::new_password, in_process,
    in_process::BASE_URL,
};
use auth::{
    address::Addresses,
    password::PasswordHash,
    records::{StoredPassword, UserKind},
};
use serde_json::json;
use store::Write;
use time::Duration;

/// What a verification of the current cost takes: 19 MiB, twice.
const CURRENT_BLOCKS: u64 = 2 * 19_456;

/// A password with hashes of lesser cost, made by another program.
const OLD: (&str, [&str; 2]) = (
    "seven grey herons wade upstream",
    [
        "$argon2id$v=19$m=8192,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$yvY4etJuWr4Tp6qEBGaBpgkfgUB7L69ImcgT3p3zWgU",
        "$argon2id$v=19$m=12288,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$BOGRElUTsfOD7joDqNN+Fc/L18dweRFfOk98IpNyhik",
    ],
);

/// A person whose password was hashed at a lesser cost.
async fn with_old_hash(world: &World, hash: &str) -> Person {
    canary::note(OLD.0);
    let mut person = world.member_with_password(&world.tenant().await, false).await;
    let hash = PasswordHash::parse(hash).unwrap();
    assert_eq!(world.store.upgrade_hash(person.user.id, 1, &hash).await, Ok(Write::Done));
    person.password = Some(OLD.0.to_owned());
    person
}

async fn stored(world: &World, person: &Person) -> StoredPassword {
    world.store.password(person.user.id).await.unwrap().unwrap()
}

fn login(email: &str, password: &str) -> Call {
    Call::post("/auth/login").json(json!({"email": email, "password": password}))
}

#[tokio::test]
async fn email_and_password_give_a_session_token() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let answer =
        world.call(login(person.user.email.as_str(), person.password.as_ref().unwrap())).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    insta::assert_json_snapshot!(answer.json(), {".access_token" => insta::dynamic_redaction(|value, _| {
        assert_eq!(value.as_str().unwrap().split('.').count(), 3);
        "[token]"
    })});
    let me = world.call(Call::get("/users/me").bearer(answer.text("access_token"))).await.expect(200);
    assert_eq!(me.json()["id"], person.user.id.to_string());
    assert_eq!(me.json()["credential"]["kind"], "session");
}

#[tokio::test]
async fn a_login_sets_the_cookie_that_refreshes_and_no_script_reads() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let answer =
        world.call(login(person.user.email.as_str(), person.password.as_ref().unwrap())).await.expect(200);
    let cookie = answer.header("set-cookie").to_owned();
    let token = answer.cookie().unwrap();
    let attributes = cookie.strip_prefix(&format!("__Host-qarion_refresh={token}; ")).unwrap();
    let (attributes, life) = attributes.split_once("; Max-Age=").unwrap();
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Strict");
    // Within the session's life, which a policy ends after a year at the latest.
    assert!((1..=31_536_000).contains(&life.parse::<i64>().unwrap()));
    assert!(!String::from_utf8_lossy(&answer.body).contains(&token));
}

#[tokio::test]
async fn the_token_names_the_deployment_the_user_and_the_session_and_lives_as_long_as_it_says() {
    let world = in_process!("knows the base URL and the time");
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let answer =
        world.call(login(person.user.email.as_str(), person.password.as_ref().unwrap())).await.expect(200);
    let claims = claims(&answer.text("access_token"));
    let issued = world.now().unix_timestamp();
    assert_eq!(claims["iss"], BASE_URL);
    assert_eq!(claims["aud"], BASE_URL);
    assert_eq!(claims["sub"], person.user.id.to_string());
    assert_eq!(claims["org"], tenant.id.to_string());
    assert_eq!(claims["iat"], issued);
    assert_eq!(claims["exp"].as_i64().unwrap() - issued, answer.json()["expires_in"].as_i64().unwrap());
}

#[tokio::test]
async fn the_case_of_an_email_does_not_matter() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let email = person.user.email.as_str().to_uppercase();
    world.call(login(&email, person.password.as_ref().unwrap())).await.expect(200);
}

#[tokio::test]
async fn who_cannot_log_in_is_told_the_same_whatever_the_reason() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let password = person.password.clone().unwrap();
    let disabled = world.member_with_password(&tenant, false).await;
    world.disable(&disabled).await;
    let service = world.service_account(&tenant).await;
    assert_eq!(service.user.kind, UserKind::ServiceAccount);
    let mut answers = Vec::new();
    for call in [
        login(person.user.email.as_str(), &new_password()),
        login("nobody@example.test", &password),
        login(disabled.user.email.as_str(), &password),
        login(service.user.email.as_str(), &password),
        login(person.user.email.as_str(), &format!("{password} ")),
        login(person.user.email.as_str(), &password.to_uppercase()),
    ] {
        let answer = world.call(call).await;
        answer.is_unauthorized();
        let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        answers.push((answer.status, headers, answer.body));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "some answers differ");
}

#[tokio::test]
async fn whatever_the_reason_the_work_and_the_calls_are_the_same() {
    let world = in_process!("counts the work and the calls");
    let deployment = world.deployment();
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let password = person.password.clone().unwrap();
    let disabled = world.member_with_password(&tenant, false).await;
    world.disable(&disabled).await;
    let service = world.service_account(&tenant).await;
    let (least, other) = (with_old_hash(&world, OLD.1[0]).await, with_old_hash(&world, OLD.1[1]).await);
    let disabled_old = with_old_hash(&world, OLD.1[0]).await;
    world.disable(&disabled_old).await;
    let mut seen = Vec::new();
    for (number, (email, password)) in [
        (person.user.email.as_str(), "none of the right ones"),
        ("nobody@example.test", &password),
        (disabled.user.email.as_str(), &password),
        (service.user.email.as_str(), &password),
        (least.user.email.as_str(), "none of the right ones"),
        (other.user.email.as_str(), "none of the right ones"),
        (disabled_old.user.email.as_str(), OLD.0),
    ]
    .into_iter()
    .enumerate()
    {
        // The first of all reads the keys, too.
        if number == 0 {
            world.call(login("warm@example.test", password)).await.is_unauthorized();
        }
        deployment.take();
        let before = deployment.gateway.login.blocks();
        world.call(login(email, password).from(format!("192.0.2.{number}"))).await.is_unauthorized();
        let blocks = deployment.gateway.login.blocks() - before;
        // Of an old hash it is the time that is met, so the blocks are more: twice as many, if the machine was
        // busy when the time was measured.
        assert!((CURRENT_BLOCKS - 64..=2 * CURRENT_BLOCKS).contains(&blocks), "{number}: {blocks}");
        assert!(number >= 4 || blocks == CURRENT_BLOCKS, "{number}: {blocks}");
        seen.push(deployment.take());
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[tokio::test]
async fn an_old_hash_becomes_a_current_one_at_the_next_login() {
    for hash in OLD.1 {
        let world = World::new().await;
        let person = with_old_hash(&world, hash).await;
        let call = |password: &str| login(person.user.email.as_str(), password);
        world.call(call(&new_password())).await.is_unauthorized();
        assert_eq!(stored(&world, &person).await.hash.as_str(), hash, "no failure changes it");
        world.call(call(OLD.0)).await.expect(200);
        let upgraded = stored(&world, &person).await;
        assert!(!upgraded.hash.is_outdated());
        assert_eq!((upgraded.version, upgraded.must_change), (1, false), "it is the same password");
        world.call(call(OLD.0)).await.expect(200);
        assert_eq!(stored(&world, &person).await.hash, upgraded.hash, "once is enough");
        world.call(call(&new_password())).await.is_unauthorized();
    }
}

#[tokio::test]
async fn an_address_that_the_organization_does_not_admit_is_one_more_reason_that_is_not_told() {
    let world = in_process!("chooses addresses");
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let networks = Addresses::parse(&["192.0.2.0/24"]).unwrap();
    world.change_policy(&tenant, |policy| policy.addresses = networks).await;
    let call = |from: &str| login(person.user.email.as_str(), person.password.as_ref().unwrap()).from(from);
    world.call(call("203.0.113.1")).await.is_unauthorized();
    world.call(call("192.0.2.1")).await.expect(200);
}

#[tokio::test]
async fn a_suspended_organization_s_users_cannot_log_in() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    world.suspend(&tenant).await;
    world.call(login(person.user.email.as_str(), person.password.as_ref().unwrap())).await.is_unauthorized();
}

#[tokio::test]
async fn a_first_password_opens_a_session_that_changes_it_and_does_nothing_else() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, true).await;
    let session = world.log_in(&person).await;
    let again =
        world.call(login(person.user.email.as_str(), person.password.as_ref().unwrap())).await.expect(200);
    assert_eq!(again.cookie(), None, "a session that changes the password is not refreshed");
    world.call(Call::get("/users/me").bearer(&session.token)).await.is_forbidden();
    world.call(Call::get("/api-keys").bearer(&session.token)).await.is_forbidden();
    let body = json!({"current_password": person.password, "new_password": new_password()});
    let changed =
        world.call(Call::put("/users/me/password").bearer(&session.token).json(body)).await.expect(200);
    world.call(Call::get("/users/me").bearer(&session.token)).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer(changed.text("access_token"))).await.expect(200);
}

#[tokio::test]
async fn a_token_is_refused_from_the_second_on_in_which_it_ends() {
    let world = in_process!("moves the clock");
    let person = world.member_with_password(&world.tenant().await, false).await;
    let answer =
        world.call(login(person.user.email.as_str(), person.password.as_ref().unwrap())).await.expect(200);
    let (token, life) = (answer.text("access_token"), answer.json()["expires_in"].as_i64().unwrap());
    world.pass(Duration::seconds(life - 1));
    world.call(Call::get("/users/me").bearer(&token)).await.expect(200);
    world.pass(Duration::seconds(1));
    world.call(Call::get("/users/me").bearer(&token)).await.is_unauthorized();
}

#[tokio::test]
async fn a_body_of_another_shape_is_refused_and_not_repeated() {
    let world = World::new().await;
    let secret = new_password();
    let body = |text: String| Call::post("/auth/login").text("application/json", text);
    for (call, status, detail) in [
        (body("{".to_owned()), 400, "Request body is not valid JSON"),
        (body(String::new()), 400, "Request body is not valid JSON"),
        (
            body(format!(r#"{{"email":"a@b.test","password":"{secret}""#)),
            400,
            "Request body is not valid JSON",
        ),
        (body(r#"{"email":"a@b.test"}"#.to_owned()), 400, "password: is required"),
        (
            body(format!(r#"{{"email":"a@b.test","password":["{secret}"]}}"#)),
            400,
            "password: is unknown, repeated or not of the expected form",
        ),
        (
            body(format!(r#"{{"email":"a@b.test","password":"{secret}","password":"{secret}"}}"#)),
            400,
            "password: is unknown, repeated or not of the expected form",
        ),
        (
            body(format!(r#"{{"email":"a@b.test","password":"{secret}","otp":"1"}}"#)),
            400,
            "otp: is unknown, repeated or not of the expected form",
        ),
        (login("no address", &secret), 422, "email: must be an e-mail address"),
        (login("a@b.test", ""), 422, "password: must have 1 to 128 characters"),
        (login("a@b.test", &"x".repeat(129)), 422, "password: must have 1 to 128 characters"),
        (login("a@b.test", &"x".repeat(11_000)), 413, "Request body is too large"),
        (
            Call::post("/auth/login")
                .text("text/plain", format!(r#"{{"email":"a@b.test","password":"{secret}"}}"#)),
            415,
            "Content-Type must be application/json",
        ),
    ] {
        world.call(call).await.is_error(status, detail);
    }
}

#[tokio::test]
async fn no_other_method_reaches_it() {
    let world = World::new().await;
    world.call(Call::get("/auth/login")).await.is_not_found();
    world.call(Call::delete("/auth/login")).await.is_not_found();
}
