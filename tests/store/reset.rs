//! Setting a password with a one-time token.

use super::{audited, event, refreshable, rng, table_with_admin};
use crate::support::{
    canary,
    records::{NOW, password, password_hash, user},
    table::TestTable,
    wire::Fault,
};
use auth::{
    audit::Action,
    one_time::{StoredOneTime, issue},
    records::{StoredPassword, User},
    throttle::AttemptState,
};
use store::{AdminChange, Created, Write};
use time::Duration;

/// A token in the table for the password that the user has in this version.
async fn token(table: &TestTable, user: &User, version: u64) -> StoredOneTime {
    let (token, stored) = issue(user, version, None, NOW, &mut rng());
    canary::note(&token.reveal());
    assert_eq!(table.store.put_one_time(&stored, None).await, Ok(Write::Done));
    table.wire.take();
    stored
}

async fn reset(table: &TestTable, token: &StoredOneTime, hash: char) -> Write {
    let event = event(Action::PasswordReset);
    table.store.reset_password(token, &password_hash(hash), NOW, &event).await.unwrap()
}

/// Nothing came of it: the password and the epoch are as they were.
async fn unchanged(table: &TestTable, user: &User, password: Option<&StoredPassword>) {
    assert_eq!(table.store.password(user.id).await.unwrap().as_ref(), password);
    assert_eq!(table.store.user(user.id).await.unwrap().unwrap().session_epoch, user.session_epoch);
    assert_eq!(audited(table).await, vec![]);
}

#[tokio::test]
async fn a_reset_sets_the_password_uses_up_the_token_and_ends_sessions_attempts_and_failures() {
    let (table, admin) = table_with_admin().await;
    let (session, ..) = refreshable(&table, &admin, 8).await;
    let state = AttemptState { attempts: 100, not_before: Some(NOW + Duration::HOUR), last: Some(NOW) };
    let charged = table.store.charge_password(&password(&admin), &state, 100, 1).await;
    assert_eq!(charged, Ok(Write::Done));
    assert!(table.store.password(admin.id).await.unwrap().unwrap().is_disabled());
    let (token, event) = (token(&table, &admin, 1).await, event(Action::PasswordReset));

    let reset = table.store.reset_password(&token, &password_hash('C'), NOW, &event).await;

    assert_eq!(reset, Ok(Write::Done));
    assert_eq!(table.wire.take().len(), 1, "one transaction");
    let expected = StoredPassword { version: 2, ..StoredPassword::new(admin.id, password_hash('C'), false) };
    assert_eq!(table.store.password(admin.id).await, Ok(Some(expected)));
    let epoch = table.store.user(admin.id).await.unwrap().unwrap().session_epoch;
    assert_eq!(epoch, admin.session_epoch + 1);
    assert_ne!(session.epoch, epoch, "its sessions are over");
    assert_eq!(table.store.one_time(token.hash).await, Ok(None));
    assert_eq!(audited(&table).await, vec![event]);
}

#[tokio::test]
async fn a_first_password_is_set_where_there_is_none() {
    let (table, admin) = table_with_admin().await;
    let member = user(2);
    assert_eq!(table.store.create_user(&member, None).await, Ok(Created::Done));
    let first = token(&table, &member, 0).await;
    assert_eq!(reset(&table, &first, 'C').await, Write::Done);
    let expected = StoredPassword::new(member.id, password_hash('C'), false);
    assert_eq!(table.store.password(member.id).await, Ok(Some(expected.clone())));

    let late = token(&table, &member, 0).await;
    assert_eq!(reset(&table, &late, 'D').await, Write::Conflict, "there is one now");
    assert_eq!(table.store.password(member.id).await, Ok(Some(expected)));
    assert_eq!(table.store.password(admin.id).await, Ok(Some(password(&admin))), "another user's");
}

