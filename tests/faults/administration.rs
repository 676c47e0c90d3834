//! The requests of administrators.

use super::Scene;
use crate::support::Call;
use auth::access::SpaceRole;
use serde_json::json;
use store::MoveKey;

/// A request of the organization's admin on things made for it, and its status when nothing fails.
pub(super) async fn request(scene: &Scene, name: &str, admin: &str) -> (Call, u16) {
    let Scene { world, tenant, north, .. } = scene;
    let draw = || format!("{:x}", world.draw());
    let (call, status) = match name {
        "list spaces" => (Call::get("/admin/spaces"), 200),
        "create space" => {
            let body = json!({"slug": format!("s{}", draw()), "name": "New"});
            (Call::post("/admin/spaces").json(body), 201)
        }
        "read space" | "rename space" | "delete space" => {
            let slug = format!("s{}", draw());
            let space = world.space(tenant, &slug).await;
            world.join(&world.member(tenant).await, &space, SpaceRole::Viewer).await;
            let path = format!("/admin/spaces/{slug}");
            match name {
                "read space" => (Call::get(path), 200),
                "rename space" => (Call::patch(path).json(json!({"name": "New"})), 200),
                _ => (Call::delete(path), 204),
            }
        }
        "list members" => (Call::get("/spaces/north/members"), 200),
        "put member" | "remove member" => {
            let member = world.member(tenant).await;
            world.join(&member, north, SpaceRole::Viewer).await;
            let path = format!("/spaces/north/members/{}", member.user.id);
            match name {
                "put member" => (Call::put(path).json(json!({"role": "editor"})), 200),
                _ => (Call::delete(path), 204),
            }
        }
        "read audit" => (Call::get("/admin/audit"), 200),
        "export audit" => (Call::get("/admin/audit/export"), 200),
        "key usage" => {
            let key = world.key(&tenant.admin).await;
            (Call::get(format!("/api-keys/{}/usage", key.id)), 200)
        }
        "organization usage" => (Call::get("/admin/usage"), 200),
        "organization keys" => {
            world.key(&tenant.admin).await;
            (Call::get("/admin/api-keys"), 200)
        }
        "create user" => {
            let body = json!({"email": format!("{}@example.test", draw()), "name": "New"});
            (Call::post("/admin/users").json(body), 201)
        }
        "import users" => {
            let row =
                json!({"email": format!("{}@example.test", draw()), "name": "New", "org_role": "admin"});
            (Call::post("/admin/users/import").text("application/x-ndjson", row.to_string()), 200)
        }
        "import more users" => {
            // Two transactions and a part of a third.
            let row = |_| json!({"email": format!("{}@example.test", draw()), "name": "New"}).to_string();
            let rows: Vec<_> = (0..60).map(row).collect();
            (Call::post("/admin/users/import").text("application/x-ndjson", rows.join("\n")), 200)
        }
        "list users" => (Call::get("/admin/users"), 200),
        "disable user" => {
            let path = format!("/admin/users/{}", world.admin_with(tenant, false).await.user.id);
            (Call::patch(path).json(json!({"disabled": true})), 200)
        }
        "delete user" | "delete account" | "rename account" => {
            let (person, path) = if name == "delete user" {
                (world.admin_with(tenant, true).await, "/admin/users")
            } else {
                (world.service_account(tenant).await, "/admin/service-accounts")
            };
            let path = format!("{path}/{}", person.user.id);
            if name == "rename account" {
                return (Call::patch(path).json(json!({"name": "New"})).bearer(admin), 200);
            }
            world.join(&person, north, SpaceRole::Admin).await;
            let root = world.key(&person).await;
            world.key_with(&person, |key| key.created_by_key = Some(root.id)).await;
            world.key(&person).await;
            if name == "delete user" {
                world.session(&person).await;
                let (key, account) = (world.key(&person).await, world.service_account(tenant).await);
                let key = world.store.key(person.user.id, key.id).await.unwrap().unwrap();
                let moved = world.store.move_keys(&[key], &person.user, &account.user).await;
                assert_eq!(moved, Ok(MoveKey::Done));
            }
            (Call::delete(path), 204)
        }
        "end session of user" | "revoke key of user" => {
            let person = world.member(tenant).await;
            let path = format!("/admin/users/{}", person.user.id);
            if name == "end session of user" {
                (Call::delete(format!("{path}/sessions/{}", world.session(&person).await.id)), 204)
            } else {
                let root = world.key(&person).await;
                world.key_with(&person, |key| key.created_by_key = Some(root.id)).await;
                (Call::delete(format!("{path}/api-keys/{}", root.id)), 204)
            }
        }
        "demote user" | "sign out user" | "offboarding" => {
            let path = format!("/admin/users/{}", world.admin_with(tenant, false).await.user.id);
            match name {
                "demote user" => (Call::patch(path).json(json!({"org_role": "member"})), 200),
                "sign out user" => {
                    (Call::post(format!("{path}/sign-out")).json(json!({"api_keys": true})), 204)
                }
                _ => (Call::get(format!("{path}/offboarding")), 200),
            }
        }
        "create account" => (Call::post("/admin/service-accounts").json(json!({"name": "New"})), 201),
        "create key of account"
        | "rename key of account"
        | "rotate key of account"
        | "revoke key of account" => {
            let account = world.service_account(tenant).await;
            let path = format!("/admin/service-accounts/{}/api-keys", account.user.id);
            match name {
                "create key of account" => (Call::post(path).json(json!({"name": "x"})), 201),
                _ => {
                    let path = format!("{path}/{}", world.key(&account).await.id);
                    match name {
                        "rename key of account" => (Call::patch(path).json(json!({"name": "New"})), 200),
                        "rotate key of account" => (Call::post(format!("{path}/rotate")), 201),
                        _ => (Call::delete(path), 204),
                    }
                }
            }
        }
        "move key" => {
            let (person, account) = (world.member(tenant).await, world.service_account(tenant).await);
            let path = format!("/admin/users/{}/api-keys/{}", person.user.id, world.key(&person).await.id);
            let body = json!({"to": account.user.id});
            (Call::post(format!("{path}/move")).json(body), 200)
        }
        other => panic!("no case {other}"),
    };
    (call.bearer(admin), status)
}
