//! What breaks on the way: nothing of it reads as absence, and no write is done twice or lost unseen.

use super::table_with_admin;
use crate::support::{
    records::{NOW, ORG, key, password_hash, product, secret_hash, session, slug, space, user},
    table::TestTable,
    wire::{Call, Fault},
};
use auth::decide::CredentialId;
use store::{ChangePassword, CreateKey, Created, Lookup, Product, ProductWrite, Store, StoreError, Write};

fn keys_asked(call: &Call) -> usize {
    call.body["RequestItems"]["qarion"]["Keys"].as_array().unwrap().len()
}

#[tokio::test]
async fn only_the_keys_left_out_are_asked_for_again() {
    let (table, admin) = table_with_admin().await;
    let key = key(&admin, 7);
    assert_eq!(table.store.create_key(&key).await, Ok(CreateKey::Done));
    table.wire.take();
    let tools = slug("tools");
    let lookup = Lookup {
        organization: ORG,
        user: admin.id,
        credential: CredentialId::ApiKey(key.id),
        space: Some(&tools),
        policy_copy: 1,
    };
    table.wire.breaks_once_each([Fault::Unprocessed(4), Fault::Unprocessed(1)]);

    let records = table.store.decision_records(&lookup).await.unwrap();

    assert_eq!(records.key, Some(key));
    assert_eq!(records.user, Some(admin));
    assert!(records.policy.is_some());
    let calls = table.wire.take();
    assert_eq!(calls.iter().map(keys_asked).collect::<Vec<_>>(), [5, 4, 1]);
    for call in calls {
        assert_eq!(call.body["RequestItems"]["qarion"]["ConsistentRead"], true);
    }
}

#[tokio::test]
async fn keys_that_stay_out_are_a_failure_and_no_absence() {
    let (table, admin) = table_with_admin().await;
    table.wire.breaks(|_| Some(Fault::Unprocessed(1)));

    let read = table.store.login_records(ORG, admin.id, 0).await;

    assert!(matches!(read, Err(StoreError::Throttled { .. })), "{read:?}");
    assert_eq!(table.wire.take().len(), 5, "it gives up");
}

#[tokio::test]
async fn a_dependency_that_fails_is_an_error_that_says_which_and_no_value() {
    let (table, admin) = table_with_admin().await;
    for (fault, throttled, text) in [
        (Fault::Refused(500, "InternalServerError"), false, "user: InternalServerError"),
        (Fault::Refused(400, "ThrottlingException"), true, "user: ThrottlingException"),
        (
            Fault::Refused(400, "ProvisionedThroughputExceededException"),
            true,
            "user: ProvisionedThroughputExceededException",
        ),
        (Fault::Refused(400, "AccessDeniedException"), false, "user: AccessDeniedException"),
        (Fault::Dropped, false, "user: no connection: connection reset"),
        (Fault::Timeout, false, "user: no connection: too slow"),
    ] {
        table.wire.breaks(move |_| Some(fault.clone()));
        let error = table.store.user(admin.id).await.unwrap_err();
        assert_eq!(matches!(error, StoreError::Throttled { .. }), throttled, "{error}");
        assert!(error.to_string().ends_with(text), "{error}");
        assert!(!error.to_string().contains(&admin.id.to_string()));
    }
}

/// Of what makes transactions: past the SDK's orchestrator, and by the SDK alone.
fn both_ways(table: &TestTable) -> [(u64, Store); 2] {
    [(8, table.store.clone()), (9, table.store_by_sdk())]
}

