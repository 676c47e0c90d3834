//! `POST /admin/users/{id}/api-keys/{key}/move`: a key whose secret goes on working when its maker leaves.

use crate::{
    support::{
        Answer, Call, Person, Tenant, World,
        credentials::{Key, only},
        fixtures::audited,
        in_process,
        turns::in_turns,
    },
    usage::{batch, line_of},
};
use auth::{
    access::SpaceRole,
    audit::{Action, AuditEvent},
};
use serde_json::{Value, json};
use time::Duration;

struct Scene {
    world: World,
    tenant: Tenant,
    person: Person,
    account: Person,
    admin: String,
}

impl Scene {
    async fn new(world: World) -> Self {
        let tenant = world.tenant().await;
        let (person, account) = (world.member(&tenant).await, world.service_account(&tenant).await);
        let admin = world.session(&tenant.admin).await.token;
        Self { world, tenant, person, account, admin }
    }

    fn request(&self, key: &Key, body: Value) -> Call {
        let path = format!("/admin/users/{}/api-keys/{}/move", self.person.user.id, key.id);
        Call::post(path).bearer(&self.admin).json(body)
    }

    async fn moves(&self, key: &Key) -> Answer {
        self.world.call(self.request(key, json!({"to": self.account.user.id}))).await
    }

    async fn who(&self, text: &str) -> Answer {
        self.world.call(Call::get("/users/me").bearer(text)).await
    }

    async fn is_the_account_s(&self, text: &str) {
        assert_eq!(self.who(text).await.expect(200).json()["id"], self.account.user.id.to_string());
    }

    async fn told(&self, action: Action) -> Vec<AuditEvent> {
        let events = audited(&self.world.store, self.tenant.id, self.world.now()).await;
        events.into_iter().filter(|it| it.action == action).collect()
    }
}

#[tokio::test]
async fn a_moved_key_goes_on_as_the_account_s_when_its_maker_is_disabled_and_deleted() {
    let it = Scene::new(World::new().await).await;
    let north = it.world.space(&it.tenant, "north").await;
    it.world.join(&it.person, &north, SpaceRole::Editor).await;
    it.world.join(&it.account, &north, SpaceRole::Editor).await;
    let key = it.world.key(&it.person).await;
    let moved = it.moves(&key).await.expect(200).json();
    assert_eq!(moved["id"], key.id.to_string());
    assert!(!moved.to_string().contains(&key.text));
    it.is_the_account_s(&key.text).await;

    let user = format!("/admin/users/{}", it.person.user.id);
    let disable = Call::patch(&user).bearer(&it.admin).json(json!({"disabled": true}));
    it.world.call(disable).await.expect(200);
    it.is_the_account_s(&key.text).await;
    it.world.call(Call::delete(&user).bearer(&it.admin)).await.expect(204);
    it.is_the_account_s(&key.text).await;
    let make = Call::post("/catalog/spaces/north/products").bearer(&key.text).json(json!({"name": "Orders"}));
    it.world.call(make).await.expect(201);

    let told = it.told(Action::ApiKeyMoved).await;
    assert_eq!((told.len(), &told[0].target), (1, &key.id.to_string()));
    assert_eq!(told[0].details["user.before"], it.person.user.id.to_string());
    assert_eq!(told[0].details["user.after"], it.account.user.id.to_string());
}

#[tokio::test]
async fn a_moved_key_keeps_its_last_use_when_its_maker_is_deleted() {
    let it = Scene::new(in_process!("hands lines to the consumer of the log")).await;
    let key = it.world.key(&it.person).await;
    let line = line_of(&key, &it.person, "192.0.2.1").to_string();
    it.world.count(&batch(&[(line, it.world.now())])).await.unwrap();
    let used = json!("2030-04-09T12:34:56Z");
    assert_eq!(it.moves(&key).await.expect(200).json()["last_used_at"], used);
    let user = format!("/admin/users/{}", it.person.user.id);
    it.world.call(Call::delete(user).bearer(&it.admin)).await.expect(204);
    let path = format!("/admin/service-accounts/{}/api-keys", it.account.user.id);
    let page = it.world.call(Call::get(path).bearer(&it.admin)).await.expect(200).json();
    assert_eq!(page["api_keys"][0]["last_used_at"], used);
}

