//! Transactions past the SDK's orchestrator: done once and whole, whatever breaks.

use super::table_with_admin;
use crate::support::{
    records::{admin, session},
    table::TestTable,
    wire::{Call, Fault},
};
use store::{Created, StoreError, Write};

/// Whether each transaction that was asked for since the last time is the SDK's.
fn ways(calls: &[Call]) -> Vec<bool> {
    calls.iter().filter(|it| it.operation == "TransactWriteItems").map(|it| it.by_sdk).collect()
}

fn tokens(calls: &[Call]) -> Vec<&str> {
    let mut tokens: Vec<_> =
        calls.iter().filter_map(|call| call.body["ClientRequestToken"].as_str()).collect();
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
        assert_eq!(table.store.create_user(&admin(number), None).await, Ok(Created::Done), "{fault:?}");
        let calls = table.wire.take();
        assert_eq!((ways(&calls), tokens(&calls).len()), (vec![false, true], 1), "{fault:?}");
        assert_eq!(admins(&table).await, number, "{fault:?}");
    }
}

#[tokio::test]
async fn a_transaction_that_stays_broken_is_a_failure_and_nothing_is_done() {
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
        table.wire.mend();
        assert_eq!(admins(&table).await, 1);
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
