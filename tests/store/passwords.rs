use super::{begun, table_with_admin};
use crate::support::{
    records::{NOW, ORG, password, password_hash, policy, session, user},
    table::TestTable,
    wire::Fault,
};
use auth::{
    address::AddressKey,
    records::{Session, SessionKind, StoredPassword, User, UserKind},
    throttle::{ACCOUNT, AttemptState, MAX_FAILURES},
};
use store::{AdminChange, ChangePassword, Created, LoginRecords, Write};

#[tokio::test]
async fn a_login_reads_user_password_and_policy_at_once() {
    let (table, admin) = table_with_admin().await;
    let expected =
        LoginRecords { user: Some(admin.clone()), password: Some(password(&admin)), policy: Some(policy()) };
    assert_eq!(table.store.login_records(ORG, admin.id, 3).await, Ok(expected));
    assert_eq!(table.wire.take().len(), 1);

    let robot = User { kind: UserKind::ServiceAccount, ..user(2) };
    assert_eq!(table.store.create_user(&robot, None).await, Ok(Created::Done));
    let records = table.store.login_records(ORG, robot.id, 3).await.unwrap();
    assert_eq!((records.user, records.password), (Some(robot), None));
}

#[tokio::test]
async fn a_change_ends_every_session_but_the_kept_one() {
    let (table, admin) = table_with_admin().await;
    let (kept, other) = (session(&admin, 8), session(&admin, 9));
    for session in [&kept, &other] {
        assert_eq!(table.store.create_session(session, None).await, Ok(Write::Done));
    }
    let hash = password_hash('C');
    let change = ChangePassword {
        user: &admin,
        current_version: 1,
        new_hash: &hash,
        keep: Some(kept.id),
        new_session: None,
    };
    assert_eq!(table.store.change_password(change).await, Ok(Write::Done));

    let records = table.store.login_records(ORG, admin.id, 0).await.unwrap();
    let expected = StoredPassword { version: 2, ..StoredPassword::new(admin.id, hash.clone(), false) };
    assert_eq!(records.password, Some(expected));
    let epoch = records.user.unwrap().session_epoch;
    assert_eq!(epoch, admin.session_epoch + 1);
    assert_eq!(table.store.session(admin.id, kept.id).await.unwrap().unwrap().epoch, epoch);
    assert_ne!(table.store.session(admin.id, other.id).await.unwrap().unwrap().epoch, epoch);

    assert_eq!(table.store.change_password(change).await, Ok(Write::Conflict), "the same change again");
}

#[tokio::test]
async fn the_first_change_begins_a_session_and_the_one_that_made_it_is_over() {
    let (table, admin) = table_with_admin().await;
    let first = Session { kind: SessionKind::PasswordChange, ..session(&admin, 8) };
    assert_eq!(table.store.create_session(&first, None).await, Ok(Write::Done));
    let (hash, next) = (password_hash('C'), session(&admin, 9));
    let (state, _) = begun(&next);
    let change = ChangePassword {
        user: &admin,
        current_version: 1,
        new_hash: &hash,
        keep: None,
        new_session: Some((&next, &state)),
    };
    assert_eq!(table.store.change_password(change).await, Ok(Write::Done));

    let epoch = table.store.user(admin.id).await.unwrap().unwrap().session_epoch;
    let begun = table.store.session(admin.id, next.id).await.unwrap().unwrap();
    assert_eq!(begun, Session { epoch, ..next });
    assert_eq!(table.store.refresh_states(&[begun.id]).await, Ok(vec![state]));
    assert_ne!(table.store.session(admin.id, first.id).await.unwrap().unwrap().epoch, epoch);
}

