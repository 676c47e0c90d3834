//! Every protected operation for every principal and credential, held against `matrix.txt`.

use crate::support::{
    Call, Person, Tenant, World, credentials::only, document::DOCUMENT, fixtures::new_password, in_process,
};
use auth::{
    access::SpaceRole,
    ids::SessionId,
    records::{Space, UserKind},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::LazyLock};
use time::Duration;

const PRINCIPALS: [&str; 8] = [
    "space admin",
    "space editor",
    "space viewer",
    "non-member",
    "organization admin",
    "other organization",
    "disabled user",
    "service account",
];
const CREDENTIALS: [&str; 11] =
    ["none", "session", "key", "reader", "north", "south", "oldkey", "revoked", "oldses", "ended", "first"];

/// The table.
static BLOCKS: LazyLock<Vec<Block>> = LazyLock::new(|| parse(include_str!("matrix.txt")));

/// One operation with one kind of target.
struct Block {
    operation: String,
    itself: bool,
    rows: Vec<Row>,
}

/// One principal; a status for each credential, `None` where the cell cannot be.
struct Row {
    principal: &'static str,
    statuses: Vec<Option<u16>>,
}

fn parse(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("matrix.txt, line {}", number + 1);
        if line.starts_with('#') {
            continue;
        }
        if let Some(row) = line.strip_prefix("  ").filter(|it| !it.starts_with(' ')) {
            let principal = PRINCIPALS.into_iter().find(|name| row.starts_with(name));
            let principal = principal.unwrap_or_else(|| panic!("{place}: no such principal"));
            let cells = row[principal.len()..].split_whitespace();
            let statuses: Vec<_> = cells
                .map(|cell| (cell != "-").then(|| cell.parse().unwrap_or_else(|_| panic!("{place}: {cell}"))))
                .collect();
            assert_eq!(statuses.len(), CREDENTIALS.len(), "{place}: a status for each credential");
            let block = blocks.last_mut().unwrap_or_else(|| panic!("{place}: no operation"));
            block.rows.push(Row { principal, statuses });
            continue;
        }
        let mut words: Vec<_> = line.split_whitespace().collect();
        // The names of the columns stand behind the operation, or on the line below it.
        if words.len() >= CREDENTIALS.len() {
            let names = words.split_off(words.len() - CREDENTIALS.len());
            assert_eq!(names, CREDENTIALS, "{place}: the columns");
        }
        match *words {
            [] => {}
            [method, path] => {
                blocks.push(Block { operation: format!("{method} {path}"), itself: false, rows: vec![] });
            }
            [method, path, "itself"] => {
                blocks.push(Block { operation: format!("{method} {path}"), itself: true, rows: vec![] });
            }
            _ => panic!("{place}: neither an operation nor a principal"),
        }
    }
    for block in &blocks {
        let principals: Vec<_> = block.rows.iter().map(|row| row.principal).collect();
        assert_eq!(principals, PRINCIPALS, "matrix.txt: {}: a row for each principal", block.operation);
    }
    blocks
}

/// The tenants of a table's test, and the spaces.
struct Scene {
    world: World,
    tenant: Tenant,
    other: Tenant,
    north: Space,
    south: Space,
}

impl Scene {
    async fn new(world: World) -> Self {
        let (tenant, other) = (world.tenant().await, world.tenant().await);
        let (north, south) = (world.space(&tenant, "north").await, world.space(&tenant, "south").await);
        Self { world, tenant, other, north, south }
    }

    /// A new user of this kind. It is disabled once it has its credential.
    async fn principal(&self, name: &str, with_password: bool) -> Person {
        let Self { world, tenant, other, north, .. } = self;
        let (tenant, role) = match name {
            "space admin" => (tenant, Some(SpaceRole::Admin)),
            "space editor" | "disabled user" => (tenant, Some(SpaceRole::Editor)),
            "space viewer" => (tenant, Some(SpaceRole::Viewer)),
            "non-member" => (tenant, None),
            "organization admin" => return world.admin_with(tenant, with_password).await,
            "other organization" => return world.admin_with(other, with_password).await,
            "service account" => {
                let service = world.service_account(tenant).await;
                world.join(&service, north, SpaceRole::Editor).await;
                return service;
            }
            _ => panic!("{name}"),
        };
        let person = if with_password {
            world.member_with_password(tenant, false).await
        } else {
            world.member(tenant).await
        };
        if let Some(role) = role {
            world.join(&person, north, role).await;
        }
        person
    }

