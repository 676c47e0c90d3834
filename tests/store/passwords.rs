use super::table_with_admin;
use crate::support::records::{ORG, password, password_hash, policy, session, user};
use auth::records::{Session, SessionKind, StoredPassword, User, UserKind};
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
        assert_eq!(table.store.create_session(session).await, Ok(Write::Done));
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
    let expected = StoredPassword { user: admin.id, hash: hash.clone(), version: 2, must_change: false };
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
    assert_eq!(table.store.create_session(&first).await, Ok(Write::Done));
    let (hash, next) = (password_hash('C'), session(&admin, 9));
    let change = ChangePassword {
        user: &admin,
        current_version: 1,
        new_hash: &hash,
        keep: None,
        new_session: Some(&next),
    };
    assert_eq!(table.store.change_password(change).await, Ok(Write::Done));

    let epoch = table.store.user(admin.id).await.unwrap().unwrap().session_epoch;
    let begun = table.store.session(admin.id, next.id).await.unwrap().unwrap();
    assert_eq!(begun, Session { epoch, ..next });
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
    assert_eq!(records.user.unwrap().session_epoch, ended.session_epoch);
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
