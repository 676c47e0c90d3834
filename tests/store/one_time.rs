//! One-time tokens: kept by their hash.

use super::{audited, event, rng, table_with_admin};
use crate::support::{
    canary,
    records::{NOW, user},
    wire::Fault,
};
use auth::{
    audit::Action,
    ids::UserId,
    one_time::{OneTimeToken, StoredOneTime, issue},
    records::User,
};
use store::Write;

fn issued(user: &User, version: u64, made_by: Option<UserId>) -> (OneTimeToken, StoredOneTime) {
    let (token, stored) = issue(user, version, made_by, NOW, &mut rng());
    canary::note(&token.reveal());
    (token, stored)
}

#[tokio::test]
async fn a_token_is_found_by_its_hash_and_is_not_in_the_table() {
    let (table, admin) = table_with_admin().await;
    for (version, made_by) in [(1, None), (0, Some(admin.id))] {
        let (token, stored) = issued(&admin, version, made_by);
        assert_eq!(table.store.put_one_time(&stored, None).await, Ok(Write::Done));
        assert_eq!(table.store.one_time(token.hash()).await, Ok(Some(stored.clone())));

        let item = table.item(&format!("ONCE#{}", token.hash().to_hex()), "ONCE").await.unwrap();
        assert!(!format!("{item:?}").contains(token.reveal().as_str()));
        let ends = item[store::TTL_ATTRIBUTE].as_n().unwrap();
        assert_eq!(*ends, stored.expires_at.unix_timestamp().to_string());
    }
    assert_eq!(table.store.one_time(issued(&user(2), 1, None).0.hash()).await, Ok(None));
}

#[tokio::test]
async fn a_token_and_its_event_are_written_together_or_not_at_all() {
    let (table, admin) = table_with_admin().await;
    let event = event(Action::PasswordResetStarted);
    let (_, first) = issued(&admin, 1, Some(admin.id));
    table.wire.breaks_once_each([Fault::AnswerLost]);
    assert_eq!(table.store.put_one_time(&first, Some(&event)).await, Ok(Write::Done));
    assert_eq!(audited(&table).await, vec![event.clone()]);

    let (token, second) = issued(&admin, 1, Some(admin.id));
    assert_eq!(table.store.put_one_time(&second, Some(&event)).await, Ok(Write::Conflict));
    assert_eq!(table.store.one_time(token.hash()).await, Ok(None));
    assert_eq!(table.store.put_one_time(&first, None).await, Ok(Write::Conflict), "it is there");

    table.wire.breaks(|_| Some(Fault::Dropped));
    assert!(table.store.put_one_time(&second, None).await.is_err());
    assert!(table.store.one_time(token.hash()).await.is_err());
}
