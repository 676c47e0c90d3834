//! The requests of administrators.

use super::Scene;
use crate::support::Call;
use auth::access::SpaceRole;
use serde_json::json;

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
        other => panic!("no case {other}"),
    };
    (call.bearer(admin), status)
}
