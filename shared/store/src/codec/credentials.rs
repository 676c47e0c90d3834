//! API keys and sessions.

use super::{Readable, Reader, Record, addresses, item};
use crate::{
    StoreError,
    item::{
        ADDRESSES, CREATED_AT, CREATED_BY_KEY, ENDS_AT, EPOCH, EXPIRES_AT, FORWARDED_FROM, FORWARDED_UNTIL,
        HASH, HINT, ID, Item, KIND, Key, MADE_AT, MOVED_TO, NAME, ORGANIZATION, PK, PREVIOUS, READ_ONLY,
        REVOKED_AT, ROTATED_AT, SK, SLUG, SOURCE_ADDRESS, SPACES, USER_AGENT, VERSION, key_index, null,
        number, prefix, text, time,
    },
};
use auth::{
    address::Addresses,
    api_key::SecretHash,
    ids::{KeyId, UserId},
    records::{Forwarding, KeySpace, KeySpaces, PreviousSecret, Session, SessionKind, StoredKey},
};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use std::collections::HashMap;
use time::OffsetDateTime;

/// The word for [`KeySpaces::All`]. Restricted is a list; there is no third, and none is a default.
const ALL_SPACES: &str = "all";

impl Record for StoredKey {
    fn to_item(&self) -> Item {
        item(
            Key::api_key(self.user, self.id),
            Some(key_index(self.organization, self.id, self.created_at)),
            [
                (ORGANIZATION, text(self.organization.to_string())),
                (NAME, text(&self.name)),
                (HASH, secret(&self.hash)),
                (HINT, text(&self.hint)),
                (PREVIOUS, previous_secret(self.previous.as_ref())),
                (CREATED_AT, time(self.created_at)),
                (ROTATED_AT, self.rotated_at.map_or_else(null, time)),
                // Not EXPIRES_AT: that would have the TTL delete an expired key, which is still listed.
                (ENDS_AT, self.expires_at.map_or_else(null, time)),
                (READ_ONLY, AttributeValue::Bool(self.read_only)),
                (SPACES, spaces(&self.spaces)),
                (ADDRESSES, addresses::addresses(&self.addresses)),
                (CREATED_BY_KEY, self.created_by_key.map_or_else(null, |id| text(id.to_string()))),
                (EPOCH, number(self.epoch)),
                (REVOKED_AT, self.revoked_at.map_or_else(null, time)),
                (VERSION, number(self.version)),
            ]
            .into_iter()
            .chain(forwarding(self.forwarding)),
        )
    }
}

impl Readable for StoredKey {
    const NAME: &'static str = "API key";

    /// A forwarding stands where a key was, and is none.
    fn from_found(item: Option<&Item>) -> Result<Option<Self>, StoreError> {
        item.filter(|item| !item.contains_key(MOVED_TO)).map(Self::from_item).transpose()
    }

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        let created_at = reader.time(CREATED_AT)?;
        Ok(Self {
            id: reader.behind(SK, prefix::KEY)?,
            user: reader.behind(PK, prefix::USER)?,
            organization: reader.parsed(ORGANIZATION)?,
            name: reader.owned(NAME)?,
            hash: read_secret(reader, HASH)?,
            hint: reader.owned(HINT)?,
            previous: reader.nullable(PREVIOUS, |reader, attribute| {
                reader.map(attribute, reader.value(attribute)?, |inner| {
                    Ok(PreviousSecret {
                        hash: read_secret(inner, HASH)?,
                        made_at: inner.added(MADE_AT, created_at, Reader::time)?,
                        expires_at: inner.time(ENDS_AT)?,
                    })
                })
            })?,
            created_at,
            rotated_at: reader.nullable(ROTATED_AT, Reader::time)?,
            expires_at: reader.nullable(ENDS_AT, Reader::time)?,
            read_only: reader.flag(READ_ONLY)?,
            spaces: read_spaces(reader)?,
            addresses: reader.added(ADDRESSES, Addresses::Any, addresses::read)?,
            created_by_key: reader.nullable(CREATED_BY_KEY, Reader::parsed)?,
            epoch: reader.number(EPOCH)?,
            forwarding: read_forwarding(reader)?,
            revoked_at: reader.nullable(REVOKED_AT, Reader::time)?,
            version: reader.number(VERSION)?,
        })
    }
}

