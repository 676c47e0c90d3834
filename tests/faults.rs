//! What a caller sees when the table or the secrets fail: for every call that every request makes.
//!
//! - A fault that lasts is a 503 or a 500: never a 2xx without the write, never a 401, and never an Allow.
//!   Afterwards the same request does what it always does.
//! - A fault that passes is hidden by the SDK's retries.

mod administration;
mod cases;
mod clocks;
mod dependencies;
mod killed;
mod releases;
mod slow;
mod usage;

use crate::support::{
    Answer, Call, Person, Tenant, World,
    document::DOCUMENT,
    event, in_process,
    in_process::{Patience, config},
    wire::Fault,
};
use auth::{
    access::SpaceRole,
    api_key::ApiKey,
    ids::{KeyId, OrganizationId, UserId},
    records::Space,
};
use cases::case;
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
const MOST_CALLS: usize = 60;

/// One request of each function behind the gateway that has any to the table.
const ONE_OF_EACH: [&str; 10] = [
    "login",
    "refresh",
    "rename me",
    "create key",
    "demote user",
    "create space",
    "import users",
    "read audit",
    "organization usage",
    "create product",
];

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
            assert!(number + 1 < MOST_CALLS, "{what}: it makes more calls than this looks at");
            // What is done of an import is not lost with what failed.
            let partly = name == "import more users" && answer.status == 200;
            if partly {
                assert!(answer.json()["next_row"].is_u64(), "{what}");
            } else {
                is_failure(&what, &answer);
            }
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

/// Two tests for each request, so that they run at the same time; the list of the requests, by name and operation.
macro_rules! requests {
    ($list:ident, $($(#[$attribute:meta])* $module:ident: $name:literal, $operation:literal;)+) => {
        const $list: &[(&str, &str)] = &[$(($name, $operation)),+];
        $(
            mod $module {
                #[tokio::test]
                $(#[$attribute])*
                async fn every_call_fails_for_good() {
                    super::every_call_fails_for_good($name).await;
                }

                #[tokio::test]
                $(#[$attribute])*
                async fn no_passing_fault_is_seen() {
                    super::no_passing_fault_is_seen($name).await;
                }
            }
        )+
    };
}

requests! {
    READS,
    list_sessions: "list sessions", "GET /users/me/sessions";
    read_policy: "read policy", "GET /admin/policy";
    key_set: "key set", "GET /.well-known/jwks.json";
    me: "me", "GET /users/me";
    me_by_key: "me by key", "GET /users/me";
    list_keys: "list keys", "GET /api-keys";
    read_key: "read key", "GET /api-keys/{id}";
    list_products: "list products", "GET /catalog/spaces/{space}/products";
    read_product: "read product", "GET /catalog/spaces/{space}/products/{product}";
    list_spaces: "list spaces", "GET /admin/spaces";
    read_space: "read space", "GET /admin/spaces/{space}";
    list_members: "list members", "GET /spaces/{space}/members";
    read_audit: "read audit", "GET /admin/audit";
    export_audit: "export audit", "GET /admin/audit/export";
    key_usage: "key usage", "GET /api-keys/{id}/usage";
    organization_usage: "organization usage", "GET /admin/usage";
    organization_keys: "organization keys", "GET /admin/api-keys";
    list_users: "list users", "GET /admin/users";
    offboarding: "offboarding", "GET /admin/users/{id}/offboarding";
}

requests! {
    WRITES,
    login: "login", "POST /auth/login";
    logout: "logout", "POST /auth/logout";
    logout_by_cookie: "logout by cookie", "POST /auth/logout";
    refresh: "refresh", "POST /auth/refresh";
    revoke_found_session: "revoke found session", "POST /auth/revoke";
    revoke_found_refresh_token: "revoke found refresh token", "POST /auth/revoke";
    revoke_found_key: "revoke found key", "POST /auth/revoke";
    revoke_found_old_secret: "revoke found old secret", "POST /auth/revoke";
    forgot_password: "forgot password", "POST /auth/password/forgot";
    reset_password: "reset password", "POST /auth/password/reset";
    rename_me: "rename me", "PATCH /users/me";
    change_password: "change password", "PUT /users/me/password";
    change_first_password: "change first password", "PUT /users/me/password";
    end_session: "end session", "DELETE /users/me/sessions/{id}";
    end_other_sessions: "end other sessions", "DELETE /users/me/sessions";
    create_key: "create key", "POST /api-keys";
    create_key_by_key: "create key by key", "POST /api-keys";
    rename_key: "rename key", "PATCH /api-keys/{id}";
    revoke_key: "revoke key", "DELETE /api-keys/{id}";
    rotate_key: "rotate key", "POST /api-keys/{id}/rotate";
    rotate_key_by_itself: "rotate key by itself", "POST /api-keys/{id}/rotate";
    create_product: "create product", "POST /catalog/spaces/{space}/products";
    replace_product: "replace product", "PUT /catalog/spaces/{space}/products/{product}";
    delete_product: "delete product", "DELETE /catalog/spaces/{space}/products/{product}";
    replace_policy: "replace policy", "PUT /admin/policy";
    start_reset_of_password: "start reset of password", "POST /admin/users/{id}/password-reset";
    create_space: "create space", "POST /admin/spaces";
    rename_space: "rename space", "PATCH /admin/spaces/{space}";
    delete_space: "delete space", "DELETE /admin/spaces/{space}";
    put_member: "put member", "PUT /spaces/{space}/members/{user}";
    remove_member: "remove member", "DELETE /spaces/{space}/members/{user}";
    create_user: "create user", "POST /admin/users";
    import_users: "import users", "POST /admin/users/import";
    #[ignore = "makes many calls: the nightly run has it"]
    import_more_users: "import more users", "POST /admin/users/import";
    demote_user: "demote user", "PATCH /admin/users/{id}";
    disable_user: "disable user", "PATCH /admin/users/{id}";
    sign_out_user: "sign out user", "POST /admin/users/{id}/sign-out";
    #[ignore = "makes many calls: the nightly run has it"]
    delete_user: "delete user", "DELETE /admin/users/{id}";
    end_session_of_user: "end session of user", "DELETE /admin/users/{id}/sessions/{session}";
    revoke_key_of_user: "revoke key of user", "DELETE /admin/users/{id}/api-keys/{key}";
    move_key: "move key", "POST /admin/users/{id}/api-keys/{key}/move";
    create_account: "create account", "POST /admin/service-accounts";
    rename_account: "rename account", "PATCH /admin/service-accounts/{id}";
    #[ignore = "makes many calls: the nightly run has it"]
    delete_account: "delete account", "DELETE /admin/service-accounts/{id}";
    create_key_of_account: "create key of account", "POST /admin/service-accounts/{id}/api-keys";
    rename_key_of_account: "rename key of account", "PATCH /admin/service-accounts/{id}/api-keys/{key}";
    rotate_key_of_account: "rotate key of account", "POST /admin/service-accounts/{id}/api-keys/{key}/rotate";
    revoke_key_of_account: "revoke key of account", "DELETE /admin/service-accounts/{id}/api-keys/{key}";
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
    let store = store::Store::later(edge::clients::dynamodb_config(&config, network), &config.table)
        .directly(edge::clients::credentials(&config), config.endpoint.as_deref());
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