#[tokio::test]
async fn a_moved_key_is_its_maker_s_no_more() {
    let it = Scene::new(World::new().await).await;
    let key = it.world.key(&it.person).await;
    let own = it.world.session(&it.person).await.token;
    it.moves(&key).await.expect(200);
    let path = format!("/api-keys/{}", key.id);
    for call in [
        Call::get(&path),
        Call::patch(&path).json(json!({"name": "mine"})),
        Call::delete(&path),
        Call::post(format!("{path}/rotate")),
    ] {
        it.world.call(call.bearer(&own)).await.is_not_found();
    }
    let listed = it.world.call(Call::get("/api-keys").bearer(&own)).await.expect(200).json();
    assert_eq!(listed["api_keys"], json!([]));
    it.is_the_account_s(&key.text).await;
    let as_account = it.world.call(Call::get(&path).bearer(&key.text)).await.expect(200).json();
    assert_eq!(as_account["id"], key.id.to_string());
}

#[tokio::test]
async fn a_moved_key_has_the_account_s_role_and_ends_with_the_account() {
    let it = Scene::new(World::new().await).await;
    let north = it.world.space(&it.tenant, "north").await;
    it.world.join(&it.person, &north, SpaceRole::Editor).await;
    it.world.join(&it.account, &north, SpaceRole::Viewer).await;
    let key = it.world.key(&it.person).await;
    let less = "The service account may do less than the user in north";
    it.moves(&key).await.is_error(409, less);
    let allowed = json!({"to": it.account.user.id, "allow_loss": true});
    it.world.call(it.request(&key, allowed)).await.expect(200);
    let products = "/catalog/spaces/north/products";
    it.world.call(Call::get(products).bearer(&key.text)).await.expect(200);
    let make = Call::post(products).bearer(&key.text).json(json!({"name": "Orders"}));
    it.world.call(make).await.is_forbidden();
    let account = format!("/admin/service-accounts/{}", it.account.user.id);
    let disable =
        |disabled: bool| Call::patch(&account).bearer(&it.admin).json(json!({"disabled": disabled}));
    it.world.call(disable(true)).await.expect(200);
    it.who(&key.text).await.is_unauthorized();
    it.world.call(disable(false)).await.expect(200);
    it.who(&key.text).await.expect(200);
    it.world.call(Call::delete(&account).bearer(&it.admin)).await.expect(204);
    it.who(&key.text).await.is_unauthorized();
}

#[tokio::test]
async fn a_loss_is_measured_by_what_the_key_reaches() {
    let it = Scene::new(World::new().await).await;
    let (north, south) =
        (it.world.space(&it.tenant, "north").await, it.world.space(&it.tenant, "south").await);
    for space in [&north, &south] {
        it.world.join(&it.person, space, SpaceRole::Admin).await;
    }
    it.world.join(&it.account, &north, SpaceRole::Admin).await;
    let everywhere = it.world.key(&it.person).await;
    it.moves(&everywhere).await.is_error(409, "The service account may do less than the user in south");
    let only_north = only(&[&north]);
    let narrow = it.world.key_with(&it.person, |key| key.spaces = only_north).await;
    it.moves(&narrow).await.expect(200);
    let promote = Call::patch(format!("/admin/users/{}", it.person.user.id)).bearer(&it.admin);
    it.world.call(promote.json(json!({"org_role": "admin"}))).await.expect(200);
    let refused = it.moves(&everywhere).await;
    refused.is_error(409, "The service account may do less than the user in the organization, south");
}

