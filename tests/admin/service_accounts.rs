//! `/admin/service-accounts`: users that cannot log in, and the keys that admins make for them.

use crate::support::{Call, Person, Tenant, World, fixtures::audited};
use auth::audit::{Action, AuditEvent};
use serde_json::{Value, json};
use time::Duration;

fn path(account: &Person) -> String {
    format!("/admin/service-accounts/{}", account.user.id)
}

async fn events(world: &World, tenant: &Tenant, action: Action) -> Vec<AuditEvent> {
    let events = audited(&world.store, tenant.id, world.now()).await;
    events.into_iter().filter(|it| it.action == action).collect()
}

async fn made(world: &World, admin: &str, name: &str) -> Value {
    let call = Call::post("/admin/service-accounts").bearer(admin).json(json!({"name": name}));
    world.call(call).await.expect(201).json()
}

#[tokio::test]
async fn an_admin_makes_an_account_and_its_key_which_calls_with_the_account_s_role() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    world.space(&tenant, "north").await;
    let admin = world.session(&tenant.admin).await.token;
    let account = made(&world, &admin, "Nightly build").await;
    assert_eq!((&account["kind"], &account["org_role"]), (&json!("service_account"), &json!("member")));
    let id = account["id"].as_str().unwrap();
    assert!(account["email"].as_str().unwrap().ends_with("@service-accounts.invalid"));

    let member = Call::put(format!("/spaces/north/members/{id}")).bearer(&admin);
    world.call(member.json(json!({"role": "editor"}))).await.expect(200);
    let keys = format!("/admin/service-accounts/{id}/api-keys");
    let body = json!({"name": "CI", "spaces": ["north"]});
    let key = world.call(Call::post(&keys).bearer(&admin).json(body)).await.expect(201).json();
    let text = key["key"].as_str().unwrap();
    let me = world.call(Call::get("/users/me").bearer(text)).await.expect(200).json();
    assert_eq!((&me["id"], &me["kind"]), (&account["id"], &json!("service_account")));
    let products = Call::post("/catalog/spaces/north/products").bearer(text);
    world.call(products.json(json!({"name": "Orders"}))).await.expect(201);

    let listed = world.call(Call::get(&keys).bearer(&admin)).await.expect(200).json();
    assert_eq!(listed["api_keys"][0]["id"], key["id"]);
    assert!(!listed.to_string().contains(text));
    let told = events(&world, &tenant, Action::ApiKeyCreated).await;
    assert_eq!((told.len(), told[0].details["user"].as_str()), (1, id));
    assert_eq!(told[0].actor.to_string(), tenant.admin.user.id.to_string());
    let told = events(&world, &tenant, Action::ServiceAccountCreated).await;
    assert_eq!((told.len(), told[0].target.as_str()), (1, id));
}

#[tokio::test]
async fn an_account_s_key_is_renamed_rotated_and_revoked_by_admins() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let account = world.service_account(&tenant).await;
    let admin = world.session(&tenant.admin).await.token;
    let keys = format!("{}/api-keys", path(&account));
    let key = world.call(Call::post(&keys).bearer(&admin).json(json!({"name": "CI"}))).await.expect(201);
    let (id, first) = (key.text("id"), key.text("key"));
    let one = format!("{keys}/{id}");
    let renamed = Call::patch(&one).bearer(&admin).json(json!({"name": "CD"}));
    assert_eq!(world.call(renamed).await.expect(200).json()["name"], "CD");
    let rotated = world.call(Call::post(format!("{one}/rotate")).bearer(&admin)).await.expect(201);
    assert_eq!(rotated.text("id"), id);
    world.call(Call::get("/users/me").bearer(&first)).await.is_unauthorized();
    let second = rotated.text("key");
    world.call(Call::get("/users/me").bearer(&second)).await.expect(200);
    world.call(Call::delete(&one).bearer(&admin)).await.expect(204);
    world.call(Call::delete(&one).bearer(&admin)).await.expect(204);
    world.call(Call::get("/users/me").bearer(&second)).await.is_unauthorized();
    world.call(Call::patch(&one).bearer(&admin).json(json!({"name": "x"}))).await.is_not_found();
    for action in [Action::ApiKeyRenamed, Action::ApiKeyRotated, Action::ApiKeyRevoked] {
        let told = events(&world, &tenant, action).await;
        assert_eq!(told.len(), 1, "{action:?}");
        assert_eq!(told[0].details["user"], account.user.id.to_string());
    }
}

#[tokio::test]
async fn an_account_is_listed_changed_and_deleted_and_its_keys_end_with_it() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let mut expected = Vec::new();
    for _ in 0..5 {
        expected.push(world.service_account(&tenant).await.user.email.to_string());
    }
    expected.sort();
    let admin = world.session(&tenant.admin).await.token;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let call = Call::get(format!("/admin/service-accounts?limit=2{cursor}")).bearer(&admin);
        let page = world.call(call).await.expect(200).json();
        let accounts = page["service_accounts"].as_array().unwrap();
        seen.extend(accounts.iter().map(|it| it["email"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, expected);

    let account = world.service_account(&tenant).await;
    let key = world.key(&account).await;
    let person = world.member(&tenant).await;
    let at_person = format!("/admin/service-accounts/{}", person.user.id);
    world.call(Call::get(at_person).bearer(&admin)).await.is_not_found();
    let patch = |body: Value| Call::patch(path(&account)).bearer(&admin).json(body);
    world.call(patch(json!({"disabled": true}))).await.expect(200);
    world.call(Call::get("/users/me").bearer(&key.text)).await.is_unauthorized();
    let make = Call::post(format!("{}/api-keys", path(&account))).bearer(&admin);
    let refused = world.call(make.json(json!({"name": "CI"}))).await;
    refused.is_error(409, "The owner is disabled, or was changed at the same time");
    world.call(patch(json!({"disabled": false}))).await.expect(200);
    world.call(Call::get("/users/me").bearer(&key.text)).await.expect(200);
    world.call(Call::delete(path(&account)).bearer(&admin)).await.expect(204);
    world.call(Call::get("/users/me").bearer(&key.text)).await.is_unauthorized();
    world.call(Call::get(path(&account)).bearer(&admin)).await.is_not_found();
}

#[tokio::test]
async fn an_account_never_logs_in_and_gets_no_reset() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let account = made(&world, &admin, "Robot").await;
    let body = json!({"email": account["email"], "password": "a long enough pass phrase"});
    world.call(Call::post("/auth/login").json(body)).await.is_unauthorized();
    let reset = format!("/admin/users/{}/password-reset", account["id"].as_str().unwrap());
    world.call(Call::post(reset).bearer(&admin)).await.expect(409);
}

