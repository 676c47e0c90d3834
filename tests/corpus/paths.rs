//! Paths that lead somewhere else than they say, or nowhere.

use super::{Expected, Report, cases, template::Names, wrote_nothing};
use crate::support::{Answer, Call, World, canary};
use auth::access::SpaceRole;
use serde::Deserialize;

/// A request without a body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    /// Method and path, the path with names of what there is.
    call: String,
    /// `member` (a session of who is in `north` alone), `key` (that person's), `admin` (of the organization, with a
    /// session), `nobody`; `member` where it does not say.
    #[serde(default = "member")]
    by: String,
    /// Whether some gateways understand it: a method in lower case, an encoded slash as a slash. What they then answer is
    /// what the same caller is answered who spells it out.
    #[serde(default)]
    understood: bool,
}

fn member() -> String {
    "member".to_owned()
}

#[tokio::test]
async fn each_path_is_answered_as_its_line_says() {
    let world = World::new().await;
    let (tenant, elsewhere) = (world.tenant().await, world.tenant().await);
    let person = world.member_with_password(&tenant, false).await;
    let stranger = world.member(&elsewhere).await;
    let (north, south) = (world.space(&tenant, "north").await, world.space(&tenant, "south").await);
    world.space(&elsewhere, "elsewhere").await;
    world.join(&person, &north, SpaceRole::Editor).await;
    let (key, others) = (world.key(&person).await, world.key(&stranger).await);
    let (session, admin) = (world.session(&person).await, world.session(&tenant.admin).await);
    let product = world.product(&south, &tenant.admin, "southern secret").await;
    let names = Names::default()
        .with("user", person.user.id.to_string())
        .with("other user", stranger.user.id.to_string())
        .with("key", key.id.to_string())
        .with("other key", others.id.to_string())
        .with("southern product", product.id.to_string());
    let mut report = Report::default();
    for (expected, recipe) in cases::<Recipe>("paths") {
        let (method, path) = recipe.call.split_once(' ').expect("a method and a path");
        let call = Call::new(method, names.fill(path));
        let call = match &*recipe.by {
            "member" => call.bearer(&session.token),
            "key" => call.bearer(&key.text),
            "admin" => call.bearer(&admin.token),
            "nobody" => call,
            other => panic!("nobody called {other} is in this test"),
        };
        if world.is_in_process() {
            world.deployment().take();
        } else if call.target.parse::<http::Uri>().is_err() || call.method.parse::<http::Method>().is_err() {
            report.leave_out(&expected);
            continue;
        }
        let answer = world.raw_call(&call).await;
        // A deletion is refused by the condition of its write.
        let reads = expected.status >= 400 && method != "DELETE";
        let idle = if reads { wrote_nothing(&world) } else { Ok(()) };
        let spelled_out = recipe.understood && !world.is_in_process() && answer.status == 200;
        let found = if spelled_out { Ok(()) } else { found(&world, &expected, &answer, &names) };
        report.add(&expected, found.and(idle));
    }
    report.check();
}

/// Gateways differ in which of the two refuses a path that is none. What has to be answered all the same is held to its
/// line; a refusal through a running system may be any, and shows nothing.
fn found(world: &World, expected: &Expected, answer: &Answer, names: &Names) -> Result<(), String> {
    let body = String::from_utf8_lossy(&answer.body);
    if body.contains("southern secret") {
        return Err("it leads into another's space".to_owned());
    }
    if world.is_in_process() || expected.status < 400 {
        return expected.is(answer, names);
    }
    canary::is_clean("an answer", &body);
    if matches!(answer.status, 400 | 401 | 403 | 404) {
        Ok(())
    } else {
        Err(format!("answered {}", answer.status))
    }
}
