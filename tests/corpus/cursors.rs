//! Cursors that no page before has handed out, or that another list, user or organization has.

use super::{Report, cases, template::Names};
use crate::support::{Call, Tenant, World};
use auth::access::SpaceRole;
use serde::Deserialize;

/// A list, and the cursor that is sent to it as it stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    /// One of [`LISTS`].
    list: String,
    /// Of `{<list>}`, a cursor of that list, and `{other <list>}`, the same of another organization.
    cursor: String,
    /// What follows it in the query.
    #[serde(default)]
    more: String,
}

/// The lists that a cursor leads through, by a word for each.
const LISTS: [(&str, &str); 9] = [
    ("api-keys", "/api-keys"),
    ("users", "/admin/users"),
    ("accounts", "/admin/service-accounts"),
    ("all keys", "/admin/api-keys"),
    ("spaces", "/admin/spaces"),
    ("members", "/spaces/north/members"),
    ("products", "/catalog/spaces/north/products"),
    ("sessions", "/users/me/sessions"),
    ("audit", "/admin/audit"),
];

/// An organization with at least two entries in each list; its admin's token, and what no other one may be shown.
struct Full {
    token: String,
    ids: Vec<String>,
}

async fn full(world: &World) -> (Tenant, Full) {
    let tenant = world.tenant().await;
    let north = world.space(&tenant, "north").await;
    world.space(&tenant, "south").await;
    let mut ids = vec![tenant.id.to_string(), tenant.admin.user.id.to_string(), north.id.to_string()];
    for _ in 0..2 {
        let person = world.member(&tenant).await;
        let account = world.service_account(&tenant).await;
        world.join(&person, &north, SpaceRole::Viewer).await;
        ids.extend([person.user.id.to_string(), account.user.id.to_string()]);
        ids.push(world.key(&tenant.admin).await.id.to_string());
        ids.push(world.product(&north, &person, "a product").await.id.to_string());
        let session = world.session(&tenant.admin).await;
        ids.push(session.id.to_string());
        // On record, as what a test puts into the table is not.
        let rename = Call::patch("/users/me").json(serde_json::json!({"name": format!("Ada {}", ids.len())}));
        world.call(rename.bearer(&session.token)).await.expect(200);
    }
    let token = world.session(&tenant.admin).await.token;
    (tenant, Full { token, ids })
}

#[tokio::test]
async fn each_cursor_is_answered_as_its_line_says() {
    let world = World::new().await;
    let ((_, own), (_, other)) = (full(&world).await, full(&world).await);
    let mut names = Names::default();
    for (of, organization) in [("", &own), ("other ", &other)] {
        for (list, path) in LISTS {
            let page = world.call(Call::get(format!("{path}?limit=1")).bearer(&organization.token)).await;
            names.set(&format!("{of}{list}"), page.expect(200).text("next_cursor"));
        }
    }
    let mut report = Report::default();
    for (expected, recipe) in cases::<Recipe>("cursors") {
        let (_, path) = LISTS.iter().find(|(list, _)| *list == recipe.list).expect("a list");
        let target = format!("{path}?cursor={}{}", names.fill(&recipe.cursor), names.fill(&recipe.more));
        let answer = world.raw_call(&Call::get(target).bearer(&own.token)).await;
        // Whatever it leads to, it is nothing of another organization.
        let body = String::from_utf8_lossy(&answer.body);
        let foreign = other.ids.iter().find(|id| body.contains(id.as_str()));
        let outcome = expected.is(&answer, &names);
        report.add(
            &expected,
            foreign.map_or(outcome, |id| Err(format!("it shows {id} of another organization"))),
        );
    }
    report.check();
}
