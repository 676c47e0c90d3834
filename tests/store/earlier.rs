//! Items as the release before wrote them: what they lack means what it meant then, and nothing else does.

use super::{begun, refreshable, table_with_admin};
use crate::support::{
    records::{NOW, ORG, key, password, policy, secret_hash, session},
    table::TestTable,
};
use auth::{
    address::{AddressKey, Addresses},
    records::{Policy, PreviousSecret, StoredKey, StoredPassword},
    throttle::AttemptState,
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::time::Duration as Std;
use store::{CreateKey, POLICY_COPIES, StoreError, Write};
use time::Duration;

/// Takes these attributes from an item, as if it had been written before they came.
async fn without(table: &TestTable, pk: &str, sk: &str, attributes: &[&str]) {
    let mut item = table.item(pk, sk).await.unwrap();
    for attribute in attributes {
        assert!(item.remove(*attribute).is_some(), "{attribute}");
    }
    table.put(item).await;
}

const POLICY: [&str; 5] =
    ["addresses", "api_keys_allowed", "max_key_age_days", "refresh_absolute_seconds", "refresh_idle_seconds"];

#[tokio::test]
async fn a_policy_of_the_release_before_is_the_initial_one_in_what_it_lacks() {
    let (table, _) = table_with_admin().await;
    let old = Policy { session_seconds: 300, suspended: true, ..policy() };
    assert_eq!(table.store.put_policy(&old, 1, None).await, Ok(Write::Done));
    for copy in 0..POLICY_COPIES {
        without(&table, &format!("ORG#{ORG}#{copy}"), "POLICY", &POLICY).await;
        let read = table.store.policy(ORG, copy).await.unwrap().unwrap();
        assert_eq!(read, Policy { version: 2, ..old.clone() });
        let (idle, absolute) = (read.refresh_idle_seconds, read.refresh_absolute_seconds);
        assert_eq!((Std::from_secs(idle.into()), absolute), (Std::from_secs(7 * 86_400), 30 * 86_400));
        assert_eq!((read.api_keys_allowed, read.max_key_age_days), (true, None));
        assert_eq!(read.addresses, Addresses::Any);
    }
    let tight = Policy { api_keys_allowed: false, ..old };
    assert_eq!(table.store.put_policy(&tight, 2, None).await, Ok(Write::Done), "and can be changed");
    assert!(!table.store.policy(ORG, 3).await.unwrap().unwrap().api_keys_allowed);
}

#[tokio::test]
async fn a_key_of_the_release_before_comes_from_anywhere_and_its_replaced_secret_is_as_old_as_it() {
    let (table, admin) = table_with_admin().await;
    let made = StoredKey { created_at: NOW - Duration::days(3), ..key(&admin, 7) };
    assert_eq!(table.store.create_key(&made).await, Ok(CreateKey::Done));
    let (pk, sk) = (format!("USER#{}", admin.id), format!("KEY#{}", made.id));
    without(&table, &pk, &sk, &["addresses", "forwarded_from", "forwarded_until"]).await;
    assert_eq!(table.store.key(admin.id, made.id).await, Ok(Some(made.clone())));

    let ends = NOW + Duration::HOUR;
    let rotated = table.store.rotate_key(&made, &secret_hash(2), "wxyz", NOW, Some(ends)).await;
    let rotated = rotated.unwrap().unwrap();
    let mut item = table.item(&pk, &sk).await.unwrap();
    let mut previous = item["previous"].as_m().unwrap().clone();
    assert!(previous.remove("made_at").is_some());
    item.insert("previous".to_owned(), AttributeValue::M(previous));
    table.put(item).await;
    let expected = PreviousSecret { hash: secret_hash(1), made_at: made.created_at, expires_at: ends };
    let read = table.store.key(admin.id, made.id).await.unwrap().unwrap();
    assert_eq!((read.previous.clone(), read.rotated_at), (Some(expected), Some(NOW)));
    assert_eq!(table.store.end_previous_secret(&read).await, Ok(Write::Done));
    assert_eq!(rotated.version, 2);
}

const PASSWORD: [&str; 6] =
    ["attempts", "disabled_told", "failures", "known_addresses", "last", "not_before"];

#[tokio::test]
async fn a_password_of_the_release_before_was_tried_by_nobody_and_can_be_charged() {
    let (table, admin) = table_with_admin().await;
    let pk = format!("PASSWORD#{}", admin.id);
    without(&table, &pk, "PASSWORD", &PASSWORD).await;
    let read = table.store.password(admin.id).await.unwrap().unwrap();
    assert_eq!(read, password(&admin));

    let next = AttemptState { attempts: 1, not_before: None, last: Some(NOW) };
    let charge = |nonce| table.store.charge_password(&read, &next, 1, nonce);
    let results = tokio::join!(charge(1), charge(2));
    assert!(
        matches!(results, (Ok(Write::Done), Ok(Write::Conflict)) | (Ok(Write::Conflict), Ok(Write::Done))),
        "{results:?}"
    );
    let charged = StoredPassword { throttle: next, failures: 1, ..read };
    assert_eq!(table.store.password(admin.id).await, Ok(Some(charged)));

    let old: Vec<&str> =
        PASSWORD.into_iter().filter(|it| !["disabled_told", "known_addresses"].contains(it)).collect();
    without(&table, &pk, "PASSWORD", &old).await;
    let known = [AddressKey::of(None)];
    assert_eq!(table.store.clear_password_attempts(admin.id, 1, &known).await, Ok(Write::Done));
    assert_eq!(table.store.password(admin.id).await.unwrap().unwrap().known_addresses, known);
}

#[tokio::test]
async fn half_of_a_password_s_attempts_are_no_password_of_the_release_before() {
    let (table, admin) = table_with_admin().await;
    let pk = format!("PASSWORD#{}", admin.id);
    let whole = table.item(&pk, "PASSWORD").await.unwrap();
    for attribute in ["last", "not_before"] {
        without(&table, &pk, "PASSWORD", &[attribute]).await;
        let error = table.store.password(admin.id).await.unwrap_err();
        assert_eq!(error, StoreError::Corrupt { record: "password", attribute });
        table.put(whole.clone()).await;
    }
}

#[tokio::test]
async fn a_session_of_the_release_before_has_no_refresh_state_and_ends_as_others_do() {
    let (table, admin) = table_with_admin().await;
    let old = session(&admin, 8);
    assert_eq!(table.store.create_session(&old, None).await, Ok(Write::Done));
    let (newer, ..) = refreshable(&table, &admin, 9).await;
    let records = table.store.refresh_records(ORG, admin.id, old.id, 0).await.unwrap();
    assert_eq!((records.session, records.state), (Some(old.clone()), None));
    let (state, _) = begun(&newer);
    let states = table.store.refresh_states(&[old.id, newer.id]).await.unwrap();
    assert_eq!(states.iter().map(|it| it.session).collect::<Vec<_>>(), [state.session]);
    assert_eq!(table.store.end_session(admin.id, old.id).await, Ok(()));
    assert_eq!(table.store.session(admin.id, old.id).await, Ok(None));
}
