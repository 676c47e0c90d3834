//! Mails about passwords. A login only writes down that one is wanted, in the same time whoever it is for;
//! this is where it is looked up, made and sent.
//!
//! For each item that appears in the outbox:
//!
//! 1. read it; one that is gone was handled before
//! 2. look up whom it is for: an unknown address, a disabled user, a service account get nothing
//! 3. write a one-time token and send its link
//! 4. delete the item
//!
//! A failure leaves the item and has Lambda deliver the record again, for a while: then the queue of failures
//! says so. SES cannot be asked whether a mail has left, so a record that is delivered again after its mail
//! has left sends a second one with a token of its own; both work, and the first one used ends the other.

mod event;
mod mail;
mod sender;

pub use event::Event;

use auth::{
    audit::{Action, Actor, AuditEvent},
    ids::UserId,
    one_time::{self, OneTimePurpose},
    records::{User, UserKind},
};
use edge::{Ambient, telemetry};
use event::Record;
use mail::Mail;
use sender::{Sender, Sent};
use serde_json::Value;
use store::{MailKind, OutboxItem, Store, StoreError, Write};
use zeroize::Zeroizing;

/// The function of one process.
pub struct Mailer {
    store: Store,
    sender: Option<Sender>,
    reset_page: Option<String>,
}

/// Why a mail could not be sent. Holds no address and nothing of the mail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the stack has no base URL yet")]
    NoBaseUrl,
    #[error("a one-time token was there before")]
    Token,
    #[error("SES did not take it: {0}")]
    Send(String),
}

/// What became of an item, in a word for the log.
type Outcome = &'static str;

impl Mailer {
    /// Over this store and this client of SES. Without `sender`, the address that mails come from, none is
    /// sent. `reset_page` is where links lead, if not to the console of the deployment itself.
    pub fn new(
        store: Store,
        ses: aws_sdk_sesv2::Client,
        sender: Option<String>,
        reset_page: Option<String>,
    ) -> Self {
        Self { store, sender: sender.map(|address| Sender::new(ses, address)), reset_page }
    }

    /// Handles each record, and names those to deliver again.
    pub async fn answer(&self, event: &Event, ambient: &mut Ambient) -> Value {
        let mut failed = Vec::new();
        for record in &event.records {
            if let Err(error) = self.handle(record, ambient).await {
                tracing::error!(error = telemetry::chain(&error), "a mail was not sent");
                failed.push(record.sequence_number());
            }
        }
        event::answer(&failed)
    }

    async fn handle(&self, record: &Record, ambient: &mut Ambient) -> Result<(), MailError> {
        let id = record.id();
        let Some(item) = self.store.outbox_item(id).await? else { return Ok(()) };
        let outcome = self.deliver(&item, ambient).await?;
        self.store.delete_outbox(id).await?;
        tracing::info!(item = id, outcome, "an item of the outbox was handled");
        Ok(())
    }

    async fn deliver(&self, item: &OutboxItem, ambient: &mut Ambient) -> Result<Outcome, MailError> {
        if item.expires_at <= ambient.now {
            return Ok("too late");
        }
        let Some(sender) = &self.sender else {
            tracing::warn!("a mail is wanted and cannot be sent: no sender address is configured");
            return Ok("no sender");
        };
        let Some(user) = self.recipient(item, ambient).await? else { return Ok("nobody") };
        let mail = self.compose(item, &user, ambient).await?;
        match sender.send(&user.email, &mail).await? {
            Sent::Accepted => Ok("sent"),
            Sent::Impossible => Ok("refused for good"),
        }
    }

    /// Whom an item is for, if that is somebody who could log in with a password.
    async fn recipient(&self, item: &OutboxItem, ambient: &mut Ambient) -> Result<Option<User>, MailError> {
        let id = match &item.kind {
            MailKind::ResetAsked { email } => self.store.user_by_email(email).await?.map(|(_, user)| user),
            MailKind::ResetStarted { user, .. }
            | MailKind::SetupStarted { user, .. }
            | MailKind::PasswordDisabled { user } => Some(*user),
        };
        let Some(id) = id else { return Ok(None) };
        let Some(user) = self.store.user(id).await? else { return Ok(None) };
        let policy = self.store.policy(user.organization, ambient.any_byte()).await?;
        let may = user.kind == UserKind::Human && !user.disabled && policy.is_some_and(|it| !it.suspended);
        Ok(may.then_some(user))
    }

    async fn compose(
        &self,
        item: &OutboxItem,
        user: &User,
        ambient: &mut Ambient,
    ) -> Result<Mail, MailError> {
        let organization = self.store.organization(user.organization).await?;
        let organization = organization.map(|it| it.name).unwrap_or_default();
        Ok(match &item.kind {
            MailKind::ResetAsked { .. } => {
                let event = asked(item, user, ambient);
                let (link, purpose) = self.link(user, None, Some(&event), ambient).await?;
                mail::reset_asked(&organization, &item.source_address, &link, purpose)
            }
            // The admin's start of it is in the audit already.
            MailKind::ResetStarted { by, .. } => {
                let (link, purpose) = self.link(user, Some(*by), None, ambient).await?;
                mail::reset_started(&organization, &link, purpose)
            }
            // And so is the making of the user.
            MailKind::SetupStarted { by, .. } => {
                let (link, purpose) = self.link(user, Some(*by), None, ambient).await?;
                mail::setup_started(&organization, &link, purpose)
            }
            MailKind::PasswordDisabled { .. } => mail::password_disabled(&organization),
        })
    }

    /// The link of a new token, which is stored by then, and what the token is for.
    async fn link(
        &self,
        user: &User,
        made_by: Option<UserId>,
        event: Option<&AuditEvent>,
        ambient: &mut Ambient,
    ) -> Result<(Zeroizing<String>, OneTimePurpose), MailError> {
        let published = self.store.published().await?.ok_or(MailError::NoBaseUrl)?;
        let version = self.store.password_version(user.id).await?.unwrap_or(0);
        let (token, stored) = one_time::issue(user, version, made_by, ambient.now, &mut ambient.rng);
        match self.store.put_one_time(&stored, event).await? {
            Write::Done => {
                let link = one_time::link(&published.base_url, self.reset_page.as_deref(), &token);
                Ok((link, stored.purpose))
            }
            Write::Conflict => Err(MailError::Token),
        }
    }
}

/// That somebody asked for a reset of this user's password. Who it was is not known.
fn asked(item: &OutboxItem, user: &User, ambient: &mut Ambient) -> AuditEvent {
    AuditEvent::new(
        user.organization,
        Actor::Unknown,
        None,
        Action::PasswordResetStarted,
        user.id.to_string(),
        item.source_address.clone(),
        ambient.now,
        &mut ambient.rng,
    )
}