    /// A new credential of this kind: its text, and the id of the key that it is.
    async fn credential(&self, name: &str, person: &Person) -> (Option<String>, Option<String>) {
        let world = &self.world;
        let over = world.second() - Duration::seconds(1);
        let key = match name {
            "none" => return (None, None),
            "session" => return (Some(world.session(person).await.token), None),
            "first" => return (Some(world.first_session(person).await.token), None),
            "oldses" | "ended" => {
                let session = world.session(person).await;
                if name == "ended" {
                    world.end_session(person, &session).await;
                } else {
                    world.expire_session(person, &session).await;
                }
                return (Some(session.token), None);
            }
            "key" | "revoked" => world.key(person).await,
            "reader" => world.key_with(person, |key| key.read_only = true).await,
            "north" => world.key_with(person, |key| key.spaces = only(&[&self.north])).await,
            "south" => world.key_with(person, |key| key.spaces = only(&[&self.south])).await,
            "oldkey" => world.key_with(person, |key| key.expires_at = Some(over)).await,
            _ => panic!("{name}"),
        };
        if name == "revoked" {
            let revoked = world.store.revoke_key(person.user.id, key.id, world.now()).await;
            assert_eq!(revoked.unwrap(), store::Revoke::Done);
        }
        (Some(key.text), Some(key.id.to_string()))
    }

    /// The path of an operation on what is made for it.
    async fn path(&self, template: &str, person: &Person, itself: Option<String>) -> String {
        let world = &self.world;
        let mut path = template.to_owned();
        let owner = if template.starts_with("/admin/users/{id}") {
            Some(world.member_with_password(&self.tenant, false).await)
        } else if template.starts_with("/admin/service-accounts/{id}") {
            Some(world.service_account(&self.tenant).await)
        } else {
            None
        };
        if let Some(owner) = &owner {
            path = path.replace("{id}", &owner.user.id.to_string());
            if path.contains("{key}") {
                path = path.replace("{key}", &world.key(owner).await.id.to_string());
            }
            if path.contains("{session}") {
                path = path.replace("{session}", &world.session(owner).await.id.to_string());
            }
        } else if path.contains("{id}") {
            let id = match itself {
                Some(id) => id,
                None => self.target(template, person).await,
            };
            path = path.replace("{id}", &id);
        }
        if template.starts_with("/admin/spaces/") {
            let slug = format!("s{:x}", world.draw());
            world.space(&self.tenant, &slug).await;
            path = path.replace("{space}", &slug);
        }
        if path.contains("{user}") {
            let member = world.member(&self.tenant).await;
            world.join(&member, &self.north, SpaceRole::Viewer).await;
            path = path.replace("{user}", &member.user.id.to_string());
        }
        if path.contains("{product}") {
            let product = world.product(&self.north, person, "Lamp").await;
            path = path.replace("{product}", &product.id.to_string());
        }
        path.replace("{space}", "north")
    }

    /// What an operation of administration is sent.
    async fn administration(&self, operation: &str) -> Option<Value> {
        Some(match operation {
            "POST /admin/users" => {
                json!({"email": format!("{:x}@example.test", self.world.draw()), "name": "New"})
            }
            "POST /admin/spaces" => json!({"slug": format!("s{:x}", self.world.draw()), "name": "New"}),
            "POST /admin/users/{id}/api-keys/{key}/move" => {
                json!({"to": self.world.service_account(&self.tenant).await.user.id.to_string()})
            }
            "PUT /spaces/{space}/members/{user}" => json!({"role": "editor"}),
            "PATCH /admin/users/{id}"
            | "POST /admin/service-accounts"
            | "PATCH /admin/service-accounts/{id}"
            | "POST /admin/service-accounts/{id}/api-keys"
            | "PATCH /admin/service-accounts/{id}/api-keys/{key}"
            | "PATCH /admin/spaces/{space}" => json!({"name": "New"}),
            _ => return None,
        })
    }

    /// The id in the path of an operation on the caller's own that is not about its own credential.
    async fn target(&self, template: &str, person: &Person) -> String {
        if template.starts_with("/users/me/sessions/") {
            // A service account has none, and is refused before anybody looks.
            match person.user.kind {
                UserKind::Human => self.world.session(person).await.id.to_string(),
                UserKind::ServiceAccount => SessionId::from_bits(self.world.draw()).to_string(),
            }
        } else {
            self.world.key(person).await.id.to_string()
        }
    }

