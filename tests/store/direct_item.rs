//! One item, read and changed past the SDK's orchestrator, by a client that is made when it is needed.

use super::table_with_admin;
use crate::support::{
    records::{NOW, admin},
    table::TestTable,
    wire::{Fault, Wire},
};
use auth::{
    address::AddressKey,
    ids::UserId,
    throttle::{ADDRESS, AttemptState},
};
use aws_sdk_dynamodb::config::{Credentials, retry::RetryConfig};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        http::{HttpClient, HttpConnectorSettings, SharedHttpConnector},
        runtime_components::{RuntimeComponents, RuntimeComponentsBuilder},
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use store::{Store, StoreError, Subject, Write};
use time::Duration;

fn ways(table: &TestTable) -> Vec<(String, bool)> {
    table.wire.take().into_iter().map(|call| (call.operation, call.by_sdk)).collect()
}

fn get_item(by_sdk: bool) -> (String, bool) {
    ("GetItem".to_owned(), by_sdk)
}

#[tokio::test]
async fn an_item_is_read_past_the_orchestrator_and_is_what_the_sdk_reads() {
    let (table, user) = table_with_admin().await;
    let by_sdk = table.past().store();
    table.wire.take();
    for id in [user.id, admin(3).id] {
        let read = table.store.user(id).await;
        assert!(read.is_ok());
        assert_eq!(read, by_sdk.user(id).await);
        assert_eq!(ways(&table), [get_item(false)]);
    }
}