#[tokio::test]
async fn what_a_key_made_goes_with_it_and_ends_with_it() {
    let it = Scene::new(World::new().await).await;
    let key = it.world.key(&it.person).await;
    let make = Call::post("/api-keys").bearer(&key.text).json(json!({"name": "child"}));
    let child = it.world.call(make).await.expect(201);
    it.moves(&key).await.expect(200);
    it.is_the_account_s(&child.text("key")).await;
    assert_eq!(it.told(Action::ApiKeyMoved).await.len(), 2);
    let revoke = Call::delete(format!("/admin/service-accounts/{}/api-keys/{}", it.account.user.id, key.id));
    it.world.call(revoke.bearer(&it.admin)).await.expect(204);
    it.who(&key.text).await.is_unauthorized();
    it.who(&child.text("key")).await.is_unauthorized();
}

#[tokio::test]
async fn a_rotation_ends_the_way_from_the_old_place_at_once_or_with_its_overlap() {
    let it = Scene::new(World::new().await).await;
    let rotate = |key: &Key, seconds: u32| {
        let path = format!("/admin/service-accounts/{}/api-keys/{}/rotate", it.account.user.id, key.id);
        Call::post(path).bearer(&it.admin).json(json!({"overlap_seconds": seconds}))
    };
    let (at_once, later) = (it.world.key(&it.person).await, it.world.key(&it.person).await);
    for key in [&at_once, &later] {
        it.moves(key).await.expect(200);
    }
    let new = it.world.call(rotate(&at_once, 0)).await.expect(201).text("key");
    it.is_the_account_s(&new).await;
    it.who(&at_once.text).await.is_unauthorized();
    let new = it.world.call(rotate(&later, 600)).await.expect(201).text("key");
    it.is_the_account_s(&new).await;
    it.is_the_account_s(&later.text).await;
    // The second secret already names the account: the first one ends, and with it the way.
    let newest = it.world.call(rotate(&later, 600)).await.expect(201).text("key");
    it.who(&later.text).await.is_unauthorized();
    it.is_the_account_s(&new).await;
    it.is_the_account_s(&newest).await;
    if it.world.is_in_process() {
        let items = it.world.deployment().items().await;
        let ways = items.iter().filter(|(_, item)| item.contains("moved_to")).count();
        assert_eq!(ways, 0);
        it.world.pass(Duration::seconds(600));
        it.who(&new).await.is_unauthorized();
    }
}

#[tokio::test]
async fn a_moved_key_rotates_itself_and_the_way_from_its_old_place_ends() {
    let it = Scene::new(World::new().await).await;
    let key = it.world.key(&it.person).await;
    it.moves(&key).await.expect(200);
    let rotate = Call::post(format!("/api-keys/{}/rotate", key.id)).bearer(&key.text);
    let new = it.world.call(rotate).await.expect(201).text("key");
    it.is_the_account_s(&new).await;
    it.who(&key.text).await.is_unauthorized();
}

#[tokio::test]
async fn whoever_finds_a_moved_key_ends_it() {
    let it = Scene::new(World::new().await).await;
    let key = it.world.key(&it.person).await;
    it.moves(&key).await.expect(200);
    it.world.call(Call::post("/auth/revoke").json(json!({"token": key.text}))).await.expect(200);
    it.who(&key.text).await.is_unauthorized();
    let told = it.told(Action::ApiKeyRevoked).await;
    assert_eq!((told.len(), &told[0].details["user"]), (1, &it.account.user.id.to_string()));
}

#[tokio::test]
async fn a_second_move_to_the_same_account_is_done_and_to_another_is_refused() {
    let it = Scene::new(World::new().await).await;
    let key = it.world.key(&it.person).await;
    it.moves(&key).await.expect(200);
    it.moves(&key).await.expect(200);
    assert_eq!(it.told(Action::ApiKeyMoved).await.len(), 1);
    let other = it.world.service_account(&it.tenant).await;
    let refused = it.world.call(it.request(&key, json!({"to": other.user.id}))).await;
    refused.is_error(409, "The key was moved to another service account");
    it.is_the_account_s(&key.text).await;
}

