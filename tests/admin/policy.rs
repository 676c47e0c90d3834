//! `GET` and `PUT /admin/policy`. What its members do is in `tightening`.

use crate::support::{Answer, Call, Tenant, World, credentials::only, in_process};
use auth::{
    audit::{Action, Actor, AuditEvent},
    decide::CredentialId,
    records::SessionKind,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::Duration;

const INSIDE: &str = "198.51.100.7";

fn show(credential: &str) -> Call {
    Call::get("/admin/policy").bearer(credential)
}

fn put(credential: &str, tag: &str, policy: &Value) -> Call {
    Call::put("/admin/policy").bearer(credential).header("If-Match", tag).json(policy.clone())
}

fn me(credential: &str) -> Call {
    Call::get("/users/me").bearer(credential)
}

fn initial() -> Value {
    json!({
        "session_seconds": 900, "refresh_idle_seconds": 604_800, "refresh_absolute_seconds": 2_592_000,
        "api_keys_allowed": true, "max_key_age_days": null, "allowed_addresses": null,
    })
}

fn with(member: &str, value: impl Into<Value>) -> Value {
    let mut policy = initial();
    policy[member] = value.into();
    policy
}

#[track_caller]
fn names(answer: &Answer, field: &str) {
    assert_eq!(answer.status, 422, "{field}");
    assert!(answer.text("detail").starts_with(&format!("{field}: ")), "{}", answer.text("detail"));
}

impl World {
    async fn audited(&self, tenant: &Tenant) -> Vec<AuditEvent> {
        let mut events = crate::support::fixtures::audited(&self.store, tenant.id, self.now()).await;
        // Logging in is on record as well.
        events.retain(|event| event.action == Action::PolicyUpdated);
        events
    }

    async fn is_policy(&self, credential: &str, tag: &str, policy: &Value) {
        // Often enough to meet most of the copies.
        for _ in 0..20 {
            let shown = self.call(show(credential)).await.expect(200);
            assert_eq!((shown.header("etag"), &shown.json()), (tag, policy));
        }
    }
}

#[tokio::test]
async fn a_policy_is_replaced_as_a_whole_and_the_audit_tells_what_changed() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let session = world.session(&tenant.admin).await;
    let first = world.call(show(&session.token)).await.expect(200);
    assert_eq!((first.json(), first.header("etag")), (initial(), "\"1\""));
    assert_eq!(first.header("cache-control"), "no-store");

    let mut wanted = with("session_seconds", 300);
    wanted["max_key_age_days"] = json!(90);
    let answer = world.call(put(&session.token, "\"1\"", &wanted)).await.expect(200);
    assert_eq!((answer.json(), answer.header("etag")), (wanted.clone(), "\"2\""));
    assert_eq!(answer.header("cache-control"), "no-store");
    world.is_policy(&session.token, "\"2\"", &wanted).await;
    // Again, it changes nothing, and there is nothing to tell of.
    let answer = world.call(put(&session.token, "\"2\"", &wanted)).await.expect(200);
    assert_eq!((answer.json(), answer.header("etag")), (wanted, "\"2\""));

    let events = world.audited(&tenant).await;
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!(event.action, Action::PolicyUpdated);
    assert_eq!(event.actor, Actor::User(tenant.admin.user.id));
    assert_eq!(event.credential, Some(CredentialId::Session(session.id)));
    assert_eq!(event.target, tenant.id.to_string());
    assert!(!event.source_address.is_empty());
    let details = [
        ("max_key_age_days.after", "90"),
        ("max_key_age_days.before", "null"),
        ("session_seconds.after", "300"),
        ("session_seconds.before", "900"),
    ];
    let details: BTreeMap<_, _> = details.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    assert_eq!(event.details, details);
}

#[tokio::test]
async fn a_policy_that_was_not_seen_is_not_replaced() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let session = world.session(&tenant.admin).await;
    let wanted = with("session_seconds", 300);
    let blind = Call::put("/admin/policy").bearer(&session.token).json(wanted.clone());
    world.call(blind.clone()).await.is_error(428, "If-Match is required");
    world.call(blind.header("If-Match", "*")).await.is_error(428, "If-Match is required");
    for tag in ["\"0\"", "\"2\"", "W/\"1\"", "1", "\"01\"", "\"x\""] {
        let answer = world.call(put(&session.token, tag, &wanted)).await;
        answer.is_error(412, "It was changed since it was read");
    }
    world.is_policy(&session.token, "\"1\"", &initial()).await;
    assert!(world.audited(&tenant).await.is_empty());
    world.call(put(&session.token, "\"7\", \"1\"", &wanted)).await.expect(200);
}

#[tokio::test]
async fn of_two_admins_at_once_one_is_refused_and_sees_what_the_other_did() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let other = world.admin_with(&tenant, !world.is_in_process()).await;
    let (one, two) = (world.session(&tenant.admin).await, world.session(&other).await);
    for round in 1..=10 {
        let tag = format!("\"{round}\"");
        let (mine, theirs) = (with("session_seconds", 300 + round), with("max_key_age_days", round));
        let (a, b) = tokio::join!(
            world.call(put(&one.token, &tag, &mine)),
            world.call(put(&two.token, &tag, &theirs))
        );
        let (winner, loser, wanted) = if a.status == 200 { (a, b, mine) } else { (b, a, theirs) };
        winner.expect(200);
        loser.is_error(412, "It was changed since it was read");
        world.is_policy(&one.token, &format!("\"{}\"", round + 1), &wanted).await;
    }
    assert_eq!(world.audited(&tenant).await.len(), 10, "each change has its event, and no other");
}

