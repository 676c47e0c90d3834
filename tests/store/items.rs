//! Items as they stand in the table: what cannot be read fails, and no list carries a secret.

use super::{event, refreshable, rng, rotated, table_with_admin};
use crate::support::{
    records::{
        NOW, ORG, key_of, membership, organization, password, password_hash, product, secret_hash, session,
        slug, space,
    },
    table::{TestTable, table, template_table},
};
use auth::{
    access::SpaceRole,
    address::Addresses,
    audit::{Action, ulid},
    ids::SpaceId,
    one_time::issue,
    records::{Forwarding, KeySpace, KeySpaces, PreviousSecret, StoredKey},
    signing::PublicKey,
    throttle::AttemptState,
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::{BTreeSet, HashMap};
use store::{
    AuditQuery, CreateKey, MailKind, OutboxItem, Published, Rotation, Store, StoreError, Subject, Write,
};

/// What items of an earlier release lack: see `earlier`. Of another type it is a fault all the same.
const ADDED: [&str; 11] = [
    "addresses",
    "api_keys_allowed",
    "attempts",
    "deleting",
    "disabled_told",
    "failures",
    "known_addresses",
    "max_key_age_days",
    "members",
    "refresh_absolute_seconds",
    "refresh_idle_seconds",
];

/// Spoils the item one attribute at a time, by leaving it out and by giving it another type. Each time the
/// record must fail to read.
async fn fails_when_spoiled<T, F>(table: &TestTable, pk: &str, sk: &str, read: impl Fn(Store) -> F)
where
    T: std::fmt::Debug,
    F: Future<Output = Result<T, StoreError>>,
{
    let item = table.item(pk, sk).await.unwrap_or_else(|| panic!("no item {pk} {sk}"));
    read(table.store.clone()).await.unwrap_or_else(|error| panic!("{pk} {sk}: {error}"));
    let attributes: Vec<&String> =
        item.keys().filter(|name| !["pk", "sk", "gsi1pk", "gsi1sk"].contains(&name.as_str())).collect();
    assert!(!attributes.is_empty());
    for name in attributes {
        let mut spoiled = Vec::new();
        if !ADDED.contains(&name.as_str()) || pk.starts_with("THROTTLE#") {
            spoiled.push(without_key(&item, name));
        }
        for wrong in [AttributeValue::Ss(vec!["x".to_owned()]), AttributeValue::S("\u{0}".to_owned())] {
            // Free text may be any.
            let free = ["name", "hint", "description", "source_address", "target", "user_agent", "base_url"];
            if !(free.contains(&name.as_str()) && wrong.is_s()) {
                spoiled.push(
                    HashMap::from([(name.clone(), wrong)])
                        .into_iter()
                        .chain(without_key(&item, name))
                        .collect(),
                );
            }
        }
        for spoiled in spoiled {
            table.put(spoiled).await;
            let result = read(table.store.clone()).await;
            assert!(
                matches!(result, Err(StoreError::Corrupt { .. })),
                "{pk} {sk} without a good {name}: {result:?}"
            );
        }
    }
    table.put(item).await;
    read(table.store.clone()).await.unwrap();
}

fn without_key(item: &HashMap<String, AttributeValue>, name: &str) -> HashMap<String, AttributeValue> {
    item.iter().filter(|(key, _)| *key != name).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// A key with something in each field.
fn full_key(user: &auth::records::User) -> StoredKey {
    StoredKey {
        previous: Some(PreviousSecret { hash: secret_hash(9), made_at: NOW, expires_at: NOW }),
        rotated_at: Some(NOW),
        expires_at: Some(NOW),
        read_only: true,
        spaces: KeySpaces::Only(vec![KeySpace { id: SpaceId::from_bits(1), slug: slug("tools") }]),
        addresses: Addresses::parse(&["203.0.113.0/24"]).unwrap(),
        forwarding: Some(Forwarding { from: user.id, until: Some(NOW) }),
        revoked_at: Some(NOW),
        ..key_of(user, 7, 8)
    }
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_a_failure_and_no_default() {
    let (table, admin) = table_with_admin().await;
    let id = admin.id;
    assert_eq!(table.store.create_key(&crate::support::records::key(&admin, 7)).await, Ok(CreateKey::Done));
    let (key, session, tools) = (full_key(&admin), session(&admin, 8), space(9, "tools"));
    assert_eq!(table.store.create_key(&key).await, Ok(CreateKey::Done));
    assert_eq!(table.store.create_session(&session, None).await, Ok(Write::Done));
    let creator = membership(&admin, &tools, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&tools, Some(&creator)).await, Ok(Write::Done));
    let product = product(&tools, 1);
    assert_eq!(table.store.create_product(&product).await, Ok(Write::Done));
    let public =
        PublicKey { kid: "one".to_owned(), x: [1; 32], y: [2; 32], sign_from: NOW, retire_at: Some(NOW) };
    let published = Published { base_url: "https://auth.example".to_owned(), keys: vec![public], version: 1 };
    assert_eq!(table.store.publish(&published, None).await, Ok(Write::Done));

    let user_pk = format!("USER#{id}");
    fails_when_spoiled(&table, &user_pk, "PROFILE", |store| async move { store.user(id).await }).await;
    let (key_id, sk) = (key.id, format!("KEY#{}", key.id));
    fails_when_spoiled(&table, &user_pk, &sk, |store| async move { store.key(id, key_id).await }).await;
    let (session_id, sk) = (session.id, format!("SESSION#{}", session.id));
    fails_when_spoiled(&table, &user_pk, &sk, |store| async move { store.session(id, session_id).await })
        .await;
    fails_when_spoiled(
        &table,
        &user_pk,
        "SPACE#tools",
        |store| async move { store.memberships_of(id).await },
    )
    .await;
    let email = admin.email.clone();
    fails_when_spoiled(&table, &format!("EMAIL#{email}"), "EMAIL", |store| {
        let email = email.clone();
        async move { store.user_by_email(&email).await }
    })
    .await;
    let pk = format!("PASSWORD#{id}");
    fails_when_spoiled(&table, &pk, "PASSWORD", |store| async move { store.login_records(ORG, id, 0).await })
        .await;
    let pk = format!("ORG#{ORG}");
    fails_when_spoiled(&table, &pk, "ORGANIZATION", |store| async move { store.organization(ORG).await })
        .await;
    fails_when_spoiled(&table, &pk, "SPACE#tools", |store| async move { store.spaces_of(ORG).await }).await;
    let pk = format!("ORG#{ORG}#15");
    fails_when_spoiled(&table, &pk, "POLICY", |store| async move { store.policy(ORG, 15).await }).await;
    let pk = format!("SPACE#{}", tools.id);
    let (space_id, product_id, sk) = (tools.id, product.id, format!("PRODUCT#{}", product.id));
    fails_when_spoiled(&table, &pk, &sk, |store| async move { store.product(space_id, product_id).await })
        .await;
    fails_when_spoiled(&table, "JWKS", "JWKS", |store| async move { store.published().await }).await;
}

#[tokio::test]
async fn what_a_credential_s_life_needs_and_cannot_be_read_is_a_failure_too() {
    let (table, admin) = table_with_admin().await;
    let (session, state, token) = refreshable(&table, &admin, 8).await;
    let rotation = table.store.rotate_refresh(&state, &rotated(&state, &token).0).await;
    assert_eq!(rotation, Ok(Rotation::Done));
    let id = session.id;
    fails_when_spoiled(&table, &format!("SESSIONSECRET#{id}"), "SESSIONSECRET", |store| async move {
        store.refresh_states(&[id]).await
    })
    .await;

    let (_, once) = issue(&admin, 1, Some(admin.id), NOW, &mut rng());
    assert_eq!(table.store.put_one_time(&once, None).await, Ok(Write::Done));
    let hash = once.hash;
    fails_when_spoiled(&table, &format!("ONCE#{}", hash.to_hex()), "ONCE", |store| async move {
        store.one_time(hash).await
    })
    .await;

    let event = event(Action::PolicyUpdated).with("before", "900");
    assert_eq!(table.store.audit(&event).await, Ok(()));
    fails_when_spoiled(&table, &format!("AUDIT#{ORG}#2026-03"), &event.id, |store| async move {
        let query = AuditQuery {
            from: NOW - time::Duration::DAY,
            to: NOW + time::Duration::DAY,
            actor: None,
            action: None,
            target: None,
        };
        store.audit_page(ORG, &query, None, 1, NOW, || true).await
    })
    .await;

    let kind = MailKind::ResetStarted { user: admin.id, by: admin.id };
    let mail = OutboxItem {
        id: ulid(NOW, &mut rng()),
        kind,
        source_address: "192.0.2.7".to_owned(),
        created_at: NOW,
        expires_at: NOW,
    };
    assert_eq!(table.store.enqueue(&mail).await, Ok(()));
    let pk = table.wire.take().pop().unwrap().body["Item"]["pk"]["S"].as_str().unwrap().to_owned();
    let mut item = table.item(&pk, &mail.id).await.unwrap();
    // Nobody asks for the address of a mail to a user.
    item.remove("email");
    table.put(item).await;
    fails_when_spoiled(&table, &pk, &mail.id.clone(), |store| {
        let id = mail.id.clone();
        async move { store.outbox_item(&id).await }
    })
    .await;

    let (subject, none) = (Subject::account(&admin.email), AttemptState::default());
    let next = AttemptState { attempts: 5, not_before: Some(NOW), last: Some(NOW) };
    assert_eq!(table.store.charge_attempt(&subject, &none, &next, NOW, 1).await, Ok(Write::Done));
    let pk = table.wire.take().pop().unwrap().body["Key"]["pk"]["S"].as_str().unwrap().to_owned();
    let mut item = table.item(&pk, "WINDOW").await.unwrap();
    // What the TTL and the next write look at.
    for unread in ["attempt", store::TTL_ATTRIBUTE] {
        item.remove(unread);
    }
    table.put(item).await;
    fails_when_spoiled(&table, &pk, "WINDOW", |store| {
        let subject = subject.clone();
        async move { store.attempts(&[subject]).await }
    })
    .await;
}

#[tokio::test]
async fn a_decision_on_an_unreadable_item_is_a_failure() {
    let (table, admin) = table_with_admin().await;
    let pk = format!("ORG#{ORG}#3");
    let mut item = table.item(&pk, "POLICY").await.unwrap();
    item.remove("suspended");
    table.put(item).await;
    let lookup = store::Lookup {
        organization: ORG,
        user: admin.id,
        credential: auth::decide::CredentialId::ApiKey(full_key(&admin).id),
        space: None,
        policy_copy: 3,
    };
    let error = table.store.decision_records(&lookup).await.unwrap_err();
    assert_eq!(error, StoreError::Corrupt { record: "policy", attribute: "suspended" });
    assert_eq!(error.to_string(), "the policy item has no valid suspended");
}

#[tokio::test]
async fn a_key_that_lost_its_restriction_or_its_end_is_not_a_broader_key() {
    let (table, admin) = table_with_admin().await;
    assert_eq!(table.store.create_key(&crate::support::records::key(&admin, 7)).await, Ok(CreateKey::Done));
    let key = full_key(&admin);
    assert_eq!(table.store.create_key(&key).await, Ok(CreateKey::Done));
    let (pk, sk) = (format!("USER#{}", admin.id), format!("KEY#{}", key.id));
    let item = table.item(&pk, &sk).await.unwrap();
    for attribute in ["spaces", "read_only", "ends_at", "revoked_at", "created_by_key", "epoch"] {
        let mut spoiled = item.clone();
        spoiled.remove(attribute);
        table.put(spoiled).await;
        let error = table.store.key(admin.id, key.id).await.unwrap_err();
        assert_eq!(error, StoreError::Corrupt { record: "API key", attribute });
    }
}

#[tokio::test]
async fn an_index_carries_no_secret() {
    let (table, admin) = table_with_admin().await;
    assert_eq!(table.store.create_key(&crate::support::records::key(&admin, 7)).await, Ok(CreateKey::Done));
    assert_eq!(table.store.create_key(&full_key(&admin)).await, Ok(CreateKey::Done));
    assert_eq!(table.store.upgrade_hash(admin.id, 1, &password_hash('C')).await, Ok(Write::Done));
    let tools = space(9, "tools");
    let creator = membership(&admin, &tools, SpaceRole::Viewer);
    assert_eq!(table.store.create_space(&tools, Some(&creator)).await, Ok(Write::Done));

    let mut listed = BTreeSet::new();
    let members = format!("ORG#{ORG}#SPACE#tools");
    for partition in store::organization_shards(ORG).chain([members]) {
        let answer = table
            .client
            .query()
            .table_name(&table.name)
            .index_name(store::INDEX)
            .key_condition_expression("gsi1pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(partition))
            .send()
            .await
            .unwrap();
        for item in answer.items() {
            for secret in ["hash", "previous", "must_change", "x", "y", "keys"] {
                assert!(!item.contains_key(secret), "{secret} in {item:?}");
            }
            listed.insert(item["gsi1sk"].as_s().unwrap().clone());
        }
    }
    let seconds = NOW.unix_timestamp();
    let expected = [
        format!("KEY#{seconds:012}#{}", crate::support::records::key(&admin, 7).id),
        format!("KEY#{seconds:012}#{}", full_key(&admin).id),
        format!("USER#{}", admin.email),
        format!("USER#{}", admin.id),
    ];
    assert_eq!(listed, BTreeSet::from(expected));
}

#[tokio::test]
async fn a_password_stands_in_a_partition_of_its_own_and_in_no_index() {
    let (table, admin) = table_with_admin().await;
    let item = table.item(&format!("PASSWORD#{}", admin.id), "PASSWORD").await.unwrap();
    let names: BTreeSet<_> = item.keys().map(String::as_str).collect();
    let attempts = ["attempts", "failures", "known_addresses", "last", "not_before"];
    let own = ["disabled_told", "hash", "must_change", "pk", "sk", "version"];
    assert_eq!(names, own.into_iter().chain(attempts).collect());
    assert_eq!(item["hash"].as_s().unwrap(), password(&admin).hash.as_str());
    let profile = table.item(&format!("USER#{}", admin.id), "PROFILE").await.unwrap();
    assert!(!profile.contains_key("hash"));
}

#[test]
fn the_template_has_the_index_and_the_ttl_that_the_store_relies_on() {
    let properties = template_table();
    let index = &properties["GlobalSecondaryIndexes"][0];
    assert_eq!(index["IndexName"], store::INDEX);
    assert_eq!(index["Projection"]["ProjectionType"], "INCLUDE");
    let projected: Vec<&str> = index["Projection"]["NonKeyAttributes"]
        .as_sequence()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    for secret in ["hash", "previous"] {
        assert!(!projected.contains(&secret));
    }
    assert_eq!(properties["TimeToLiveSpecification"]["AttributeName"], store::TTL_ATTRIBUTE);
    assert_eq!(properties["TimeToLiveSpecification"]["Enabled"], true);
}

#[tokio::test]
async fn what_is_logged_of_a_record_shows_no_secret() {
    let (table, admin) = table_with_admin().await;
    let records = table.store.login_records(ORG, admin.id, 0).await.unwrap();
    assert!(!format!("{records:?}").contains("argon2id"));
    let key = full_key(&admin);
    assert!(!format!("{key:?}").contains("[9, 9"));
    let (session, ..) = refreshable(&table, &admin, 8).await;
    let records = table.store.refresh_records(ORG, admin.id, session.id, 0).await.unwrap();
    let shown = format!("{records:?}");
    assert!(!shown.contains("tag_key") && !shown.contains("current"), "{shown}");
}

#[tokio::test]
async fn an_empty_table_answers_none() {
    let table = table().await;
    assert_eq!(table.store.organization(organization().id).await, Ok(None));
    assert!(table.endpoint.starts_with("http://127.0.0.1:"));
}
