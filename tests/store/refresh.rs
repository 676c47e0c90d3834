//! The rotation of a session's refresh state: one conditional update.

use super::{begun, refreshable, rotated, table_with_admin};
use crate::support::{
    records::{NOW, ORG, policy, session},
    wire::Fault,
};
use auth::{ids::SessionId, refresh::RefreshState};
use serde_json::json;
use store::{RefreshRecords, Rotation, Write};
use time::Duration;

#[tokio::test]
async fn a_refresh_reads_user_session_policy_and_state_at_once_and_consistently() {
    let (table, admin) = table_with_admin().await;
    let (session, state, _) = refreshable(&table, &admin, 8).await;

    let records = table.store.refresh_records(ORG, admin.id, session.id, 21).await.unwrap();

    let expected = RefreshRecords {
        user: Some(admin.clone()),
        session: Some(session.clone()),
        policy: Some(policy()),
        state: Some(state),
    };
    assert_eq!(records, expected);
    let calls = table.wire.take();
    assert_eq!(calls.len(), 1);
    let asked = &calls[0].body["RequestItems"][&table.name];
    assert_eq!((asked["ConsistentRead"].clone(), asked["Keys"].as_array().unwrap().len()), (json!(true), 4));

    let nobody = SessionId::from_bits(99);
    let records = table.store.refresh_records(ORG, admin.id, nobody, 0).await.unwrap();
    assert_eq!((records.session, records.state), (None, None));
}

#[tokio::test]
async fn a_rotation_is_one_conditional_update() {
    let (table, admin) = table_with_admin().await;
    let (session, state, token) = refreshable(&table, &admin, 8).await;
    let (next, _) = rotated(&state, &token);

    assert_eq!(table.store.rotate_refresh(&state, &next).await, Ok(Rotation::Done));

    let calls = table.wire.take();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].operation, "UpdateItem");
    let condition = calls[0].body["ConditionExpression"].as_str().unwrap();
    for part in ["attribute_exists(#pk)", "#generation = ", "#current = "] {
        assert!(condition.contains(part), "{condition}");
    }
    assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![next]));
}

#[tokio::test]
async fn the_grace_is_kept_to_the_millisecond() {
    let (table, admin) = table_with_admin().await;
    let (session, state, token) = refreshable(&table, &admin, 8).await;
    let (mut next, _) = rotated(&state, &token);
    if let Some(previous) = &mut next.previous {
        previous.rotated_at = NOW + Duration::milliseconds(789);
    }
    assert_eq!(table.store.rotate_refresh(&state, &next).await, Ok(Rotation::Done));
    assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![next]));
}

#[tokio::test]
async fn of_two_rotations_at_once_one_wins_and_the_other_learns_its_salt() {
    for round in 0..20 {
        let (table, admin) = table_with_admin().await;
        let (session, state, token) = refreshable(&table, &admin, 8).await;
        let ((one, _), (two, _)) = (rotated(&state, &token), rotated(&state, &token));
        let results =
            tokio::join!(table.store.rotate_refresh(&state, &one), table.store.rotate_refresh(&state, &two));
        let (winner, seen) = match results {
            (Ok(Rotation::Done), Ok(Rotation::Lost(Some(seen)))) => (one, seen),
            (Ok(Rotation::Lost(Some(seen))), Ok(Rotation::Done)) => (two, seen),
            other => panic!("{round}: {other:?}"),
        };
        assert_eq!(*seen, winner);
        assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![winner]));
    }
}

#[tokio::test]
async fn a_rotation_whose_answer_was_lost_is_done() {
    let (table, admin) = table_with_admin().await;
    let (session, state, token) = refreshable(&table, &admin, 8).await;
    let (next, _) = rotated(&state, &token);
    table.wire.breaks_once_each([Fault::AnswerLost, Fault::AnswerLost]);

    assert_eq!(table.store.rotate_refresh(&state, &next).await, Ok(Rotation::Done));

    assert_eq!(table.wire.take().len(), 3);
    assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![next]));
}

/// The client that got the same successor in the grace may have used it before ours is tried again.
#[tokio::test]
async fn a_rotation_whose_answer_was_lost_is_done_also_where_another_went_on_from_it() {
    let (table, admin) = table_with_admin().await;
    let (session, state, token) = refreshable(&table, &admin, 8).await;
    let (next, successor) = rotated(&state, &token);
    assert_eq!(table.store.rotate_refresh(&state, &next).await, Ok(Rotation::Done));
    let (after, _) = rotated(&next, &successor);
    assert_eq!(table.store.rotate_refresh(&next, &after).await, Ok(Rotation::Done));

    assert_eq!(table.store.rotate_refresh(&state, &next).await, Ok(Rotation::Done), "tried again");

    assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![after]));
}

