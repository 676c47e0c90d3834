//! Usage: how its counters are written.

use crate::support::{
    records::{NOW, ORG},
    table::table,
    wire::Fault,
};
use auth::{
    ids::{KeyId, UserId},
    usage::{Decided, Hour, KNOWN_ADDRESSES, Tally},
};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use std::collections::HashMap;
use store::{BatchId, Counted};

fn tally(addresses: impl IntoIterator<Item = String>) -> Tally {
    let mut tally = Tally::default();
    for address in addresses {
        let line = json!({
            "decision": "allow", "cred": KeyId::from_bits(7), "user": UserId::from_bits(1), "org": ORG,
            "method": "GET", "route": "/users/me", "ip": address,
        });
        tally.add(&Decided::parse(&line.to_string()).unwrap(), NOW);
    }
    tally
}

#[tokio::test]
async fn a_chunk_that_conflicts_is_written_again_and_counts_once() {
    let table = table().await;
    let mut faults = [Fault::Canceled(vec!["None", "TransactionConflict"]), Fault::AnswerLost].into_iter();
    table.wire.breaks(move |call| {
        let write = call.operation == "TransactWriteItems";
        write.then(|| faults.next()).flatten()
    });
    let one = tally(["192.0.2.1".to_owned()]);
    let batch = BatchId::of(["one"]);
    assert_eq!(table.store.count_usage(&batch, &one, NOW).await, Ok(Counted { written: 1, before: 0 }));
    assert_eq!(table.store.count_usage(&batch, &one, NOW).await, Ok(Counted { written: 0, before: 1 }));
    let hours = table.store.usage_hours(KeyId::from_bits(7), Hour::of(NOW), Hour::of(NOW)).await.unwrap();
    assert_eq!(hours[0].counts.allowed, 1);
}

#[tokio::test]
async fn no_more_than_64_addresses_of_a_key_are_remembered() {
    let table = table().await;
    for batch in 0..3 {
        let some = tally((0..40).map(|it| format!("192.0.{batch}.{it}")));
        let id = BatchId::of([batch.to_string().as_str()]);
        assert_eq!(table.store.count_usage(&id, &some, NOW).await, Ok(Counted { written: 1, before: 0 }));
    }
    let last = table.store.last_use(KeyId::from_bits(7)).await.unwrap().unwrap();
    assert_eq!(last.known_addresses.len(), KNOWN_ADDRESSES);
    let hours = table.store.usage_hours(KeyId::from_bits(7), Hour::of(NOW), Hour::of(NOW)).await.unwrap();
    assert_eq!((hours[0].counts.allowed, hours[0].new_addresses.len()), (120, KNOWN_ADDRESSES));
}

#[tokio::test]
async fn the_last_use_of_a_key_is_kept_for_two_years_after_it_and_stands_apart_from_its_user() {
    let table = table().await;
    let (id, one) = (BatchId::of(["one"]), tally(["192.0.2.1".to_owned()]));
    table.store.count_usage(&id, &one, NOW).await.unwrap();
    let key = HashMap::from([
        ("pk".to_owned(), AttributeValue::S("LASTUSED#key_00000000007".to_owned())),
        ("sk".to_owned(), AttributeValue::S("LASTUSED".to_owned())),
    ]);
    let read = table.client.get_item().table_name(&table.name).set_key(Some(key));
    let item = read.send().await.unwrap().item.unwrap();
    let ends = NOW + time::Duration::days(731);
    assert_eq!(item["expires_at"], AttributeValue::N(ends.unix_timestamp().to_string()));
}

#[test]
fn batches_of_other_parts_have_other_names() {
    assert_eq!(BatchId::of(["a", "b"]), BatchId::of(["a", "b"]));
    assert_ne!(BatchId::of(["a", "b"]), BatchId::of(["ab"]));
    assert_ne!(BatchId::of(["a", "b"]), BatchId::of(["b", "a"]));
}
