//! Users, their email claims and their passwords.

use super::{Attempts, Readable, Reader, Record, attempts, item};
use crate::{
    StoreError,
    item::{
        ATTEMPTS, CREATED_AT, DISABLED, DISABLED_TOLD, EMAIL, FAILURES, HASH, Item, KEY_EPOCH, KIND,
        KNOWN_ADDRESSES, Key, MUST_CHANGE, NAME, ORGANIZATION, ORGANIZATION_ROLE, PK, SESSION_EPOCH, USER,
        VERSION, number, prefix, text, time, user_index,
    },
};
use auth::{
    access::OrganizationRole,
    address::AddressKey,
    email::Email,
    ids::{OrganizationId, UserId},
    password::PasswordHash,
    records::{StoredPassword, User, UserKind},
    throttle::AttemptState,
};
use aws_sdk_dynamodb::types::AttributeValue;

impl Record for User {
    fn to_item(&self) -> Item {
        item(
            Key::user(self.id),
            Some(user_index(self)),
            [
                (ORGANIZATION, text(self.organization.to_string())),
                (EMAIL, text(self.email.as_str())),
                (NAME, text(&self.name)),
                (KIND, text(self.kind.as_str())),
                (ORGANIZATION_ROLE, text(self.organization_role.as_str())),
                (DISABLED, AttributeValue::Bool(self.disabled)),
                (SESSION_EPOCH, number(self.session_epoch)),
                (KEY_EPOCH, number(self.key_epoch)),
                (CREATED_AT, time(self.created_at)),
            ],
        )
    }
}

impl Readable for User {
    const NAME: &'static str = "user";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: reader.behind(PK, prefix::USER)?,
            organization: reader.parsed(ORGANIZATION)?,
            email: reader.parsed(EMAIL)?,
            name: reader.owned(NAME)?,
            kind: reader.word(KIND, UserKind::parse)?,
            organization_role: reader.word(ORGANIZATION_ROLE, OrganizationRole::parse)?,
            disabled: reader.flag(DISABLED)?,
            session_epoch: reader.number(SESSION_EPOCH)?,
            key_epoch: reader.number(KEY_EPOCH)?,
            created_at: reader.time(CREATED_AT)?,
        })
    }
}

impl Record for StoredPassword {
    fn to_item(&self) -> Item {
        let own = [
            (HASH, text(self.hash.as_str())),
            (VERSION, number(self.version)),
            (MUST_CHANGE, AttributeValue::Bool(self.must_change)),
            (FAILURES, number(self.failures)),
            (KNOWN_ADDRESSES, known_addresses(&self.known_addresses)),
            (DISABLED_TOLD, AttributeValue::Bool(self.disabled_told)),
        ];
        item(Key::password(self.user), None, own.into_iter().chain(attempts(&self.throttle)))
    }
}

impl Readable for StoredPassword {
    const NAME: &'static str = "password";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            user: reader.behind(PK, prefix::PASSWORD)?,
            hash: reader.word(HASH, |text| PasswordHash::parse(text).ok())?,
            version: reader.number(VERSION)?,
            must_change: reader.flag(MUST_CHANGE)?,
            throttle: reader.added(ATTEMPTS, AttemptState::default(), |reader, _| {
                Attempts::read(reader).map(|attempts| attempts.0)
            })?,
            failures: reader.added(FAILURES, 0, Reader::number)?,
            disabled_told: reader.added(DISABLED_TOLD, false, Reader::flag)?,
            known_addresses: reader.added(KNOWN_ADDRESSES, Vec::new(), |reader, name| {
                reader.list(name, |value| {
                    let address = value.as_s().ok().and_then(|it| it.parse::<AddressKey>().ok());
                    address.ok_or(reader.corrupt(name))
                })
            })?,
        })
    }
}

/// The value of a list of addresses.
pub(crate) fn known_addresses(addresses: &[AddressKey]) -> AttributeValue {
    AttributeValue::L(addresses.iter().map(|it| text(it.as_str())).collect())
}

/// An email address is taken, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EmailClaim {
    pub(crate) email: Email,
    pub(crate) organization: OrganizationId,
    pub(crate) user: UserId,
}

impl From<&User> for EmailClaim {
    fn from(user: &User) -> Self {
        Self { email: user.email.clone(), organization: user.organization, user: user.id }
    }
}

impl Record for EmailClaim {
    fn to_item(&self) -> Item {
        item(
            Key::email(&self.email),
            None,
            [(ORGANIZATION, text(self.organization.to_string())), (USER, text(self.user.to_string()))],
        )
    }
}

impl Readable for EmailClaim {
    const NAME: &'static str = "email claim";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            email: reader.behind(PK, prefix::EMAIL)?,
            organization: reader.parsed(ORGANIZATION)?,
            user: reader.parsed(USER)?,
        })
    }
}