#[tokio::test]
async fn a_rotation_that_could_not_be_done_is_a_failure_and_changes_nothing() {
    let (table, admin) = table_with_admin().await;
    let (session, state, token) = refreshable(&table, &admin, 8).await;
    let (next, _) = rotated(&state, &token);
    for fault in [
        Fault::Refused(500, "InternalServerError"),
        Fault::Refused(400, "ThrottlingException"),
        Fault::Dropped,
        Fault::Timeout,
    ] {
        table.wire.breaks(move |_| Some(fault.clone()));
        assert!(table.store.rotate_refresh(&state, &next).await.is_err());
        assert!(table.store.refresh_records(ORG, admin.id, session.id, 0).await.is_err());
    }
    table.wire.mend();
    assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![state]));
}

#[tokio::test]
async fn an_ended_session_is_not_refreshed() {
    let (table, admin) = table_with_admin().await;
    let (session, state, token) = refreshable(&table, &admin, 8).await;
    let (next, _) = rotated(&state, &token);
    assert_eq!(table.store.end_session(admin.id, session.id).await, Ok(()));
    assert_eq!(table.store.rotate_refresh(&state, &next).await, Ok(Rotation::Lost(None)));
    assert_eq!(table.store.refresh_states(&[session.id]).await, Ok(vec![]), "an update makes no item");
}

#[tokio::test]
async fn a_session_that_ends_while_it_is_refreshed_has_ended() {
    for round in 0..20 {
        let (table, admin) = table_with_admin().await;
        let (session, state, token) = refreshable(&table, &admin, 8).await;
        let (next, _) = rotated(&state, &token);
        let (ended, refreshed) = tokio::join!(
            table.store.end_session(admin.id, session.id),
            table.store.rotate_refresh(&state, &next)
        );
        assert_eq!(ended, Ok(()), "{round}");
        assert!(matches!(refreshed, Ok(Rotation::Done | Rotation::Lost(None))), "{round}: {refreshed:?}");
        let left = table.store.refresh_records(ORG, admin.id, session.id, 0).await.unwrap();
        assert_eq!((left.session, left.state), (None, None), "{round}");
    }
}

#[tokio::test]
async fn a_state_of_the_same_generation_but_another_value_is_another_state() {
    let (table, admin) = table_with_admin().await;
    let (_, stored, _) = refreshable(&table, &admin, 8).await;
    let (other, token) = begun(&session(&admin, 8));
    let (next, _) = rotated(&other, &token);
    let rotation = table.store.rotate_refresh(&other, &next).await;
    assert_eq!(rotation, Ok(Rotation::Lost(Some(Box::new(stored)))));
}

#[tokio::test]
async fn the_states_of_many_sessions_are_read_in_batches() {
    let (table, admin) = table_with_admin().await;
    let mut states = Vec::new();
    for bits in 1..=101 {
        states.push(refreshable(&table, &admin, bits).await.1);
    }
    let plain = session(&admin, 200);
    assert_eq!(table.store.create_session(&plain, None).await, Ok(Write::Done));
    table.wire.take();
    let ids: Vec<SessionId> =
        states.iter().map(|it| it.session).chain([plain.id, SessionId::from_bits(999)]).collect();

    let mut read: Vec<RefreshState> = table.store.refresh_states(&ids).await.unwrap();

    assert_eq!(table.wire.take().len(), 2);
    read.sort_by_key(|it| it.session.bits());
    assert_eq!(read, states);
    assert_eq!(table.store.refresh_states(&[]).await, Ok(vec![]));
}

#[tokio::test]
async fn the_table_holds_a_state_s_hashes_in_a_partition_of_their_own_and_no_token() {
    let (table, admin) = table_with_admin().await;
    let (session, state, token) = refreshable(&table, &admin, 8).await;
    let (next, successor) = rotated(&state, &token);
    assert_eq!(table.store.rotate_refresh(&state, &next).await, Ok(Rotation::Done));

    let pk = format!("SESSIONSECRET#{}", session.id);
    let item = format!("{:?}", table.item(&pk, "SESSIONSECRET").await.unwrap());
    for token in [&token, &successor] {
        let text = token.reveal();
        assert!(!item.contains(text.as_str()));
    }
    assert!(!item.contains("gsi1"), "in no index");
    let profile =
        table.item(&format!("USER#{}", admin.id), &format!("SESSION#{}", session.id)).await.unwrap();
    for secret in ["current", "previous", "tag_key", "salt"] {
        assert!(!profile.contains_key(secret), "{secret}");
    }
    assert!(!format!("{next:?}").contains("tag_key"));
}
