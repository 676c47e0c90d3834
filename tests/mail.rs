//! The mailer: what comes of an item of the outbox.

use crate::support::{
    Person, World, canary, in_process,
    in_process::{BASE_URL, Patience, config},
    ses::{Mail, SENDER, outbox, stream},
    wire::Fault,
};
use auth::{
    audit::{Action, Actor, ulid},
    one_time::OneTimeToken,
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use edge::clients;
use serde_json::{Value, json};
use store::{MailKind, OutboxItem};
use time::Duration;

const SOURCE: &str = "198.51.100.23";

/// A world with a person in it.
macro_rules! world {
    () => {{
        let world = in_process!("looks at every call of the mailer", Patience::None);
        let person = world.member_with_password(&world.tenant().await, false).await;
        world.deployment().take();
        (world, person)
    }};
}

fn asked(person: &Person) -> MailKind {
    MailKind::ResetAsked { email: person.user.email.clone() }
}

impl World {
    async fn wanted(&self, kind: MailKind) -> OutboxItem {
        let now = self.second();
        let item = OutboxItem {
            id: ulid(now, &mut *self.rng.lock().unwrap()),
            kind,
            source_address: SOURCE.to_owned(),
            created_at: now,
            expires_at: now + Duration::DAY,
        };
        self.store.enqueue(&item).await.unwrap();
        item
    }

    /// A mailer of this deployment with other settings.
    fn mailer(&self, sender: Option<&str>, page: Option<&str>) -> mailer::Mailer {
        let config = config("none".to_owned(), "http://127.0.0.1:9".to_owned());
        let ses = clients::sesv2(&config, SharedHttpClient::new(self.deployment().ses.clone()));
        mailer::Mailer::new(self.store.clone(), ses, sender.map(str::to_owned), page.map(str::to_owned))
    }

    async fn is_in_the_outbox(&self, item: &OutboxItem) -> bool {
        self.store.outbox_item(&item.id).await.unwrap().is_some()
    }
}

fn nothing_failed() -> Value {
    json!({"batchItemFailures": []})
}

fn failed(number: &str) -> Value {
    json!({"batchItemFailures": [{"itemIdentifier": number}]})
}

/// A mail as a person sees it, without what differs from one to the next.
fn shown(mail: &Mail) -> String {
    let token = if mail.text.contains("#token=") { mail.token() } else { "no token".to_owned() };
    assert_eq!(mail.html.contains(&token), mail.text.contains(&token));
    format!("{}\n\n{}\n{}", mail.subject, mail.text, mail.html).replace(&token, "[token]")
}

#[tokio::test]
async fn who_forgot_a_password_gets_a_link_for_another() {
    let (world, person) = world!();
    let item = world.wanted(asked(&person)).await;
    let mail = world.mail_to(&person).await;
    insta::assert_snapshot!(shown(&mail));
    assert!(!world.is_in_the_outbox(&item).await);
    let token = OneTimeToken::parse(&mail.token()).unwrap();
    let stored = world.store.one_time(token.hash()).await.unwrap().unwrap();
    assert_eq!((stored.user, stored.password_version, stored.made_by), (person.user.id, 1, None));
    assert_eq!(stored.expires_at, world.second() + Duration::minutes(30));
}

#[tokio::test]
async fn whom_an_admin_asks_for_another_password_gets_a_link_that_says_so() {
    let (world, person) = world!();
    let by = auth::ids::UserId::from_bits(world.draw());
    world.wanted(MailKind::ResetStarted { user: person.user.id, by }).await;
    let mail = world.mail_to(&person).await;
    insta::assert_snapshot!(shown(&mail));
    let token = OneTimeToken::parse(&mail.token()).unwrap();
    let stored = world.store.one_time(token.hash()).await.unwrap().unwrap();
    assert_eq!((stored.user, stored.made_by), (person.user.id, Some(by)));
    assert_eq!(audit(&world, &person).await, [], "the admin's start of it is in the audit by then");
}

#[tokio::test]
async fn whose_password_was_disabled_is_told_so_without_a_link() {
    let (world, person) = world!();
    world.wanted(MailKind::PasswordDisabled { user: person.user.id }).await;
    insta::assert_snapshot!(shown(&world.mail_to(&person).await));
    let written = world.deployment().take();
    assert!(!written.contains(&"TransactWriteItems".to_owned()), "{written:?}");
}

async fn audit(world: &World, person: &Person) -> Vec<(Action, Actor, String, String)> {
    let events = crate::support::fixtures::audited(&world.store, person.user.organization, world.now()).await;
    events.into_iter().map(|it| (it.action, it.actor, it.target, it.source_address)).collect()
}

#[tokio::test]
async fn that_somebody_asked_is_in_the_audit_with_the_address_they_asked_from() {
    let (world, person) = world!();
    world.wanted(asked(&person)).await;
    world.mail_to(&person).await.token();
    let target = person.user.id.to_string();
    let expected = (Action::PasswordResetStarted, Actor::Unknown, target, SOURCE.to_owned());
    assert_eq!(audit(&world, &person).await, [expected]);
}

#[tokio::test]
async fn who_could_not_log_in_gets_no_mail_and_no_token() {
    let (world, person) = world!();
    let tenant = world.tenant().await;
    let disabled = world.member_with_password(&tenant, false).await;
    world.disable(&disabled).await;
    let service = world.service_account(&tenant).await;
    let nobody = MailKind::ResetAsked { email: "nobody@example.test".parse().unwrap() };
    let gone = MailKind::ResetStarted { user: auth::ids::UserId::from_bits(9), by: person.user.id };
    for kind in [
        nobody,
        gone,
        asked(&disabled),
        MailKind::ResetStarted { user: disabled.user.id, by: person.user.id },
        MailKind::PasswordDisabled { user: disabled.user.id },
        asked(&service),
    ] {
        let item = world.wanted(kind.clone()).await;
        assert_eq!(world.run_mailer().await, nothing_failed());
        assert_eq!(world.deployment().ses.take_calls(), 0, "{kind:?}");
        let operations: Vec<_> = world.deployment().wire.take().into_iter().map(|it| it.operation).collect();
        assert!(operations.iter().all(|it| it.ends_with("GetItem") || it == "DeleteItem"), "{operations:?}");
        assert!(!world.is_in_the_outbox(&item).await);
    }
}

#[tokio::test]
async fn a_suspended_organization_s_users_get_no_mail() {
    let world = in_process!("looks at every call of the mailer");
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    world.suspend(&tenant).await;
    world.wanted(asked(&person)).await;
    assert_eq!(world.run_mailer().await, nothing_failed());
    assert_eq!(world.deployment().ses.take_calls(), 0);
}

#[tokio::test]
async fn without_a_sender_nothing_is_sent_and_no_token_is_made() {
    let (world, person) = world!();
    let item = world.wanted(asked(&person)).await;
    let event = stream(&outbox(&world.deployment().wire.take()));
    let answer = world.mailer(None, None).answer(&event, &mut world.deployment().ambient()).await;
    assert_eq!(answer, nothing_failed());
    assert_eq!(world.deployment().ses.take_calls(), 0);
    assert_eq!(world.deployment().take(), ["GetItem", "DeleteItem"]);
    assert!(!world.is_in_the_outbox(&item).await);
}

#[tokio::test]
async fn a_link_leads_to_the_console_or_to_the_page_of_the_deployer() {
    let (world, person) = world!();
    let start = |mail: &Mail, page: &str| mail.text.contains(&format!("\n\n{page}#token="));
    world.wanted(asked(&person)).await;
    assert!(start(&world.mail_to(&person).await, &format!("{BASE_URL}/console/reset")));
    world.wanted(asked(&person)).await;
    let event = stream(&outbox(&world.deployment().wire.take()));
    let page = "https://app.example.test/password?a=1&b=2";
    let mailer = world.mailer(Some(SENDER), Some(page));
    assert_eq!(mailer.answer(&event, &mut world.deployment().ambient()).await, nothing_failed());
    let mail = world.deployment().ses.take().remove(0);
    assert!(start(&mail, page));
    let quoted = format!("href=\"https://app.example.test/password?a=1&amp;b=2#token={}\"", mail.token());
    assert!(mail.html.contains(&quoted));
}

#[tokio::test]
async fn a_record_that_is_delivered_twice_is_one_mail() {
    let (world, person) = world!();
    world.wanted(asked(&person)).await;
    let event = stream(&outbox(&world.deployment().wire.take()));
    let mailer = &world.deployment().gateway.mailer;
    for _ in 0..2 {
        assert_eq!(mailer.answer(&event, &mut world.deployment().ambient()).await, nothing_failed());
    }
    assert_eq!(world.deployment().ses.take().len(), 1);
}

#[tokio::test]
async fn what_failed_is_named_stays_and_is_sent_when_it_is_delivered_again() {
    let (world, first) = world!();
    let second = world.member_with_password(&world.tenant().await, false).await;
    world.deployment().wire.take();
    let items = [world.wanted(asked(&first)).await, world.wanted(asked(&second)).await];
    let event = stream(&outbox(&world.deployment().wire.take()));
    let mailer = &world.deployment().gateway.mailer;
    for fault in [
        Fault::Dropped,
        Fault::Timeout,
        Fault::Refused(429, "TooManyRequestsException"),
        Fault::Refused(400, "SendingPausedException"),
        Fault::Refused(400, "MessageRejected"),
    ] {
        world.deployment().ses.breaks_once_each([fault.clone()]);
        let answer = mailer.answer(&event, &mut world.deployment().ambient()).await;
        assert_eq!(answer, failed("1"), "{fault:?}");
        assert!(world.is_in_the_outbox(&items[0]).await && !world.is_in_the_outbox(&items[1]).await);
        // One attempt each: SES could not tell a second one from a second mail.
        assert!((1..=2).contains(&world.deployment().ses.take_calls()));
    }
    let mails = world.deployment().ses.take();
    assert_eq!(mails.iter().map(|it| it.to.as_str()).collect::<Vec<_>>(), [second.user.email.as_str()]);
    assert_eq!(mailer.answer(&event, &mut world.deployment().ambient()).await, nothing_failed());
    let mails = world.deployment().ses.take();
    assert_eq!(mails.iter().map(|it| it.to.as_str()).collect::<Vec<_>>(), [first.user.email.as_str()]);
}

#[tokio::test]
async fn an_address_that_ses_refuses_for_good_is_not_tried_again() {
    let (world, person) = world!();
    let item = world.wanted(asked(&person)).await;
    world.deployment().ses.breaks_once_each([Fault::Refused(400, "BadRequestException")]);
    assert_eq!(world.run_mailer().await, nothing_failed());
    assert!(!world.is_in_the_outbox(&item).await);
}

#[tokio::test]
async fn a_lost_answer_of_ses_may_make_a_second_mail_and_both_links_open_one_reset() {
    let (world, person) = world!();
    world.wanted(asked(&person)).await;
    let event = stream(&outbox(&world.deployment().wire.take()));
    let mailer = &world.deployment().gateway.mailer;
    world.deployment().ses.breaks_once_each([Fault::AnswerLost]);
    assert_eq!(mailer.answer(&event, &mut world.deployment().ambient()).await, failed("1"));
    assert_eq!(mailer.answer(&event, &mut world.deployment().ambient()).await, nothing_failed());
    let mails = world.deployment().ses.take();
    assert_eq!(mails.len(), 2);
    let tokens: Vec<_> = mails.iter().map(Mail::token).collect();
    assert_ne!(tokens[0], tokens[1]);
    let reset = |token: &str| {
        let body = json!({"token": token, "password": crate::support::fixtures::new_password()});
        world.call(crate::support::Call::post("/auth/password/reset").json(body))
    };
    reset(&tokens[1]).await.expect(204);
    reset(&tokens[0]).await.is_error(422, "token: is unknown, expired or used");
}

#[tokio::test]
async fn whichever_call_to_the_table_fails_the_record_is_delivered_again_and_ends_well() {
    const MOST_CALLS: usize = 15;
    for fault in [|_: &str| Some(Fault::Dropped), |_: &str| Some(Fault::AnswerLost)] {
        for number in 1..MOST_CALLS {
            let (world, person) = world!();
            let item = world.wanted(asked(&person)).await;
            let event = stream(&outbox(&world.deployment().wire.take()));
            let mailer = &world.deployment().gateway.mailer;
            world.deployment().breaks(number, true, fault);
            let answer = mailer.answer(&event, &mut world.deployment().ambient()).await;
            let calls = world.deployment().take();
            world.deployment().mend();
            if calls.len() < number {
                assert_eq!(answer, nothing_failed());
                break;
            }
            assert_eq!(answer, failed("1"), "call {number} of {calls:?}");
            assert_eq!(mailer.answer(&event, &mut world.deployment().ambient()).await, nothing_failed());
            assert!(!world.is_in_the_outbox(&item).await);
            assert!(!world.deployment().ses.take().is_empty(), "after call {number} of {calls:?}");
        }
    }
}

#[tokio::test]
async fn a_mail_that_is_a_day_late_is_not_sent() {
    let (world, person) = world!();
    let item = world.wanted(asked(&person)).await;
    world.pass(Duration::DAY);
    assert_eq!(world.run_mailer().await, nothing_failed());
    assert_eq!(world.deployment().ses.take_calls(), 0);
    assert!(!world.is_in_the_outbox(&item).await);
}

#[tokio::test]
async fn other_changes_of_the_table_are_none_of_its_business() {
    let (world, person) = world!();
    let keys = [
        (format!("USER#{}", person.user.id), "PROFILE".to_owned()),
        ("OUTBOX#2".to_owned(), "01JAAAAAAAAAAAAAAAAAAAAAAA".to_owned()),
    ];
    let mailer = &world.deployment().gateway.mailer;
    let answer = mailer.answer(&stream(&keys), &mut world.deployment().ambient()).await;
    assert_eq!(answer, nothing_failed());
    assert!(world.deployment().take().iter().all(|it| it == "GetItem"));
    canary::is_clean("the mailer's answer", &answer.to_string());
}
