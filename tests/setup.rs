//! The custom resource `Setup`: a new stack, and what a second run leaves alone.

use crate::support::{
    Call, World, canary,
    fixtures::new_password,
    in_process::{FIRST_ADMIN_SECRET, SIGNING_SECRET},
    roles::within,
    wire::Fault,
};
use serde_json::{Value, json};
use setup::Event;
use time::Duration;

const EMAIL: &str = "first@example.test";

/// A deployment that nobody has set up.
macro_rules! new_stack {
    () => {
        match World::not_set_up().await {
            Some(world) => world,
            None => {
                println!("not run against a running system: it needs an empty table");
                return;
            }
        }
    };
}

fn event(request_type: &str, change: impl FnOnce(&mut Value)) -> Event {
    let mut event = json!({
        "RequestType": request_type,
        "ResponseURL": "https://cloudformation-custom-resource-response.test/signed?by=aws",
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/qarion/guid",
        "RequestId": "unique id",
        "LogicalResourceId": "Setup",
        "ResourceType": "Custom::Setup",
        "ResourceProperties": {
            "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:setup:live",
            "BaseUrl": "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/v1",
            "OrganizationName": "Example",
            "AdminEmail": EMAIL,
            "ReleaseId": "1",
        },
    });
    change(&mut event);
    serde_json::from_value(event).unwrap()
}

async fn answer(world: &World, event: &Event) -> Value {
    let deployment = world.deployment();
    let answer = within("Setup", deployment.gateway.setup.answer(event, &mut deployment.ambient())).await;
    for secret in
        [SIGNING_SECRET, FIRST_ADMIN_SECRET].iter().filter_map(|arn| deployment.secrets.current(arn))
    {
        note(&secret);
    }
    canary::is_clean("setup's answer", &answer.to_string());
    answer
}

fn note(secret: &str) {
    let secret: Value = serde_json::from_str(secret).unwrap();
    let texts = secret["keys"].as_array().into_iter().flatten().map(|key| &key["private"]);
    texts.chain([&secret["password"]]).filter_map(Value::as_str).for_each(canary::note);
}

async fn set_up(world: &World) -> Value {
    answer(world, &event("Create", |_| {})).await
}

/// Logs the first admin in with the secret's password.
async fn first_login(world: &World) -> crate::support::Answer {
    let secret: Value =
        serde_json::from_str(&world.deployment().secrets.current(FIRST_ADMIN_SECRET).unwrap()).unwrap();
    assert_eq!(secret["email"], EMAIL);
    world.call(Call::post("/auth/login").json(json!({"email": EMAIL, "password": secret["password"]}))).await
}

#[tokio::test]
async fn a_new_stack_is_ready_for_its_first_admin() {
    let world = new_stack!();
    world.call(Call::get("/users/me").bearer("a.b.c")).await.is_error(503, "Service unavailable");
    insta::assert_json_snapshot!(set_up(&world).await);
    let first = first_login(&world).await.expect(200);
    let secret: Value =
        serde_json::from_str(&world.deployment().secrets.current(FIRST_ADMIN_SECRET).unwrap()).unwrap();
    let token = first.text("access_token");
    world.call(Call::get("/users/me").bearer(&token)).await.is_forbidden();
    let body = json!({"current_password": secret["password"], "new_password": new_password()});
    let changed = world.call(Call::put("/users/me/password").bearer(&token).json(body)).await.expect(200);
    let me = world.call(Call::get("/users/me").bearer(changed.text("access_token"))).await.expect(200).json();
    assert_eq!((&me["email"], &me["kind"]), (&json!(EMAIL), &json!("human")));
    assert_eq!(
        (&me["organization"]["name"], &me["organization"]["role"]),
        (&json!("Example"), &json!("admin"))
    );
}

