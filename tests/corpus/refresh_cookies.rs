//! Refresh cookies that are almost those of a session.

use super::{
    Expected, Report, cases, is,
    template::{Names, bytes, hex},
};
use crate::support::{Call, World, canary, credentials::Session};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::json;
use tokens::COOKIE;

/// How the request's headers are made of a good cookie.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    /// The bytes of `{token}` in hexadecimal, of the parts that [`PARTS`] names.
    #[serde(default = "parts")]
    token: String,
    /// The headers of the request, each a name and a value; `{cookie}` is the cookie's name.
    #[serde(default = "headers")]
    headers: Vec<(String, String)>,
}

fn parts() -> String {
    PARTS.map(|(name, _)| format!("{{{name}}}")).concat()
}

fn headers() -> Vec<(String, String)> {
    vec![("Cookie".to_owned(), "{cookie}={token}".to_owned())]
}

/// The parts of a token and their bytes (`shared/auth/src/refresh.rs`).
const PARTS: [(&str, usize); 6] =
    [("org", 8), ("user", 8), ("session", 8), ("generation", 4), ("value", 32), ("tag", 32)];

/// The token in parts, each under its name.
fn named(names: &mut Names, of: &str, token: &str) {
    let token = URL_SAFE_NO_PAD.decode(token).expect("base64url");
    let mut rest = token.as_slice();
    for (name, length) in PARTS {
        let (part, behind) = rest.split_at(length);
        names.set(&format!("{of}{name}"), hex(part));
        rest = behind;
    }
    assert!(rest.is_empty(), "a token has other parts");
}

#[tokio::test]
async fn each_refresh_cookie_is_answered_as_its_line_says() {
    let world = World::new().await;
    let (tenant, elsewhere) = (world.tenant().await, world.tenant().await);
    let person = world.member_with_password(&tenant, false).await;
    let stranger = world.session(&world.member_with_password(&elsewhere, false).await).await;
    let sibling = world.session(&person).await;
    let mut session = world.session(&person).await;
    let mut report = Report::default();
    for (expected, recipe) in cases::<Recipe>("refresh_cookies") {
        let mut names = Names::default().with("cookie", COOKIE).with("good", session.cookie());
        for (of, session) in [("", &session), ("sibling ", &sibling), ("other ", &stranger)] {
            named(&mut names, of, session.cookie());
        }
        names.set("access token", &session.token);
        let token = URL_SAFE_NO_PAD.encode(bytes(&names.fill(&recipe.token)));
        canary::note(&token);
        names.set("token", &token);
        let mut call = Call::post("/auth/refresh");
        call.headers = recipe.headers.iter().map(|(name, value)| (name.clone(), names.fill(value))).collect();
        if !world.is_in_process() && !call.headers.iter().all(|(_, value)| super::can_be_sent(value)) {
            report.leave_out(&expected);
            continue;
        }
        report.add(&expected, tried(&world, &mut session, &call, &token, &expected, &names).await);
        if world.raw_call(&Call::get("/users/me").bearer(&session.token)).await.status != 200 {
            session = world.session(&person).await;
        }
    }
    report.check();
}

/// A cookie at the doors: refreshing, revocation, logging out. What is refused ends nothing and uses nothing up, so
/// that the good cookie still gets its successor.
async fn tried(
    world: &World,
    session: &mut Session,
    call: &Call,
    token: &str,
    expected: &Expected,
    names: &Names,
) -> Result<(), String> {
    let answer = world.raw_call(call).await;
    expected.is(&answer, names)?;
    if expected.status == 200 {
        let next = answer.cookie().ok_or("no cookie was set")?;
        canary::note(&next);
        session.refresh = Some(next);
        return Ok(());
    }
    if answer.headers.contains_key("set-cookie") {
        return Err("a refusal sets a cookie".to_owned());
    }
    let refused = |text: &str| text != session.cookie();
    if refused(token) {
        let revoked = world.raw_call(&Call::post("/auth/revoke").json(json!({ "token": token }))).await;
        is(&revoked, 200, None).map_err(|it| format!("revoking: {it}"))?;
    }
    let log_out = world.raw_call(&Call { target: "/auth/logout".to_owned(), ..call.clone() }).await;
    // Of a cookie of a session that has none, only the cookie is taken away.
    if !matches!(log_out.status, 204 | 400 | 401 | 403) {
        return Err(format!("logging out: {}", log_out.status));
    }
    let good = world.raw_call(&Call::post("/auth/refresh").cookie(session.cookie())).await;
    is(&good, 200, None).map_err(|it| format!("the good cookie afterwards: {it}"))?;
    let next = good.cookie().ok_or("no cookie was set")?;
    canary::note(&next);
    session.refresh = Some(next);
    Ok(())
}
