use super::table_with_admin;
use crate::support::{
    records::{NOW, key, key_of, user},
    table::TestTable,
    wire::Fault,
};
use auth::{
    ids::KeyId,
    records::{StoredKey, User},
};
use aws_sdk_dynamodb::types::AttributeValue;
use store::{CreateKey, Created, Revoke};
use time::{Duration, OffsetDateTime};

async fn made(table: &TestTable, keys: impl IntoIterator<Item = StoredKey>) {
    for key in keys {
        assert_eq!(table.store.create_key(&key).await, Ok(CreateKey::Done));
    }
}

async fn revoked_at(table: &TestTable, user: &User, bits: u64) -> Option<OffsetDateTime> {
    table.store.key(user.id, KeyId::from_bits(bits)).await.unwrap().unwrap().revoked_at
}

async fn live(table: &TestTable, user: &User) -> Vec<u64> {
    let page = table.store.keys_page(user, None, 1000).await.unwrap();
    page.keys.iter().map(|key| key.id.bits()).collect()
}

#[tokio::test]
async fn a_revoked_key_leaves_a_tombstone_that_the_table_deletes_after_ninety_days() {
    let (table, admin) = table_with_admin().await;
    made(&table, [key(&admin, 1)]).await;
    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(1), NOW).await, Ok(Revoke::Done));

    let expected = StoredKey { revoked_at: Some(NOW), version: 2, ..key(&admin, 1) };
    assert_eq!(table.store.key(admin.id, KeyId::from_bits(1)).await, Ok(Some(expected)));
    let item =
        table.item(&format!("USER#{}", admin.id), &format!("KEY#{}", KeyId::from_bits(1))).await.unwrap();
    let gone = (NOW + Duration::days(90)).unix_timestamp().to_string();
    assert_eq!(item[store::TTL_ATTRIBUTE], AttributeValue::N(gone));
}

#[tokio::test]
async fn a_key_that_expires_has_no_ttl_of_the_table() {
    let (table, admin) = table_with_admin().await;
    made(&table, [StoredKey { expires_at: Some(NOW), ..key(&admin, 1) }]).await;
    let item =
        table.item(&format!("USER#{}", admin.id), &format!("KEY#{}", KeyId::from_bits(1))).await.unwrap();
    assert!(!item.contains_key(store::TTL_ATTRIBUTE));
}

#[tokio::test]
async fn revoking_again_is_no_error_and_keeps_the_time() {
    let (table, admin) = table_with_admin().await;
    made(&table, [key(&admin, 1)]).await;
    let later = NOW + Duration::days(1);
    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(1), NOW).await, Ok(Revoke::Done));
    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(1), later).await, Ok(Revoke::Done));
    assert_eq!(revoked_at(&table, &admin, 1).await, Some(NOW));
    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(2), NOW).await, Ok(Revoke::NotFound));
    assert_eq!(table.store.key(admin.id, KeyId::from_bits(2)).await, Ok(None), "no tombstone of nothing");
}

#[tokio::test]
async fn another_user_s_key_is_not_found() {
    let (table, admin) = table_with_admin().await;
    made(&table, [key(&admin, 1)]).await;
    assert_eq!(table.store.create_user(&user(2), None).await, Ok(Created::Done));
    assert_eq!(table.store.revoke_key(user(2).id, KeyId::from_bits(1), NOW).await, Ok(Revoke::NotFound));
    assert_eq!(revoked_at(&table, &admin, 1).await, None);
}

#[tokio::test]
async fn what_a_key_made_ends_with_it_through_every_generation_and_nothing_else_does() {
    let (table, admin) = table_with_admin().await;
    // 1 made 2 and 3, 2 made 4, 4 made 5; 6 stands alone and made 7.
    made(&table, [key(&admin, 1), key_of(&admin, 1, 2), key_of(&admin, 1, 3), key_of(&admin, 2, 4)]).await;
    made(&table, [key_of(&admin, 4, 5), key(&admin, 6), key_of(&admin, 6, 7)]).await;
    // One in the middle is gone already: what it made goes all the same.
    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(5), NOW).await, Ok(Revoke::Done));
    let later = NOW + Duration::hours(1);
    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(1), later).await, Ok(Revoke::Done));

    assert_eq!(live(&table, &admin).await, [6, 7]);
    assert_eq!(revoked_at(&table, &admin, 5).await, Some(NOW));
    for bits in 1..=4 {
        assert_eq!(revoked_at(&table, &admin, bits).await, Some(later));
    }
}

#[tokio::test]
async fn more_descendants_than_a_transaction_holds_all_end() {
    let (table, admin) = table_with_admin().await;
    made(&table, [key(&admin, 1)]).await;
    made(&table, [key_of(&admin, 1, 2)]).await;
    table.put_copies(&key_of(&admin, 1, 2), 3..=251).await;
    made(&table, [key_of(&admin, 251, 252), key(&admin, 300)]).await;
    table.wire.take();

    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(1), NOW).await, Ok(Revoke::Done));

    assert_eq!(live(&table, &admin).await, [300]);
    let sizes: Vec<usize> = table
        .wire
        .take()
        .iter()
        .filter_map(|call| call.body["TransactItems"].as_array().map(Vec::len))
        .collect();
    assert_eq!(sizes, [100, 100, 51]);
}

