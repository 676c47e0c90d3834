//! Batches of reads past the SDK's orchestrator: the same as with it, whatever is read and whatever breaks.

use super::{rng, table_with_admin};
use crate::support::{
    records::{ORG, admin, key, membership, session, slug, space},
    table::{RawItem, TestTable},
    wire::{Call, Fault},
};
use auth::{
    access::SpaceRole,
    decide::CredentialId,
    ids::{KeyId, Slug},
    records::User,
};
use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, retry::RetryConfig, timeout::TimeoutConfig},
    primitives::Blob,
    types::AttributeValue,
};
use aws_smithy_async::time::TimeSource;
use rand::{Rng, RngExt, rngs::StdRng, seq::IndexedRandom};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use store::{CreateKey, Created, Lookup, Store, StoreError, Write};

const KEY: u64 = 7;
const SESSION: u64 = 8;

/// A table where a decision about a key or a session of this user in the space `tools` finds all that it needs.
async fn with_all() -> (TestTable, User) {
    let (table, user) = table_with_admin().await;
    assert_eq!(table.store.create_key(&key(&user, KEY)).await, Ok(CreateKey::Done));
    assert_eq!(table.store.create_session(&session(&user, SESSION), None).await, Ok(Write::Done));
    let space = space(9, "tools");
    let creator = membership(&user, &space, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&space, Some(&creator)).await, Ok(Write::Done));
    table.wire.take();
    (table, user)
}

pub(super) fn of_key<'a>(user: &User, space: Option<&'a Slug>) -> Lookup<'a> {
    let credential = CredentialId::ApiKey(KeyId::from_bits(KEY));
    Lookup { organization: ORG, user: user.id, credential, space, policy_copy: 0 }
}

fn ways(calls: &[Call]) -> Vec<bool> {
    calls.iter().map(|it| it.by_sdk).collect()
}

/// The store of a client that is `change`d, beside it, on the same wire.
pub(super) fn changed(
    table: &TestTable,
    change: impl FnOnce(aws_sdk_dynamodb::config::Builder) -> aws_sdk_dynamodb::config::Builder,
) -> Store {
    let config = table.client.config().to_builder().http_client(table.wire.clone());
    let client = Client::from_conf(change(config).build());
    Store::new(client, &table.name).directly(credentials(), Some(&table.endpoint))
}

pub(super) fn credentials() -> Credentials {
    Credentials::new("test", "test", None, None, "test")
}

#[tokio::test]
async fn a_decision_is_read_past_the_orchestrator_in_one_call() {
    let (table, user) = with_all().await;
    let tools = slug("tools");
    let records = table.store.decision_records(&of_key(&user, Some(&tools))).await.unwrap();
    assert!(records.key.is_some() && records.membership.is_some());
    assert_eq!(ways(&table.wire.take()), [false]);
}

/// A value of any kind that DynamoDB takes.
fn any_value(rng: &mut StdRng, depth: u32) -> AttributeValue {
    let text = |rng: &mut StdRng| {
        const CHARACTERS: [char; 9] = ['a', '"', '\\', '\n', '\u{0}', 'é', '\u{2028}', '😀', '/'];
        (0..rng.random_range(0..6)).map(|_| *CHARACTERS.choose(rng).unwrap()).collect::<String>()
    };
    let bytes = |rng: &mut StdRng| {
        let mut bytes = vec![0; rng.random_range(1..40)];
        rng.fill_bytes(&mut bytes);
        Blob::new(bytes)
    };
    match rng.random_range(0..if depth == 0 { 8 } else { 10 }) {
        0 => AttributeValue::S(text(rng)),
        1 => AttributeValue::N(rng.random_range(-1_000_000_000_000_i64..1_000_000_000_000).to_string()),
        2 => AttributeValue::B(bytes(rng)),
        3 => AttributeValue::Bool(rng.random()),
        4 => AttributeValue::Null(true),
        5 => AttributeValue::Ss(vec![format!("1{}", text(rng)), "2".to_owned()]),
        6 => AttributeValue::Ns(vec![rng.random::<u32>().to_string()]),
        7 => AttributeValue::Bs(vec![bytes(rng)]),
        8 => AttributeValue::L((0..rng.random_range(0..3)).map(|_| any_value(rng, depth - 1)).collect()),
        _ => AttributeValue::M(
            (0..rng.random_range(0..3)).map(|_| (text(rng) + "x", any_value(rng, depth - 1))).collect(),
        ),
    }
}