#[tokio::test]
async fn a_second_run_changes_nothing_and_resets_no_admin() {
    let world = new_stack!();
    set_up(&world).await;
    let secrets = || {
        let secrets = &world.deployment().secrets;
        [secrets.current(SIGNING_SECRET), secrets.current(FIRST_ADMIN_SECRET)]
    };
    let (before, published) = (secrets(), world.store.published().await.unwrap());
    let token = first_login(&world).await.expect(200).text("access_token");
    let new = new_password();
    let password: Value = serde_json::from_str(before[1].as_ref().unwrap()).unwrap();
    let body = json!({"current_password": password["password"], "new_password": new});
    world.call(Call::put("/users/me/password").bearer(&token).json(body)).await.expect(200);
    world.pass(Duration::days(30));
    let other = event("Update", |event| {
        event["ResourceProperties"]["AdminEmail"] = json!("second@example.test");
    });
    for event in [event("Create", |_| {}), event("Update", |_| {}), other] {
        world.deployment().wire.take();
        assert_eq!(answer(&world, &event).await["Status"], "SUCCESS");
        let calls = world.deployment().wire.take();
        assert!(calls.iter().all(|call| call.operation == "GetItem"), "a second run only reads");
    }
    assert_eq!(secrets(), before);
    assert_eq!(world.store.published().await.unwrap(), published);
    world.call(Call::post("/auth/login").json(json!({"email": EMAIL, "password": new}))).await.expect(200);
    let second = "second@example.test".parse().unwrap();
    assert_eq!(world.store.user_by_email(&second).await.unwrap(), None);
}

#[tokio::test]
async fn a_new_base_url_is_published_and_the_keys_stay() {
    let world = new_stack!();
    set_up(&world).await;
    let before = world.store.published().await.unwrap().unwrap();
    let moved = event("Update", |event| {
        event["ResourceProperties"]["BaseUrl"] = json!("https://auth.example.test/");
    });
    assert_eq!(answer(&world, &moved).await["Status"], "SUCCESS");
    let after = world.store.published().await.unwrap().unwrap();
    assert_eq!(after.base_url, "https://auth.example.test");
    assert_eq!(after.keys, before.keys);
}

#[tokio::test]
async fn a_delete_succeeds_and_does_nothing() {
    let world = new_stack!();
    set_up(&world).await;
    world.deployment().take();
    let gone = event("Delete", |event| event["ResourceProperties"] = json!({}));
    let answer = answer(&world, &gone).await;
    assert_eq!(answer["Status"], "SUCCESS");
    assert_eq!(world.deployment().take(), [""; 0]);
    first_login(&world).await.expect(200);
}

#[tokio::test]
async fn a_property_that_is_not_valid_fails_by_name() {
    let world = new_stack!();
    for (name, value) in
        [("BaseUrl", "auth.example.test"), ("OrganizationName", " "), ("AdminEmail", "nobody")]
    {
        let wrong = event("Create", |event| event["ResourceProperties"][name] = json!(value));
        let answer = answer(&world, &wrong).await;
        assert_eq!(answer["Status"], "FAILED");
        assert_eq!(answer["Reason"], format!("the property {name} is absent or not valid"));
    }
}

#[tokio::test]
async fn killed_after_any_call_it_goes_on_where_it_was() {
    const MOST_CALLS: usize = 20;
    for fault in [|_: &str| Some(Fault::Dropped), |_: &str| Some(Fault::AnswerLost)] {
        for number in 1..MOST_CALLS {
            let world = new_stack!();
            world.deployment().breaks(number, true, fault);
            let first = set_up(&world).await;
            let calls = world.deployment().take();
            world.deployment().mend();
            if calls.len() < number {
                assert_eq!(first["Status"], "SUCCESS");
                break;
            }
            assert_eq!(first["Status"], "FAILED", "call {number} of {calls:?}");
            assert_eq!(
                first["PhysicalResourceId"], "qarion-auth-setup",
                "another id would mean a replacement"
            );
            assert_eq!(set_up(&world).await["Status"], "SUCCESS", "after call {number} of {calls:?}");
            first_login(&world).await.expect(200);
        }
    }
}
