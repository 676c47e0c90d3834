//! What a caller says of its own address, and what it writes where a log might take it from.

use crate::support::{Call, in_process};
use auth::address::Addresses;
use serde_json::{Value, json};
use std::{env, process::Command};

/// An address that the organization allows, and one that it does not.
const INSIDE: &str = "198.51.100.7";
const OUTSIDE: &str = "203.0.113.99";

/// Where proxies and CDNs put the address of who asked them.
const CLAIMS: [&str; 12] = [
    "X-Forwarded-For",
    "X-Real-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Originating-IP",
    "X-Remote-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "Fastly-Client-IP",
    "CloudFront-Viewer-Address",
    "Forwarded",
    "Via",
];

/// With this address in every header that could be believed.
fn claiming(mut call: Call, address: &str) -> Call {
    for name in CLAIMS {
        let value = if name == "Forwarded" { format!("for={address}") } else { address.to_owned() };
        call = call.header(name, value);
    }
    call
}

#[tokio::test]
async fn an_address_that_is_only_claimed_opens_and_closes_nothing() {
    let world = in_process!("the local cloud takes the address from a header");
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    let list = Addresses::parse(&["198.51.100.0/24"]).unwrap();
    world.change_policy(&tenant, |policy| policy.addresses = list).await;
    for credential in [&session.token, &key.text] {
        let me = |from: &str| Call::get("/users/me").bearer(credential).from(from);
        world.call(me(INSIDE)).await.expect(200);
        world.call(claiming(me(OUTSIDE), INSIDE)).await.is_forbidden();
        world.call(claiming(me(INSIDE), OUTSIDE)).await.expect(200);
    }
    let refresh = Call::post("/auth/refresh").cookie(session.cookie()).from(OUTSIDE);
    let refused = "The organization does not allow this address";
    world.call(claiming(refresh, INSIDE)).await.is_error(403, refused);
    let body = json!({"email": person.user.email.as_str(), "password": person.password.as_ref().unwrap()});
    let login = Call::post("/auth/login").json(body).from(OUTSIDE);
    let answer = world.call(claiming(login, INSIDE)).await;
    assert!(matches!(answer.status, 401 | 403), "{}", answer.status);
}

#[tokio::test]
async fn another_claimed_address_for_each_attempt_escapes_no_throttle() {
    let world = in_process!("the local cloud takes the address from a header");
    let tenant = world.tenant().await;
    let wrong = |email: &str, number: u32| {
        let body = json!({"email": email, "password": "none of the right ones"});
        claiming(Call::post("/auth/login").json(body).from(OUTSIDE), &format!("198.51.100.{number}"))
    };
    // Each of another account, so that only the address is what they have in common.
    let mut delayed = None;
    for number in 1..=40 {
        let email = world.member(&tenant).await.user.email.to_string();
        let answer = world.call(wrong(&email, number)).await;
        if answer.status == 429 {
            delayed = Some(email);
            break;
        }
        answer.is_unauthorized();
    }
    let email = delayed.expect("40 attempts from one address and no delay");
    // And nobody at an address that was claimed has to wait for it.
    let body = json!({"email": email, "password": "none of the right ones"});
    world.call(Call::post("/auth/login").json(body).from("198.51.100.3")).await.is_unauthorized();
}

/// What would end a line, begin one, or colour a terminal.
const FORGED: &str =
    "x\r\n{\"level\":\"ERROR\",\"message\":\"forged\"}\n\u{1b}[31mforged\u{1b}[0m\u{2028}forged";

/// Run by the test below in a process of its own.
#[tokio::test]
async fn requests_that_would_forge_lines() {
    let world = in_process!("its output is read");
    let tenant = world.tenant().await;
    let (session, key) = (world.session(&tenant.admin).await, world.key(&tenant.admin).await);
    let escaped = "x%0d%0a%7b%22message%22%3a%22forged%22%7d%1b%5b31mforged";
    for call in [
        Call::post("/auth/login")
            .json(json!({"email": format!("{FORGED}@example.test"), "password": FORGED})),
        Call::post("/auth/login").json(json!({"email": "a@example.test", "password": "p", FORGED: 1})),
        Call::post("/auth/password/forgot").json(json!({"email": FORGED})),
        Call::post("/auth/revoke").json(json!({"token": FORGED})),
        Call::get("/users/me").bearer(FORGED),
        Call::get("/users/me").bearer(&key.text).header("User-Agent", FORGED),
        Call::post("/auth/logout").bearer(FORGED),
        Call::get("/users/me").bearer(&key.text).from(FORGED),
        Call::get(format!("/api-keys/{escaped}")).bearer(&session.token),
        Call::get(format!("/catalog/spaces/{escaped}/products")).bearer(&key.text),
        Call::get(format!("/api-keys?cursor={escaped}")).bearer(&session.token),
        Call::patch("/users/me").bearer(&session.token).json(json!({"name": FORGED})),
        Call::post("/api-keys").bearer(&session.token).json(json!({"name": FORGED})),
    ] {
        let answer = world.raw_call(&call).await;
        assert!(answer.status < 500, "{} {}: {}", call.method, call.target, answer.status);
    }
}

#[test]
fn nothing_that_is_sent_forges_a_line_of_the_log() {
    if env::var_os("QARION_STACK").is_some() || env::var_os("QARION_URL").is_some() {
        return;
    }
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "forwarded::requests_that_would_forge_lines", "--nocapture", "--test-threads=1"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let log = String::from_utf8(output.stdout).unwrap();
    assert!(!log.contains('\u{1b}'), "something speaks to the terminal");
    let lines: Vec<Value> = log
        .lines()
        .filter_map(|line| line.find('{').map(|at| &line[at..]))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert!(lines.len() > 12, "{} lines", lines.len());
    for line in &lines {
        assert_ne!(line["message"], "forged", "{line}");
        assert_ne!(line["level"], "ERROR", "{line}");
    }
}
