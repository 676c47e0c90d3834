//! Audit events.

use super::{audited, event, rng};
use crate::support::{
    records::{NOW, ORG},
    table::table,
    wire::Fault,
};
use auth::{
    audit::{Action, Actor, AuditEvent},
    decide::CredentialId,
    ids::{KeyId, OrganizationId, SessionId, UserId},
};
use time::{Duration, macros::datetime};

#[tokio::test]
async fn events_are_read_by_month_newest_first() {
    let table = table().await;
    let mut events = Vec::new();
    for (seconds, actor, credential) in [
        (0, Actor::User(UserId::from_bits(1)), Some(CredentialId::Session(SessionId::from_bits(8)))),
        (1, Actor::User(UserId::from_bits(2)), Some(CredentialId::ApiKey(KeyId::from_bits(7)))),
        (2, Actor::Unknown, None),
        (3, Actor::System, None),
    ] {
        let at = NOW + Duration::seconds(seconds);
        let action = Action::PolicyUpdated;
        let event = AuditEvent::new(ORG, actor, credential, action, "target", "192.0.2.7", at, &mut rng())
            .with("before", "900")
            .with("after", "300");
        assert_eq!(table.store.audit(&event).await, Ok(()));
        events.insert(0, event);
    }
    let elsewhere =
        AuditEvent { organization: OrganizationId::from_bits(12), ..event(Action::PasswordReset) };
    let next_month = AuditEvent { at: datetime!(2026-04-01 00:00 UTC), ..event(Action::PasswordReset) };
    for event in [&elsewhere, &next_month] {
        assert_eq!(table.store.audit(event).await, Ok(()));
    }
    assert_eq!(audited(&table).await, events);
    assert_eq!(table.store.audit_events(ORG, NOW, 2).await.unwrap(), events[..2]);
    assert_eq!(table.store.audit_events(ORG, next_month.at, 9).await, Ok(vec![next_month]));
    // The month is the one in UTC, whatever the offset it is asked in.
    let late = datetime!(2026-03-31 23:30 -2);
    assert_eq!(table.store.audit_events(ORG, late, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_event_whose_answer_was_lost_is_written_once_and_none_is_overwritten() {
    let table = table().await;
    let first = event(Action::PasswordDisabled);
    table.wire.breaks_once_each([Fault::AnswerLost]);
    assert_eq!(table.store.audit(&first).await, Ok(()));
    let forged = AuditEvent { target: "another".to_owned(), ..first.clone() };
    assert_eq!(table.store.audit(&forged).await, Ok(()));
    assert_eq!(audited(&table).await, vec![first]);

    table.wire.breaks(|_| Some(Fault::Dropped));
    assert!(table.store.audit(&event(Action::PasswordDisabled)).await.is_err());
}

#[tokio::test]
async fn an_event_has_no_end() {
    let table = table().await;
    assert_eq!(table.store.audit(&event(Action::PasswordReset)).await, Ok(()));
    let call = table.wire.take().pop().unwrap();
    let item = call.body["Item"].as_object().unwrap();
    assert!(!item.contains_key(store::TTL_ATTRIBUTE), "{item:?}");
    assert_eq!(item["pk"]["S"], format!("AUDIT#{ORG}#2026-03"));
}