#[tokio::test]
async fn what_cannot_be_moved_is_said_and_stays() {
    let it = Scene::new(World::new().await).await;
    let other = it.world.tenant().await;
    let key = it.world.key(&it.person).await;
    let (stranger, their_person) =
        (it.world.service_account(&other).await, it.world.member(&it.tenant).await);
    for to in
        [json!(stranger.user.id), json!(their_person.user.id), json!("usr_00000000001"), json!("nobody")]
    {
        let refused = it.world.call(it.request(&key, json!({"to": to}))).await;
        refused.is_error(422, "to: must be a service account of the organization");
    }
    it.world.call(it.request(&key, json!({}))).await.expect(400);
    it.world.disable(&it.account).await;
    it.moves(&key).await.is_error(409, "The service account is disabled");
    let mine = it.who(&key.text).await.expect(200).json();
    assert_eq!(mine["id"], it.person.user.id.to_string());
    let theirs = it.world.session(&other.admin).await.token;
    let path = format!("/admin/users/{}/api-keys/{}/move", it.person.user.id, key.id);
    let foreign = Call::post(path).bearer(theirs).json(json!({"to": stranger.user.id}));
    it.world.call(foreign).await.is_not_found();
}

#[tokio::test]
async fn a_key_that_was_ended_is_not_revived_by_a_move() {
    let it = Scene::new(World::new().await).await;
    let key = it.world.key(&it.person).await;
    let out = Call::post(format!("/admin/users/{}/sign-out", it.person.user.id)).bearer(&it.admin);
    it.world.call(out.json(json!({"api_keys": true}))).await.expect(204);
    it.moves(&key).await.is_error(409, "The key has expired or was ended");
    it.who(&key.text).await.is_unauthorized();
}

#[tokio::test]
async fn a_move_needs_a_password_entered_just_now() {
    let Some(world) = World::in_process(in_process::Patience::Usual).await else { return };
    let it = Scene::new(world).await;
    let key = it.world.key(&it.person).await;
    it.world.pass(Duration::minutes(10));
    let refused = it.moves(&key).await;
    assert_eq!(refused.status, 403);
    assert_eq!(it.who(&key.text).await.expect(200).json()["id"], it.person.user.id.to_string());
}

#[tokio::test]
async fn a_key_with_more_descendants_than_go_along_is_not_moved() {
    let it = Scene::new(World::new().await).await;
    let key = it.world.key(&it.person).await;
    for number in 0..=20 {
        let make = Call::post("/api-keys").bearer(&key.text).json(json!({"name": format!("child {number}")}));
        it.world.call(make).await.expect(201);
    }
    it.moves(&key).await.is_error(
        409,
        "The key made more than 20 keys that are still good: revoke those that are not needed",
    );
    assert_eq!(it.who(&key.text).await.expect(200).json()["id"], it.person.user.id.to_string());
}

#[tokio::test]
async fn the_key_of_somebody_who_is_disabled_is_not_revived_by_a_move() {
    let it = Scene::new(World::new().await).await;
    let key = it.world.key(&it.person).await;
    let user = format!("/admin/users/{}", it.person.user.id);
    let disable = Call::patch(&user).bearer(&it.admin).json(json!({"disabled": true}));
    it.world.call(disable).await.expect(200);
    it.moves(&key).await.is_error(409, "The user is disabled, and with it the key");
    it.who(&key.text).await.is_unauthorized();
}

