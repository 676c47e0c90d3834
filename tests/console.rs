//! `/console`: the web console as it was built, of the files that the binary holds.

use crate::support::{Answer, Call, World, canary, in_process};

const CONTENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                       connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'self'; \
                       form-action 'none'; frame-ancestors 'none'";

async fn page(world: &World) -> (Answer, String) {
    let answer = world.call(Call::get("/console/")).await.expect(200);
    let text = String::from_utf8(answer.body.clone()).unwrap();
    (answer, text)
}

/// The addresses of the assets that the page names, from the console's root.
fn assets(page: &str) -> Vec<String> {
    let named = page.split('"').filter_map(|it| it.strip_prefix("./assets/").or(it.strip_prefix("assets/")));
    named.map(|name| format!("/console/assets/{name}")).collect()
}

/// What a browser is told about each answer, whatever it is.
fn is_guarded(answer: &Answer) {
    assert_eq!(answer.header("content-security-policy"), CONTENT);
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    let permissions: Vec<_> = answer.header("permissions-policy").split(", ").collect();
    // A new key can be copied. Nothing else of the device is anybody's.
    assert_eq!(permissions.iter().filter(|it| !it.ends_with("=()")).count(), 1, "{permissions:?}");
    for feature in ["clipboard-write=(self)", "camera=()", "microphone=()", "geolocation=()", "usb=()"] {
        assert!(permissions.contains(&feature), "{feature}");
    }
}

#[tokio::test]
async fn the_page_is_the_console_s_and_says_under_which_stage_it_is() {
    let world = World::new().await;
    let (answer, text) = page(&world).await;
    is_guarded(&answer);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(text.starts_with("<!doctype html>") || text.starts_with("<!DOCTYPE html>"), "{text}");
    // The stage of the tests, here and in the local cloud.
    assert_eq!(text.matches("<base ").count(), 1);
    assert!(text.contains(r#"<base href="/v1/console/">"#), "{text}");
    let base = text.find("<base ").unwrap();
    for relative in ["href=\"./", "href=\"assets", "src=\""] {
        assert!(text.find(relative).is_none_or(|at| base < at), "{relative} stands before <base>");
    }
    // What the policy would not let run.
    for inline in ["<script>", "<style", "style=\"", "onload=", "javascript:"] {
        assert!(!text.contains(inline), "{inline}");
    }
}

#[tokio::test]
async fn no_header_of_the_request_moves_the_page() {
    let world = World::new().await;
    let (_, text) = page(&world).await;
    for name in ["X-Forwarded-Host", "X-Forwarded-Prefix", "X-Original-URL", "X-Rewrite-URL", "Forwarded"] {
        let call = Call::get("/console/").header(name, "host=evil.example");
        let answer = world.call(call).await.expect(200);
        assert_eq!(String::from_utf8_lossy(&answer.body), text, "{name}");
    }
}

#[tokio::test]
async fn without_its_slash_the_address_leads_to_the_page() {
    let world = World::new().await;
    let moved = world.call(Call::get("/console")).await.expect(302);
    is_guarded(&moved);
    assert_eq!(moved.header("location"), "/v1/console/");
    assert_eq!(moved.header("cache-control"), "no-store");
}

#[tokio::test]
async fn every_place_in_the_console_is_the_page() {
    let world = World::new().await;
    let (_, text) = page(&world).await;
    for place in
        ["login", "settings/api-keys", "settings/api-keys/", "admin/users/usr_00000000000", "reset?x=1"]
    {
        let answer = world.call(Call::get(format!("/console/{place}"))).await.expect(200);
        is_guarded(&answer);
        assert_eq!(String::from_utf8_lossy(&answer.body), text, "{place}");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
}

#[tokio::test]
async fn the_page_is_asked_for_each_time_and_sent_where_it_has_changed() {
    let world = World::new().await;
    let (answer, _) = page(&world).await;
    assert_eq!(answer.header("cache-control"), "no-cache");
    let tag = answer.header("etag");
    // Weak: the gateway may have compressed it.
    assert!(tag.starts_with("W/\""), "{tag}");
    let known = world.call(Call::get("/console/login").header("If-None-Match", tag)).await.expect(304);
    is_guarded(&known);
    assert_eq!((known.header("etag"), known.header("cache-control")), (tag, "no-cache"));
    world.call(Call::get("/console/").header("If-None-Match", "W/\"another\"")).await.expect(200);
}

#[tokio::test]
async fn the_files_that_the_page_names_are_there_and_are_kept() {
    let world = World::new().await;
    let (_, text) = page(&world).await;
    let assets = assets(&text);
    let of_type = |end: &str| assets.iter().filter(|it| it.ends_with(end)).count();
    assert!(of_type(".js") > 0 && of_type(".css") > 0, "{assets:?}");
    for path in assets {
        let answer = world.call(Call::get(&path)).await.expect(200);
        is_guarded(&answer);
        let media_type = match path.rsplit('.').next().unwrap() {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            other => panic!("a file of another kind: {other}"),
        };
        assert_eq!(answer.header("content-type"), media_type, "{path}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{path}");
        assert!(
            answer.headers.get_all("vary").iter().any(|it| it.to_str().unwrap().contains("Accept-Encoding"))
        );
        assert!(!answer.body.is_empty() && str::from_utf8(&answer.body).is_ok(), "{path}");
        let known = Call::get(&path).header("If-None-Match", answer.header("etag"));
        world.call(known).await.expect(304);
    }
}

#[tokio::test]
async fn what_is_no_file_is_no_file_however_it_is_spelled() {
    let world = World::new().await;
    for path in ["/console/assets/unknown-00000000.js", "/console/assets/", "/console/assets/index.html"] {
        let answer = world.call(Call::get(path)).await;
        if answer.status == 404 {
            answer.is_not_found();
        }
        is_guarded(&answer);
        assert!(answer.status == 404 || path.ends_with('/'), "{path}: {}", answer.status);
    }
    for path in [
        "/console/../../etc/passwd",
        "/console/assets/../../../etc/passwd",
        "/console/..%2f..%2fetc%2fpasswd",
        "/console/%2e%2e/%2e%2e/etc/passwd",
        "/console/assets/..%5c..%5cCargo.toml",
        "/console//etc/passwd",
        "/console/%00",
        "/console/*",
        "/console/%22%3e%3cscript%3e",
        "/console/%3cbase%20href=//evil.example%3e",
    ] {
        let answer = world.raw_call(&Call::get(path)).await;
        assert!(matches!(answer.status, 200 | 400 | 404), "{path}: {}", answer.status);
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains("root:") && !text.contains("[package]"), "{path}");
        assert!(answer.status != 200 || text.contains(r#"<base href="/v1/console/">"#), "{path}: {text}");
        assert!(!text.contains("evil.example") && !text.contains("\"><script>"), "{path}: {text}");
        canary::is_clean("an answer", &text);
    }
}

#[tokio::test]
async fn other_methods_are_no_routes() {
    let world = World::new().await;
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        for path in ["/console/", "/console/login"] {
            world.call(Call::new(method, path)).await.is_not_found();
        }
    }
}

#[tokio::test]
async fn it_asks_nobody() {
    let world = in_process!("counts the calls");
    let (_, text) = page(&world).await;
    world.deployment().take();
    world.call(Call::get("/console/settings")).await.expect(200);
    world.call(Call::get(assets(&text).remove(0))).await.expect(200);
    world.call(Call::get("/console/assets/unknown-00000000.js")).await.is_not_found();
    assert!(world.deployment().take().is_empty());
}