#[tokio::test]
async fn an_item_whose_reading_breaks_once_is_read_by_the_sdk() {
    let (table, user) = table_with_admin().await;
    table.wire.take();
    for fault in [
        Fault::Refused(500, "InternalServerError"),
        Fault::Refused(400, "ThrottlingException"),
        Fault::Refused(400, "AccessDeniedException"),
        Fault::Dropped,
        Fault::AnswerLost,
        Fault::Timeout,
    ] {
        table.wire.breaks_once_each([fault.clone()]);
        assert_eq!(table.store.user(user.id).await, Ok(Some(user.clone())), "{fault:?}");
        assert_eq!(ways(&table), [get_item(false), get_item(true)], "{fault:?}");
    }
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_a_failure_and_no_absence() {
    let (table, user) = table_with_admin().await;
    table.wire.take();
    for (fault, attempts, throttled) in [
        (Fault::Refused(500, "InternalServerError"), 3, false),
        (Fault::Refused(400, "ThrottlingException"), 3, true),
        (Fault::Refused(400, "AccessDeniedException"), 2, false),
        (Fault::Dropped, 3, false),
    ] {
        table.wire.breaks(move |_| Some(fault.clone()));
        let error = table.store.user(user.id).await.unwrap_err();
        assert_eq!(matches!(error, StoreError::Throttled { .. }), throttled, "{error}");
        let ways = ways(&table);
        assert_eq!((ways.len(), ways[0].1), (attempts, false), "{error}");
        assert!(ways[1..].iter().all(|(_, by_sdk)| *by_sdk));
    }
}

fn address(number: u8) -> AddressKey {
    AddressKey::of(Some([192, 0, 2, number].into()))
}

/// Counts an attempt on a subject, as if it were the first.
async fn charge(store: &Store, subject: &Subject, nonce: u64) -> Result<Write, StoreError> {
    let (before, end) = (AttemptState::default(), NOW + Duration::hours(1));
    let next = before.charge(&ADDRESS, NOW).unwrap();
    store.charge_attempt(subject, &before, &next, end, nonce).await
}

fn update(by_sdk: bool) -> (String, bool) {
    ("UpdateItem".to_owned(), by_sdk)
}

#[tokio::test]
async fn an_update_goes_past_the_orchestrator_and_leaves_what_the_sdk_leaves() {
    let (table, _) = table_with_admin().await;
    let (one, other) = (Subject::address(&address(1)), Subject::address(&address(2)));
    table.wire.take();
    assert_eq!(charge(&table.store, &one, 1).await, Ok(Write::Done));
    assert_eq!(ways(&table), [update(false)]);
    assert_eq!(charge(&table.past().store(), &other, 1).await, Ok(Write::Done));
    let states = table.store.attempts(&[one.clone(), other]).await.unwrap();
    assert_eq!(states[0], states[1]);
    table.wire.take();
    assert_eq!(charge(&table.store, &one, 2).await, Ok(Write::Conflict));
    assert_eq!(ways(&table), [update(false)], "a condition that failed is an answer");
    assert_eq!(table.store.attempts(&[one]).await.unwrap(), states[..1]);
}

#[tokio::test]
async fn an_update_that_breaks_once_is_done_once_by_the_sdk() {
    let (table, _) = table_with_admin().await;
    for (number, fault) in (0_u8..).zip([
        Fault::Refused(500, "InternalServerError"),
        Fault::Refused(400, "ThrottlingException"),
        Fault::Refused(400, "AccessDeniedException"),
        Fault::Refused(400, "TransactionConflictException"),
        Fault::Dropped,
        // Done, and known again by its number.
        Fault::AnswerLost,
        Fault::Timeout,
    ]) {
        let subject = Subject::address(&address(number));
        table.wire.take();
        table.wire.breaks_once_each([fault.clone()]);
        assert_eq!(charge(&table.store, &subject, 1).await, Ok(Write::Done), "{fault:?}");
        assert_eq!(ways(&table), [update(false), update(true)], "{fault:?}");
        assert_eq!(table.store.attempts(&[subject]).await.unwrap()[0].attempts, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_update_that_stays_broken_is_a_failure() {
    let (table, _) = table_with_admin().await;
    let subject = Subject::address(&address(1));
    table.wire.take();
    for (fault, attempts, throttled) in [
        (Fault::Refused(500, "InternalServerError"), 3, false),
        (Fault::Refused(400, "ThrottlingException"), 3, true),
        (Fault::Refused(400, "AccessDeniedException"), 2, false),
        // Each may be the last of them.
        (Fault::Refused(400, "TransactionConflictException"), 5, true),
        (Fault::Dropped, 3, false),
    ] {
        table.wire.breaks(move |_| Some(fault.clone()));
        let error = charge(&table.store, &subject, 1).await.unwrap_err();
        assert_eq!(matches!(error, StoreError::Throttled { .. }), throttled, "{error}");
        let ways = ways(&table);
        assert_eq!((ways.len(), ways[0].1), (attempts, false), "{error}");
        assert!(ways[1..].iter().all(|(_, by_sdk)| *by_sdk));
    }
}

/// The wire, which notes the clients that are made of it: each has it checked.
#[derive(Debug, Clone)]
struct Watched {
    wire: Wire,
    clients: Arc<AtomicUsize>,
}

impl HttpClient for Watched {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.wire.http_connector(settings, components)
    }

    fn validate_base_client_config(
        &self,
        _: &RuntimeComponentsBuilder,
        _: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.clients.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[tokio::test]
async fn a_client_is_made_when_the_direct_way_fails_and_not_before() {
    let (table, user) = table_with_admin().await;
    let clients = Arc::new(AtomicUsize::new(0));
    let watched = Watched { wire: table.wire.clone(), clients: Arc::clone(&clients) };
    let config = table.client.config().to_builder().http_client(watched);
    let config = config.retry_config(RetryConfig::standard().with_max_attempts(2)).build();
    let credentials = Credentials::new("test", "test", None, None, "test");
    let store = Store::later(config, &table.name).directly(credentials, Some(&table.endpoint));
    let same = store.clone();
    let found = async |store: &Store, id: UserId| store.user(id).await.unwrap().is_some();

    assert!(found(&store, user.id).await);
    assert_eq!(store.published().await, Ok(None));
    assert_eq!(clients.load(Ordering::Relaxed), 0);
    for _ in 0..2 {
        table.wire.breaks_once_each([Fault::Dropped]);
        assert!(found(&store, user.id).await);
        assert_eq!(clients.load(Ordering::Relaxed), 1);
    }
    table.wire.breaks_once_each([Fault::Dropped]);
    assert!(found(&same, user.id).await);
    assert_eq!(clients.load(Ordering::Relaxed), 1, "its clones have the same one");
}