#[tokio::test]
async fn what_is_out_of_bounds_or_left_out_changes_nothing() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let session = world.session(&tenant.admin).await;
    for (member, value) in [
        ("session_seconds", json!(299)),
        ("session_seconds", json!(3601)),
        ("refresh_idle_seconds", json!(899)),
        ("refresh_idle_seconds", json!(2_592_001)),
        ("refresh_absolute_seconds", json!(3599)),
        ("refresh_absolute_seconds", json!(31_536_001)),
        ("max_key_age_days", json!(0)),
        ("max_key_age_days", json!(3651)),
        ("allowed_addresses", json!([])),
        ("allowed_addresses", json!(["198.51.100.7/24"])),
        ("allowed_addresses", json!(["::ffff:198.51.100.0/120"])),
        ("allowed_addresses", json!(["example.test"])),
        ("allowed_addresses", json!(vec!["198.51.100.7"; 65])),
    ] {
        names(&world.call(put(&session.token, "\"1\"", &with(member, value))).await, member);
    }
    for member in initial().as_object().unwrap().keys() {
        let mut policy = initial();
        policy.as_object_mut().unwrap().remove(member);
        let answer = world.call(put(&session.token, "\"1\"", &policy)).await;
        answer.is_error(400, &format!("{member}: is required"));
    }
    for policy in [with("suspended", true), with("session_seconds", "900"), with("allowed_addresses", "any")]
    {
        world.call(put(&session.token, "\"1\"", &policy)).await.expect(400);
    }
    world.is_policy(&session.token, "\"1\"", &initial()).await;
}

#[tokio::test]
async fn only_an_admin_reads_and_writes_it_and_only_its_own_organization_s() {
    let world = World::new().await;
    let (tenant, other) = (world.tenant().await, world.tenant().await);
    let north = world.space(&tenant, "north").await;
    let session = world.session(&tenant.admin).await;
    let stranger = world.session(&other.admin).await;
    let wanted = with("session_seconds", 1200);

    let member = world.member(&tenant).await;
    for credential in [&world.session(&member).await.token, &world.key(&member).await.text] {
        world.call(show(credential)).await.is_forbidden();
        world.call(put(credential, "\"1\"", &wanted)).await.is_forbidden();
    }
    let narrow = world.key_with(&tenant.admin, |key| key.spaces = only(&[&north])).await;
    world.call(show(&narrow.text)).await.is_forbidden();
    world.call(put(&narrow.text, "\"1\"", &wanted)).await.is_forbidden();
    let reader = world.key_with(&tenant.admin, |key| key.read_only = true).await;
    world.call(show(&reader.text)).await.expect(200);
    world.call(put(&reader.text, "\"1\"", &wanted)).await.is_forbidden();
    world.is_policy(&session.token, "\"1\"", &initial()).await;

    let key = world.key(&tenant.admin).await;
    world.call(put(&key.text, "\"1\"", &wanted)).await.expect(200);
    world.is_policy(&session.token, "\"2\"", &wanted).await;
    // The other organization's admin sees and changes that one's, whatever tag it names.
    world.is_policy(&stranger.token, "\"1\"", &initial()).await;
    world.call(put(&stranger.token, "\"2\"", &initial())).await.expect(412);
    world.is_policy(&session.token, "\"2\"", &wanted).await;
}

#[tokio::test]
async fn a_first_session_sets_no_policy() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    if world.is_in_process() {
        let session = world.first_session(&tenant.admin).await;
        assert_eq!(
            world.store.session(tenant.admin.user.id, session.id).await.unwrap().unwrap().kind,
            SessionKind::PasswordChange
        );
        world.call(put(&session.token, "\"1\"", &initial())).await.is_forbidden();
    }
}

#[tokio::test]
async fn an_admin_does_not_shut_itself_out() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let session = world.session(&tenant.admin).await;
    let elsewhere = with("allowed_addresses", json!(["198.51.101.0/24", "2001:db8::/32"]));
    let from = |address: &str| put(&session.token, "\"1\"", &elsewhere).from(address);
    names(&world.call(from(INSIDE)).await, "allowed_addresses");

    let now = world.second();
    let old = world.key_with(&tenant.admin, |key| key.created_at = now - Duration::days(40)).await;
    let key = |policy: &Value| put(&old.text, "\"1\"", policy);
    names(&world.call(key(&with("api_keys_allowed", false))).await, "api_keys_allowed");
    names(&world.call(key(&with("max_key_age_days", 30))).await, "max_key_age_days");
    world.is_policy(&session.token, "\"1\"", &initial()).await;
    assert!(world.audited(&tenant).await.is_empty());

    // A session may end all keys: its user logs in again.
    world.call(key(&with("max_key_age_days", 41))).await.expect(200);
    let mut without = with("api_keys_allowed", false);
    without["max_key_age_days"] = json!(30);
    world.call(put(&session.token, "\"2\"", &without)).await.expect(200);
    world.call(me(&old.text)).await.is_unauthorized();
}

#[tokio::test]
async fn a_suspended_organization_stays_suspended_whatever_its_policy_says() {
    let world = in_process!("suspends between a read and a write");
    let tenant = world.tenant().await;
    let session = world.session(&tenant.admin).await;
    world.suspend(&tenant).await;
    world.call(put(&session.token, "\"2\"", &initial())).await.is_unauthorized();
    assert!(world.store.policy(tenant.id, 0).await.unwrap().unwrap().suspended);
}
