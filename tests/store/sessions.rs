use super::table_with_admin;
use crate::support::records::{session, user};
use auth::ids::SessionId;
use store::{AdminChange, Created, Write};

#[tokio::test]
async fn a_session_is_read_as_it_was_made_and_deleting_it_twice_is_no_error() {
    let (table, admin) = table_with_admin().await;
    let session = session(&admin, 8);
    assert_eq!(table.store.create_session(&session).await, Ok(Write::Done));
    assert_eq!(table.store.session(admin.id, session.id).await, Ok(Some(session.clone())));
    assert_eq!(table.store.session(user(2).id, session.id).await, Ok(None), "another user's");

    for _ in 0..2 {
        assert_eq!(table.store.delete_session(admin.id, session.id).await, Ok(()));
        assert_eq!(table.store.session(admin.id, session.id).await, Ok(None));
    }
}

#[tokio::test]
async fn no_session_begins_with_an_epoch_that_was_ended() {
    let (table, admin) = table_with_admin().await;
    let ended = table.store.end_sessions(admin.id).await.unwrap().unwrap();
    assert_eq!(ended.session_epoch, admin.session_epoch + 1);
    assert_eq!(table.store.create_session(&session(&admin, 8)).await, Ok(Write::Conflict));
    assert_eq!(table.store.session(admin.id, SessionId::from_bits(8)).await, Ok(None));
    assert_eq!(table.store.create_session(&session(&ended, 8)).await, Ok(Write::Done));
}

#[tokio::test]
async fn no_session_begins_for_a_disabled_or_unknown_user() {
    let (table, _) = table_with_admin().await;
    let member = user(2);
    assert_eq!(table.store.create_session(&session(&member, 8)).await, Ok(Write::Conflict), "unknown");
    assert_eq!(table.store.create_user(&member, None).await, Ok(Created::Done));
    assert_eq!(table.store.set_user_disabled(member.id, true).await, Ok(AdminChange::Done));
    assert_eq!(table.store.create_session(&session(&member, 8)).await, Ok(Write::Conflict), "disabled");
}
