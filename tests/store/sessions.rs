use super::{audited, begun, event, refreshable, table_with_admin};
use crate::support::{
    records::{session, user},
    wire::Fault,
};
use auth::{
    audit::Action,
    ids::SessionId,
    records::{Session, User},
};
use store::{AdminChange, Created, Write};

#[tokio::test]
async fn a_session_is_read_as_it_was_made_and_deleting_it_twice_is_no_error() {
    let (table, admin) = table_with_admin().await;
    let session = session(&admin, 8);
    assert_eq!(table.store.create_session(&session, None).await, Ok(Write::Done));
    assert_eq!(table.store.session(admin.id, session.id).await, Ok(Some(session.clone())));
    assert_eq!(table.store.session(user(2).id, session.id).await, Ok(None), "another user's");

    for _ in 0..2 {
        assert_eq!(table.store.end_session(admin.id, session.id).await, Ok(()));
        assert_eq!(table.store.session(admin.id, session.id).await, Ok(None));
    }
}

#[tokio::test]
async fn no_session_begins_with_an_epoch_that_was_ended() {
    let (table, admin) = table_with_admin().await;
    let ended = table.store.end_sessions(admin.id).await.unwrap().unwrap();
    assert_eq!(ended.session_epoch, admin.session_epoch + 1);
    assert_eq!(table.store.create_session(&session(&admin, 8), None).await, Ok(Write::Conflict));
    assert_eq!(table.store.session(admin.id, SessionId::from_bits(8)).await, Ok(None));
    assert_eq!(table.store.create_session(&session(&ended, 8), None).await, Ok(Write::Done));
}

#[tokio::test]
async fn no_session_begins_for_a_disabled_or_unknown_user() {
    let (table, _) = table_with_admin().await;
    let member = user(2);
    assert_eq!(table.store.create_session(&session(&member, 8), None).await, Ok(Write::Conflict), "unknown");
    assert_eq!(table.store.create_user(&member, None).await, Ok(Created::Done));
    assert_eq!(table.store.set_user_disabled(member.id, true).await, Ok(AdminChange::Done));
    assert_eq!(table.store.create_session(&session(&member, 8), None).await, Ok(Write::Conflict), "disabled");
}

#[tokio::test]
async fn a_session_and_its_refresh_state_begin_together_and_end_together() {
    let (table, admin) = table_with_admin().await;
    let session = session(&admin, 8);
    let (state, _) = begun(&session);
    table.wire.breaks_once_each([Fault::AnswerLost]);
    assert_eq!(table.store.create_session(&session, Some(&state)).await, Ok(Write::Done));
    assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![state.clone()]));
    let again = table.store.create_session(&session, Some(&state)).await;
    assert_eq!(again, Ok(Write::Conflict), "an id that exists");

    table.wire.breaks_once_each([Fault::AnswerLost]);
    for _ in 0..2 {
        assert_eq!(table.store.end_session(admin.id, session.id).await, Ok(()));
        assert_eq!(table.store.session(admin.id, session.id).await, Ok(None));
        assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![]));
    }

    let ended = table.store.end_sessions(admin.id).await.unwrap().unwrap();
    assert_eq!(table.store.create_session(&session, Some(&state)).await, Ok(Write::Conflict));
    assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![]), "nothing of it is written");
    assert_ne!(ended.session_epoch, session.epoch);
}

#[tokio::test]
async fn a_user_s_sessions_are_listed_and_no_other_s() {
    let (table, admin) = table_with_admin().await;
    let member = user(2);
    assert_eq!(table.store.create_user(&member, None).await, Ok(Created::Done));
    let mut sessions = Vec::new();
    for bits in 1..=5 {
        sessions.push(refreshable(&table, &admin, bits).await.0);
    }
    refreshable(&table, &member, 6).await;
    let mut listed = table.store.sessions_of(admin.id).await.unwrap();
    listed.sort_by_key(|it| it.id.bits());
    assert_eq!(listed, sessions);
    assert_eq!(table.store.sessions_of(user(3).id).await, Ok(vec![]));
}

#[tokio::test]
async fn a_session_that_ends_for_a_reason_ends_once_with_one_event_also_for_two_at_once() {
    for round in 0..20 {
        let (table, admin) = table_with_admin().await;
        let (session, ..) = refreshable(&table, &admin, 8).await;
        let (one, two) = (event(Action::SessionReuseDetected), event(Action::SessionReuseDetected));
        let end = |event| table.store.end_session_for(admin.id, session.id, event);
        let results = tokio::join!(end(&one), end(&two));
        let winner = match results {
            (Ok(Write::Done), Ok(Write::Conflict)) => one,
            (Ok(Write::Conflict), Ok(Write::Done)) => two,
            other => panic!("{round}: {other:?}"),
        };
        assert_eq!(audited(&table).await, vec![winner], "{round}");
        assert_eq!(table.store.session(admin.id, session.id).await, Ok(None), "{round}");
        assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![]), "{round}");
    }
}

