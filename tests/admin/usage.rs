//! `GET /admin/usage`.

use crate::{
    support::{Call, World, in_process},
    usage::{batch, line},
};
use serde_json::json;

#[tokio::test]
async fn an_admin_sees_the_own_organization_s_days_by_each_group_and_no_other_one_s() {
    let world = in_process!("hands lines to the consumer of the log");
    let (tenant, other) = (world.tenant().await, world.tenant().await);
    let (session, foreign) = (world.session(&tenant.admin).await, world.session(&other.admin).await);
    let key = world.key(&tenant.admin).await;
    let now = world.deployment().now();
    let mut allowed = line(key.id.bits(), "/users/me", "192.0.2.1");
    allowed["org"] = json!(tenant.id);
    allowed["user"] = json!(tenant.admin.user.id);
    allowed["space"] = "spc_00000000009".into();
    world.count(&batch(&[(allowed.to_string(), now)])).await.unwrap();

    for (group, name) in [
        ("key", key.id.to_string()),
        ("user", tenant.admin.user.id.to_string()),
        ("space", "spc_00000000009".to_owned()),
        ("route", "GET /users/me".to_owned()),
    ] {
        let call = || Call::get(format!("/admin/usage?group_by={group}"));
        let answer = world.call(call().bearer(&session.token)).await.expect(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        let mut row = json!({
            "date": "2030-04-09", "allowed": 1, "forbidden": 0, "unauthorized": 0, "faults": 0,
            "distinct_addresses": 1,
        });
        row[group] = json!(name);
        assert_eq!(answer.json(), json!({"usage": [row], "next_cursor": null}));
        let nothing = world.call(call().bearer(&foreign.token)).await.expect(200);
        assert_eq!(nothing.json(), json!({"usage": [], "next_cursor": null}));
    }
    let before = Call::get("/admin/usage?from=2030-04-01&to=2030-04-08").bearer(&session.token);
    assert_eq!(world.call(before).await.expect(200).json()["usage"], json!([]));
}

#[tokio::test]
async fn pages_lead_through_the_days_once() {
    let world = in_process!("hands lines to the consumer of the log");
    let tenant = world.tenant().await;
    let session = world.session(&tenant.admin).await;
    let now = world.deployment().now();
    let lines: Vec<_> = (0..7)
        .map(|it| {
            let mut line = line(it, "/users/me", "192.0.2.1");
            line["org"] = json!(tenant.id);
            (line.to_string(), now)
        })
        .collect();
    world.count(&batch(&lines)).await.unwrap();
    let (mut seen, mut query) = (Vec::new(), String::new());
    loop {
        let call = Call::get(format!("/admin/usage?group_by=key&limit=3{query}")).bearer(&session.token);
        let page = world.call(call).await.expect(200).json();
        seen.extend(
            page["usage"].as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("&cursor={cursor}"),
            None => break,
        }
    }
    seen.sort();
    assert_eq!(seen, (0..7).map(|it| auth::ids::KeyId::from_bits(it).to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_question_out_of_bounds_is_refused_by_its_field() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let session = world.session(&tenant.admin).await;
    for (query, detail) in [
        ("group_by=organization", "group_by: must be key, user, space or route"),
        ("from=2026-1-1", "from: must be a day such as 2026-01-31"),
        ("to=2026-02-30", "to: must be a day such as 2026-01-31"),
        ("from=2026-02-02&to=2026-02-01", "from: must not be after to"),
        ("from=2026-01-01&to=2026-04-03", "from: must be at most 92 days, of which to is the last"),
        ("limit=0", "limit: must be a number from 1 to 100"),
        ("cursor=x", "cursor: must be the next_cursor of the page before"),
    ] {
        let call = Call::get(format!("/admin/usage?{query}")).bearer(&session.token);
        world.call(call).await.is_error(422, detail);
    }
    let longest = Call::get("/admin/usage?from=2026-01-01&to=2026-04-02").bearer(&session.token);
    world.call(longest).await.expect(200);
}
