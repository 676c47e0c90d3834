//! The refresh state of a session.

use super::{Readable, Reader, Record, item};
use crate::{
    StoreError,
    item::{
        CURRENT, EXPIRES_AT, GENERATION, HASH, Item, Key, ORGANIZATION, PK, PREVIOUS, REFRESHED_AT,
        ROTATED_AT, SALT, SOURCE_ADDRESS, TAG_KEY, USER, millis, null, number, prefix, text, time,
    },
};
use auth::refresh::{PreviousValue, RefreshState};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use std::collections::HashMap;

impl Record for RefreshState {
    fn to_item(&self) -> Item {
        let constant = [
            (ORGANIZATION, text(self.organization.to_string())),
            (USER, text(self.user.to_string())),
            (TAG_KEY, bytes(&self.tag_key)),
            (EXPIRES_AT, time(self.expires_at)),
        ];
        item(Key::session_secret(self.session), None, constant.into_iter().chain(changed(self)))
    }
}

/// What a rotation changes.
pub(crate) fn changed(state: &RefreshState) -> [(&'static str, AttributeValue); 4] {
    [
        (GENERATION, number(state.generation)),
        (CURRENT, bytes(&state.current)),
        (PREVIOUS, state.previous.as_ref().map_or_else(null, previous)),
        (REFRESHED_AT, time(state.refreshed_at)),
    ]
}

impl Readable for RefreshState {
    const NAME: &'static str = "refresh state";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            session: reader.behind(PK, prefix::SESSION_SECRET)?,
            user: reader.parsed(USER)?,
            organization: reader.parsed(ORGANIZATION)?,
            generation: reader.number(GENERATION)?,
            tag_key: reader.bytes32(TAG_KEY)?.into(),
            current: reader.bytes32(CURRENT)?,
            previous: reader.nullable(PREVIOUS, |reader, attribute| {
                reader.map(attribute, reader.value(attribute)?, |inner| {
                    Ok(PreviousValue {
                        hash: inner.bytes32(HASH)?,
                        salt: inner.bytes32(SALT)?,
                        rotated_at: inner.millis(ROTATED_AT)?,
                        source: inner.owned(SOURCE_ADDRESS)?,
                    })
                })
            })?,
            refreshed_at: reader.time(REFRESHED_AT)?,
            expires_at: reader.time(EXPIRES_AT)?,
        })
    }
}

fn previous(value: &PreviousValue) -> AttributeValue {
    AttributeValue::M(HashMap::from([
        (HASH.to_owned(), bytes(&value.hash)),
        (SALT.to_owned(), bytes(&value.salt)),
        // The grace is of seconds.
        (ROTATED_AT.to_owned(), millis(value.rotated_at)),
        (SOURCE_ADDRESS.to_owned(), text(&value.source)),
    ]))
}

fn bytes(bytes: &[u8; 32]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes.as_slice()))
}
