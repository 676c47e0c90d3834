//! Headers that carry a good credential in a way that is none.

use super::{Report, cases, is, template::Names};
use crate::support::{Call, World};
use serde::Deserialize;

/// The headers of the request, each a name and a value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    headers: Vec<(String, String)>,
    /// What follows the path.
    #[serde(default)]
    query: String,
}

#[tokio::test]
async fn each_header_is_answered_as_its_line_says() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    let mut names = Names::default();
    for (name, value) in [("token", &session.token), ("key", &key.text)] {
        names.set(name, value);
    }
    names.set("cookie", session.cookie());
    let mut report = Report::default();
    for (expected, recipe) in cases::<Recipe>("authorization") {
        let headers = recipe.headers.iter().map(|(name, value)| (name.clone(), names.fill(value)));
        let mut call = Call::get(format!("/users/me{}", names.fill(&recipe.query)));
        call.headers = headers.collect();
        let several =
            call.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization")).count() > 1;
        // What the local cloud makes of two lines is its own.
        if !world.is_in_process()
            && (several || !call.headers.iter().all(|(_, value)| super::can_be_sent(value)))
        {
            report.leave_out(&expected);
            continue;
        }
        let me = expected.is(&world.raw_call(&call).await, &names);
        if expected.status == 200 {
            report.add(&expected, me);
            continue;
        }
        // Public at the gateway, the function reads the header itself: nothing ends.
        let readable = call.headers.iter().all(|(_, value)| http::HeaderValue::from_str(value).is_ok());
        let log_out =
            Call { method: "POST".to_owned(), target: format!("/auth/logout{}", recipe.query), ..call };
        let log_out = world.raw_call(&log_out).await;
        let log_out = match log_out.status {
            400 if !readable => is(&log_out, 400, Some("Request cannot be read")),
            _ => is(&log_out, 401, None),
        };
        let good = world.raw_call(&Call::get("/users/me").bearer(&session.token)).await;
        report.add(
            &expected,
            me.and(log_out.map_err(|it| format!("logging out: {it}")))
                .and(is(&good, 200, None).map_err(|it| format!("the good token afterwards: {it}"))),
        );
    }
    report.check();
}