/// The attributes of the way from the place that a key was moved from.
pub(crate) fn forwarding(forwarding: Option<Forwarding>) -> [(&'static str, AttributeValue); 2] {
    [
        (FORWARDED_FROM, forwarding.map_or_else(null, |it| text(it.from.to_string()))),
        (FORWARDED_UNTIL, forwarding.and_then(|it| it.until).map_or_else(null, time)),
    ]
}

/// Keys of an earlier release were never moved.
fn read_forwarding(reader: &Reader<'_>) -> Result<Option<Forwarding>, StoreError> {
    let there = |attribute| reader.added(attribute, false, |_, _| Ok(true));
    if !there(FORWARDED_FROM)? && !there(FORWARDED_UNTIL)? {
        return Ok(None);
    }
    let until = reader.nullable(FORWARDED_UNTIL, Reader::time)?;
    let from = reader.nullable(FORWARDED_FROM, Reader::parsed)?;
    Ok(from.map(|from| Forwarding { from, until }))
}

/// Of a key, what its revocation asks: a fault elsewhere in it must not keep a key from being ended.
pub(crate) struct Lineage {
    pub(crate) id: KeyId,
    pub(crate) made_by: Option<KeyId>,
    pub(crate) forwarded_from: Option<UserId>,
    pub(crate) revoked: bool,
    pub(crate) expires_at: Option<OffsetDateTime>,
    pub(crate) name: Option<String>,
}

impl Readable for Lineage {
    const NAME: &'static str = StoredKey::NAME;

    fn from_found(item: Option<&Item>) -> Result<Option<Self>, StoreError> {
        item.filter(|item| !item.contains_key(MOVED_TO)).map(Self::from_item).transpose()
    }

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: reader.behind(SK, prefix::KEY)?,
            made_by: reader.nullable(CREATED_BY_KEY, Reader::parsed)?,
            forwarded_from: read_forwarding(reader)?.map(|it| it.from),
            revoked: reader.nullable(REVOKED_AT, Reader::time)?.is_some(),
            expires_at: reader.nullable(ENDS_AT, Reader::time).unwrap_or_default(),
            name: reader.owned(NAME).ok(),
        })
    }
}

/// The value of a secret's hash.
pub(crate) fn secret(hash: &SecretHash) -> AttributeValue {
    AttributeValue::B(Blob::new(hash.as_bytes()))
}

/// The value of the secret that a rotation replaced.
pub(crate) fn previous_secret(previous: Option<&PreviousSecret>) -> AttributeValue {
    previous.map_or_else(null, |it| {
        AttributeValue::M(HashMap::from([
            (HASH.to_owned(), secret(&it.hash)),
            (MADE_AT.to_owned(), time(it.made_at)),
            (ENDS_AT.to_owned(), time(it.expires_at)),
        ]))
    })
}

fn read_secret(reader: &Reader<'_>, attribute: &'static str) -> Result<SecretHash, StoreError> {
    SecretHash::from_slice(reader.bytes(attribute)?).ok_or(reader.corrupt(attribute))
}

fn spaces(spaces: &KeySpaces) -> AttributeValue {
    match spaces {
        KeySpaces::All => text(ALL_SPACES),
        KeySpaces::Only(spaces) => AttributeValue::L(
            spaces
                .iter()
                .map(|space| {
                    AttributeValue::M(HashMap::from([
                        (ID.to_owned(), text(space.id.to_string())),
                        (SLUG.to_owned(), text(space.slug.as_str())),
                    ]))
                })
                .collect(),
        ),
    }
}

fn read_spaces(reader: &Reader<'_>) -> Result<KeySpaces, StoreError> {
    match reader.value(SPACES)? {
        AttributeValue::S(word) if word == ALL_SPACES => Ok(KeySpaces::All),
        _ => reader
            .list(SPACES, |value| {
                reader.map(SPACES, value, |inner| {
                    Ok(KeySpace { id: inner.parsed(ID)?, slug: inner.parsed(SLUG)? })
                })
            })
            .map(KeySpaces::Only),
    }
}

impl Record for Session {
    fn to_item(&self) -> Item {
        item(
            Key::session(self.user, self.id),
            None,
            [
                (ORGANIZATION, text(self.organization.to_string())),
                (KIND, text(self.kind.as_str())),
                (EPOCH, number(self.epoch)),
                (CREATED_AT, time(self.created_at)),
                // Its own end and the TTL: nobody asks for a session that is over.
                (EXPIRES_AT, time(self.expires_at)),
                (SOURCE_ADDRESS, text(&self.source_address)),
                (USER_AGENT, text(&self.user_agent)),
            ],
        )
    }
}

impl Readable for Session {
    const NAME: &'static str = "session";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: reader.behind(SK, prefix::SESSION)?,
            user: reader.behind(PK, prefix::USER)?,
            organization: reader.parsed(ORGANIZATION)?,
            kind: reader.word(KIND, SessionKind::parse)?,
            epoch: reader.number(EPOCH)?,
            created_at: reader.time(CREATED_AT)?,
            expires_at: reader.time(EXPIRES_AT)?,
            source_address: reader.owned(SOURCE_ADDRESS)?,
            user_agent: reader.owned(USER_AGENT)?,
        })
    }
}
