//! The steps as Secrets Manager asks for them, by the function's own door. The local cloud does not ask by itself.

use super::STEPS;
use crate::support::{Call, World, http::Http};
use serde_json::{Value, json};
use std::{env, fs};
use time::{Duration, OffsetDateTime};

/// The function, and the secret that it is for.
async fn find(cloud: &Http) -> (String, String) {
    let answer = cloud.call(&Call::get("/2015-03-31/functions")).await.expect(200).json();
    let functions = answer["Functions"].as_array().unwrap();
    let name = |it: &Value| it["FunctionName"].as_str().unwrap().to_owned();
    let function = functions.iter().find(|it| name(it).contains("RotationFunction")).unwrap();
    let secret = &function["Environment"]["Variables"]["SIGNING_SECRET_ARN"];
    (name(function), secret.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_running_system_rotates_its_keys_and_goes_on() {
    let Some(path) = env::var_os("QARION_STACK") else {
        println!("needs a running system: a function that can be invoked");
        return;
    };
    let stack: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let cloud = Http::new(stack["aws_endpoint_url"].as_str().unwrap());
    let (function, secret) = find(&cloud).await;

    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let token = world.log_in(&person).await.token;
    let before = world.store.published().await.unwrap().unwrap().keys;
    let run = format!("{:032x}", OffsetDateTime::now_utc().unix_timestamp_nanos());
    // Twice: what was done is not done again.
    for name in [STEPS, STEPS].concat() {
        let event = json!({"Step": name, "SecretId": secret, "ClientRequestToken": run});
        let invoke = Call::post(format!("/2015-03-31/functions/{function}/invocations")).json(event);
        let answer = cloud.call(&invoke).await.expect(200);
        assert!(answer.json()["outcome"].is_string(), "{name}: {}", answer.json());
        world.call(Call::get("/users/me").bearer(&token)).await.expect(200);
    }
    let after = world.store.published().await.unwrap().unwrap().keys;
    let new: Vec<_> = after.iter().filter(|key| before.iter().all(|it| it.kid != key.kid)).collect();
    assert_eq!(new.len(), 1);
    assert!(new[0].retire_at.is_none() && new[0].sign_from > world.now() + Duration::MINUTE);
    assert!(after.iter().all(|key| key.kid == new[0].kid || key.retire_at.is_some()), "the others end");
    world.log_in(&person).await;
}
