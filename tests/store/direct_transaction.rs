//! Transactions past the SDK's orchestrator: done once and whole, whatever breaks.

use super::{direct::changed, table_with_admin};
use crate::support::{
    records::{admin, session},
    table::TestTable,
    wire::{Call, Fault},
};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use std::time::Duration;
use store::{Created, StoreError, Write};

/// The time of an attempt.
const LIMIT: Duration = Duration::from_secs(1);

/// Whether each transaction that was asked for since the last time is the SDK's.
fn ways(calls: &[Call]) -> Vec<bool> {
    calls.iter().filter(|it| it.operation == "TransactWriteItems").map(|it| it.by_sdk).collect()
}

/// The client tokens of these transactions, each once where it follows itself.
fn tokens(calls: &[Call]) -> Vec<&str> {
    let transactions = calls.iter().filter(|it| it.operation == "TransactWriteItems");
    let mut tokens: Vec<_> =
        transactions.map(|call| call.body["ClientRequestToken"].as_str().unwrap()).collect();
    tokens.dedup();
    tokens
}

async fn admins(table: &TestTable) -> u64 {
    let organization = admin(1).organization;
    u64::from(table.past().store().organization(organization).await.unwrap().unwrap().admins)
}

#[tokio::test]
async fn a_transaction_goes_past_the_orchestrator_and_a_condition_that_failed_is_an_answer() {
    let (table, user) = table_with_admin().await;
    table.wire.take();
    assert_eq!(table.store.create_session(&session(&user, 8), None).await, Ok(Write::Done));
    assert_eq!(table.store.create_session(&session(&user, 8), None).await, Ok(Write::Conflict));
    let calls = table.wire.take();
    assert_eq!(ways(&calls), [false, false]);
    assert_eq!(tokens(&calls).len(), 2);
    assert_eq!(table.past().store().create_session(&session(&user, 8), None).await, Ok(Write::Conflict));
}

#[tokio::test]
async fn a_transaction_that_breaks_once_is_done_once_by_the_sdk_under_the_same_token() {
    let (table, _) = table_with_admin().await;
    let impatient = changed(&table, |config| {
        config.timeout_config(TimeoutConfig::builder().operation_attempt_timeout(LIMIT).build())
    });
    for (number, fault) in (2..).zip([
        Fault::Refused(500, "InternalServerError"),
        Fault::Refused(400, "ThrottlingException"),
        Fault::Refused(400, "TransactionInProgressException"),
        Fault::Refused(400, "AccessDeniedException"),
        // As many reasons as there are no parts: of another transaction.
        Fault::Canceled(vec!["ConditionalCheckFailed"]),
        Fault::Dropped,
        // Done, and known again by its token.
        Fault::AnswerLost,
        Fault::Timeout,
    ]) {
        table.wire.take();
        table.wire.breaks_once_each([fault.clone()]);
        let store = if matches!(fault, Fault::Late(_)) { &impatient } else { &table.store };
        assert_eq!(store.create_user(&admin(number), None).await, Ok(Created::Done), "{fault:?}");
        let calls = table.wire.take();
        assert_eq!((ways(&calls), tokens(&calls).len()), (vec![false, true], 1), "{fault:?}");
        assert_eq!(calls[0].text, calls[1].text, "{fault:?}");
        assert_eq!(admins(&table).await, number, "{fault:?}");
    }
}

#[tokio::test]
async fn a_transaction_that_is_still_on_its_way_is_waited_for() {
    let (table, _) = table_with_admin().await;
    table.wire.take();
    table.wire.breaks_once_each([Fault::AnswerLost, Fault::Refused(400, "TransactionInProgressException")]);
    assert_eq!(table.store.create_user(&admin(2), None).await, Ok(Created::Done));
    let calls = table.wire.take();
    assert_eq!((ways(&calls), tokens(&calls).len()), (vec![false, true, true], 1));
    assert_eq!(admins(&table).await, 2);
}

#[tokio::test]
async fn what_the_sdk_is_told_where_it_goes_on_counts_as_what_the_direct_way_is_told() {
    let (table, user) = table_with_admin().await;
    let codes = |codes: [&'static str; 2]| [Fault::Dropped, Fault::Canceled(codes.to_vec())];
    table.wire.breaks_once_each(codes(["ConditionalCheckFailed", "None"]));
    assert_eq!(table.store.create_session(&session(&user, 8), None).await, Ok(Write::Conflict));
    table.wire.breaks_once_each(codes(["ThrottlingError", "None"]));
    let error = table.store.create_session(&session(&user, 8), None).await.unwrap_err();
    assert!(matches!(error, StoreError::Throttled { .. }), "{error}");
    table.wire.take();
    table.wire.breaks_once_each(codes(["TransactionConflict", "None"]));
    assert_eq!(table.store.create_session(&session(&user, 8), None).await, Ok(Write::Done));
    let calls = table.wire.take();
    assert_eq!(ways(&calls), [false, true, false], "the next attempt has both ways again");
    assert_eq!(tokens(&calls).len(), 2);
}

#[tokio::test]
async fn a_transaction_that_stays_broken_is_a_failure() {
    let (table, _) = table_with_admin().await;
    for (fault, attempts, throttled) in [
        (Fault::Refused(500, "InternalServerError"), 3, false),
        (Fault::Refused(400, "ThrottlingException"), 3, true),
        (Fault::Refused(400, "AccessDeniedException"), 2, false),
        (Fault::Dropped, 3, false),
    ] {
        table.wire.take();
        table.wire.breaks(move |_| Some(fault.clone()));
        let error = table.store.create_user(&admin(2), None).await.unwrap_err();
        assert_eq!(matches!(error, StoreError::Throttled { .. }), throttled, "{error}");
        let calls = table.wire.take();
        let ways = ways(&calls);
        assert_eq!((ways.len(), ways[0], tokens(&calls).len()), (attempts, false, 1), "{error}");
        assert!(ways[1..].iter().all(|by_sdk| *by_sdk));
    }
}

#[tokio::test]
async fn a_transaction_that_another_is_in_the_way_of_goes_the_same_way_again() {
    let (table, user) = table_with_admin().await;
    table.wire.take();
    table.wire.breaks_once_each([Fault::Canceled(vec!["TransactionConflict", "None"])]);
    assert_eq!(table.store.create_session(&session(&user, 8), None).await, Ok(Write::Done));
    let calls = table.wire.take();
    assert_eq!((ways(&calls), tokens(&calls).len()), (vec![false, false], 2));
}
