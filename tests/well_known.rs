//! What anyone may read: `/.well-known/jwks.json`, `/health`, and how an unknown route answers.

use crate::support::{
    Call, World,
    document::{DOCUMENT, Integration},
    in_process,
};
use serde_json::json;

#[tokio::test]
async fn the_key_set_holds_the_key_that_signs_tokens() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.log_in(&person).await;
    let answer = world.call(Call::get("/.well-known/jwks.json")).await.expect(200);
    assert_eq!(answer.header("cache-control"), "public, max-age=30");
    insta::assert_json_snapshot!(answer.json(), {
        ".keys[].x" => "[x]", ".keys[].y" => "[y]", ".keys[].kid" => "[kid]",
    });
    let header = session.token.split('.').next().unwrap();
    let header = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    let keys = answer.json();
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]));
}

#[tokio::test]
async fn the_tag_of_the_key_set_is_that_of_its_content() {
    let world = World::new().await;
    let one = world.call(Call::get("/.well-known/jwks.json")).await.expect(200);
    let other = world.call(Call::get("/.well-known/jwks.json")).await.expect(200);
    assert_eq!(one.header("etag"), other.header("etag"));
    assert!(one.header("etag").starts_with('"'));
    let again = Call::get("/.well-known/jwks.json").header("If-None-Match", one.header("etag"));
    let unchanged = world.call(again).await.expect(304);
    assert_eq!(unchanged.header("etag"), one.header("etag"));
    let old = Call::get("/.well-known/jwks.json").header("If-None-Match", "\"another\"");
    world.call(old).await.expect(200);
}

#[tokio::test]
async fn health_asks_nobody() {
    let world = in_process!("counts the calls");
    world.deployment().wire.take();
    let answer = world.call(Call::get("/health")).await.expect(200);
    assert_eq!(answer.json(), json!({"status": "ok"}));
    assert!(world.deployment().wire.take().is_empty());
}

#[tokio::test]
async fn an_unknown_route_is_a_404_with_and_without_a_credential() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    for path in ["/", "/nothing", "/users", "/users/you", "/api-keys/x/y/z", "/catalog/spaces"] {
        world.call(Call::get(path)).await.is_not_found();
        world.call(Call::get(path).bearer(&session.token)).await.is_not_found();
    }
    world.call(Call::put("/api-keys").bearer(&session.token).json(json!({}))).await.is_not_found();
}

#[tokio::test]
async fn each_path_answers_the_preflight_of_a_browser_with_its_own_methods() {
    let world = World::new().await;
    for operation in DOCUMENT.operations.iter().filter(|it| it.method == "OPTIONS") {
        assert!(matches!(operation.integration, Integration::Mock(_)), "{}", operation.name());
        let path = operation.template.replace("{space}", "north").replace("{product}", "prd_00000000000");
        let path = path.replace("{id}", "key_00000000000");
        let preflight = Call::new("OPTIONS", path)
            .header("Origin", "https://console.example.test")
            .header("Access-Control-Request-Method", "GET");
        let answer = world.call(preflight).await.expect(204);
        let mut allowed: Vec<_> = answer.header("access-control-allow-methods").split(',').collect();
        allowed.sort_unstable();
        let mut methods: Vec<_> = DOCUMENT
            .operations
            .iter()
            .filter(|it| it.template == operation.template)
            .map(|it| it.method.as_str())
            .collect();
        methods.sort_unstable();
        assert_eq!(allowed, methods, "{}", operation.template);
    }
}
