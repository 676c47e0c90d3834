//! Audit events.

use super::{audited, event, rng, table_with_admin};
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
use store::{ActionFilter, AuditQuery};
use time::{Duration, OffsetDateTime, macros::datetime};

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
    // The month is the one in UTC, whatever the offset it is told in.
    let next_month = at(datetime!(2026-03-31 23:30 -2), Action::PasswordReset);
    for event in [&elsewhere, &next_month] {
        assert_eq!(table.store.audit(event).await, Ok(()));
    }
    events.insert(0, next_month);
    assert_eq!(audited(&table).await, events);
    // A page ends in the middle of a month, at its end, and where nothing is left.
    for limit in 1..=6 {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page =
                table.store.audit_page(ORG, &all(), after.as_deref(), limit, NOW, || true).await.unwrap();
            assert!(page.events.len() <= limit);
            found.extend(page.events);
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(found, events, "pages of {limit}");
    }
}

fn at(when: OffsetDateTime, action: Action) -> AuditEvent {
    AuditEvent::new(ORG, Actor::System, None, action, "target", "192.0.2.7", when, &mut rng())
}

fn all() -> AuditQuery {
    let (from, to) = (NOW - Duration::days(40), NOW + Duration::days(40));
    AuditQuery { from, to, actor: None, action: None, target: None }
}

#[tokio::test]
async fn a_filter_passes_what_it_names_and_a_page_looks_at_a_bounded_number() {
    let table = table().await;
    let mut kept = Vec::new();
    for number in 0..1000 {
        let when = NOW + Duration::seconds(number);
        let event = if number % 400 == 0 {
            let by = Actor::User(UserId::from_bits(7));
            AuditEvent { actor: by, target: "key_7".to_owned(), ..at(when, Action::ApiKeyRevoked) }
        } else {
            at(when, Action::SessionCreated)
        };
        assert_eq!(table.store.audit(&event).await, Ok(()));
        if number % 400 == 0 {
            kept.insert(0, event);
        }
    }
    let is = |word: &str| Some(ActionFilter::Is(word.to_owned()));
    for query in [
        AuditQuery { actor: Some(Actor::User(UserId::from_bits(7))), ..all() },
        AuditQuery { action: is("api_key.revoked"), ..all() },
        AuditQuery { action: Some(ActionFilter::BeginsWith("api_key.".to_owned())), ..all() },
        AuditQuery { target: Some("key_7".to_owned()), ..all() },
    ] {
        let (mut found, mut after) = (Vec::new(), None::<String>);
        loop {
            table.wire.take();
            let page = table.store.audit_page(ORG, &query, after.as_deref(), 10, NOW, || true).await.unwrap();
            assert!(table.wire.take().len() <= 10);
            found.extend(page.events);
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(found, kept, "{query:?}");
    }
    // Who has no time left gets a page after each query, and comes to the same end.
    let query = AuditQuery { target: Some("key_7".to_owned()), ..all() };
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        table.wire.take();
        let page = table.store.audit_page(ORG, &query, after.as_deref(), 10, NOW, || false).await.unwrap();
        assert!(table.wire.take().len() <= 1);
        found.extend(page.events);
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    assert_eq!(found, kept);
    let nobody = AuditQuery { actor: Some(Actor::Unknown), ..all() };
    assert_eq!(table.store.audit_page(ORG, &nobody, None, 10, NOW, || true).await.unwrap().events, vec![]);
    let early = AuditQuery { to: NOW, ..all() };
    assert_eq!(table.store.audit_page(ORG, &early, None, 10, NOW, || true).await.unwrap().events, vec![]);
    let late = AuditQuery { from: NOW + Duration::seconds(999), ..all() };
    assert_eq!(table.store.audit_page(ORG, &late, None, 10, NOW, || true).await.unwrap().events.len(), 1);
}

#[tokio::test]
async fn a_log_of_many_years_is_read_in_pages_of_a_few_queries() {
    let table = table().await;
    let old = at(NOW - Duration::days(3650), Action::OrganizationCreated);
    assert_eq!(table.store.audit(&old).await, Ok(()));
    let query = AuditQuery { from: NOW - Duration::days(4000), ..all() };
    let (mut found, mut after, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let page = table.store.audit_page(ORG, &query, after.as_deref(), 10, NOW, || true).await.unwrap();
        found.extend(page.events);
        pages += 1;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(found, [old]);
    assert!((10..20).contains(&pages), "{pages}");
}

#[tokio::test]
async fn an_event_ends_with_its_retention_and_is_not_shown_from_then_on() {
    let table = table().await;
    let store = table.store.clone().keeping_audit(Some(400));
    let kept = event(Action::PasswordReset);
    assert_eq!(store.audit(&kept).await, Ok(()));
    let item = table.wire.take().pop().unwrap().body["Item"].clone();
    let end = (kept.at + Duration::days(400)).unix_timestamp();
    assert_eq!(item[store::TTL_ATTRIBUTE]["N"], end.to_string());
    let shown =
        |now| async move { store.audit_page(ORG, &all(), None, 9, now, || true).await.unwrap().events };
    let later = kept.at + Duration::days(400);
    assert_eq!(shown.clone()(later - Duration::SECOND).await, [kept]);
    assert_eq!(shown(later).await, []);
}

#[tokio::test]
async fn a_change_and_its_event_are_written_together_or_not_at_all() {
    let (table, admin) = table_with_admin().await;
    let renamed = event(Action::UserUpdated);
    let store = table.store.recording(renamed.clone());
    assert_eq!(store.rename_user(admin.id, "New").await.unwrap().unwrap().name, "New");
    let calls: Vec<_> = table.wire.take().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["GetItem", "TransactWriteItems"]);
    // It is used up.
    store.rename_user(admin.id, "Newer").await.unwrap().unwrap();
    assert_eq!(table.wire.take().pop().unwrap().operation, "UpdateItem");
    assert_eq!(audited(&table).await, std::slice::from_ref(&renamed));

    // A lost condition writes neither, and leaves the event to the next try.
    let second = event(Action::UserUpdated);
    let store = table.store.recording(second.clone());
    assert_eq!(store.rename_user(UserId::from_bits(99), "Nobody").await, Ok(None));
    assert_eq!(audited(&table).await.len(), 1);
    store.rename_user(admin.id, "Newest").await.unwrap().unwrap();
    assert_eq!(audited(&table).await.len(), 2);

    // A failure is one of both.
    table.wire.breaks(|_| Some(Fault::Refused(400, "AccessDeniedException")));
    let store = table.store.recording(event(Action::UserUpdated));
    assert!(store.rename_user(admin.id, "Lost").await.is_err());
    table.wire.mend();
    assert_eq!(table.store.user(admin.id).await.unwrap().unwrap().name, "Newest");
    assert_eq!(audited(&table).await.len(), 2);

    // An answer that was lost is no second event.
    table.wire.breaks_once_each([Fault::AnswerLost]);
    let store = table.store.recording(event(Action::UserUpdated));
    store.rename_user(admin.id, "Once").await.unwrap().unwrap();
    assert_eq!(audited(&table).await.len(), 3);
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
async fn an_event_without_a_retention_has_no_end() {
    let table = table().await;
    assert_eq!(table.store.audit(&event(Action::PasswordReset)).await, Ok(()));
    let call = table.wire.take().pop().unwrap();
    let item = call.body["Item"].as_object().unwrap();
    assert!(!item.contains_key(store::TTL_ATTRIBUTE), "{item:?}");
    assert_eq!(item["pk"]["S"], format!("AUDIT#{ORG}#2026-03"));
}
