//! What an administrator changes holds for every request that is sent after the change was acknowledged, however many are
//! under way meanwhile.

use crate::support::{Call, Key, Person, Tenant, World, credentials::Session};
use auth::access::SpaceRole;
use serde_json::json;
use std::{cell::Cell, rc::Rc};
use tokio::task::LocalSet;

/// How many requests are under way at once.
const WORKERS: usize = 16;
/// How many are let through before the change, at least.
const BEFORE: u64 = 20;
/// How many are refused after it, at least.
const AFTER: u64 = 40;

/// What is changed: its name, the requests that it has to stop, the change.
type Change = (&'static str, fn(&Scene) -> Vec<Call>, fn(&Scene) -> Call);

const CHANGES: [Change; 10] = [
    ("a key is revoked", by_key, |it| {
        Call::delete(format!("/api-keys/{}", it.key.id)).bearer(&it.session.token)
    }),
    ("a key is rotated", by_key, |it| {
        Call::post(format!("/api-keys/{}/rotate", it.key.id)).bearer(&it.session.token)
    }),
    ("a session is ended", by_session, |it| {
        Call::delete(format!("/admin/users/{}/sessions/{}", it.person.user.id, it.session.id))
            .bearer(&it.admin)
    }),
    ("a user signs out everywhere", by_both, |it| it.of_user("/sign-out").json(json!({"api_keys": true}))),
    ("a user is disabled", by_both, |it| {
        Call::patch(it.user()).bearer(&it.admin).json(json!({"disabled": true}))
    }),
    ("a user is deleted", by_both, |it| Call::delete(it.user()).bearer(&it.admin)),
    ("a member is removed", reading, |it| Call::delete(it.membership()).bearer(&it.admin)),
    ("an editor becomes a viewer", writing, |it| {
        Call::put(it.membership()).bearer(&it.admin).json(json!({"role": "viewer"}))
    }),
    ("a space is deleted", reading, |it| Call::delete("/admin/spaces/north").bearer(&it.admin)),
    ("keys are no more allowed", by_key, |it| {
        let policy = json!({
            "session_seconds": 900, "refresh_idle_seconds": 604_800, "refresh_absolute_seconds": 2_592_000,
            "api_keys_allowed": false, "max_key_age_days": null, "allowed_addresses": null,
        });
        Call::put("/admin/policy").bearer(&it.admin).header("If-Match", "\"1\"").json(policy)
    }),
];

struct Scene {
    person: Person,
    key: Key,
    session: Session,
    admin: String,
}

impl Scene {
    async fn new(world: &World) -> Self {
        let tenant: Tenant = world.tenant().await;
        let person = world.member(&tenant).await;
        let north = world.space(&tenant, "north").await;
        world.join(&person, &north, SpaceRole::Editor).await;
        let (key, session) = (world.key(&person).await, world.session(&person).await);
        let admin = world.session(&tenant.admin).await.token;
        Self { person, key, session, admin }
    }

    fn user(&self) -> String {
        format!("/admin/users/{}", self.person.user.id)
    }

    fn of_user(&self, what: &str) -> Call {
        Call::post(format!("{}{what}", self.user())).bearer(&self.admin)
    }

    fn membership(&self) -> String {
        format!("/spaces/north/members/{}", self.person.user.id)
    }

    fn both(&self, call: fn() -> Call) -> Vec<Call> {
        [&self.key.text, &self.session.token].map(|credential| call().bearer(credential)).into()
    }
}

fn by_key(it: &Scene) -> Vec<Call> {
    vec![Call::get("/users/me").bearer(&it.key.text)]
}

fn by_session(it: &Scene) -> Vec<Call> {
    vec![Call::get("/users/me").bearer(&it.session.token)]
}

fn by_both(it: &Scene) -> Vec<Call> {
    it.both(|| Call::get("/users/me"))
}

fn reading(it: &Scene) -> Vec<Call> {
    it.both(|| Call::get("/catalog/spaces/north/products?limit=1"))
}

fn writing(it: &Scene) -> Vec<Call> {
    it.both(|| Call::post("/catalog/spaces/north/products").json(json!({"name": "Orders"})))
}

/// What the requests of one change met.
#[derive(Default)]
struct Seen {
    acknowledged: Cell<bool>,
    allowed: Cell<u64>,
    refused: Cell<u64>,
}

/// Sends requests until enough of them were refused.
async fn work(world: Rc<World>, calls: Vec<Call>, seen: Rc<Seen>, what: &'static str) {
    for call in calls.iter().cycle() {
        let sent_after = seen.acknowledged.get();
        let status = world.call(call.clone()).await.status;
        let counted = match status {
            200..300 => {
                assert!(
                    !sent_after,
                    "{what}, and {} {} was let through afterwards",
                    call.method,
                    call.path()
                );
                &seen.allowed
            }
            401 | 403 => &seen.refused,
            other => panic!("{what}: {other}"),
        };
        counted.set(counted.get() + 1);
        if seen.refused.get() >= AFTER {
            return;
        }
    }
}

/// One change under load; how many requests were answered.
async fn change(world: &Rc<World>, (what, stopped, changes): Change) -> u64 {
    let scene = Scene::new(world).await;
    let (calls, seen) = (stopped(&scene), Rc::new(Seen::default()));
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| tokio::task::spawn_local(work(world.clone(), calls.clone(), seen.clone(), what)))
        .collect();
    while seen.allowed.get() < BEFORE {
        tokio::task::yield_now().await;
    }
    let status = world.call(changes(&scene)).await.status;
    assert!((200..300).contains(&status), "{what}: {status}");
    seen.acknowledged.set(true);
    for worker in workers {
        worker.await.unwrap();
    }
    seen.allowed.get() + seen.refused.get()
}

#[tokio::test]
async fn no_request_that_is_sent_after_a_change_was_acknowledged_is_let_through() {
    let world = Rc::new(World::new().await);
    LocalSet::new()
        .run_until(async {
            for each in CHANGES {
                change(&world, each).await;
            }
        })
        .await;
}

/// By a command of its own: docs/development.md has it.
#[tokio::test]
#[ignore = "takes minutes"]
async fn nor_is_any_of_a_hundred_thousand() {
    let world = Rc::new(World::new().await);
    LocalSet::new()
        .run_until(async {
            let mut answered = 0;
            for each in CHANGES.into_iter().cycle() {
                answered += change(&world, each).await;
                if answered >= 100_000 {
                    break;
                }
            }
            println!("{answered} requests");
        })
        .await;
}
