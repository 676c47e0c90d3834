//! The authorizer, and every trick with headers, keys and tokens that we could think of.

use crate::support::{
    Call, Person, World, canary, document::DOCUMENT, event, in_process, in_process::BASE_URL,
};
use auth::{
    access::SpaceRole,
    api_key::ApiKey,
    session::{Claims, issue},
    signing::SigningKey,
};
use std::collections::BTreeSet;
use store::{Published, Write};
use time::Duration;

fn me(credential: &str) -> Call {
    Call::get("/users/me").bearer(credential)
}

async fn member(world: &World) -> Person {
    world.member(&world.tenant().await).await
}

/// The operations on the table since the last time.
fn operations(world: &World) -> Vec<String> {
    world.deployment().take()
}

#[tokio::test]
async fn a_decision_is_one_consistent_batch_of_reads_and_sees_no_password() {
    let world = in_process!("counts the calls");
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let north = world.space(&tenant, "north").await;
    world.join(&person, &north, SpaceRole::Viewer).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    world.call(me(&session.token)).await.expect(200);
    for (target, credential, items) in [
        ("/users/me", &session.token, 3),
        ("/users/me", &key.text, 3),
        ("/catalog/spaces/north/products", &session.token, 5),
        ("/catalog/spaces/north/products", &key.text, 5),
    ] {
        let call = Call::get(target).bearer(credential);
        let routed = DOCUMENT.route("GET", target).unwrap();
        let asked = serde_json::from_value(event::authorizer(&call, &routed)).unwrap();
        world.deployment().wire.take();
        let deployment = world.deployment();
        deployment.gateway.authorizer.answer(&asked, &mut deployment.ambient()).await.unwrap();
        let calls = deployment.wire.take();
        assert_eq!(calls.len(), 1, "{target}");
        assert_eq!(calls[0].operation, "BatchGetItem");
        let (_, table) = calls[0].body["RequestItems"].as_object().unwrap().iter().next().unwrap();
        assert_eq!(table["ConsistentRead"], true);
        let keys = table["Keys"].as_array().unwrap();
        assert_eq!(keys.len(), items);
        assert!(!table.to_string().contains("PASSWORD#"));
    }
}

#[tokio::test]
async fn a_new_process_reads_the_public_keys_before_its_first_event() {
    let mut world = in_process!("counts the calls");
    let session = world.session(&member(&world).await).await;
    world.restart();
    let deployment = world.deployment();
    operations(&world);
    deployment.gateway.authorizer.warm(world.now()).await;
    assert_eq!(operations(&world), ["GetItem"]);
    let asked = event::authorizer(&me(&session.token), &DOCUMENT.route("GET", "/users/me").unwrap());
    let asked = serde_json::from_value(asked).unwrap();
    deployment.gateway.authorizer.answer(&asked, &mut deployment.ambient()).await.unwrap();
    assert_eq!(operations(&world), ["BatchGetItem"]);
}

#[test]
fn an_event_prints_neither_its_headers_nor_its_path() {
    let call = me("a credential").header("x-secret", "another");
    let asked = event::authorizer(&call, &DOCUMENT.route("GET", "/users/me").unwrap());
    let asked: authorizer::Event = serde_json::from_value(asked).unwrap();
    assert_eq!(format!("{asked:?}"), r#"Event { http_method: "GET", resource: "/users/me", .. }"#);
}

#[tokio::test]
async fn the_policy_s_copies_are_read_at_random() {
    let world = in_process!("looks at the calls");
    let key = world.key(&member(&world).await).await;
    let mut copies = BTreeSet::new();
    for _ in 0..60 {
        world.deployment().wire.take();
        world.call(me(&key.text)).await.expect(200);
        let calls = world.deployment().wire.take();
        let (_, table) = calls[0].body["RequestItems"].as_object().unwrap().iter().next().unwrap();
        let policy = table["Keys"].as_array().unwrap().iter().find(|key| key["sk"]["S"] == "POLICY").unwrap();
        copies.insert(policy["pk"]["S"].as_str().unwrap().to_owned());
    }
    assert!(copies.len() > 8, "{}", copies.len());
}

#[tokio::test]
async fn junk_is_refused_without_any_read() {
    let world = in_process!("counts the calls");
    let person = member(&world).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    world.call(me(&session.token)).await.expect(200);
    world.deployment().take();
    let last = key.text.chars().last().unwrap();
    let typo = format!("{}{}", &key.text[..key.text.len() - 1], if last == '0' { '1' } else { '0' });
    let (head, _) = session.token.rsplit_once('.').unwrap();
    canary::note(&typo);
    for value in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer junk".to_owned(),
        format!("Basic {}", key.text),
        key.text.clone(),
        format!("Bearer{}", key.text),
        format!("Bearer {} ", key.text),
        format!("Bearer {},{}", key.text, key.text),
        format!("Bearer {typo}"),
        format!("Bearer {}", key.text.to_uppercase()),
        format!("Bearer other{}", key.text),
        format!("Bearer {}", key.text.replacen("qarion_", "karion_", 1)),
        format!("Bearer {}", "a".repeat(20_000)),
        "Bearer a.b.c".to_owned(),
        "Bearer ...".to_owned(),
        format!("Bearer {head}."),
        format!("Bearer {}=", session.token),
        format!("Bearer {}", "a.".repeat(5_000)),
        "Bearer \u{e4}\u{f6}".to_owned(),
    ] {
        world.call(Call::get("/users/me").header("Authorization", value)).await.is_unauthorized();
        assert_eq!(operations(&world), [""; 0]);
    }
}