/// The item as it is, not there, or with an attribute that is none, of another kind, or one too many.
fn spoiled(item: &RawItem, rng: &mut StdRng) -> Option<RawItem> {
    let mut names: Vec<_> =
        item.keys().filter(|it| *it != "pk" && *it != "sk" && !it.starts_with("gsi1")).collect();
    names.sort();
    let name = (*names.choose(rng).unwrap()).clone();
    let mut item = item.clone();
    match rng.random_range(0..10) {
        0 => return None,
        1 => _ = item.remove(&name),
        2 => _ = item.insert(name, any_value(rng, 2)),
        3 => _ = item.insert("another".to_owned(), any_value(rng, 3)),
        _ => {}
    }
    Some(item)
}

#[tokio::test]
async fn whatever_stands_in_the_table_both_ways_read_the_same() {
    let (table, user) = with_all().await;
    let owner = admin(2);
    assert_eq!(table.store.create_user(&owner, None).await, Ok(Created::Done));
    let by_sdk = table.past().store();
    let mut rng = rng();
    let place = |pk: String, sk: String| (pk, sk);
    let of_user = |sk: &str| place(format!("USER#{}", user.id), sk.to_owned());
    let id = KeyId::from_bits(KEY);
    let places = [
        of_user("PROFILE"),
        of_user(&format!("KEY#{id}")),
        of_user(&format!("SESSION#{}", session(&user, SESSION).id)),
        of_user("SPACE#tools"),
        place(format!("ORG#{ORG}"), "SPACE#tools".to_owned()),
        place(format!("ORG#{ORG}#0"), "POLICY".to_owned()),
        place(format!("USER#{}", owner.id), format!("KEY#{id}")),
    ];
    let mut whole: Vec<RawItem> = Vec::new();
    for (pk, sk) in &places {
        whole.push(match table.item(pk, sk).await {
            Some(item) => item,
            // The place that the key may be moved to.
            None => {
                let mut moved = whole[1].clone();
                moved.insert("pk".to_owned(), AttributeValue::S(pk.clone()));
                moved
            }
        });
    }
    let moved = AttributeValue::S(owner.id.to_string());
    let (mut read, mut refused) = (0, 0);
    for round in 0..300 {
        for (index, ((pk, sk), item)) in places.iter().zip(&whole).enumerate() {
            let mut item = spoiled(item, &mut rng);
            if index == 1 && round % 3 == 0 {
                _ = item.as_mut().map(|item| item.insert("moved_to".to_owned(), moved.clone()));
            }
            match item {
                Some(item) => table.put(item).await,
                None => {
                    let key = |text: &String| AttributeValue::S(text.clone());
                    let gone = table.client.delete_item().table_name(&table.name);
                    gone.key("pk", key(pk)).key("sk", key(sk)).send().await.unwrap();
                }
            }
        }
        let space = [None, Some(slug("tools")), Some(slug("nowhere"))].choose(&mut rng).unwrap().clone();
        let credential = match rng.random() {
            true => CredentialId::ApiKey(id),
            false => CredentialId::Session(session(&user, SESSION).id),
        };
        let lookup = Lookup { credential, ..of_key(&user, space.as_ref()) };
        let expected = by_sdk.decision_records(&lookup).await;
        assert_eq!(table.store.decision_records(&lookup).await, expected, "{lookup:?}");
        match expected {
            Ok(_) => read += 1,
            Err(StoreError::Corrupt { .. }) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(read > 30 && refused > 30, "{read} read and {refused} refused");
    assert!(table.wire.take().iter().all(|call| !call.by_sdk || call.operation != "BatchGetItem"));
}

#[tokio::test]
async fn what_breaks_once_is_read_by_the_sdk() {
    let (table, user) = with_all().await;
    let lookup = of_key(&user, None);
    let expected = table.past().store().decision_records(&lookup).await;
    for fault in [
        Fault::Refused(500, "InternalServerError"),
        Fault::Refused(503, "ServiceUnavailable"),
        Fault::Refused(400, "ThrottlingException"),
        Fault::Refused(400, "ProvisionedThroughputExceededException"),
        Fault::Refused(400, "RequestLimitExceeded"),
        // By the direct way alone: the SDK has the last word.
        Fault::Refused(400, "InvalidSignatureException"),
        Fault::Refused(400, "UnrecognizedClientException"),
        Fault::Refused(400, "AccessDeniedException"),
        Fault::Dropped,
        Fault::AnswerLost,
        Fault::Timeout,
    ] {
        table.wire.breaks_once_each([fault.clone()]);
        assert_eq!(table.store.decision_records(&lookup).await, expected, "{fault:?}");
        assert_eq!(ways(&table.wire.take()), [false, true], "{fault:?}");
    }
}

#[tokio::test]
async fn what_stays_broken_is_a_failure_after_as_many_attempts_as_the_client_has() {
    let (table, user) = with_all().await;
    for (fault, attempts, throttled, text) in [
        (Fault::Refused(500, "InternalServerError"), 3, false, "decision: InternalServerError"),
        (Fault::Refused(400, "ThrottlingException"), 3, true, "decision: ThrottlingException"),
        (Fault::Dropped, 3, false, "decision: no connection: connection reset"),
        (Fault::Timeout, 3, false, "decision: no connection: too slow"),
        // Not to be tried again, and so asked once each way.
        (Fault::Refused(400, "AccessDeniedException"), 2, false, "decision: AccessDeniedException"),
        (
            Fault::Refused(400, "UnrecognizedClientException"),
            2,
            false,
            "decision: UnrecognizedClientException",
        ),
    ] {
        table.wire.breaks(move |_| Some(fault.clone()));
        let error = table.store.decision_records(&of_key(&user, None)).await.unwrap_err();
        assert_eq!(matches!(error, StoreError::Throttled { .. }), throttled, "{error}");
        assert!(error.to_string().ends_with(text), "{error}");
        assert!(!error.to_string().contains(&user.id.to_string()));
        let ways = ways(&table.wire.take());
        assert_eq!((ways[0], ways.len()), (false, attempts), "{text}");
        assert!(ways[1..].iter().all(|it| *it));
    }
}

#[tokio::test]
async fn a_client_of_one_attempt_makes_one() {
    let (table, user) = with_all().await;
    let store = changed(&table, |config| config.retry_config(RetryConfig::disabled()));
    for (fault, text) in [
        (Fault::Refused(500, "InternalServerError"), "decision: InternalServerError"),
        (Fault::Refused(400, "ThrottlingException"), "decision: ThrottlingException"),
        (Fault::Dropped, "decision: no connection: connection reset"),
    ] {
        table.wire.breaks(move |_| Some(fault.clone()));
        let error = store.decision_records(&of_key(&user, None)).await.unwrap_err();
        assert!(error.to_string().ends_with(text), "{error}");
        assert_eq!(ways(&table.wire.take()), [false]);
    }
    table.wire.mend();
    assert!(store.decision_records(&of_key(&user, None)).await.unwrap().key.is_some());
}

#[tokio::test]
async fn a_table_that_is_away_is_asked_no_more_often_for_it_and_is_read_directly_again() {
    let (table, user) = with_all().await;
    let store = changed(&table, |config| {
        config.retry_config(RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::ZERO))
    });
    let lookup = of_key(&user, None);
    table.wire.breaks(|_| Some(Fault::Refused(400, "AccessDeniedException")));
    let mut direct = 0;
    for _ in 0..110 {
        store.decision_records(&lookup).await.unwrap_err();
        direct += ways(&table.wire.take()).iter().filter(|by_sdk| !**by_sdk).count();
    }
    assert_eq!(direct, 100);
    table.wire.mend();
    for _ in 0..5 {
        store.decision_records(&lookup).await.unwrap();
        assert_eq!(ways(&table.wire.take()), [true]);
    }
    store.decision_records(&lookup).await.unwrap();
    assert_eq!(ways(&table.wire.take()), [false]);
}

#[tokio::test]
async fn an_attempt_that_is_too_slow_is_given_up_in_time() {
    let (table, user) = with_all().await;
    let limit = Duration::from_millis(300);
    let store = changed(&table, |config| {
        config.timeout_config(TimeoutConfig::builder().operation_attempt_timeout(limit).build())
    });
    table.wire.breaks_once_each([Fault::Late(Duration::from_secs(20))]);
    let begun = Instant::now();
    assert!(store.decision_records(&of_key(&user, None)).await.unwrap().key.is_some());
    assert!(begun.elapsed() >= limit && begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_eq!(ways(&table.wire.take()), [false, true]);

    let store = changed(&table, |config| {
        let config = config.retry_config(RetryConfig::disabled());
        config.timeout_config(TimeoutConfig::builder().operation_attempt_timeout(limit).build())
    });
    table.wire.breaks(|_| Some(Fault::Late(Duration::from_secs(20))));
    let error = store.decision_records(&of_key(&user, None)).await.unwrap_err();
    assert_eq!(error.to_string(), "the store is unavailable: decision: timeout");
}

#[tokio::test]
async fn what_is_absent_is_absent_both_ways() {
    let (table, _) = table_with_admin().await;
    let lookup = of_key(&admin(3), None);
    let records = table.store.decision_records(&lookup).await;
    assert_eq!(records, table.past().store().decision_records(&lookup).await);
    assert_eq!(records.map(|it| it.user), Ok(None));
}

/// A clock that only the test moves.
#[derive(Debug, Clone)]
struct Clock(Arc<AtomicU64>);

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

#[tokio::test]
async fn after_an_outage_a_decision_has_all_its_attempts_again() {
    let (table, user) = with_all().await;
    let clock = Clock(Arc::new(AtomicU64::new(1_900_000_000)));
    let store = changed(&table, |config| {
        let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::ZERO);
        config.retry_config(retries).time_source(clock.clone())
    });
    let lookup = of_key(&user, None);
    let fault = Fault::Refused(500, "InternalServerError");
    let lasting = fault.clone();
    table.wire.breaks(move |_| Some(lasting.clone()));
    for _ in 0..110 {
        store.decision_records(&lookup).await.unwrap_err();
    }
    table.wire.take();
    store.decision_records(&lookup).await.unwrap_err();
    assert_eq!(ways(&table.wire.take()), [true], "nothing is left");
    clock.0.fetch_add(60, Ordering::Relaxed);
    table.wire.mend();
    for _ in 0..5 {
        store.decision_records(&lookup).await.unwrap();
    }
    table.wire.take();
    table.wire.breaks_once_each([fault.clone(), fault]);
    assert!(store.decision_records(&lookup).await.is_ok());
    assert_eq!(ways(&table.wire.take()), [false, true, true]);
}

#[tokio::test]
async fn connections_that_are_lost_now_and_then_do_not_end_the_direct_way() {
    let (table, user) = with_all().await;
    table.wire.breaks(|call| (!call.by_sdk).then_some(Fault::Dropped));
    for _ in 0..130 {
        assert!(table.store.decision_records(&of_key(&user, None)).await.is_ok());
    }
    assert_eq!(ways(&table.wire.take()).len(), 260);
}