#[tokio::test]
async fn a_revocation_that_broke_off_half_way_is_finished_by_the_next() {
    let (table, admin) = table_with_admin().await;
    made(&table, [key(&admin, 1)]).await;
    made(&table, [key_of(&admin, 1, 2)]).await;
    table.put_copies(&key_of(&admin, 1, 2), 3..=151).await;
    // The root and the first hundred go; then the function dies.
    let mut transactions = 0;
    table.wire.breaks(move |call| {
        transactions += u32::from(call.operation == "TransactWriteItems");
        (transactions > 1).then_some(Fault::Dropped)
    });
    assert!(
        table.store.revoke_key(admin.id, KeyId::from_bits(1), NOW).await.is_err(),
        "no success is claimed"
    );
    table.wire.mend();
    assert_eq!(revoked_at(&table, &admin, 1).await, Some(NOW), "the root went first");
    assert_eq!(live(&table, &admin).await.len(), 50);

    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(1), NOW).await, Ok(Revoke::Done));
    assert_eq!(live(&table, &admin).await, Vec::<u64>::new());
}

#[tokio::test]
async fn a_descendant_made_between_reading_and_writing_is_found_by_the_next_round() {
    let (table, admin) = table_with_admin().await;
    made(&table, [key(&admin, 1), key_of(&admin, 1, 2)]).await;
    // While the descendants are being written, key 2, not yet revoked, makes key 3.
    let (past, name) = (table.client.clone(), table.name.clone());
    let mut item =
        table.item(&format!("USER#{}", admin.id), &format!("KEY#{}", KeyId::from_bits(2))).await.unwrap();
    item.insert("sk".to_owned(), AttributeValue::S(format!("KEY#{}", KeyId::from_bits(3))));
    item.insert("created_by_key".to_owned(), AttributeValue::S(KeyId::from_bits(2).to_string()));
    let mut made_late = false;
    let (asked, mut answered) = tokio::sync::mpsc::unbounded_channel::<()>();
    table.wire.breaks(move |call| {
        if call.operation == "TransactWriteItems" && !made_late {
            made_late = true;
            asked.send(()).unwrap();
            return Some(Fault::Canceled(vec!["TransactionConflict"]));
        }
        None
    });
    let late = async {
        answered.recv().await.unwrap();
        past.put_item().table_name(name).set_item(Some(item)).send().await.unwrap();
    };

    let (revoked, ()) = tokio::join!(table.store.revoke_key(admin.id, KeyId::from_bits(1), NOW), late);

    assert_eq!(revoked, Ok(Revoke::Done));
    assert_eq!(live(&table, &admin).await, Vec::<u64>::new());
}

#[tokio::test]
async fn a_key_made_while_its_maker_is_revoked_does_not_outlive_it() {
    for round in 0..20 {
        let (table, admin) = table_with_admin().await;
        made(&table, [key(&admin, 1)]).await;
        let child = key_of(&admin, 1, 2);
        let (created, revoked) = tokio::join!(
            table.store.create_key(&child),
            table.store.revoke_key(admin.id, KeyId::from_bits(1), NOW),
        );
        assert_eq!(revoked, Ok(Revoke::Done), "round {round}");
        assert!(matches!(created, Ok(CreateKey::Done | CreateKey::ParentGone)), "{created:?}");
        assert_eq!(live(&table, &admin).await, Vec::<u64>::new(), "round {round}: {created:?}");
    }
}

#[tokio::test]
async fn two_revocations_at_once_both_end_all() {
    let (table, admin) = table_with_admin().await;
    made(&table, [key(&admin, 1)]).await;
    made(&table, [key_of(&admin, 1, 2)]).await;
    table.put_copies(&key_of(&admin, 1, 2), 3..=120).await;
    let root = KeyId::from_bits(1);
    let results = tokio::join!(
        table.store.revoke_key(admin.id, root, NOW),
        table.store.revoke_key(admin.id, root, NOW)
    );
    assert_eq!(results, (Ok(Revoke::Done), Ok(Revoke::Done)));
    assert_eq!(live(&table, &admin).await, Vec::<u64>::new());
}

#[tokio::test]
async fn keys_that_name_each_other_as_makers_end_too() {
    let (table, admin) = table_with_admin().await;
    made(&table, [key(&admin, 1), key_of(&admin, 1, 2)]).await;
    // No handler makes a circle. One in the table must not keep a revocation from ending.
    let pk = format!("USER#{}", admin.id);
    let mut item = table.item(&pk, &format!("KEY#{}", KeyId::from_bits(1))).await.unwrap();
    item.insert("created_by_key".to_owned(), AttributeValue::S(KeyId::from_bits(2).to_string()));
    table.put(item).await;
    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(2), NOW).await, Ok(Revoke::Done));
    assert_eq!(live(&table, &admin).await, Vec::<u64>::new());
}

#[tokio::test]
async fn a_key_that_cannot_be_read_ends_all_the_same() {
    let (table, admin) = table_with_admin().await;
    made(&table, [key(&admin, 1), key_of(&admin, 1, 2), key(&admin, 3)]).await;
    let pk = format!("USER#{}", admin.id);
    for bits in [1, 2, 3] {
        let mut item = table.item(&pk, &format!("KEY#{}", KeyId::from_bits(bits))).await.unwrap();
        item.remove("hash");
        table.put(item).await;
    }
    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(1), NOW).await, Ok(Revoke::Done));
    for (bits, revoked) in [(1, true), (2, true), (3, false)] {
        let item = table.item(&pk, &format!("KEY#{}", KeyId::from_bits(bits))).await.unwrap();
        assert_eq!(item["revoked_at"].is_n(), revoked, "key {bits}");
    }
}