    /// The request of a cell.
    async fn call(
        &self,
        block: &Block,
        person: &Person,
        credential: (Option<String>, Option<String>),
    ) -> Call {
        let (text, own_id) = credential;
        let (method, template) = block.operation.split_once(' ').unwrap();
        let path = self.path(template, person, own_id.filter(|_| block.itself)).await;
        let body = match &*block.operation {
            "PATCH /users/me" | "POST /api-keys" | "PATCH /api-keys/{id}" => Some(json!({"name": "New"})),
            "POST /catalog/spaces/{space}/products" | "PUT /catalog/spaces/{space}/products/{product}" => {
                Some(json!({"name": "New"}))
            }
            "PUT /admin/policy" => Some(policy()),
            "PUT /users/me/password" => {
                let current = person.password.clone().unwrap_or_else(new_password);
                Some(json!({"current_password": current, "new_password": new_password()}))
            }
            operation => self.administration(operation).await,
        };
        let mut call = Call::new(method, path);
        if block.operation == "PUT /admin/policy" {
            let now = self.world.store.policy(person.user.organization, 0).await.unwrap().unwrap();
            call = call.header("If-Match", format!("\"{}\"", now.version));
        }
        if block.operation == "POST /admin/users/import" {
            let email = format!("{:x}@example.test", self.world.draw());
            call = call.text("application/x-ndjson", json!({"email": email, "name": "New"}).to_string());
        }
        if let Some(text) = text {
            call = call.bearer(text);
        }
        if let Some(body) = body {
            call = call.json(body);
        }
        call
    }

    /// What does not answer as the table says.
    async fn differences(&self, block: &Block) -> Vec<String> {
        let mut differences = Vec::new();
        for row in &block.rows {
            for (credential, expected) in CREDENTIALS.iter().zip(&row.statuses) {
                let Some(expected) = *expected else { continue };
                let person = self.principal(row.principal, block.operation == "PUT /users/me/password").await;
                let made = self.credential(credential, &person).await;
                let call = self.call(block, &person, made).await;
                if row.principal == "disabled user" {
                    self.world.disable(&person).await;
                }
                let answer = self.world.call(call).await;
                match answer.status {
                    401 => answer.is_unauthorized(),
                    // Of a key that is broader, the detail says so.
                    403 if !block.operation.ends_with("/rotate") => answer.is_forbidden(),
                    _ => {}
                }
                if answer.status != expected {
                    let found = answer.status;
                    differences.push(format!(
                        "{} with {credential}: {expected} expected, {found} found",
                        row.principal
                    ));
                }
            }
        }
        differences
    }
}

/// A policy that permits all that the cells are about.
fn policy() -> Value {
    json!({
        "session_seconds": 900,
        "refresh_idle_seconds": 604_800,
        "refresh_absolute_seconds": 2_592_000,
        "api_keys_allowed": true,
        "max_key_age_days": null,
        "allowed_addresses": null,
    })
}

async fn holds(operation: &str) {
    let world = in_process!("asks more than a thousand times");
    let scene = Scene::new(world).await;
    let blocks: Vec<_> = BLOCKS.iter().filter(|block| block.operation == operation).collect();
    assert!(!blocks.is_empty(), "matrix.txt has no block for {operation}");
    for block in blocks {
        let differences = scene.differences(block).await;
        assert!(differences.is_empty(), "{operation}:\n{}", differences.join("\n"));
    }
}

/// A test for each operation, so that they run at the same time.
macro_rules! operations {
    ($($test:ident: $operation:literal,)+) => {
        const OPERATIONS: &[&str] = &[$($operation),+];
        $(
            #[tokio::test]
            async fn $test() {
                holds($operation).await;
            }
        )+
    };
}

