//! What a caller sees when the table or the secrets fail: for every call that every request makes.
//!
//! - A fault that lasts is a 503 or a 500: never a 2xx without the write, never a 401, and never an Allow.
//!   Afterwards the same request does what it always does.
//! - A fault that passes is hidden by the SDK's retries.

mod administration;
mod usage;

use crate::support::{
    Answer, Call, Person, Tenant, World,
    call::Call as Request,
    canary,
    credentials::only,
    document::DOCUMENT,
    event,
    fixtures::new_password,
    in_process,
    in_process::{Patience, config},
    wire::Fault,
};
use auth::{
    access::SpaceRole,
    api_key::ApiKey,
    ids::{KeyId, OrganizationId, UserId},
    records::Space,
};
use serde_json::json;
use std::sync::atomic::Ordering;
use time::Duration;

/// A fault by its name in messages, and what becomes of a call of this operation.
type Kind = (&'static str, fn(&str) -> Option<Fault>);

const KINDS: [Kind; 6] = [
    ("500", |_| Some(Fault::Refused(500, "InternalServerError"))),
    ("throttled", |_| Some(Fault::Refused(400, "ProvisionedThroughputExceededException"))),
    ("timeout", |_| Some(Fault::Timeout)),
    ("dropped", |_| Some(Fault::Dropped)),
    ("answer lost", |_| Some(Fault::AnswerLost)),
    ("unprocessed", |operation| (operation == "BatchGetItem").then_some(Fault::Unprocessed(100))),
];

/// More calls than any request makes.
const MOST_CALLS: usize = 20;

/// A request on things made for it, and its status when nothing fails.
struct Case {
    call: Request,
    status: u16,
}

/// Where the requests go, and who sends them.
struct Scene {
    world: World,
    tenant: Tenant,
    north: Space,
    editor: Person,
}

impl Scene {
    async fn new(world: World) -> Self {
        let tenant = world.tenant().await;
        let north = world.space(&tenant, "north").await;
        let editor = world.member_with_password(&tenant, false).await;
        world.join(&editor, &north, SpaceRole::Editor).await;
        Self { world, tenant, north, editor }
    }
}

async fn case(scene: &Scene, name: &str) -> Case {
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
            (call.json(read.json()), 200)
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
        other => administration::request(scene, other, &admin).await,
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

#[track_caller]
fn is_failure(what: &str, answer: &Answer) {
    match answer.status {
        503 => answer.is_error(503, "Service unavailable"),
        500 => answer.is_error(500, "Internal error"),
        other => panic!("{what}: {other}"),
    }
}

async fn every_call_fails_for_good(name: &str) {
    let scene = Scene::new(in_process!("injects faults", Patience::None)).await;
    let world = &scene.world;
    for (kind, fault) in KINDS {
        for number in 1..MOST_CALLS {
            let case = case(&scene, name).await;
            let broken = world.deployment().breaks(number, true, fault);
            let answer = world.call(case.call.clone()).await;
            let calls = world.deployment().take();
            world.deployment().mend();
            let what = format!("{name}: {kind} from call {number} on, of {calls:?}");
            if broken.load(Ordering::Relaxed) == 0 {
                // There is no such call, or none that can fail in this way.
                assert_eq!(answer.status, case.status, "{what}");
                assert!(number > 1 || kind == "unprocessed", "{what}: nothing failed");
                break;
            }
            is_failure(&what, &answer);
            match kind {
                "500" => assert_eq!(world.call(case.call).await.status, case.status, "{what}: again"),
                // It may be done: then it cannot be done once more.
                "answer lost" => assert!(world.call(case.call).await.status < 500, "{what}: again"),
                // Nothing is done, as after a 500.
                _ => {}
            }
        }
    }
}

async fn no_passing_fault_is_seen(name: &str) {
    let scene = Scene::new(in_process!("injects faults", Patience::Usual)).await;
    let deployment = scene.world.deployment();
    for (kind, fault) in
        KINDS.into_iter().filter(|(kind, _)| matches!(*kind, "500" | "answer lost" | "unprocessed"))
    {
        for number in 1..MOST_CALLS {
            let case = case(&scene, name).await;
            deployment.breaks(number, false, fault);
            let answer = scene.world.call(case.call.clone()).await;
            let calls = deployment.take();
            deployment.mend();
            // A deletion carries nothing by which its repetition would know it: what is gone is not found.
            let deletes = matches!(name, "delete product" | "remove member");
            let gone = deletes && kind == "answer lost" && answer.status == 404;
            let what = format!("{name}: {kind} of call {number} of {calls:?}");
            assert!(answer.status == case.status || gone, "{what}: {}", answer.status);
            if calls.len() < number {
                break;
            }
        }
    }
}

/// Two tests for each request, so that they run at the same time.
macro_rules! requests {
    ($($module:ident: $name:literal,)+) => {
        $(
            mod $module {
                #[tokio::test]
                async fn every_call_fails_for_good() {
                    super::every_call_fails_for_good($name).await;
                }

                #[tokio::test]
                async fn no_passing_fault_is_seen() {
                    super::no_passing_fault_is_seen($name).await;
                }
            }
        )+
    };
}

requests! {
    login: "login",
    logout: "logout",
    logout_by_cookie: "logout by cookie",
    refresh: "refresh",
    revoke_found_session: "revoke found session",
    revoke_found_refresh_token: "revoke found refresh token",
    revoke_found_key: "revoke found key",
    revoke_found_old_secret: "revoke found old secret",
    forgot_password: "forgot password",
    reset_password: "reset password",
    list_sessions: "list sessions",
    end_session: "end session",
    end_other_sessions: "end other sessions",
    read_policy: "read policy",
    replace_policy: "replace policy",
    start_reset_of_password: "start reset of password",
    key_set: "key set",
    me: "me",
    me_by_key: "me by key",
    rename_me: "rename me",
    change_password: "change password",
    change_first_password: "change first password",
    list_keys: "list keys",
    read_key: "read key",
    create_key: "create key",
    create_key_by_key: "create key by key",
    rename_key: "rename key",
    revoke_key: "revoke key",
    rotate_key: "rotate key",
    rotate_key_by_itself: "rotate key by itself",
    list_products: "list products",
    create_product: "create product",
    read_product: "read product",
    replace_product: "replace product",
    delete_product: "delete product",
    list_spaces: "list spaces",
    create_space: "create space",
    read_space: "read space",
    rename_space: "rename space",
    delete_space: "delete space",
    list_members: "list members",
    put_member: "put member",
    remove_member: "remove member",
    read_audit: "read audit",
    export_audit: "export audit",
    key_usage: "key usage",
    organization_usage: "organization usage",
    organization_keys: "organization keys",
    create_user: "create user",
    import_users: "import users",
    list_users: "list users",
    demote_user: "demote user",
    sign_out_user: "sign out user",
    offboarding: "offboarding",
    create_account: "create account",
    create_key_of_account: "create key of account",
    rotate_key_of_account: "rotate key of account",
    revoke_key_of_account: "revoke key of account",
    move_key: "move key",
}

#[tokio::test]
async fn a_revocation_that_failed_half_way_is_finished_when_it_is_repeated() {
    let scene = Scene::new(in_process!("injects faults", Patience::None)).await;
    let (world, person) = (&scene.world, scene.editor.clone());
    let session = world.session(&person).await.token;
    let root = world.key(&person).await;
    let child = world.key_with(&person, |key| key.created_by_key = Some(root.id)).await;
    let revoke = Call::delete(format!("/api-keys/{}", root.id)).bearer(&session);
    // The key itself is written first, what it made afterwards.
    let deployment = world.deployment();
    deployment.wire.breaks(|call| (call.operation == "Query").then_some(Fault::Dropped));
    is_failure("half way", &world.call(revoke.clone()).await);
    deployment.mend();
    world.call(Call::get("/users/me").bearer(&root.text)).await.is_unauthorized();
    world.call(revoke).await.expect(204);
    world.call(Call::get("/users/me").bearer(&child.text)).await.is_unauthorized();
}

#[tokio::test]
async fn a_failure_is_not_remembered_by_the_keys_cache() {
    let scene = Scene::new(in_process!("injects faults and moves the clock", Patience::None)).await;
    let (world, person) = (&scene.world, scene.editor.clone());
    let session = world.session(&person).await.token;
    let me = || Call::get("/users/me").bearer(&session);
    world.call(me()).await.expect(200);
    world.pass(Duration::seconds(61));
    let deployment = world.deployment();
    deployment.wire.breaks(|call| (call.operation == "GetItem").then_some(Fault::Timeout));
    is_failure("the keys cannot be read", &world.call(me()).await);
    deployment.mend();
    world.call(me()).await.expect(200);
}

/// Shorter than the shortest timeout of a function, so that it is an answer and not a cut connection.
const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_secs(5);

#[tokio::test]
async fn a_table_that_never_answers_is_a_failure_in_time() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let config = config("qarion".to_owned(), endpoint);
    let network = aws_smithy_http_client::Builder::new().build_http();
    let store = store::Store::new(edge::clients::dynamodb(&config, network), &config.table);
    let authorizer = authorizer::Authorizer::new(store, config.api_key_prefix.clone());
    let mut ambient = edge::Ambient::fixed(time::macros::datetime!(2030-01-01 00:00 UTC), 1);
    let (organization, user, key) = (OrganizationId::from_bits(1), UserId::from_bits(2), KeyId::from_bits(3));
    let key = ApiKey::generate(organization, user, key, &mut ambient.rng).reveal(&config.api_key_prefix);
    let call = Call::get("/users/me").bearer(&*key);
    let asked = event::authorizer(&call, &DOCUMENT.route("GET", "/users/me").unwrap());
    let asked = serde_json::from_value(asked).unwrap();
    let begun = std::time::Instant::now();
    let answer = authorizer.answer(&asked, &mut ambient).await;
    assert_eq!(answer, Err(authorizer::Refusal::Fault));
    assert!(begun.elapsed() < LONGEST_WAIT, "{:?}", begun.elapsed());
    drop(listener);
}
