//! `/admin/audit`: who changed what.

use crate::support::{Answer, Call, Tenant, World, in_process};
use serde_json::{Value, json};
use time::Duration;

/// A tenant whose admin has made spaces of these names.
async fn with_spaces(names: &[&str]) -> (World, Tenant, String) {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let token = world.session(&tenant.admin).await.token;
    for name in names {
        let body = json!({"slug": name, "name": name});
        world.call(Call::post("/admin/spaces").bearer(&token).json(body)).await.expect(201);
        tick(&world);
    }
    (world, tenant, token)
}

/// Events of one moment have no order that anybody promises.
fn tick(world: &World) {
    if world.is_in_process() {
        world.pass(Duration::seconds(1));
    }
}

async fn events(world: &World, token: &str, query: &str) -> Vec<Value> {
    let call = Call::get(format!("/admin/audit?action=space.&{query}")).bearer(token);
    world.call(call).await.expect(200).json()["events"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_event_says_who_did_what_to_what_with_which_credential_from_where() {
    let (world, tenant, token) = with_spaces(&[]).await;
    let key = world.key(&tenant.admin).await;
    let body = json!({"slug": "sales", "name": "Sales"});
    let create = Call::post("/admin/spaces").bearer(&key.text).json(body);
    let space = world.call(create).await.expect(201).json();
    tick(&world);
    let rename = Call::patch("/admin/spaces/sales").bearer(&token).json(json!({"name": "<b>Söhne أبناء"}));
    world.call(rename).await.expect(200);
    let found = events(&world, &token, "").await;
    let [renamed, created] = &found[..] else { panic!("{found:?}") };
    assert_eq!(created["action"], "space.created");
    assert_eq!(created["actor"], json!(tenant.admin.user.id.to_string()));
    assert_eq!(created["credential"], json!(key.id.to_string()));
    assert_eq!(created["target"], space["id"]);
    assert_eq!(created["details"], json!({"slug": "sales", "name": "Sales"}));
    assert!(!created["source_address"].as_str().unwrap().is_empty());
    assert_eq!(renamed["action"], "space.updated");
    assert_eq!(renamed["details"], json!({"name.before": "Sales", "name.after": "<b>Söhne أبناء"}));
    assert!(renamed["id"].as_str() > created["id"].as_str());
}

#[tokio::test]
async fn events_are_asked_for_by_time_actor_action_and_target() {
    let (world, tenant, token) = with_spaces(&["a", "b", "c"]).await;
    let all = events(&world, &token, "").await;
    let slugs: Vec<_> = all.iter().map(|it| it["details"]["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs, ["c", "b", "a"], "the newest first");
    let me = tenant.admin.user.id;
    for (query, count) in [
        (format!("actor={me}"), 3),
        ("actor=system".to_owned(), 0),
        (format!("target={}", all[1]["target"].as_str().unwrap()), 1),
        ("from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z".to_owned(), 0),
        ("from=2020-01-01T00:00:00Z".to_owned(), 3),
        ("from=2020-01-01T00:00:00%2B02:00".to_owned(), 3),
    ] {
        assert_eq!(events(&world, &token, &query).await.len(), count, "{query}");
    }
    for query in [
        "actor=somebody",
        "actor=",
        "action=api_key",
        "action=.",
        "target=",
        "from=yesterday",
        "to=9999-12-31T23:59:59-01:00",
        "from=0000-01-01T00:00:00%2B00:01",
        "from=2026-01-01",
        "from=2020-01-01T00:00:00Z&to=2020-01-01T00:00:00Z",
        "limit=0",
        "limit=101",
        "cursor=QUJD",
        "cursor=!",
        "to=2020-01-01T00:00:00Z&to=2020-01-01T00:00:00Z",
    ] {
        for path in ["/admin/audit", "/admin/audit/export"] {
            let query = if query == "limit=101" && path.ends_with("export") { "limit=1001" } else { query };
            world.call(Call::get(format!("{path}?{query}")).bearer(&token)).await.expect(422);
        }
    }
}

#[tokio::test]
async fn the_log_comes_in_pages_and_new_events_disturb_none() {
    let (world, _, token) = with_spaces(&["a", "b", "c", "d", "e"]).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let call = Call::get(format!("/admin/audit?action=space.created&limit=2{cursor}")).bearer(&token);
        let page = world.call(call).await.expect(200).json();
        seen.extend(page["events"].as_array().unwrap().iter().map(|it| it["details"]["slug"].clone()));
        tick(&world);
        let body = json!({"slug": format!("n{}", seen.len()), "name": "new"});
        world.call(Call::post("/admin/spaces").bearer(&token).json(body)).await.expect(201);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["e", "d", "c", "b", "a"]);
}

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let text = std::str::from_utf8(&answer.body).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn an_export_is_the_list_line_by_line() {
    let (world, _, token) = with_spaces(&["a", "b", "c"]).await;
    let list = events(&world, &token, "").await;
    let export = Call::get("/admin/audit/export?action=space.").bearer(&token);
    let answer = world.call(export).await.expect(200);
    assert_eq!(lines(&answer), list);
    assert!(!answer.headers.contains_key("link"));
    let none = Call::get("/admin/audit/export?target=nothing").bearer(&token);
    assert_eq!(lines(&world.call(none).await.expect(200)), [] as [Value; 0]);
}

#[tokio::test]
async fn a_long_export_leads_from_part_to_part_with_the_same_query() {
    let world = in_process!("writes two thousand events");
    let tenant = world.tenant().await;
    let token = world.session(&tenant.admin).await.token;
    let mut rng: rand::rngs::StdRng = rand::make_rng();
    for number in 0..2100 {
        let action = if number % 2 == 0 {
            auth::audit::Action::SpaceCreated
        } else {
            auth::audit::Action::SessionCreated
        };
        let at = world.now() - Duration::hours(number);
        let actor = auth::audit::Actor::System;
        let event = auth::audit::AuditEvent::new(tenant.id, actor, None, action, "x", "", at, &mut rng);
        world.store.audit(&event).await.unwrap();
    }
    let mut path = "/admin/audit/export?action=space.created".to_owned();
    let (mut found, mut parts) = (Vec::new(), 0);
    loop {
        let answer = world.raw_call(&Call::get(&path).bearer(&token)).await.expect(200);
        found.extend(lines(&answer));
        parts += 1;
        let Some(link) = answer.headers.get("link") else { break };
        let query =
            link.to_str().unwrap().strip_prefix("<?").unwrap().strip_suffix(">; rel=\"next\"").unwrap();
        path = format!("/admin/audit/export?{query}");
        assert!(path.contains("action=space.created"), "{path}");
    }
    assert_eq!((found.len(), parts), (1050, 2));
    let mut ids: Vec<_> = found.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted_by(|one, two| one > two), "the newest first, none twice");
    ids.dedup();
    assert_eq!(ids.len(), 1050);
}

#[tokio::test]
async fn another_organization_s_log_is_another_one() {
    let (world, tenant, _) = with_spaces(&["a"]).await;
    let other = world.tenant().await;
    let theirs = world.session(&other.admin).await.token;
    assert_eq!(events(&world, &theirs, "").await, [] as [Value; 0]);
    let by = tenant.admin.user.id;
    assert_eq!(events(&world, &theirs, &format!("actor={by}")).await, [] as [Value; 0]);
}

/// Lambda takes no answer of more than 6 MB, in which a body is a text in JSON.
#[tokio::test]
async fn an_export_of_long_events_comes_in_parts_that_lambda_takes() {
    let world = in_process!("writes eight hundred long events");
    let tenant = world.tenant().await;
    let token = world.session(&tenant.admin).await.token;
    let mut rng: rand::rngs::StdRng = rand::make_rng();
    let long = "\"\\".repeat(1000);
    for number in 0..800 {
        let at = world.now() - Duration::minutes(number);
        let action = auth::audit::Action::ProductUpdated;
        let actor = auth::audit::Actor::System;
        let event = auth::audit::AuditEvent::new(tenant.id, actor, None, action, "x", "", at, &mut rng);
        let event = event.with("description.before", &long).with("description.after", &long);
        world.store.audit(&event).await.unwrap();
    }
    let mut path = "/admin/audit/export?action=product.".to_owned();
    let mut found = Vec::new();
    loop {
        let answer = world.raw_call(&Call::get(&path).bearer(&token)).await.expect(200);
        let body = serde_json::to_string(std::str::from_utf8(&answer.body).unwrap()).unwrap();
        assert!(body.len() < 6_000_000, "{}", body.len());
        let some = lines(&answer);
        assert!(!some.is_empty());
        found.extend(some);
        let Some(link) = answer.headers.get("link") else { break };
        let query = link.to_str().unwrap().strip_prefix("<?").unwrap();
        path = format!("/admin/audit/export?{}", query.strip_suffix(">; rel=\"next\"").unwrap());
    }
    let ids: Vec<_> = found.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 800);
    assert!(ids.is_sorted_by(|one, two| one > two), "none twice");
}

#[tokio::test]
async fn a_question_that_goes_back_to_the_beginning_of_time_ends_where_the_organization_began() {
    let (world, _, token) = with_spaces(&["a"]).await;
    let call = Call::get("/admin/audit?action=space.&from=1970-01-01T00:00:00Z").bearer(&token);
    let page = world.call(call).await.expect(200).json();
    assert_eq!((page["events"].as_array().unwrap().len(), &page["next_cursor"]), (1, &json!(null)));
}
