//! Mails that are to be sent.

use super::{Readable, Reader, Record, item};
use crate::{
    MailKind, OutboxItem, StoreError,
    item::{
        CREATED_AT, EMAIL, EXPIRES_AT, Item, KIND, Key, MADE_BY, SK, SOURCE_ADDRESS, USER, null, text, time,
    },
};
use auth::ids::UserId;

const RESET_ASKED: &str = "reset_asked";
const RESET_STARTED: &str = "reset_started";
const SETUP_STARTED: &str = "setup_started";
const PASSWORD_DISABLED: &str = "password_disabled";

impl Record for OutboxItem {
    fn to_item(&self) -> Item {
        let (kind, email, user, by) = match &self.kind {
            MailKind::ResetAsked { email } => (RESET_ASKED, Some(email), None, None),
            MailKind::ResetStarted { user, by } => (RESET_STARTED, None, Some(user), Some(by)),
            MailKind::SetupStarted { user, by } => (SETUP_STARTED, None, Some(user), Some(by)),
            MailKind::PasswordDisabled { user } => (PASSWORD_DISABLED, None, Some(user), None),
        };
        let id = |id: Option<&UserId>| id.map_or_else(null, |id| text(id.to_string()));
        item(
            Key::outbox(&self.id),
            None,
            [
                (KIND, text(kind)),
                (EMAIL, email.map_or_else(null, |email| text(email.as_str()))),
                (USER, id(user)),
                (MADE_BY, id(by)),
                (SOURCE_ADDRESS, text(&self.source_address)),
                (CREATED_AT, time(self.created_at)),
                (EXPIRES_AT, time(self.expires_at)),
            ],
        )
    }
}

impl Readable for OutboxItem {
    const NAME: &'static str = "outbox";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        let kind = match reader.text(KIND)? {
            RESET_ASKED => MailKind::ResetAsked { email: reader.parsed(EMAIL)? },
            RESET_STARTED => {
                MailKind::ResetStarted { user: reader.parsed(USER)?, by: reader.parsed(MADE_BY)? }
            }
            SETUP_STARTED => {
                MailKind::SetupStarted { user: reader.parsed(USER)?, by: reader.parsed(MADE_BY)? }
            }
            PASSWORD_DISABLED => MailKind::PasswordDisabled { user: reader.parsed(USER)? },
            _ => return Err(reader.corrupt(KIND)),
        };
        Ok(Self {
            id: reader.owned(SK)?,
            kind,
            source_address: reader.owned(SOURCE_ADDRESS)?,
            created_at: reader.time(CREATED_AT)?,
            expires_at: reader.time(EXPIRES_AT)?,
        })
    }
}