#[tokio::test]
async fn a_change_that_relies_on_what_has_changed_writes_nothing() {
    let (table, _) = table_with_admin().await;
    let member = user(2);
    assert_eq!(table.store.create_user(&member, Some(&password(&member))).await, Ok(Created::Done));
    let hash = password_hash('C');
    let change =
        ChangePassword { user: &member, current_version: 1, new_hash: &hash, keep: None, new_session: None };

    let stale = ChangePassword { current_version: 9, ..change };
    assert_eq!(table.store.change_password(stale).await, Ok(Write::Conflict), "another password");
    let gone = ChangePassword { keep: Some(session(&member, 8).id), ..change };
    assert_eq!(table.store.change_password(gone).await, Ok(Write::Conflict), "the session is over");
    let ended = table.store.end_sessions(member.id).await.unwrap().unwrap();
    assert_eq!(table.store.change_password(change).await, Ok(Write::Conflict), "another epoch");
    let change = ChangePassword { user: &ended, ..change };
    assert_eq!(table.store.set_user_disabled(member.id, true).await, Ok(AdminChange::Done));
    assert_eq!(table.store.change_password(change).await, Ok(Write::Conflict), "disabled");

    let records = table.store.login_records(ORG, member.id, 0).await.unwrap();
    assert_eq!(records.password, Some(password(&member)));
    // Disabling ended the sessions, and nothing else did.
    assert_eq!(records.user.unwrap().session_epoch, ended.session_epoch + 1);
}

#[tokio::test]
async fn of_two_changes_at_once_one_wins() {
    let (table, admin) = table_with_admin().await;
    let (one, two) = (password_hash('C'), password_hash('D'));
    let change = |new_hash| ChangePassword {
        user: &admin,
        current_version: 1,
        new_hash,
        keep: None,
        new_session: None,
    };
    let results =
        tokio::join!(table.store.change_password(change(&one)), table.store.change_password(change(&two)));
    assert!(
        matches!(results, (Ok(Write::Done), Ok(Write::Conflict)) | (Ok(Write::Conflict), Ok(Write::Done))),
        "{results:?}"
    );
    let records = table.store.login_records(ORG, admin.id, 0).await.unwrap();
    assert_eq!(records.password.unwrap().version, 2);
}

#[tokio::test]
async fn an_upgraded_hash_keeps_version_and_purpose_and_never_undoes_a_change() {
    let (table, admin) = table_with_admin().await;
    let hash = password_hash('C');
    assert_eq!(table.store.upgrade_hash(admin.id, 2, &hash).await, Ok(Write::Conflict));
    assert_eq!(table.store.upgrade_hash(admin.id, 1, &hash).await, Ok(Write::Done));
    let stored = table.store.login_records(ORG, admin.id, 0).await.unwrap().password;
    assert_eq!(stored, Some(StoredPassword { hash, ..password(&admin) }));
    assert_eq!(table.store.upgrade_hash(user(2).id, 1, &password_hash('C')).await, Ok(Write::Conflict));
}

fn address(last: u8) -> AddressKey {
    AddressKey::of(Some([192, 0, 2, last].into()))
}

async fn stored(table: &TestTable, user: &User) -> StoredPassword {
    table.store.password(user.id).await.unwrap().unwrap()
}

/// The state after an attempt that comes as soon as it may.
fn after(state: &AttemptState) -> AttemptState {
    let at = state.not_before.unwrap_or(NOW) + time::Duration::milliseconds(321);
    state.charge(&ACCOUNT, at).unwrap()
}

#[tokio::test]
async fn attempts_on_a_password_are_charged_until_it_is_disabled_and_a_success_ends_them() {
    let (table, admin) = table_with_admin().await;
    for attempt in 1..=MAX_FAILURES {
        let read = stored(&table, &admin).await;
        assert!(!read.is_disabled());
        let charged =
            table.store.charge_password(&read, &after(&read.throttle), attempt, attempt.into()).await;
        assert_eq!(charged, Ok(Write::Done));
    }
    let read = stored(&table, &admin).await;
    assert_eq!((read.failures, read.throttle.attempts, read.is_disabled()), (100, 100, true));
    assert!(read.throttle.not_before.is_some());

    let known = [address(7), address(8)];
    let cleared = table.store.clear_password_attempts(admin.id, 2, &known).await;
    assert_eq!(cleared, Ok(Write::Conflict), "of another version");
    assert_eq!(stored(&table, &admin).await, read);
    assert_eq!(table.store.clear_password_attempts(admin.id, 1, &known).await, Ok(Write::Done));
    let expected = StoredPassword { known_addresses: known.to_vec(), ..password(&admin) };
    assert_eq!(stored(&table, &admin).await, expected);
    let charged = table.store.charge_password(&expected, &after(&expected.throttle), 1, 1).await;
    assert_eq!(charged, Ok(Write::Done), "and it begins again");
    assert_eq!(stored(&table, &admin).await.known_addresses, known);
    assert_eq!(table.store.clear_password_attempts(user(2).id, 1, &known).await, Ok(Write::Conflict));
}

