//! How many requests the handlers answer, and how long the slow ones wait, by the number of connections.
//!
//! `cargo xtask bench load` builds this for release and runs it. The gateway in process is served over HTTP on loopback,
//! the real handlers are behind it with a table in memory, and `wrk` asks it from a process of its own.

#![allow(
    clippy::print_stderr,
    reason = "its table is its result, and the other stream is the functions' log"
)]

use crate::support::{Call, World};
use auth::access::SpaceRole;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::Response,
};
use serde_json::json;
use std::{env, fs, path::PathBuf, process::Stdio, sync::Arc};
use tokio::{net::TcpListener, process::Command};

/// Where the raw numbers go.
const OUT: &str = "QARION_LOAD";
const CONNECTIONS: [u32; 7] = [1, 2, 4, 8, 16, 32, 64];
/// For each number of connections and each kind of request.
const SECONDS: u32 = 5;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a benchmark: run by `cargo xtask bench load`"]
async fn curve() {
    let out = PathBuf::from(env::var(OUT).unwrap_or_else(|_| panic!("{OUT} names a file")));
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let north = world.space(&tenant, "north").await;
    world.join(&person, &north, SpaceRole::Viewer).await;
    let (key, session) = (world.key(&person).await, world.session(&person).await);
    let requests = [
        ("API key", "/users/me", key.text.as_str()),
        ("session token", "/users/me", &session.token),
        ("API key, list of products", "/catalog/spaces/north/products", &key.text),
        ("junk", "/users/me", "0123456789abcdef"),
    ];
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().fallback(answer).with_state(Arc::new(world));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut rows = Vec::new();
    eprintln!("| request | connections | requests/s | p50, ms | p99, ms |\n|---|---|---|---|---|");
    for (name, path, credential) in requests {
        for connections in CONNECTIONS {
            let url = format!("http://{address}{path}");
            let (rate, p50, p99) = wrk(&url, credential, connections, name == "junk").await;
            eprintln!("| {name} | {connections} | {rate:.0} | {p50:.2} | {p99:.2} |");
            rows.push(json!({
                "request": name, "connections": connections, "requests_per_second": rate, "p50_ms": p50, "p99_ms": p99,
            }));
        }
    }
    server.abort();
    fs::write(out, serde_json::to_string_pretty(&rows).expect("JSON") + "\n").expect("a file");
}

async fn answer(
    State(world): State<Arc<World>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut call = Call::new(method.as_str(), uri.to_string());
    call.body = body.into();
    for (name, value) in &headers {
        if let Ok(value) = value.to_str() {
            call = call.header(name.as_str(), value);
        }
    }
    let answered = world.call(call).await;
    let status = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::new(Body::from(answered.body));
    *response.status_mut() = status;
    response
}

/// Requests a second, and the median and the slowest hundredth's wait in milliseconds, where all of them are refused or none.
async fn wrk(url: &str, credential: &str, connections: u32, refused: bool) -> (f64, f64, f64) {
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--latency", "--connections", &connections.to_string()]);
    wrk.args([
        "--duration",
        &format!("{SECONDS}s"),
        "--header",
        &format!("Authorization: Bearer {credential}"),
        url,
    ]);
    let ran =
        wrk.stdin(Stdio::null()).output().await.expect("wrk, Debian's package of that name, is installed");
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "wrk failed: {text}");
    assert!(!text.contains("Socket errors"), "{text}");
    assert_eq!(text.contains("Non-2xx or 3xx responses"), refused, "{text}");
    let after = |name: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(name));
        line.unwrap_or_else(|| panic!("wrk says no {name}: {text}")).trim().to_owned()
    };
    let rate = after("Requests/sec:").parse().expect("a number");
    (rate, millis(&after("50%")), millis(&after("99%")))
}

/// `812.00us`, `1.34ms`, `2.10s`.
fn millis(text: &str) -> f64 {
    let unit = text.find(|it: char| it.is_ascii_alphabetic()).expect("a unit");
    let (value, unit) = text.split_at(unit);
    let value: f64 = value.parse().expect("a number");
    match unit {
        "us" => value / 1e3,
        "ms" => value,
        "s" => value * 1e3,
        other => panic!("{other} is no unit"),
    }
}
