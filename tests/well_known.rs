//! What anyone may read: `/.well-known/jwks.json`, `/health`, and how an unknown route answers.

use crate::support::{
    Call, World,
    document::{DOCUMENT, Integration},
    in_process,
};
use serde_json::{Value, json};
use std::{env, fs, io::Write, path::Path, process};

#[tokio::test]
async fn the_key_set_holds_the_key_that_signs_tokens() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.log_in(&person).await;
    let answer = world.call(Call::get("/.well-known/jwks.json")).await.expect(200);
    assert_eq!(answer.header("cache-control"), "public, max-age=30");
    let header = session.token.split('.').next().unwrap();
    let header = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    // A running system may have another one: its keys are rotated while it is tested.
    let mut answer = answer.json();
    answer["keys"].as_array_mut().unwrap().retain(|key| key["kid"] == header["kid"]);
    insta::assert_json_snapshot!(answer, {
        ".keys[].x" => "[x]", ".keys[].y" => "[y]", ".keys[].kid" => "[kid]",
    });
}

/// What a resource server in Python says to a token. `QARION_VERIFIER` names an interpreter with its library.
fn verify(python: &Path, issuer: &str, keys: &str, now: i64, token: &str) -> Result<Value, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("offline/verify.py");
    let mut child = process::Command::new(python)
        .arg(script)
        .args([issuer, keys, &now.to_string()])
        .stdin(process::Stdio::piped())
        .stdout(process::Stdio::piped())
        .stderr(process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    match output.status.code() {
        Some(0) => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        _ => Err(String::from_utf8(output.stderr).unwrap()),
    }
}

#[tokio::test]
async fn a_resource_server_with_another_library_verifies_a_session_token_by_the_key_set_alone() {
    let Some(python) = env::var_os("QARION_VERIFIER").map(std::path::PathBuf::from) else {
        println!("needs QARION_VERIFIER, which `cargo xtask test` sets");
        return;
    };
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let token = world.log_in(&person).await.token;
    let issuer = world.store.published().await.unwrap().unwrap().base_url;
    // Over HTTP where there is a system to ask.
    let folder = env::temp_dir().join(format!("key-set-{}", process::id()));
    let keys = match env::var_os("QARION_STACK") {
        Some(path) => {
            let stack: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            format!("{}/.well-known/jwks.json", stack["url"].as_str().unwrap())
        }
        None => {
            let answer = world.call(Call::get("/.well-known/jwks.json")).await.expect(200);
            fs::write(&folder, answer.json().to_string()).unwrap();
            format!("file://{}", folder.display())
        }
    };
    let now = world.now().unix_timestamp();
    let ask = |issuer: &str, now: i64, token: &str| verify(&python, issuer, &keys, now, token);

    let claims = ask(&issuer, now, &token).unwrap();
    assert_eq!(claims["sub"], json!(person.user.id));
    assert_eq!(claims["org"], json!(person.user.organization));

    let exp = claims["exp"].as_i64().unwrap();
    ask(&issuer, exp - 1, &token).unwrap();
    assert!(ask(&issuer, exp, &token).unwrap_err().starts_with("ExpiredTokenError"));
    assert!(ask("https://other.example.test", now, &token).unwrap_err().starts_with("InvalidClaimError"));
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let another = |text: &str| format!("{}{}", if text.starts_with('A') { 'B' } else { 'A' }, &text[1..]);
    let (other, encode) = (world.log_in(&person).await.token, |value: Value| {
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, value.to_string())
    });
    for forged in [
        format!("{header}.{payload}.{}", another(signature)),
        format!("{header}.{}.{signature}", other.split('.').nth(1).unwrap()),
        format!(
            "{}.{payload}.{signature}",
            encode(json!({"alg": "ES256", "typ": "at+jwt", "kid": "unknown"}))
        ),
        format!("{}.{payload}.", encode(json!({"alg": "none", "typ": "at+jwt"}))),
    ] {
        ask(&issuer, now, &forged).unwrap_err();
    }
    let _none = fs::remove_file(folder);
}

#[tokio::test]
async fn the_tag_of_the_key_set_is_that_of_its_content() {
    let world = World::new().await;
    // Again where the keys of a running system were rotated in between.
    let (one, unchanged) = loop {
        let one = world.call(Call::get("/.well-known/jwks.json")).await.expect(200);
        let other = world.call(Call::get("/.well-known/jwks.json")).await.expect(200);
        assert_eq!(one.header("etag") == other.header("etag"), one.json() == other.json());
        let again = Call::get("/.well-known/jwks.json").header("If-None-Match", one.header("etag"));
        let again = world.call(again).await;
        if again.status != 200 || again.json() == one.json() {
            break (one, again.expect(304));
        }
    };
    assert!(one.header("etag").starts_with('"'));
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
        let path = path.replace("{proxy+}", "settings/api-keys");
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
