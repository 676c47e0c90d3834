//! No password, key or token leaves the process but in the answer that hands it out.
//!
//! [`the_whole_flow`] runs once more in a process of its own, whose whole output is searched for the secrets
//! that it used. (The same is done with everything that a run of all tests leaves behind, by
//! `cargo xtask test`.)

use crate::support::{Call, canary, canary::VARIABLE, fixtures::new_password, in_process, wire::Fault};
use serde_json::json;
use std::{env, fs, process::Command};
use time::Duration;

#[tokio::test]
async fn the_whole_flow() {
    let world = in_process!("its output is searched");
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, true).await;
    let (email, password) = (person.user.email.as_str(), person.password.clone().unwrap());
    let login =
        |password: &str| Call::post("/auth/login").json(json!({"email": email, "password": password}));
    world.call(login(&new_password())).await.expect(401);
    let first = world.log_in(&person).await.token;
    world.call(Call::get("/users/me").bearer(&first)).await.expect(403);
    let new = new_password();
    let change = |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        Call::put("/users/me/password").bearer(&first).json(body)
    };
    world.call(change(&new_password(), &new)).await.expect(403);
    world.call(change(&password, &password)).await.expect(422);
    world.call(change(&password, &format!("{new}{}", "x".repeat(128)))).await.expect(422);
    let changed = world.call(change(&password, &new)).await.expect(200);
    let (session, cookie) = (changed.text("access_token"), changed.cookie().unwrap());
    let truncated = Call::post("/auth/login")
        .text("application/json", format!(r#"{{"email":"{email}","password":"{new}"#));
    world.call(truncated).await.expect(400);
    let mistyped = Call::post("/auth/login").json(json!({"email": email, "password": [new]}));
    world.call(mistyped).await.expect(400);
    let misnamed = Call::post("/auth/login").json(json!({"email": email, &*new: password}));
    world.call(misnamed).await.expect(400);

    let created =
        world.call(Call::post("/api-keys").bearer(&session).json(json!({"name": "x"}))).await.expect(201);
    let (key, path) = (created.text("key"), format!("/api-keys/{}", created.text("id")));
    world.call(Call::get("/users/me").bearer(&key)).await.expect(200);
    world.call(Call::get("/api-keys").bearer(&session)).await.expect(200);
    world.call(Call::get(format!("/api-keys/{key}")).bearer(&session)).await.expect(404);
    world.call(Call::get(format!("/api-keys?cursor={key}")).bearer(&session)).await.expect(422);
    world.call(Call::get(format!("/nothing/{key}")).bearer(&session)).await.expect(404);
    let rotated =
        world.call(Call::post(format!("{path}/rotate")).bearer(&session)).await.expect(201).text("key");
    world.call(Call::get("/users/me").bearer(&key)).await.expect(401);
    world.call(Call::get("/users/me").bearer(format!("{rotated}x"))).await.expect(401);
    world.call(Call::get("/users/me").header("Authorization", format!("Basic {rotated}"))).await.expect(401);

    // A cookie that is refreshed, refreshed again as a second tab does, used where it may not be, and mistyped.
    let refresh = |cookie: &str| Call::post("/auth/refresh").cookie(cookie);
    let next = world.call(refresh(&cookie)).await.expect(200).cookie().unwrap();
    world.call(refresh(&cookie)).await.expect(200);
    world.call(refresh(&next).header("Origin", "https://elsewhere.invalid")).await.expect(403);
    world.call(refresh(&format!("{next}x"))).await.expect(401);
    let revoke = |token: &str| Call::post("/auth/revoke").json(json!({"token": token}));
    world.call(revoke(&format!("{rotated}x"))).await.expect(200);
    world.call(revoke(&key)).await.expect(200);
    world.call(revoke(&"x".repeat(5000))).await.expect(422);

    // A link to another password, and what can be wrong with it.
    let other = world.member_with_password(&tenant, false).await;
    let forgot = json!({"email": other.user.email.as_str()});
    world.call(Call::post("/auth/password/forgot").json(forgot)).await.expect(202);
    let link = world.mail_to(&other).await.token();
    let reset = |token: &str, password: &str| {
        Call::post("/auth/password/reset").json(json!({"token": token, "password": password}))
    };
    world.call(reset(&link, "aaaaaaaaaaaaaaaaaaaa")).await.expect(422);
    world.call(reset(&link, &new_password())).await.expect(204);
    world.call(reset(&link, &new_password())).await.expect(422);
    let started = world.session(&tenant.admin).await;
    let start = Call::post(format!("/admin/users/{}/password-reset", other.user.id));
    world.call(start.bearer(&started.token)).await.expect(200);

    let deployment = world.deployment();
    for fault in [Fault::Refused(400, "ValidationException"), Fault::Refused(400, "AccessDeniedException")] {
        for number in 1..5 {
            let fault = fault.clone();
            deployment.breaks(number, true, move |_| Some(fault.clone()));
            for call in [
                Call::get("/users/me").bearer(&rotated),
                Call::post(format!("{path}/rotate")).bearer(&session),
                login(&new),
                refresh(&next),
                revoke(&rotated),
                reset(&link, &new_password()),
                Call::post("/auth/logout").bearer(&session),
            ] {
                world.raw_call(&call).await;
            }
        }
    }
    deployment.mend();
    // Used again when its time is over: the session ends, and the log says which.
    world.pass(Duration::seconds(11));
    world.call(refresh(&cookie)).await.expect(401);
    world.call(Call::delete(&path).bearer(&session)).await;
}

#[test]
fn the_output_of_the_whole_flow_holds_no_secret_and_no_address() {
    let secrets = env::temp_dir().join(format!("canary-{}", std::process::id()));
    fs::write(&secrets, "").unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "canary::the_whole_flow", "--nocapture"])
        .env(VARIABLE, &secrets)
        .env_remove("QARION_STACK")
        .env_remove("QARION_URL")
        .output()
        .unwrap();
    let written = fs::read_to_string(&secrets).unwrap();
    fs::remove_file(&secrets).unwrap();
    let log = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    let secrets: Vec<_> = written.lines().collect();
    assert!(secrets.len() >= 8, "{}", secrets.len());
    for line in log.lines() {
        // The end of a secret is enough to have leaked it.
        let leaked = secrets.iter().any(|secret| line.contains(&secret[secret.len() - 20..]));
        assert!(!leaked, "a line of the log holds a secret");
        assert!(!line.contains("@example.test"), "a line of the log holds an address: {line}");
    }
    let decisions: Vec<_> = log.lines().filter(|line| line.starts_with("{\"decision\"")).collect();
    for decision in ["allow", "forbidden", "unauthorized", "fault"] {
        let start = format!("{{\"decision\":\"{decision}\"");
        assert!(decisions.iter().any(|line| line.starts_with(&start)), "no decision was `{decision}`");
    }
    assert!(decisions.iter().all(|line| line.len() <= 250), "a decision's line is longer than its contract");
    assert!(log.contains("a dependency failed"), "the flow provokes errors, to see what they log");
}