#[tokio::test]
async fn an_admin_s_key_makes_no_key_for_an_account_that_is_broader_than_itself() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let account = world.service_account(&tenant).await;
    let end = world.second() + Duration::days(1);
    let narrow = world.key_with(&tenant.admin, |key| key.expires_at = Some(end)).await;
    let keys = format!("{}/api-keys", path(&account));
    let make = |body: Value| Call::post(&keys).bearer(&narrow.text).json(body);
    let broader = "A key cannot make or rotate a key that is broader than itself";
    world.call(make(json!({"name": "CI"}))).await.is_error(403, broader);
    let soon = (end - Duration::HOUR).format(&time::format_description::well_known::Rfc3339).unwrap();
    world.call(make(json!({"name": "CI", "expires_at": soon}))).await.expect(201);
    let forever = world.key(&account).await;
    let rotate = Call::post(format!("{keys}/{}/rotate", forever.id)).bearer(&narrow.text);
    world.call(rotate).await.is_error(403, broader);
}

#[tokio::test]
async fn an_account_that_is_admin_rotates_no_sibling_of_its_key_by_the_admin_s_route() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let account = world.service_account(&tenant).await;
    let session = world.session(&tenant.admin).await.token;
    let promote = Call::patch(path(&account)).bearer(&session).json(json!({"org_role": "admin"}));
    world.call(promote).await.expect(200);
    let (own, sibling) = (world.key(&account).await, world.key(&account).await);
    let rotate = |id| Call::post(format!("{}/api-keys/{id}/rotate", path(&account))).bearer(&own.text);
    let foreign = "A key can rotate itself and the keys that it made";
    world.call(rotate(sibling.id)).await.is_error(403, foreign);
    world.call(rotate(own.id)).await.expect(201);
}

#[tokio::test]
async fn a_person_s_keys_are_seen_and_revoked_by_admins_with_all_that_they_made() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let key = world.key(&person).await;
    let child = Call::post("/api-keys").bearer(&key.text).json(json!({"name": "child"}));
    let child = world.call(child).await.expect(201);
    let admin = world.session(&tenant.admin).await.token;
    let keys = format!("/admin/users/{}/api-keys", person.user.id);
    let listed = world.call(Call::get(&keys).bearer(&admin)).await.expect(200).json();
    assert_eq!(listed["api_keys"].as_array().unwrap().len(), 2);
    world.call(Call::delete(format!("{keys}/{}", key.id)).bearer(&admin)).await.expect(204);
    for text in [key.text.as_str(), &child.text("key")] {
        world.call(Call::get("/users/me").bearer(text)).await.is_unauthorized();
    }
    let told = events(&world, &tenant, Action::ApiKeyRevoked).await;
    assert_eq!(told.len(), 2, "one of the key, one of what ended with it");
    let with: Vec<_> = told.iter().filter_map(|it| it.details.get("with")).collect();
    assert_eq!(with, [&key.id.to_string()]);
    let other = world.tenant().await;
    let theirs = world.session(&other.admin).await.token;
    world.call(Call::get(&keys).bearer(&theirs)).await.is_not_found();
}

#[tokio::test]
async fn a_disabled_account_s_key_gets_no_new_secret() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let account = world.service_account(&tenant).await;
    let (key, admin) = (world.key(&account).await, world.session(&tenant.admin).await.token);
    let disable = Call::patch(path(&account)).bearer(&admin).json(json!({"disabled": true}));
    world.call(disable).await.expect(200);
    let rotate = Call::post(format!("{}/api-keys/{}/rotate", path(&account), key.id)).bearer(&admin);
    world.call(rotate).await.is_error(409, "The owner is disabled");
}

#[tokio::test]
async fn a_member_that_may_be_left_out_is_not_null() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let account = world.service_account(&tenant).await;
    let admin = world.session(&tenant.admin).await.token;
    for body in [json!({"name": "CI", "org_role": null}), json!({"name": "CI", "org_role": 1})] {
        let make = Call::post("/admin/service-accounts").bearer(&admin).json(body);
        world.call(make).await.is_error(400, "org_role: is unknown, repeated or not of the expected form");
    }
    for member in ["name", "org_role", "disabled"] {
        let mut body = json!({"name": "CI", "disabled": false});
        body[member] = Value::Null;
        let change = Call::patch(path(&account)).bearer(&admin).json(body);
        let detail = format!("{member}: is unknown, repeated or not of the expected form");
        world.call(change).await.is_error(400, &detail);
    }
}
