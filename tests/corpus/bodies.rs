//! Bodies that are almost what a route takes.

use super::{
    Report, cases,
    template::{Names, bytes},
    wrote_nothing,
};
use crate::support::{Call, World};
use serde::Deserialize;

/// A request with a body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    /// Method and path, the path with names of what there is.
    call: String,
    /// `admin` (a session), `nobody`; a session of an admin where it does not say.
    #[serde(default = "admin")]
    by: String,
    /// Every `Content-Type` that is sent.
    #[serde(default = "json")]
    content_type: Vec<String>,
    /// Its parts one after the other.
    #[serde(default)]
    body: Vec<Piece>,
}

/// A part of a body.
#[derive(Deserialize)]
#[serde(untagged)]
enum Piece {
    Text(String),
    Repeated { repeat: String, times: usize },
    Hex { hex: String },
}

fn admin() -> String {
    "admin".to_owned()
}

fn json() -> Vec<String> {
    vec!["application/json".to_owned()]
}

#[tokio::test]
async fn each_body_is_answered_as_its_line_says() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let north = world.space(&tenant, "north").await;
    let product = world.product(&north, &tenant.admin, "a product").await;
    let (session, key) = (world.session(&tenant.admin).await, world.key(&tenant.admin).await);
    let names = Names::default()
        .with("user", person.user.id.to_string())
        .with("key", key.id.to_string())
        .with("product", product.id.to_string());
    let mut report = Report::default();
    for (expected, recipe) in cases::<Recipe>("bodies") {
        let (method, path) = recipe.call.split_once(' ').expect("a method and a path");
        let mut call = Call::new(method, names.fill(path));
        for piece in &recipe.body {
            match piece {
                Piece::Text(text) => call.body.extend(names.fill(text).into_bytes()),
                Piece::Repeated { repeat, times } => call.body.extend(repeat.repeat(*times).into_bytes()),
                Piece::Hex { hex } => call.body.extend(bytes(hex)),
            }
        }
        for value in &recipe.content_type {
            call = call.header("Content-Type", value);
        }
        let call = match &*recipe.by {
            "admin" => call.bearer(&session.token),
            "nobody" => call,
            other => panic!("nobody called {other} is in this test"),
        };
        if world.is_in_process() {
            world.deployment().take();
        } else if recipe.content_type.len() > 1 || !str::from_utf8(&call.body).is_ok_and(str::is_ascii) {
            // What the local cloud makes of two lines, and of bytes that are no text, is its own.
            report.leave_out(&expected);
            continue;
        }
        let answer = world.raw_call(&call).await;
        let outcome = expected.is(&answer, &names);
        let idle = if expected.status >= 400 { wrote_nothing(&world) } else { Ok(()) };
        report.add(&expected, outcome.and(idle));
    }
    report.check();
}
