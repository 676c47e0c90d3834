//! With files that are written here: `console/dist` may be empty.

use super::{BASE, Console, EMBEDDED, NotBuilt};
use edge::{Ambient, Response};
use http::StatusCode;
use lambda_http::Body;
use serde_json::{Value, json};

const PAGE: &str = r#"<!doctype html><base href="/console/"><script src="./assets/app-1a.js"></script>"#;
const FILES: [(&str, &str); 4] = [
    ("assets/app-1a.js", "let script;"),
    ("assets/app-2b.css", "a{}"),
    ("icon.svg", "<svg/>"),
    ("index.html", PAGE),
];

fn event(visible: &str, proxy: Option<&str>, headers: &[(&str, &str)]) -> Value {
    let template = if proxy.is_some() { "/console/{proxy+}" } else { "/console" };
    let headers: Value = headers.iter().map(|(name, value)| ((*name).to_owned(), json!([value]))).collect();
    json!({
        "resource": template,
        "path": visible,
        "httpMethod": "GET",
        "headers": {},
        "multiValueHeaders": headers,
        "pathParameters": proxy.map(|it| json!({"proxy": it})),
        "requestContext": {"resourcePath": template, "path": visible, "httpMethod": "GET", "stage": "v1"},
    })
}

async fn answer(visible: &str, proxy: Option<&str>, headers: &[(&str, &str)]) -> Response {
    let console = Console::of(&FILES).unwrap();
    let event = serde_json::from_value(event(visible, proxy, headers)).unwrap();
    let now = time::macros::datetime!(2030-04-09 12:34:56 UTC);
    edge::answer(&console, event, &mut Ambient::fixed(now, 1), None).await
}

fn text(response: &Response) -> &str {
    match response.body() {
        Body::Text(text) => text,
        Body::Empty => "",
        other => panic!("{other:?}"),
    }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

#[tokio::test]
async fn the_page_learns_from_the_path_of_the_browser_where_it_is() {
    for (visible, proxy, base) in [
        ("/v1/console/", None, "/v1/console/"),
        ("/v1/console/settings/api-keys", Some("settings/api-keys"), "/v1/console/"),
        ("/v1/console/index.html", Some("index.html"), "/v1/console/"),
        ("/console/reset", Some("reset"), "/console/"),
        ("/auth/console/reset", Some("reset"), "/auth/console/"),
    ] {
        let page = answer(visible, proxy, &[("Host", "evil.example")]).await;
        assert_eq!(page.status(), StatusCode::OK, "{visible}");
        assert_eq!(text(&page), PAGE.replace(r#""/console/""#, &format!("\"{base}\"")), "{visible}");
        assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
        assert_eq!(header(&page, "cache-control"), "no-cache");
    }
}

#[tokio::test]
async fn a_path_that_no_stage_and_no_mapping_has_gets_no_page() {
    for visible in ["//evil.example/console/x", "/\"><script>/console/x", "/v1/x"] {
        let refused = answer(visible, Some("x"), &[]).await;
        assert_eq!(refused.status(), StatusCode::NOT_FOUND, "{visible}");
        assert!(!text(&refused).contains("script"), "{visible}");
    }
}

#[tokio::test]
async fn without_its_slash_the_address_leads_to_the_one_with_it() {
    for (visible, location) in [("/v1/console", "/v1/console/"), ("/console", "/console/")] {
        let moved = answer(visible, None, &[]).await;
        assert_eq!(moved.status(), StatusCode::FOUND);
        assert_eq!(header(&moved, "location"), location);
        assert_eq!(header(&moved, "cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_file_has_its_type_and_is_kept_where_its_name_says_what_it_holds() {
    const FOR_EVER: &str = "public, max-age=31536000, immutable";
    for (name, expected, media_type, caching) in [
        ("assets/app-1a.js", "let script;", "text/javascript; charset=utf-8", FOR_EVER),
        ("assets/app-2b.css", "a{}", "text/css; charset=utf-8", FOR_EVER),
        ("icon.svg", "<svg/>", "image/svg+xml", "no-cache"),
    ] {
        let file = answer(&format!("/v1/console/{name}"), Some(name), &[]).await;
        assert_eq!((file.status(), text(&file)), (StatusCode::OK, expected));
        assert_eq!(header(&file, "content-type"), media_type);
        assert_eq!(header(&file, "cache-control"), caching);
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    for name in ["assets/app-1a.js", "icon.svg", "settings"] {
        let visible = format!("/v1/console/{name}");
        let first = answer(&visible, Some(name), &[]).await;
        let tag = header(&first, "etag").to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        let again = answer(&visible, Some(name), &[("If-None-Match", &tag)]).await;
        assert_eq!((again.status(), text(&again)), (StatusCode::NOT_MODIFIED, ""));
        for kept in ["etag", "cache-control", "vary"] {
            assert_eq!(header(&again, kept), header(&first, kept));
        }
        let other = answer(&visible, Some(name), &[("If-None-Match", "\"other\"")]).await;
        assert_eq!(other.status(), StatusCode::OK);
    }
    // The page of another place is another page.
    let [one, other] = ["/v1/console/x", "/console/x"];
    let one = answer(one, Some("x"), &[]).await;
    let other = answer(other, Some("x"), &[("If-None-Match", header(&one, "etag"))]).await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn nothing_is_found_that_is_not_in_the_table() {
    for name in [
        "assets/app-1a.js.map",
        "assets/",
        "assets/../index.html",
        "assets/../../../etc/passwd",
        "assets/app-1A.js",
    ] {
        let missing = answer(&format!("/v1/console/{name}"), Some(name), &[]).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND, "{name}");
        assert_eq!(text(&missing), r#"{"detail":"Not found"}"#);
        assert_eq!(header(&missing, "cache-control"), "no-store");
    }
    for name in ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd"] {
        let page = answer(&format!("/v1/console/{name}"), Some(name), &[]).await;
        assert!(
            text(&page).starts_with("<!doctype html>") || page.status() == StatusCode::NOT_FOUND,
            "{name}"
        );
    }
}

#[test]
fn without_a_page_there_is_no_console() {
    assert!(matches!(Console::of(&[]), Err(NotBuilt)));
    assert!(matches!(Console::of(&[("index.html", "<p>no base</p>")]), Err(NotBuilt)));
    // What was compiled in is whole or nothing.
    let pages = EMBEDDED.iter().filter(|(name, text)| *name == "index.html" && text.contains(BASE)).count();
    assert_eq!(pages, usize::from(!EMBEDDED.is_empty()));
}
