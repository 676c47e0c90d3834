//! Mails to be sent.

use super::{audited, event, rng, table_with_admin};
use crate::support::{records::NOW, table::table, wire::Fault};
use auth::{
    audit::{Action, ulid},
    ids::UserId,
};
use std::collections::HashSet;
use store::{MailKind, OutboxItem, Write};
use time::Duration;

fn mail(kind: MailKind) -> OutboxItem {
    OutboxItem {
        id: ulid(NOW, &mut rng()),
        kind,
        source_address: "192.0.2.7".to_owned(),
        created_at: NOW,
        expires_at: NOW + Duration::DAY,
    }
}

fn asked() -> OutboxItem {
    mail(MailKind::ResetAsked { email: "ada@example.com".parse().unwrap() })
}

#[tokio::test]
async fn a_mail_is_read_as_it_was_asked_for_until_it_is_sent() {
    let table = table().await;
    let (user, by) = (UserId::from_bits(1), UserId::from_bits(2));
    for mail in
        [asked(), mail(MailKind::ResetStarted { user, by }), mail(MailKind::PasswordDisabled { user })]
    {
        assert_eq!(table.store.enqueue(&mail).await, Ok(()));
        assert_eq!(table.store.outbox_item(&mail.id).await, Ok(Some(mail.clone())));
        for _ in 0..2 {
            assert_eq!(table.store.delete_outbox(&mail.id).await, Ok(()));
            assert_eq!(table.store.outbox_item(&mail.id).await, Ok(None));
        }
    }
}

#[tokio::test]
async fn a_mail_is_one_write_with_an_end_and_is_spread_over_four_partitions() {
    let table = table().await;
    let mut partitions = HashSet::new();
    for _ in 0..64 {
        let mail = asked();
        assert_eq!(table.store.enqueue(&mail).await, Ok(()));
        let calls = table.wire.take();
        assert_eq!((calls.len(), calls[0].operation.as_str()), (1, "PutItem"));
        let item = &calls[0].body["Item"];
        let (pk, sk) = (item["pk"]["S"].as_str().unwrap(), item["sk"]["S"].as_str().unwrap());
        assert_eq!(item[store::TTL_ATTRIBUTE]["N"], mail.expires_at.unix_timestamp().to_string());
        assert_eq!(sk, mail.id, "the stream's keys lead to it");
        partitions.insert(pk.to_owned());
    }
    let expected = ["OUTBOX#0", "OUTBOX#1", "OUTBOX#2", "OUTBOX#3"].map(str::to_owned);
    assert_eq!(partitions, HashSet::from(expected));
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_asked_for_once() {
    let table = table().await;
    let mail = asked();
    table.wire.breaks_once_each([Fault::AnswerLost]);
    assert_eq!(table.store.enqueue(&mail).await, Ok(()));
    assert_eq!(table.store.outbox_item(&mail.id).await, Ok(Some(mail.clone())));

    table.wire.breaks(|_| Some(Fault::Dropped));
    assert!(table.store.enqueue(&asked()).await.is_err());
    assert!(table.store.outbox_item(&mail.id).await.is_err());
    assert!(table.store.delete_outbox(&mail.id).await.is_err());
}

#[tokio::test]
async fn a_mail_and_its_event_are_written_together_or_not_at_all() {
    let (table, _) = table_with_admin().await;
    let (mail, event) = (asked(), event(Action::PasswordResetStarted));
    table.wire.breaks_once_each([Fault::AnswerLost]);
    assert_eq!(table.store.enqueue_with(&mail, &event).await, Ok(Write::Done));
    assert_eq!(table.store.outbox_item(&mail.id).await, Ok(Some(mail)));
    assert_eq!(audited(&table).await, vec![event.clone()]);

    let other = asked();
    assert_eq!(table.store.enqueue_with(&other, &event).await, Ok(Write::Conflict), "the event is there");
    assert_eq!(table.store.outbox_item(&other.id).await, Ok(None));
}
