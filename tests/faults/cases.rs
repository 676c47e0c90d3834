//! One request of each kind, on things made for it.

use super::{Scene, administration};
use crate::support::{
    Call, Person, World, call::Call as Request, canary, credentials::only, fixtures::new_password,
};
use serde_json::json;
use time::Duration;

/// A request on things made for it, and its status when nothing fails.
pub(super) struct Case {
    pub(super) call: Request,
    pub(super) status: u16,
}

pub(super) async fn case(scene: &Scene, name: &str) -> Case {
    let Scene { world, north, .. } = scene;
    // What the functions keep from the request before is now too old: this one reads everything anew.
    world.pass(Duration::seconds(61));
    // What a failure leaves counted on a password must not delay the next case.
    let person = if name.ends_with("password") || name == "login" {
        world.member_with_password(&scene.tenant, false).await
    } else {
        scene.editor.clone()
    };
    let opened = world.session(&person).await;
    let session = &opened.token;
    let admin = world.session(&scene.tenant.admin).await.token;
    let elsewhere = format!("2001:db8:{:x}::1", world.draw() & 0xffff);
    let get = |path: &str| Call::get(path).bearer(session);
    let password = person.password.clone().unwrap();
    let change = |token: &str| {
        let body = json!({"current_password": password, "new_password": new_password()});
        Call::put("/users/me/password").bearer(token).json(body)
    };
    let revoke = |token: &str| Call::post("/auth/revoke").json(json!({"token": token}));
    let (call, status) = match name {
        "login" => {
            let body = json!({"email": person.user.email.as_str(), "password": password});
            (Call::post("/auth/login").json(body).from(elsewhere), 200)
        }
        "refresh" => (Call::post("/auth/refresh").cookie(opened.cookie()), 200),
        "logout" => (Call::post("/auth/logout").bearer(session), 204),
        "logout by cookie" => (Call::post("/auth/logout").cookie(opened.cookie()), 204),
        "revoke found session" => (revoke(session), 200),
        "revoke found refresh token" => (revoke(opened.cookie()), 200),
        "revoke found key" => {
            let root = world.key(&person).await;
            world.key_with(&person, |key| key.created_by_key = Some(root.id)).await;
            (revoke(&root.text), 200)
        }
        "revoke found old secret" => {
            let key = world.key(&person).await;
            let path = format!("/api-keys/{}/rotate", key.id);
            let rotate = Call::post(path).bearer(session).json(json!({"overlap_seconds": 600}));
            world.call(rotate).await.expect(201);
            (revoke(&key.text), 200)
        }
        "forgot password" => {
            let body = json!({"email": person.user.email.as_str()});
            (Call::post("/auth/password/forgot").json(body).from(elsewhere), 202)
        }
        "reset password" => {
            let body = json!({"token": one_time(world, &person).await, "password": new_password()});
            (Call::post("/auth/password/reset").json(body), 204)
        }
        "list sessions" => (get("/users/me/sessions"), 200),
        "end session" => {
            let other = world.session(&person).await.id;
            (Call::delete(format!("/users/me/sessions/{other}")).bearer(session), 204)
        }
        "end other sessions" => (Call::delete("/users/me/sessions").bearer(session), 204),
        "read policy" => (Call::get("/admin/policy").bearer(admin), 200),
        "replace policy" => {
            let policy = Call::get("/admin/policy").bearer(&admin);
            let read = world.call(policy).await.expect(200);
            let call = Call::put("/admin/policy").bearer(admin).header("If-Match", read.header("etag"));
            let mut policy = read.json();
            policy["session_seconds"] = json!(300 + world.draw() % 3000);
            (call.json(policy), 200)
        }
        "start reset of password" => {
            let path = format!("/admin/users/{}/password-reset", person.user.id);
            (Call::post(path).bearer(admin), 200)
        }
        "key set" => (Call::get("/.well-known/jwks.json"), 200),
        "me" => (get("/users/me"), 200),
        "me by key" => (Call::get("/users/me").bearer(world.key(&person).await.text), 200),
        "rename me" => (Call::patch("/users/me").bearer(session).json(json!({"name": "New"})), 200),
        "change password" => (change(session), 204),
        "change first password" => (change(&world.first_session(&person).await.token), 200),
        "list keys" => {
            world.key(&person).await;
            (get("/api-keys"), 200)
        }
        "read key" => (get(&format!("/api-keys/{}", world.key(&person).await.id)), 200),
        "create key" => {
            let body = json!({"name": "x", "spaces": ["north"]});
            (Call::post("/api-keys").bearer(session).json(body), 201)
        }
        "create key by key" => {
            let parent = world.key(&person).await;
            (Call::post("/api-keys").bearer(parent.text).json(json!({"name": "x"})), 201)
        }
        "rename key" => {
            let path = format!("/api-keys/{}", world.key(&person).await.id);
            (Call::patch(path).bearer(session).json(json!({"name": "New"})), 200)
        }
        "revoke key" => {
            let root = world.key(&person).await;
            world.key_with(&person, |key| key.created_by_key = Some(root.id)).await;
            (Call::delete(format!("/api-keys/{}", root.id)).bearer(session), 204)
        }
        "rotate key" => {
            let path = format!("/api-keys/{}/rotate", world.key(&person).await.id);
            (Call::post(path).bearer(session), 201)
        }
        "rotate key by itself" => {
            let key = world.key_with(&person, |key| key.spaces = only(&[north])).await;
            (Call::post(format!("/api-keys/{}/rotate", key.id)).bearer(key.text), 201)
        }
        "list products" => {
            world.product(north, &person, "Lamp").await;
            (get("/catalog/spaces/north/products"), 200)
        }
        "create product" => {
            let body = json!({"name": "Lamp"});
            (Call::post("/catalog/spaces/north/products").bearer(session).json(body), 201)
        }
        "read product" | "replace product" | "delete product" => {
            let id = world.product(north, &person, "Lamp").await.id;
            let path = format!("/catalog/spaces/north/products/{id}");
            match name {
                "read product" => (get(&path), 200),
                "delete product" => (Call::delete(path).bearer(session).header("If-Match", "\"1\""), 204),
                _ => {
                    let call = Call::put(path).bearer(session).header("If-Match", "\"1\"");
                    (call.json(json!({"name": "Lantern"})), 200)
                }
            }
        }
        // Apart, so that the future of a case is not as large as all of them.
        other => Box::pin(administration::request(scene, other, &admin)).await,
    };
    world.deployment().take();
    Case { call, status }
}

/// A token that sets another password, as one is mailed.
async fn one_time(world: &World, person: &Person) -> String {
    let version = world.store.password_version(person.user.id).await.unwrap().unwrap();
    let (token, stored) = {
        let rng = &mut *world.rng.lock().unwrap();
        auth::one_time::issue(&person.user, version, None, world.now(), rng)
    };
    assert_eq!(world.store.put_one_time(&stored, None).await.unwrap(), store::Write::Done);
    let token = token.reveal().to_string();
    canary::note(&token);
    token
}