#[tokio::test]
async fn a_token_is_good_once_also_for_two_at_once() {
    for round in 0..20 {
        let (table, admin) = table_with_admin().await;
        let token = token(&table, &admin, 1).await;
        let results = tokio::join!(reset(&table, &token, 'C'), reset(&table, &token, 'D'));
        let winner = match results {
            (Write::Done, Write::Conflict) => 'C',
            (Write::Conflict, Write::Done) => 'D',
            other => panic!("{round}: {other:?}"),
        };
        let stored = table.store.password(admin.id).await.unwrap().unwrap();
        assert_eq!((stored.hash, stored.version), (password_hash(winner), 2), "{round}");
        assert_eq!(audited(&table).await.len(), 1, "{round}");
        assert_eq!(reset(&table, &token, 'E').await, Write::Conflict, "{round}: again");
    }
}

#[tokio::test]
async fn of_two_tokens_for_one_password_the_second_is_void() {
    let (table, admin) = table_with_admin().await;
    let (one, two) = (token(&table, &admin, 1).await, token(&table, &admin, 1).await);
    let results = tokio::join!(reset(&table, &one, 'C'), reset(&table, &two, 'D'));
    assert!(
        matches!(results, (Write::Done, Write::Conflict) | (Write::Conflict, Write::Done)),
        "{results:?}"
    );
    assert_eq!(table.store.password(admin.id).await.unwrap().unwrap().version, 2);
}

#[tokio::test]
async fn an_expired_token_and_one_of_another_version_change_nothing() {
    let (table, admin) = table_with_admin().await;
    let other = token(&table, &admin, 2).await;
    assert_eq!(reset(&table, &other, 'C').await, Write::Conflict);
    assert_eq!(table.store.one_time(other.hash).await, Ok(Some(other)));

    let token = token(&table, &admin, 1).await;
    let (hash, event) = (password_hash('C'), event(Action::PasswordReset));
    let late = table.store.reset_password(&token, &hash, token.expires_at, &event).await;
    assert_eq!(late, Ok(Write::Conflict));
    unchanged(&table, &admin, Some(&password(&admin))).await;
    let last = token.expires_at - Duration::SECOND;
    assert_eq!(table.store.reset_password(&token, &hash, last, &event).await, Ok(Write::Done));
}

#[tokio::test]
async fn a_disabled_or_unknown_user_gets_no_password() {
    let (table, _) = table_with_admin().await;
    let (member, nobody) = (user(2), user(3));
    assert_eq!(table.store.create_user(&member, Some(&password(&member))).await, Ok(Created::Done));
    let (disabled, unknown) = (token(&table, &member, 1).await, token(&table, &nobody, 0).await);
    assert_eq!(table.store.set_user_disabled(member.id, true).await, Ok(AdminChange::Done));
    let member = table.store.user(member.id).await.unwrap().unwrap();
    assert_eq!(reset(&table, &disabled, 'C').await, Write::Conflict);
    unchanged(&table, &member, Some(&password(&member))).await;
    assert_eq!(reset(&table, &unknown, 'C').await, Write::Conflict);
    assert_eq!(table.store.password(nobody.id).await, Ok(None));
}

#[tokio::test]
async fn a_reset_whose_answer_was_lost_is_done_once_and_one_that_failed_not_at_all() {
    let (table, admin) = table_with_admin().await;
    let token = token(&table, &admin, 1).await;
    let (hash, event) = (password_hash('C'), event(Action::PasswordReset));
    for fault in [Fault::Refused(500, "InternalServerError"), Fault::Dropped, Fault::Timeout] {
        table.wire.breaks(move |_| Some(fault.clone()));
        assert!(table.store.reset_password(&token, &hash, NOW, &event).await.is_err());
    }
    table.wire.mend();
    unchanged(&table, &admin, Some(&password(&admin))).await;

    table.wire.breaks_once_each([Fault::AnswerLost, Fault::AnswerLost]);
    assert_eq!(table.store.reset_password(&token, &hash, NOW, &event).await, Ok(Write::Done));
    let epoch = table.store.user(admin.id).await.unwrap().unwrap().session_epoch;
    assert_eq!(epoch, admin.session_epoch + 1, "counted once");
    assert_eq!(audited(&table).await, vec![event]);
}