#[tokio::test]
async fn two_credentials_are_none() {
    let world = in_process!("the shape of an event with two values is API Gateway's");
    let person = member(&world).await;
    let (session, key) = (world.session(&person).await, world.key(&person).await);
    world.call(me(&session.token)).await.expect(200);
    world.deployment().take();
    for call in [
        me(&key.text).bearer(&key.text),
        me(&key.text).bearer(&session.token),
        me(&key.text).bearer("junk"),
        me("junk").header("authorization", format!("Bearer {}", key.text)),
        me(&key.text).header("AUTHORIZATION", ""),
    ] {
        world.call(call).await.is_unauthorized();
        assert_eq!(operations(&world), [""; 0]);
    }
}

#[tokio::test]
async fn a_key_with_the_right_ids_and_another_secret_is_refused() {
    let world = World::new().await;
    let person = member(&world).await;
    let key = world.key(&person).await;
    let guess = |user: auth::ids::UserId, organization: auth::ids::OrganizationId| {
        let guessed = ApiKey::generate(organization, user, key.id, &mut *world.rng.lock().unwrap());
        let text = guessed.reveal(&world.prefix).to_string();
        canary::note(&text);
        text
    };
    let stranger = member(&world).await;
    for text in [
        guess(person.user.id, person.user.organization),
        guess(stranger.user.id, stranger.user.organization),
        guess(person.user.id, stranger.user.organization),
        guess(stranger.user.id, person.user.organization),
    ] {
        world.call(me(&text)).await.is_unauthorized();
    }
    world.call(me(&key.text)).await.expect(200);
}

#[tokio::test]
async fn a_token_is_good_only_as_it_was_issued() {
    let world = in_process!("signs tokens itself");
    let (person, stranger) = (member(&world).await, member(&world).await);
    let session = world.session(&person).await;
    let user = &person.user;
    let now = world.now();
    let issuer = BASE_URL;
    let foreign = SigningKey::generate(now - Duration::days(1)).unwrap();
    let mut disguised = foreign.clone();
    disguised.public.kid.clone_from(&world.deployment().signer.public.kid);
    let ours = world.deployment().signer.clone();
    let claims = |change: fn(&mut Claims)| {
        let mut rng = world.rng.lock().unwrap();
        let mut claims = Claims::new(issuer, user.id, session.id, user.organization, now, 900, &mut *rng);
        change(&mut claims);
        claims
    };
    let good = claims(|_| {});
    let other_user = Claims { sub: stranger.user.id, ..good.clone() };
    let other_organization = Claims { org: stranger.user.organization, ..good.clone() };
    for (key, claims) in [
        (&foreign, good.clone()),
        (&disguised, good.clone()),
        (&ours, other_user),
        (&ours, other_organization),
        (&ours, claims(|it| it.iss = "https://elsewhere.test".to_owned())),
        (&ours, claims(|it| it.aud = "https://elsewhere.test".to_owned())),
        (&ours, claims(|it| it.sid = auth::ids::SessionId::from_bits(1))),
        (&ours, claims(|it| (it.iat, it.exp) = (it.iat - 901, it.exp - 900))),
        (&ours, claims(|it| (it.iat, it.exp) = (it.iat + 3600, it.exp + 3600))),
    ] {
        let token = issue(key, &claims).unwrap().to_string();
        canary::note(&token);
        world.call(me(&token)).await.is_unauthorized();
    }
    world.call(me(&issue(&ours, &good).unwrap())).await.expect(200);
}

#[tokio::test]
async fn an_unknown_key_id_rereads_the_keys_at_most_once_in_ten_seconds() {
    let world = in_process!("counts the calls and moves the clock");
    let person = member(&world).await;
    let session = world.session(&person).await;
    world.call(me(&session.token)).await.expect(200);
    let foreign = SigningKey::generate(world.now() - Duration::days(1)).unwrap();
    let junk = || {
        let mut rng = world.rng.lock().unwrap();
        let issuer = BASE_URL;
        let user = &person.user;
        let claims = Claims::new(issuer, user.id, session.id, user.organization, world.now(), 900, &mut *rng);
        issue(&foreign, &claims).unwrap().to_string()
    };
    let reads = async |seconds| {
        world.pass(Duration::seconds(seconds));
        world.deployment().take();
        for _ in 0..5 {
            world.call(me(&junk())).await.is_unauthorized();
        }
        operations(&world).len()
    };
    assert_eq!(reads(1).await, 0, "the keys were read a second ago");
    assert_eq!(reads(9).await, 1);
    assert_eq!(reads(9).await, 0);
    assert_eq!(reads(1).await, 1);
    world.call(me(&session.token)).await.expect(200);
}

#[tokio::test]
async fn a_withdrawn_signing_key_is_refused_within_a_minute_and_a_new_one_known_at_once() {
    let world = in_process!("publishes keys and moves the clock");
    let person = member(&world).await;
    let session = world.session(&person).await;
    world.call(me(&session.token)).await.expect(200);
    let next = SigningKey::generate(world.now() - Duration::days(1)).unwrap();
    let published = world.store.published().await.unwrap().unwrap();
    let replaced = Published { keys: vec![next.public.clone()], ..published.clone() };
    assert_eq!(world.store.publish(&replaced, Some(published.version)).await.unwrap(), Write::Done);
    world.pass(Duration::seconds(59));
    world.call(me(&session.token)).await.expect(200);
    world.pass(Duration::seconds(1));
    world.call(me(&session.token)).await.is_unauthorized();
    let token = {
        let mut rng = world.rng.lock().unwrap();
        let user = &person.user;
        let issuer = BASE_URL;
        let claims = Claims::new(issuer, user.id, session.id, user.organization, world.now(), 60, &mut *rng);
        issue(&next, &claims).unwrap().to_string()
    };
    world.call(me(&token)).await.expect(200);
}