#[tokio::test]
async fn a_key_gains_by_a_move_only_where_that_is_allowed() {
    let it = Scene::new(World::new().await).await;
    let (north, south) =
        (it.world.space(&it.tenant, "north").await, it.world.space(&it.tenant, "south").await);
    it.world.join(&it.person, &north, SpaceRole::Viewer).await;
    it.world.join(&it.account, &north, SpaceRole::Editor).await;
    it.world.join(&it.account, &south, SpaceRole::Viewer).await;
    let everywhere = it.world.key(&it.person).await;
    it.moves(&everywhere)
        .await
        .is_error(409, "The service account may do more than the user in north, south");
    let only_south = only(&[&south]);
    let narrow = it.world.key_with(&it.person, |key| key.spaces = only_south).await;
    it.moves(&narrow).await.is_error(409, "The service account may do more than the user in south");
    let account = format!("/admin/service-accounts/{}", it.account.user.id);
    let raise = Call::patch(account).bearer(&it.admin).json(json!({"org_role": "admin"}));
    it.world.call(raise).await.expect(200);
    let more = "The service account may do more than the user in the organization, north, south";
    it.moves(&everywhere).await.is_error(409, more);
    let allowed = json!({"to": it.account.user.id, "allow_gain": true});
    it.world.call(it.request(&everywhere, allowed)).await.expect(200);
    it.is_the_account_s(&everywhere.text).await;
}

#[tokio::test]
async fn keys_that_have_expired_are_left_behind_and_do_not_hold_a_move_up() {
    let it = Scene::new(in_process!("moves the clock")).await;
    let key = it.world.key(&it.person).await;
    let soon = it.world.now() + Duration::MINUTE;
    for _ in 0..25 {
        it.world
            .key_with(&it.person, |made| (made.created_by_key, made.expires_at) = (Some(key.id), Some(soon)))
            .await;
    }
    // An expired one that made one that is not: revoking the first ends the last.
    let between = |made: &mut auth::records::StoredKey| {
        (made.created_by_key, made.expires_at) = (Some(key.id), Some(soon));
    };
    let between = it.world.key_with(&it.person, between).await;
    let last = it.world.key_with(&it.person, |made| made.created_by_key = Some(between.id)).await;
    let many = "The key made more than 20 keys that are still good: revoke those that are not needed";
    it.moves(&key).await.is_error(409, many);
    it.world.pass(Duration::minutes(2));
    it.moves(&key).await.expect(200);
    it.is_the_account_s(&key.text).await;
    it.is_the_account_s(&last.text).await;
    let path = format!("/admin/service-accounts/{}/api-keys/{}", it.account.user.id, key.id);
    it.world.call(Call::delete(path).bearer(&it.admin)).await.expect(204);
    it.who(&last.text).await.is_unauthorized();
}

#[tokio::test]
async fn whoever_works_with_a_key_while_it_is_moved_is_never_told_that_it_is_no_longer_good() {
    let it = Scene::new(in_process!("orders calls")).await;
    for what in ["make", "rename", "rotate", "revoke"] {
        let mut answers = Vec::new();
        // The move comes after so many of the request's calls to the table.
        for calls in 0..12 {
            let key = it.world.key(&it.person).await;
            let own = format!("/api-keys/{}", key.id);
            let request = match what {
                "make" => Call::post("/api-keys").json(json!({"name": "made"})),
                "rename" => Call::patch(own).json(json!({"name": "renamed"})),
                "rotate" => Call::post(format!("{own}/rotate")),
                _ => Call::delete(own),
            };
            let order: Vec<bool> = [true].repeat(calls).into_iter().chain([false].repeat(60)).collect();
            let request = it.world.call(request.bearer(&key.text));
            let (answer, moved) = in_turns(&order, request, it.moves(&key)).await;
            assert!(answer.status < 300 || answer.status == 409, "{what} after {calls}: {}", answer.status);
            // Where it came first, the key is another one than was to be moved.
            assert!([200, 404, 409].contains(&moved.status), "{what} after {calls}: {}", moved.status);
            answers.push(answer.status);
        }
        assert!(answers.contains(&409) && answers.iter().any(|it| *it < 300), "{what}: {answers:?}");
    }
}