#[tokio::test]
async fn a_conflicting_transaction_is_tried_again_under_another_token() {
    let (table, admin) = table_with_admin().await;
    for (number, store) in both_ways(&table) {
        table.wire.take();
        table.wire.breaks_once_each([
            Fault::Canceled(vec!["TransactionConflict", "None"]),
            Fault::Canceled(vec!["None", "TransactionConflict"]),
        ]);

        assert_eq!(store.create_session(&session(&admin, number), None).await, Ok(Write::Done));

        let tokens: std::collections::HashSet<_> = table
            .wire
            .take()
            .iter()
            .map(|call| call.body["ClientRequestToken"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(tokens.len(), 3);
    }
}

#[tokio::test]
async fn a_transaction_that_keeps_conflicting_is_a_failure_and_no_lost_condition() {
    let (table, admin) = table_with_admin().await;
    table.wire.breaks(|_| Some(Fault::Canceled(vec!["None", "TransactionConflict"])));
    for (number, store) in both_ways(&table) {
        table.wire.take();
        let written = store.create_session(&session(&admin, number), None).await;

        assert!(matches!(written, Err(StoreError::Throttled { .. })), "{written:?}");
        assert_eq!(table.wire.take().len(), 5, "it gives up");
    }
}

#[tokio::test]
async fn a_throttled_or_unexplained_cancellation_is_a_failure() {
    let (table, admin) = table_with_admin().await;
    for (number, store) in both_ways(&table) {
        for (code, throttled) in [("ThrottlingError", true), ("ValidationError", false), ("None", false)] {
            table.wire.breaks(move |_| Some(Fault::Canceled(vec![code, "None"])));
            let written = store.create_session(&session(&admin, number), None).await.unwrap_err();
            assert_eq!(matches!(written, StoreError::Throttled { .. }), throttled, "{written}");
        }
    }
}

#[tokio::test]
async fn a_failed_condition_counts_also_where_another_part_conflicts() {
    let (table, admin) = table_with_admin().await;
    for (number, store) in both_ways(&table) {
        table.wire.breaks_once_each([Fault::Canceled(vec!["TransactionConflict", "ConditionalCheckFailed"])]);
        assert_eq!(store.create_session(&session(&admin, number), None).await, Ok(Write::Conflict));
    }
}

#[tokio::test]
async fn a_single_write_that_meets_a_transaction_is_tried_again() {
    let (table, admin) = table_with_admin().await;
    let conflict = || Fault::Refused(400, "TransactionConflictException");
    table.wire.breaks_once_each([conflict(), conflict()]);
    let renamed = table.store.rename_user(admin.id, "Ada").await.unwrap().unwrap();
    assert_eq!(renamed.name, "Ada");

    let space = space(9, "tools");
    table.wire.breaks_once_each([conflict()]);
    assert_eq!(table.store.create_product(&product(&space, 1)).await, Ok(Write::Done));
    table.wire.breaks_once_each([conflict()]);
    let deleted = table.store.delete_product(space.id, product(&space, 1).id, None).await;
    assert_eq!(deleted, Ok(ProductWrite::Done(product(&space, 1))));
}

#[tokio::test]
async fn a_transaction_whose_answer_was_lost_is_done_once_under_one_token() {
    let (table, admin) = table_with_admin().await;
    for (number, store) in [(2, table.store.clone()), (3, table.store_by_sdk())] {
        table.wire.take();
        table.wire.breaks_once_each([Fault::AnswerLost, Fault::AnswerLost]);

        let other = crate::support::records::admin(number);
        assert_eq!(store.create_user(&other, None).await, Ok(Created::Done));

        let calls = table.wire.take();
        assert_eq!(calls.len(), 3);
        assert!(calls[0].body["ClientRequestToken"].is_string());
        // All of the request, for DynamoDB refuses a token that comes again with another one.
        assert!(calls.iter().all(|call| call.text == calls[0].text));
        let organization = table.store.organization(admin.organization).await.unwrap().unwrap();
        assert_eq!(u64::from(organization.admins), number, "counted once");
    }
}

#[tokio::test]
async fn a_rotation_whose_answer_was_lost_is_done_and_not_a_conflict() {
    let (table, admin) = table_with_admin().await;
    let key = key(&admin, 7);
    assert_eq!(table.store.create_key(&key).await, Ok(CreateKey::Done));
    table.wire.breaks_once_each([Fault::AnswerLost]);

    let rotated = table.store.rotate_key(&key, &secret_hash(2), "wxyz", NOW, None).await.unwrap().unwrap();

    assert_eq!((rotated.hash, rotated.version), (secret_hash(2), 2));
}

#[tokio::test]
async fn a_product_whose_answer_was_lost_is_written_and_not_a_conflict() {
    let (table, _) = table_with_admin().await;
    let space = space(9, "tools");
    let product = product(&space, 1);
    table.wire.breaks_once_each([Fault::AnswerLost]);
    assert_eq!(table.store.create_product(&product).await, Ok(Write::Done));

    let changed = Product { name: "Other".to_owned(), ..product };
    table.wire.breaks_once_each([Fault::AnswerLost]);
    let written = table.store.replace_product(&changed, Some(1)).await;
    assert_eq!(written, Ok(ProductWrite::Done(Product { version: 2, ..changed })));
}

#[tokio::test]
async fn a_write_that_could_not_be_done_is_no_success() {
    let (table, admin) = table_with_admin().await;
    let key = key(&admin, 7);
    let product = product(&space(9, "tools"), 1);
    let hash = password_hash('C');
    let change =
        ChangePassword { user: &admin, current_version: 1, new_hash: &hash, keep: None, new_session: None };
    for fault in [
        Fault::Refused(500, "InternalServerError"),
        Fault::Refused(400, "ThrottlingException"),
        Fault::Dropped,
        Fault::Timeout,
    ] {
        table.wire.breaks(move |_| Some(fault.clone()));
        assert!(table.store.create_key(&key).await.is_err());
        assert!(table.store.revoke_key(admin.id, key.id, NOW).await.is_err());
        assert!(table.store.create_session(&session(&admin, 8), None).await.is_err());
        assert!(table.store.end_session(admin.id, session(&admin, 8).id).await.is_err());
        assert!(table.store.create_user(&user(2), None).await.is_err());
        assert!(table.store.change_password(change).await.is_err());
        assert!(table.store.create_product(&product).await.is_err());
        assert!(table.store.delete_product(product.space, product.id, None).await.is_err());
    }
    table.wire.mend();
    assert_eq!(table.store.key(admin.id, key.id).await, Ok(None));
}
