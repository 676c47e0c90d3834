use super::table_with_admin;
use crate::support::{
    records::{ORG, key, membership, policy, session, slug, space},
    table::TestTable,
};
use auth::{
    access::SpaceRole,
    decide::{CredentialId, Records},
    records::{Session, StoredKey, User},
};
use serde_json::{Value, json};
use store::{CreateKey, Lookup, Write};

async fn with_credentials() -> (TestTable, User, StoredKey, Session) {
    let (table, user) = table_with_admin().await;
    let (key, session, space) = (key(&user, 7), session(&user, 8), space(9, "tools"));
    assert_eq!(table.store.create_key(&key).await, Ok(CreateKey::Done));
    assert_eq!(table.store.create_session(&session, None).await, Ok(Write::Done));
    let creator = membership(&user, &space, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&space, Some(&creator)).await, Ok(Write::Done));
    table.wire.take();
    (table, user, key, session)
}

fn asked(table: &TestTable) -> (Value, Vec<String>) {
    let calls = table.wire.take();
    assert_eq!(calls.len(), 1, "one request");
    assert_eq!(calls[0].operation, "BatchGetItem");
    let request = &calls[0].body["RequestItems"][&table.name];
    let mut keys: Vec<String> = request["Keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| format!("{} {}", key["pk"]["S"].as_str().unwrap(), key["sk"]["S"].as_str().unwrap()))
        .collect();
    keys.sort();
    (request["ConsistentRead"].clone(), keys)
}

#[tokio::test]
async fn a_decision_in_a_space_is_one_consistent_read_of_five_items() {
    let (table, user, key, _) = with_credentials().await;
    let tools = slug("tools");
    let lookup = Lookup {
        organization: ORG,
        user: user.id,
        credential: CredentialId::ApiKey(key.id),
        space: Some(&tools),
        policy_copy: 13,
    };
    let records = table.store.decision_records(&lookup).await.unwrap();

    let space = auth::records::Space { admins: 1, members: 1, ..space(9, "tools") };
    let membership = membership(&user, &space, SpaceRole::Admin);
    let expected = Records {
        moved_to: None,
        user: Some(user.clone()),
        key: Some(key.clone()),
        session: None,
        policy: Some(policy()),
        space: Some(space),
        membership: Some(membership),
    };
    assert_eq!(records, expected);
    let (consistent, keys) = asked(&table);
    assert_eq!(consistent, json!(true));
    let mut expected = vec![
        format!("ORG#{ORG} SPACE#tools"),
        format!("ORG#{ORG}#13 POLICY"),
        format!("USER#{} KEY#{}", user.id, key.id),
        format!("USER#{} PROFILE", user.id),
        format!("USER#{} SPACE#tools", user.id),
    ];
    expected.sort();
    assert_eq!(keys, expected);
}

#[tokio::test]
async fn a_decision_outside_of_spaces_is_one_consistent_read_of_three_items() {
    let (table, user, _, session) = with_credentials().await;
    let lookup = Lookup {
        organization: ORG,
        user: user.id,
        credential: CredentialId::Session(session.id),
        space: None,
        policy_copy: 0,
    };
    let records = table.store.decision_records(&lookup).await.unwrap();

    let expected = Records {
        user: Some(user.clone()),
        session: Some(session.clone()),
        policy: Some(policy()),
        ..Records::default()
    };
    assert_eq!(records, expected);
    let (consistent, keys) = asked(&table);
    assert_eq!(consistent, json!(true));
    let mut expected = vec![
        format!("ORG#{ORG}#0 POLICY"),
        format!("USER#{} PROFILE", user.id),
        format!("USER#{} SESSION#{}", user.id, session.id),
    ];
    expected.sort();
    assert_eq!(keys, expected);
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let table = crate::support::table::table().await;
    let nowhere = slug("nowhere");
    let lookup = Lookup {
        organization: ORG,
        user: auth::ids::UserId::from_bits(99),
        credential: CredentialId::ApiKey(auth::ids::KeyId::from_bits(99)),
        space: Some(&nowhere),
        policy_copy: 255,
    };
    assert_eq!(table.store.decision_records(&lookup).await, Ok(Records::default()));
}

#[tokio::test]
async fn a_change_holds_for_the_next_decision() {
    let (table, user, key, _) = with_credentials().await;
    let lookup = Lookup {
        organization: ORG,
        user: user.id,
        credential: CredentialId::ApiKey(key.id),
        space: None,
        policy_copy: 4,
    };
    let now = crate::support::records::NOW;
    let revoked = table.store.revoke_key(user.id, key.id, now).await;
    assert_eq!(revoked, Ok(store::Revoke::Done));
    table.store.end_keys(user.id).await.unwrap().unwrap();
    let suspended = auth::records::Policy { suspended: true, ..policy() };
    assert_eq!(table.store.put_policy(&suspended, 1, None).await, Ok(Write::Done));

    let records = table.store.decision_records(&lookup).await.unwrap();
    assert_eq!(records.key.unwrap().revoked_at, Some(now));
    assert_eq!(records.user.unwrap().key_epoch, user.key_epoch + 1);
    assert!(records.policy.unwrap().suspended);
}
