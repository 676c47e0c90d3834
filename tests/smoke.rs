//! What a deployment answers to who knows nothing but its address, and perhaps one user: reads only.
//!
//! `QARION_URL` names the deployment; `QARION_EMAIL` and `QARION_PASSWORD` the user, if there is one.
//! Without them the same is asked of whatever the other tests are asked of.

use crate::support::{Call, World};
use serde_json::json;
use std::env;

#[tokio::test]
async fn it_answers_and_publishes_its_keys() {
    let world = World::deployed().await;
    let health = world.call(Call::get("/health")).await.expect(200);
    assert_eq!(health.json(), json!({"status": "ok"}));
    let keys = world.call(Call::get("/.well-known/jwks.json")).await.expect(200);
    assert!(!keys.json()["keys"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn it_serves_its_console() {
    let world = World::deployed().await;
    let page = world.call(Call::get("/console/")).await.expect(200);
    assert!(String::from_utf8_lossy(&page.body).contains("/console/\">"), "no <base>");
}

#[tokio::test]
async fn a_missing_or_malformed_credential_is_a_401_and_an_unknown_route_a_404() {
    let world = World::deployed().await;
    world.call(Call::get("/users/me")).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer("junk")).await.is_unauthorized();
    world.call(Call::get("/users/me").bearer("a.b.c")).await.is_unauthorized();
    world.call(Call::get("/users/me").header("Authorization", "Basic eDp5")).await.is_unauthorized();
    world.call(Call::get("/nothing")).await.is_not_found();
}

#[tokio::test]
async fn an_unknown_user_cannot_log_in() {
    let world = World::deployed().await;
    let body = json!({"email": "nobody@qarion.invalid", "password": "not the password of anybody"});
    world.call(Call::post("/auth/login").json(body)).await.is_unauthorized();
}

#[tokio::test]
async fn the_known_user_logs_in_reads_who_it_is_and_logs_out() {
    let world = World::deployed().await;
    let (email, password) = match (env::var("QARION_EMAIL"), env::var("QARION_PASSWORD")) {
        (Ok(email), Ok(password)) => (email, password),
        _ if env::var_os("QARION_URL").is_some() => {
            println!("not run: QARION_EMAIL and QARION_PASSWORD name no user");
            return;
        }
        _ => {
            let person = world.member_with_password(&world.tenant().await, false).await;
            (person.user.email.to_string(), person.password.unwrap())
        }
    };
    crate::support::canary::note(&password);
    let login = Call::post("/auth/login").json(json!({"email": email, "password": password}));
    let token = world.call(login).await.expect(200).text("access_token");
    let me = world.call(Call::get("/users/me").bearer(&token)).await.expect(200);
    assert_eq!(me.json()["email"], email);
    world.call(Call::post("/auth/logout").bearer(&token)).await.expect(204);
    world.call(Call::get("/users/me").bearer(&token)).await.is_unauthorized();
}
