//! What an administrator gets of another organization: nothing, anywhere.
//!
//! Generated from `infra/openapi.yaml`: every protected operation that names something in its path, its query or its
//! body is asked about each foreign thing, by an other organization's admin with a session and with a key.
//!
//! - The answer is, byte for byte, the one for an id that was never given out.
//! - It holds no id, email or name of the foreign organization.
//! - Afterwards every item that tells of the foreign organization is as it was.
//!
//! That the requests mean something is tried too: asked by the foreign organization's own admin, each succeeds.

mod documented;
mod organization;
mod requests;

use crate::support::{Answer, Call, World, document::DOCUMENT, in_process};
use organization::{Credential, Organization};
use requests::{Asked, asked};
use std::collections::BTreeMap;

/// Two organizations, and ids that nobody has.
struct Scene {
    world: World,
    own: Organization,
    foreign: Organization,
    unknown: organization::Things,
}

impl Scene {
    async fn new(world: World) -> Self {
        let foreign = Organization::new(&world, "foreign").await;
        let own = Organization::new(&world, "own").await;
        let unknown = organization::Things::unknown(&world);
        Self { world, own, foreign, unknown }
    }

    /// Every item that tells of the foreign organization, by its key.
    async fn foreign_items(&self) -> BTreeMap<(String, String), String> {
        let items = self.world.deployment().items().await;
        items.into_iter().filter(|(_, item)| self.foreign.is_told_of(item)).collect()
    }

    /// The answer, which shows nothing of the foreign organization but what the request itself says.
    async fn ask(&self, call: &Call) -> Answer {
        let answer = self.world.raw_call(call).await;
        let routed = DOCUMENT.route(&call.method, call.path()).expect("an operation");
        routed.operation.check(answer.status, &answer.headers, &answer.body);
        let shown = format!("{:?} {}", answer.headers, String::from_utf8_lossy(&answer.body));
        let said = format!("{} {}", call.target, String::from_utf8_lossy(&call.body));
        for word in self.foreign.words().filter(|word| !said.contains(*word)) {
            assert!(!shown.contains(word), "{} {} shows {word}", call.method, call.target);
        }
        answer
    }

    /// An operation that says nothing of what it is asked about.
    async fn tells_nothing(&self, asked: &Asked, credential: &str) {
        let what = format!("{} {}", asked.foreign.method, asked.foreign.target);
        let before = self.foreign_items().await;
        let nobody_s = match &asked.unknown {
            Some(call) => Some(self.ask(&call.clone().bearer(credential)).await),
            None => None,
        };
        let theirs = self.ask(&asked.foreign.clone().bearer(credential)).await;
        if let Some(nobody_s) = nobody_s {
            assert_eq!(theirs.status, nobody_s.status, "{what}: the status tells");
            assert_eq!(theirs.headers, nobody_s.headers, "{what}: a header tells");
            let (theirs, nobody_s) =
                (String::from_utf8_lossy(&theirs.body), String::from_utf8_lossy(&nobody_s.body));
            assert_eq!(theirs, nobody_s, "{what}: the body tells");
        }
        let after = self.foreign_items().await;
        let changed: Vec<_> = after.iter().filter(|(key, item)| before.get(*key) != Some(*item)).collect();
        assert!(changed.is_empty(), "{what}: changed {changed:?}");
        assert_eq!(after.len(), before.len(), "{what}: something is gone");
    }
}

async fn an_outsider_gets_nothing(belongs: fn(&str) -> bool) {
    let scene = Scene::new(in_process!("looks at the whole table")).await;
    let mut count = 0;
    for operation in DOCUMENT.protected().filter(|it| belongs(&it.template)) {
        let requests =
            asked(operation, &scene.world, &scene.own.things, &scene.foreign, &scene.unknown).await;
        for asked in &requests {
            for credential in [Credential::Session, Credential::Key] {
                scene.tells_nothing(asked, scene.own.admin(credential)).await;
                count += 1;
            }
        }
    }
    assert!(count > 0, "no operation");
}

/// The whole paths below `/admin/users`, and so on: each operation belongs to one of these.
const PARTS: [fn(&str) -> bool; 5] = [
    |path| path.starts_with("/admin/users"),
    |path| path.starts_with("/admin/service-accounts"),
    |path| path.starts_with("/admin/") && !PARTS[0](path) && !PARTS[1](path),
    |path| path.starts_with("/spaces/"),
    |path| !path.starts_with("/admin/") && !path.starts_with("/spaces/"),
];

#[tokio::test]
async fn of_another_organization_s_users_nothing_is_shown_or_changed() {
    an_outsider_gets_nothing(PARTS[0]).await;
}

#[tokio::test]
async fn of_another_organization_s_service_accounts_nothing_is_shown_or_changed() {
    an_outsider_gets_nothing(PARTS[1]).await;
}

#[tokio::test]
async fn of_another_organization_s_spaces_audit_and_usage_nothing_is_shown_or_changed() {
    an_outsider_gets_nothing(PARTS[2]).await;
}

#[tokio::test]
async fn of_another_organization_s_members_nothing_is_shown_or_changed() {
    an_outsider_gets_nothing(PARTS[3]).await;
}

#[tokio::test]
async fn by_what_everybody_may_use_nothing_of_another_organization_is_shown_or_changed() {
    an_outsider_gets_nothing(PARTS[4]).await;
}

#[tokio::test]
async fn an_address_of_another_organization_is_taken_in_the_same_words_as_one_s_own() {
    let scene = Scene::new(in_process!("looks at the whole table")).await;
    let make = async |email: &str| {
        let body = serde_json::json!({"email": email, "name": "Somebody"});
        scene.ask(&Call::post("/admin/users").bearer(scene.own.admin(Credential::Session)).json(body)).await
    };
    let before = scene.foreign_items().await;
    let (own, theirs) = (make(&scene.own.things.email).await, make(&scene.foreign.things.email).await);
    assert_eq!((own.status, theirs.status), (409, 409));
    assert_eq!((own.headers, own.body), (theirs.headers, theirs.body));
    assert_eq!(scene.foreign_items().await, before);
}

#[tokio::test]
async fn asked_by_its_own_admin_every_request_means_something() {
    let mut meaningless = Vec::new();
    for operation in DOCUMENT.protected().filter(|it| it.template.contains('{')) {
        // What one request changes, such as that a user is gone, must not meet the next.
        let scene = Scene::new(in_process!("makes an organization for each operation")).await;
        let requests =
            asked(operation, &scene.world, &scene.own.things, &scene.foreign, &scene.unknown).await;
        let whole =
            requests.iter().find(|it| it.wholly_foreign).expect("a request about foreign things only");
        let caller = scene.foreign.caller(&operation.template);
        let answer = scene.world.raw_call(&whole.foreign.clone().bearer(caller)).await;
        if !(200..300).contains(&answer.status) {
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            meaningless.push(format!("{}: {} {body}", operation.name(), answer.status));
        }
    }
    assert!(meaningless.is_empty(), "{}", meaningless.join("\n"));
}