#[tokio::test]
async fn what_is_printed_for_debugging_shows_no_secret() {
    let world = in_process!("looks at values in the process");
    let person = world.member_with_password(&world.tenant().await, false).await;
    let (key, session) = (world.key(&person).await, world.session(&person).await);
    let parsed = auth::api_key::ApiKey::parse(&key.text, &world.prefix).unwrap();
    let password: auth::password::Password = person.password.as_ref().unwrap().parse().unwrap();
    let hash = world.store.login_records(person.user.organization, person.user.id, 0).await.unwrap();
    let hash = hash.password.unwrap();
    let stored = world.store.key(person.user.id, key.id).await.unwrap().unwrap();
    let refresh = auth::refresh::RefreshToken::parse(session.cookie()).unwrap();
    let state = world.store.refresh_states(&[session.id]).await.unwrap();
    let (one_time, stored_one_time) = {
        let rng = &mut *world.rng.lock().unwrap();
        auth::one_time::issue(&person.user, 1, None, world.now(), rng)
    };
    canary::note(&one_time.reveal());
    let call = Call::get("/users/me").bearer(&session.token).cookie(session.cookie());
    let routed = crate::support::document::DOCUMENT.route("GET", "/users/me").unwrap();
    let event: authorizer::Event =
        serde_json::from_value(crate::support::event::authorizer(&call, &routed)).unwrap();
    let shown = format!(
        "{parsed:?} {password:?} {hash:?} {stored:?} {event:?} {refresh:?} {state:?} {one_time:?} \
         {stored_one_time:?} {:?} {:#?}",
        world.deployment().signer,
        world.deployment().signer
    );
    canary::is_clean("a debug form", &shown);
    let secret: String = key.text.chars().skip(40).take(44).collect();
    let phc = hash.hash.as_str().rsplit('$').next().unwrap();
    assert!(!shown.contains(&secret) && !shown.contains(phc), "{}", shown.len());
}