#[tokio::test]
async fn an_attempt_on_a_password_that_has_changed_meanwhile_is_not_charged() {
    let (table, admin) = table_with_admin().await;
    let read = stored(&table, &admin).await;
    let next = after(&read.throttle);
    // A known address raises the failures and charges its own bucket.
    assert_eq!(table.store.charge_password(&read, &read.throttle, 1, 1).await, Ok(Write::Done));
    let stale = table.store.charge_password(&read, &next, 1, 2).await;
    assert_eq!(stale, Ok(Write::Conflict), "another failed");
    let failed = StoredPassword { failures: 1, ..read };
    assert_eq!(table.store.charge_password(&failed, &next, 2, 3).await, Ok(Write::Done));
    let stale = table.store.charge_password(&failed, &next, 2, 4).await;
    assert_eq!(stale, Ok(Write::Conflict), "another was charged");
    let charged = StoredPassword { throttle: next, failures: 2, ..failed };
    assert_eq!(stored(&table, &admin).await, charged);
    let newer = StoredPassword { version: 2, ..charged.clone() };
    let stale = table.store.charge_password(&newer, &after(&next), 3, 5).await;
    assert_eq!(stale, Ok(Write::Conflict), "another password");
    let nobody = password(&user(2));
    assert_eq!(table.store.charge_password(&nobody, &next, 1, 6).await, Ok(Write::Conflict));
    assert_eq!(table.store.password(user(2).id).await, Ok(None), "a charge makes no password");
    assert_eq!(stored(&table, &admin).await, charged);
}

#[tokio::test]
async fn of_attempts_on_a_password_at_once_one_is_charged() {
    let (table, admin) = table_with_admin().await;
    for round in 1..=10 {
        let read = stored(&table, &admin).await;
        let next = after(&read.throttle);
        let charge = |nonce| table.store.charge_password(&read, &next, round, nonce);
        let results = tokio::join!(charge(1), charge(2), charge(3));
        let done = [results.0, results.1, results.2].into_iter().filter(|it| *it == Ok(Write::Done)).count();
        assert_eq!(done, 1, "{round}: two of the same numbers are told apart");
    }
}

#[tokio::test]
async fn an_attempt_on_a_password_whose_answer_was_lost_is_charged_once() {
    let (table, admin) = table_with_admin().await;
    let read = stored(&table, &admin).await;
    let next = after(&read.throttle);
    table.wire.take();
    table.wire.breaks_once_each([Fault::AnswerLost, Fault::AnswerLost]);
    assert_eq!(table.store.charge_password(&read, &next, 1, 77).await, Ok(Write::Done));
    assert_eq!(table.wire.take().len(), 3);
    assert_eq!(stored(&table, &admin).await, StoredPassword { throttle: next, failures: 1, ..read.clone() });

    table.wire.breaks(|_| Some(Fault::Refused(500, "InternalServerError")));
    assert!(table.store.charge_password(&read, &next, 1, 78).await.is_err());
    assert!(table.store.clear_password_attempts(admin.id, 1, &[]).await.is_err());
}

#[tokio::test]
async fn a_changed_password_remembers_neither_attempts_nor_addresses() {
    let (table, admin) = table_with_admin().await;
    assert_eq!(table.store.clear_password_attempts(admin.id, 1, &[address(7)]).await, Ok(Write::Done));
    let read = stored(&table, &admin).await;
    let next = after(&read.throttle);
    assert_eq!(table.store.charge_password(&read, &next, 42, 1).await, Ok(Write::Done));
    let hash = password_hash('C');
    let change =
        ChangePassword { user: &admin, current_version: 1, new_hash: &hash, keep: None, new_session: None };
    assert_eq!(table.store.change_password(change).await, Ok(Write::Done));
    let expected = StoredPassword { version: 2, ..StoredPassword::new(admin.id, hash.clone(), false) };
    assert_eq!(stored(&table, &admin).await, expected);
}

#[tokio::test]
async fn the_version_of_a_password_is_read_without_its_hash() {
    let (table, admin) = table_with_admin().await;
    assert_eq!(table.store.password_version(admin.id).await, Ok(Some(1)));
    let calls = table.wire.take();
    assert_eq!(calls[0].body["ProjectionExpression"], "#version");
    assert_eq!(calls[0].body["ConsistentRead"], true);
    assert_eq!(table.store.password_version(user(2).id).await, Ok(None));
}