operations! {
    get_users_me: "GET /users/me",
    patch_users_me: "PATCH /users/me",
    put_users_me_password: "PUT /users/me/password",
    get_sessions: "GET /users/me/sessions",
    delete_sessions: "DELETE /users/me/sessions",
    delete_session: "DELETE /users/me/sessions/{id}",
    get_api_keys: "GET /api-keys",
    post_api_keys: "POST /api-keys",
    get_api_key: "GET /api-keys/{id}",
    patch_api_key: "PATCH /api-keys/{id}",
    delete_api_key: "DELETE /api-keys/{id}",
    rotate_api_key: "POST /api-keys/{id}/rotate",
    get_policy: "GET /admin/policy",
    put_policy: "PUT /admin/policy",
    post_password_reset: "POST /admin/users/{id}/password-reset",
    get_key_usage: "GET /api-keys/{id}/usage",
    get_users: "GET /admin/users",
    post_users: "POST /admin/users",
    post_import: "POST /admin/users/import",
    get_user: "GET /admin/users/{id}",
    patch_user: "PATCH /admin/users/{id}",
    delete_user: "DELETE /admin/users/{id}",
    post_sign_out: "POST /admin/users/{id}/sign-out",
    get_sessions_of_user: "GET /admin/users/{id}/sessions",
    delete_session_of_user: "DELETE /admin/users/{id}/sessions/{session}",
    get_keys_of_user: "GET /admin/users/{id}/api-keys",
    delete_key_of_user: "DELETE /admin/users/{id}/api-keys/{key}",
    move_key: "POST /admin/users/{id}/api-keys/{key}/move",
    get_offboarding: "GET /admin/users/{id}/offboarding",
    get_service_accounts: "GET /admin/service-accounts",
    post_service_accounts: "POST /admin/service-accounts",
    get_service_account: "GET /admin/service-accounts/{id}",
    patch_service_account: "PATCH /admin/service-accounts/{id}",
    delete_service_account: "DELETE /admin/service-accounts/{id}",
    get_keys_of_service_account: "GET /admin/service-accounts/{id}/api-keys",
    post_keys_of_service_account: "POST /admin/service-accounts/{id}/api-keys",
    patch_key_of_service_account: "PATCH /admin/service-accounts/{id}/api-keys/{key}",
    delete_key_of_service_account: "DELETE /admin/service-accounts/{id}/api-keys/{key}",
    rotate_key_of_service_account: "POST /admin/service-accounts/{id}/api-keys/{key}/rotate",
    get_spaces: "GET /admin/spaces",
    post_spaces: "POST /admin/spaces",
    get_space: "GET /admin/spaces/{space}",
    patch_space: "PATCH /admin/spaces/{space}",
    delete_space: "DELETE /admin/spaces/{space}",
    get_audit: "GET /admin/audit",
    export_audit: "GET /admin/audit/export",
    get_usage_of_key_of_user: "GET /admin/users/{id}/api-keys/{key}/usage",
    get_usage_of_key_of_service_account: "GET /admin/service-accounts/{id}/api-keys/{key}/usage",
    get_usage: "GET /admin/usage",
    get_keys_of_organization: "GET /admin/api-keys",
    get_members: "GET /spaces/{space}/members",
    put_member: "PUT /spaces/{space}/members/{user}",
    delete_member: "DELETE /spaces/{space}/members/{user}",
    get_products: "GET /catalog/spaces/{space}/products",
    post_products: "POST /catalog/spaces/{space}/products",
    get_product: "GET /catalog/spaces/{space}/products/{product}",
    put_product: "PUT /catalog/spaces/{space}/products/{product}",
    delete_product: "DELETE /catalog/spaces/{space}/products/{product}",
}

#[test]
fn every_protected_operation_of_the_document_stands_in_the_table_and_has_a_test() {
    let documented: BTreeSet<_> =
        DOCUMENT.protected().map(super::support::document::Operation::name).collect();
    let written: BTreeSet<_> = BLOCKS.iter().map(|block| block.operation.clone()).collect();
    let tested: BTreeSet<_> = OPERATIONS.iter().map(|it| (*it).to_owned()).collect();
    let missing: Vec<_> = documented.difference(&written).collect();
    assert!(missing.is_empty(), "matrix.txt says nothing about {missing:?}");
    let unknown: Vec<_> = written.difference(&documented).collect();
    assert!(unknown.is_empty(), "infra/openapi.yaml has no {unknown:?}");
    assert_eq!(tested, documented, "matrix.rs has a test for each operation");
}

#[test]
fn a_table_with_an_unknown_principal_or_a_missing_row_is_refused() {
    let columns = CREDENTIALS.join(" ");
    for text in [
        format!("GET /x {columns}\n  somebody 200"),
        format!("GET /x {columns}\n  space admin {}", ["200"; 11].join(" ")),
        format!("GET /x {columns}\n  space admin 200"),
        "GET /x none session".to_owned(),
    ] {
        assert!(std::panic::catch_unwind(|| parse(&text)).is_err(), "{text}");
    }
}
