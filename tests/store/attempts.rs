//! Attempts, counted by what has no item of its own.

use crate::support::{records::NOW, table::table, wire::Fault};
use auth::{
    address::AddressKey,
    email::Email,
    ids::UserId,
    throttle::{ACCOUNT, AttemptState},
};
use std::{collections::HashSet, slice};
use store::{Subject, Write};
use time::{Duration, OffsetDateTime};

fn email() -> Email {
    "ada@example.com".parse().unwrap()
}

fn address() -> AddressKey {
    AddressKey::of(Some("192.0.2.7".parse().unwrap()))
}

fn end() -> OffsetDateTime {
    NOW + Duration::DAY
}

/// The state after an attempt that comes as soon as it may.
fn after(state: &AttemptState) -> AttemptState {
    state.charge(&ACCOUNT, state.not_before.unwrap_or(NOW) + Duration::milliseconds(321)).unwrap()
}

#[tokio::test]
async fn attempts_are_charged_on_what_was_read_and_read_in_order_at_once() {
    let table = table().await;
    let (account, from, none) = (
        Subject::account(&email()),
        Subject::address(&address()),
        Subject::known(UserId::from_bits(1), &address()),
    );
    let mut state = AttemptState::default();
    for attempt in 1..=7 {
        let next = after(&state);
        assert_eq!(
            table.store.charge_attempt(&account, &state, &next, end(), attempt).await,
            Ok(Write::Done)
        );
        state = next;
    }
    assert_eq!((state.attempts, state.not_before.is_some()), (7, true));
    let one = after(&AttemptState::default());
    let first = table.store.charge_attempt(&from, &AttemptState::default(), &one, end(), 1).await;
    assert_eq!(first, Ok(Write::Done));
    table.wire.take();

    let read = table.store.attempts(&[from, none, account]).await;

    assert_eq!(read, Ok(vec![one, AttemptState::default(), state]));
    let calls = table.wire.take();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].body["RequestItems"][&table.name]["ConsistentRead"], true);
    assert_eq!(table.store.attempts(&[]).await, Ok(vec![]));
}

#[tokio::test]
async fn an_attempt_that_relies_on_what_has_changed_is_not_charged() {
    let table = table().await;
    let subject = Subject::account(&email());
    let (none, one) = (AttemptState::default(), after(&AttemptState::default()));
    let charge = |read, next, nonce| {
        let (store, subject) = (table.store.clone(), subject.clone());
        async move { store.charge_attempt(&subject, &read, &next, end(), nonce).await }
    };
    assert_eq!(charge(one, after(&one), 1).await, Ok(Write::Conflict), "nothing was charged");
    assert_eq!(charge(none, one, 2).await, Ok(Write::Done));
    assert_eq!(charge(none, one, 3).await, Ok(Write::Conflict), "somebody else came first");
    let later = AttemptState { last: one.last.map(|it| it + Duration::milliseconds(1)), ..one };
    assert_eq!(charge(later, after(&later), 4).await, Ok(Write::Conflict), "as many, but others");
    assert_eq!(table.store.attempts(slice::from_ref(&subject)).await, Ok(vec![one]));
    assert_eq!(charge(one, after(&one), 5).await, Ok(Write::Done));
}

#[tokio::test]
async fn of_many_attempts_at_once_each_is_charged() {
    let table = table().await;
    let subject = Subject::address(&address());
    for round in 0..10 {
        let read = table.store.attempts(slice::from_ref(&subject)).await.unwrap()[0];
        let next = after(&read);
        let charge = |nonce| table.store.charge_attempt(&subject, &read, &next, end(), nonce);
        let results = tokio::join!(charge(1), charge(2), charge(3));
        let done = [results.0, results.1, results.2].into_iter().filter(|it| *it == Ok(Write::Done)).count();
        assert_eq!(done, 1, "{round}: two of the same numbers are told apart");
    }
}

#[tokio::test]
async fn an_attempt_whose_answer_was_lost_is_charged_once() {
    let table = table().await;
    let subject = Subject::account(&email());
    let (none, one) = (AttemptState::default(), after(&AttemptState::default()));
    table.wire.breaks_once_each([Fault::AnswerLost]);
    assert_eq!(table.store.charge_attempt(&subject, &none, &one, end(), 77).await, Ok(Write::Done));
    assert_eq!(table.wire.take().len(), 2);
    assert_eq!(table.store.attempts(slice::from_ref(&subject)).await, Ok(vec![one]));

    for fault in [Fault::Refused(500, "InternalServerError"), Fault::Dropped, Fault::Timeout] {
        table.wire.breaks(move |_| Some(fault.clone()));
        assert!(table.store.charge_attempt(&subject, &one, &after(&one), end(), 78).await.is_err());
        assert!(table.store.attempts(slice::from_ref(&subject)).await.is_err());
    }
}

#[tokio::test]
async fn what_was_given_back_can_be_charged_again() {
    let table = table().await;
    let subject = Subject::address(&address());
    let none = AttemptState::default();
    let one = after(&none);
    for (nonce, read, next) in [(1, none, one), (2, one, one.refund())] {
        let charged = table.store.charge_attempt(&subject, &read, &next, end(), nonce).await;
        assert_eq!(charged, Ok(Write::Done));
    }
    assert_eq!(table.store.attempts(slice::from_ref(&subject)).await, Ok(vec![one.refund()]));
    let charged = table.store.charge_attempt(&subject, &one.refund(), &none, end(), 3).await;
    assert_eq!(charged, Ok(Write::Done));
    let charged = table.store.charge_attempt(&subject, &none, &one, end(), 4).await;
    assert_eq!(charged, Ok(Write::Done), "also where it reads as if nothing was there");
}

#[tokio::test]
async fn the_table_names_neither_email_nor_address_and_forgets() {
    let table = table().await;
    let user = UserId::from_bits(1);
    let subjects = [
        Subject::account(&email()),
        Subject::forgot_account(&email()),
        Subject::address(&address()),
        Subject::forgot_address(&address()),
        Subject::known(user, &address()),
        Subject::known(UserId::from_bits(2), &address()),
        Subject::known(user, &AddressKey::of(None)),
    ];
    let mut keys = HashSet::new();
    for subject in &subjects {
        let next = after(&AttemptState::default());
        let charged = table.store.charge_attempt(subject, &AttemptState::default(), &next, end(), 1).await;
        assert_eq!(charged, Ok(Write::Done));
        let call = table.wire.take().pop().unwrap();
        let pk = call.body["Key"]["pk"]["S"].as_str().unwrap().to_owned();
        assert!(pk.starts_with("THROTTLE#") && pk.len() == "THROTTLE#".len() + 64, "{pk}");
        let item = table.item(&pk, "WINDOW").await.unwrap();
        assert_eq!(item[store::TTL_ATTRIBUTE].as_n(), Ok(&end().unix_timestamp().to_string()));
        let text = format!("{item:?}");
        assert!(!text.contains("ada") && !text.contains("192.0.2.7"), "{text}");
        keys.insert(pk);
    }
    assert_eq!(keys.len(), subjects.len(), "each has an item of its own");
}