#[tokio::test]
async fn a_session_that_ends_for_a_reason_and_whose_answer_was_lost_has_one_event() {
    let (table, admin) = table_with_admin().await;
    let (session, ..) = refreshable(&table, &admin, 8).await;
    let event = event(Action::SessionReuseDetected);
    table.wire.breaks(|_| Some(Fault::Dropped));
    assert!(table.store.end_session_for(admin.id, session.id, &event).await.is_err());
    table.wire.breaks_once_each([Fault::AnswerLost, Fault::AnswerLost]);
    assert_eq!(table.store.end_session_for(admin.id, session.id, &event).await, Ok(Write::Done));
    assert_eq!(audited(&table).await, vec![event]);
}

#[tokio::test]
async fn half_a_session_ends_too_and_needs_no_event() {
    let (table, admin) = table_with_admin().await;
    let session = session(&admin, 8);
    assert_eq!(table.store.create_session(&session, None).await, Ok(Write::Done));
    let event = event(Action::SessionReuseDetected);
    let ended = table.store.end_session_for(admin.id, session.id, &event).await;
    assert_eq!(ended, Ok(Write::Conflict));
    assert_eq!(table.store.session(admin.id, session.id).await, Ok(None));
    assert_eq!(audited(&table).await, vec![]);
}

/// Whether the user's sessions of this table are good, as a decision sees it.
async fn good(table: &crate::support::table::TestTable, user: &User, session: &Session) -> bool {
    let epoch = table.store.user(user.id).await.unwrap().unwrap().session_epoch;
    table.store.session(user.id, session.id).await.unwrap().is_some_and(|it| it.epoch == epoch)
}

#[tokio::test]
async fn every_session_but_one_ends_in_one_transaction() {
    let (table, admin) = table_with_admin().await;
    let (kept, kept_state, _) = refreshable(&table, &admin, 8).await;
    let (other, ..) = refreshable(&table, &admin, 9).await;
    table.wire.breaks_once_each([Fault::AnswerLost]);

    assert_eq!(table.store.end_other_sessions(&admin, kept.id).await, Ok(Write::Done));

    assert_eq!(table.wire.take().len(), 2, "the second is the first again");
    assert!(good(&table, &admin, &kept).await && !good(&table, &admin, &other).await);
    assert_eq!(table.store.refresh_states(&[kept.id]).await, Ok(vec![kept_state]), "it goes on");
    let epoch = table.store.user(admin.id).await.unwrap().unwrap().session_epoch;
    assert_eq!(epoch, admin.session_epoch + 1);
    let stale = table.store.end_other_sessions(&admin, kept.id).await;
    assert_eq!(stale, Ok(Write::Conflict), "the user has another epoch since");
}

#[tokio::test]
async fn a_session_that_is_over_is_not_kept() {
    let (table, admin) = table_with_admin().await;
    let (gone, ..) = refreshable(&table, &admin, 8).await;
    let (other, ..) = refreshable(&table, &admin, 9).await;
    assert_eq!(table.store.end_session(admin.id, gone.id).await, Ok(()));
    assert_eq!(table.store.end_other_sessions(&admin, gone.id).await, Ok(Write::Conflict));
    assert!(good(&table, &admin, &other).await, "nothing ended");
    assert_eq!(table.store.session(admin.id, gone.id).await, Ok(None), "an update makes no item");

    let now = table.store.end_sessions(admin.id).await.unwrap().unwrap();
    let revived = table.store.end_other_sessions(&now, other.id).await;
    assert_eq!(revived, Ok(Write::Conflict), "its epoch was ended");
    assert!(!good(&table, &admin, &other).await);
}

#[tokio::test]
async fn of_two_sessions_that_end_each_other_one_stays() {
    for round in 0..20 {
        let (table, admin) = table_with_admin().await;
        let (one, ..) = refreshable(&table, &admin, 8).await;
        let (two, ..) = refreshable(&table, &admin, 9).await;
        let results = tokio::join!(
            table.store.end_other_sessions(&admin, one.id),
            table.store.end_other_sessions(&admin, two.id)
        );
        let (winner, loser) = match results {
            (Ok(Write::Done), Ok(Write::Conflict)) => (one, two),
            (Ok(Write::Conflict), Ok(Write::Done)) => (two, one),
            other => panic!("{round}: {other:?}"),
        };
        assert!(good(&table, &admin, &winner).await && !good(&table, &admin, &loser).await, "{round}");
    }
}
