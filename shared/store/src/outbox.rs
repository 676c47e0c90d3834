//! Mails that are to be sent: written here by whoever causes one, sent by the consumer of the table's stream.

use crate::{
    Store, StoreError, Write, codec::Record as _, expression::Expression, item::Key, write::Attempt,
};
use auth::{audit::AuditEvent, email::Email, ids::UserId};
use time::OffsetDateTime;

/// What a mail is about. Neither its token nor its text is stored: whoever sends it makes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailKind {
    /// Somebody asked for a reset of the password of this address. Whether it is anybody's, nobody has looked.
    ResetAsked {
        /// The address that was entered.
        email: Email,
    },
    /// An administrator started the reset of a user's password.
    ResetStarted {
        /// The user.
        user: UserId,
        /// The administrator.
        by: UserId,
    },
    /// A user's password was disabled after too many failures.
    PasswordDisabled {
        /// The user.
        user: UserId,
    },
}

/// A mail to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// A ULID.
    pub id: String,
    /// What it is about.
    pub kind: MailKind,
    /// The address that caused it, as the gateway saw it.
    pub source_address: String,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// What is not sent by then, is not sent.
    pub expires_at: OffsetDateTime,
}

impl Store {
    /// Hands a mail to whoever sends it.
    pub async fn enqueue(&self, mail: &OutboxItem) -> Result<(), StoreError> {
        // The same one is there already where the answer to the first attempt was lost.
        match self.put("enqueue mail", mail.to_item(), &Expression::absent()).await? {
            Attempt::Done(_) | Attempt::Lost(_) => Ok(()),
        }
    }

    /// Hands a mail to whoever sends it, in one transaction with the event.
    pub async fn enqueue_with(&self, mail: &OutboxItem, event: &AuditEvent) -> Result<Write, StoreError> {
        let parts = vec![Expression::absent().put(&self.table, mail.to_item())?, self.event_part(event)?];
        Ok(self.transact("enqueue mail", parts).await?.into())
    }

    /// The mail of this id, unless it was sent.
    pub async fn outbox_item(&self, id: &str) -> Result<Option<OutboxItem>, StoreError> {
        self.get("mail", Key::outbox(id)).await
    }

    /// A mail is sent, or not to be sent.
    pub async fn delete_outbox(&self, id: &str) -> Result<(), StoreError> {
        self.delete("delete mail", Key::outbox(id), &Expression::always()).await?;
        Ok(())
    }
}
