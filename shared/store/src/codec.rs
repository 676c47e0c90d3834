//! Records to items and back.
//!
//! Every field of a record is written, [`null`](crate::item::null) where it has no value: so an attribute
//! that is missing is a fault, and can never read as "no end", "not revoked" or "all spaces". Ids that
//! stand in an item's key stand nowhere else.

mod addresses;
mod audit;
mod credentials;
mod once;
mod outbox;
mod published;
mod refresh;
mod tenancy;
mod throttle;
mod usage;
mod users;

#[cfg(test)]
mod tests;

pub(crate) use credentials::{Lineage, forwarding, previous_secret, secret};
pub(crate) use refresh::changed;
pub(crate) use tenancy::PolicyCopy;
pub(crate) use throttle::{Attempts, attempts};
pub(crate) use users::{EmailClaim, known_addresses};

use crate::{
    StoreError,
    item::{INDEX_PK, INDEX_SK, Item, Key},
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::str::FromStr;
use time::OffsetDateTime;

/// What can be read from an item.
pub(crate) trait Readable: Sized {
    /// The kind of item, for errors.
    const NAME: &'static str;

    /// What the item says.
    fn read(reader: &Reader<'_>) -> Result<Self, StoreError>;

    /// What an item says.
    fn from_item(item: &Item) -> Result<Self, StoreError> {
        Self::read(&Reader::new(item, Self::NAME))
    }

    /// What an item that may be absent says.
    fn from_found(item: Option<&Item>) -> Result<Option<Self>, StoreError> {
        item.map(Self::from_item).transpose()
    }
}

/// A record that is one item of the table.
pub(crate) trait Record: Readable {
    /// The record as an item, key and index included.
    fn to_item(&self) -> Item;
}

/// An item from its parts.
pub(crate) fn item(
    key: Key,
    index: Option<(String, String)>,
    attributes: impl IntoIterator<Item = (&'static str, AttributeValue)>,
) -> Item {
    let mut item = key.into_item();
    if let Some((pk, sk)) = index {
        item.insert(INDEX_PK.to_owned(), AttributeValue::S(pk));
        item.insert(INDEX_SK.to_owned(), AttributeValue::S(sk));
    }
    item.extend(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)));
    item
}

/// Reads the attributes of an item, strictly: a missing one and one of another type are the same fault.
pub(crate) struct Reader<'a> {
    item: &'a Item,
    record: &'static str,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(item: &'a Item, record: &'static str) -> Self {
        Self { item, record }
    }

    /// The fault of this attribute.
    pub(crate) const fn corrupt(&self, attribute: &'static str) -> StoreError {
        StoreError::Corrupt { record: self.record, attribute }
    }

    pub(crate) fn value(&self, attribute: &'static str) -> Result<&'a AttributeValue, StoreError> {
        self.item.get(attribute).ok_or(self.corrupt(attribute))
    }

    pub(crate) fn text(&self, attribute: &'static str) -> Result<&'a str, StoreError> {
        self.value(attribute)?.as_s().map(String::as_str).map_err(|_| self.corrupt(attribute))
    }

    pub(crate) fn owned(&self, attribute: &'static str) -> Result<String, StoreError> {
        self.text(attribute).map(str::to_owned)
    }

    pub(crate) fn parsed<T: FromStr>(&self, attribute: &'static str) -> Result<T, StoreError> {
        self.text(attribute)?.parse().map_err(|_| self.corrupt(attribute))
    }

    /// One of a fixed set of words.
    pub(crate) fn word<T>(
        &self,
        attribute: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        parse(self.text(attribute)?).ok_or(self.corrupt(attribute))
    }

    /// What stands behind `prefix` in a part of the key.
    pub(crate) fn behind<T: FromStr>(&self, attribute: &'static str, prefix: &str) -> Result<T, StoreError> {
        self.word(attribute, |text| text.strip_prefix(prefix)?.parse().ok())
    }

    pub(crate) fn number<T: FromStr>(&self, attribute: &'static str) -> Result<T, StoreError> {
        let digits = self.value(attribute)?.as_n().map_err(|_| self.corrupt(attribute))?;
        digits.parse().map_err(|_| self.corrupt(attribute))
    }

    pub(crate) fn flag(&self, attribute: &'static str) -> Result<bool, StoreError> {
        self.value(attribute)?.as_bool().copied().map_err(|_| self.corrupt(attribute))
    }

    pub(crate) fn time(&self, attribute: &'static str) -> Result<OffsetDateTime, StoreError> {
        OffsetDateTime::from_unix_timestamp(self.number(attribute)?).map_err(|_| self.corrupt(attribute))
    }

    pub(crate) fn bytes(&self, attribute: &'static str) -> Result<&'a [u8], StoreError> {
        self.value(attribute)?.as_b().map(AsRef::as_ref).map_err(|_| self.corrupt(attribute))
    }

    /// An attribute that may hold nothing, which is not the same as not being there.
    pub(crate) fn nullable<T>(
        &self,
        attribute: &'static str,
        read: impl FnOnce(&Self, &'static str) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        if self.value(attribute)?.is_null() { Ok(None) } else { read(self, attribute).map(Some) }
    }

    pub(crate) fn millis(&self, attribute: &'static str) -> Result<OffsetDateTime, StoreError> {
        let nanos = self.number::<i128>(attribute)?.checked_mul(1_000_000);
        nanos.and_then(|it| OffsetDateTime::from_unix_timestamp_nanos(it).ok()).ok_or(self.corrupt(attribute))
    }

    /// The numbers of a set; a set is never empty, so an absent one is.
    pub(crate) fn numbers<T: FromStr>(&self, attribute: &'static str) -> Result<Vec<T>, StoreError> {
        let Some(value) = self.item.get(attribute) else { return Ok(Vec::new()) };
        let numbers = value.as_ns().map_err(|_| self.corrupt(attribute))?;
        numbers.iter().map(|it| it.parse().map_err(|_| self.corrupt(attribute))).collect()
    }

    /// The texts of a set; a set is never empty, so an absent one is.
    pub(crate) fn texts<T: FromStr>(&self, attribute: &'static str) -> Result<Vec<T>, StoreError> {
        let Some(value) = self.item.get(attribute) else { return Ok(Vec::new()) };
        let texts = value.as_ss().map_err(|_| self.corrupt(attribute))?;
        texts.iter().map(|it| it.parse().map_err(|_| self.corrupt(attribute))).collect()
    }

    /// A number that is counted from 0, where an absent one is.
    pub(crate) fn counted(&self, attribute: &'static str) -> Result<u64, StoreError> {
        self.added(attribute, 0, Self::number)
    }

    /// The names of the attributes that begin with `prefix`, without it, with their numbers.
    pub(crate) fn counted_by_name(
        &self,
        prefix: &'static str,
    ) -> Result<std::collections::BTreeMap<String, u64>, StoreError> {
        let named = self.item.iter().filter_map(|(name, value)| Some((name.strip_prefix(prefix)?, value)));
        named
            .map(|(name, value)| {
                let number = value.as_n().ok().and_then(|it| it.parse().ok());
                Ok((name.to_owned(), number.ok_or(self.corrupt(prefix))?))
            })
            .collect()
    }

    /// 32 bytes: a hash, a key, a salt.
    pub(crate) fn bytes32(&self, attribute: &'static str) -> Result<[u8; 32], StoreError> {
        self.bytes(attribute)?.try_into().map_err(|_| self.corrupt(attribute))
    }

    /// An attribute that items of an earlier release lack: what they meant by lacking it is `before`.
    pub(crate) fn added<T>(
        &self,
        attribute: &'static str,
        before: T,
        read: impl FnOnce(&Self, &'static str) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.item.contains_key(attribute) { read(self, attribute) } else { Ok(before) }
    }

    /// The attributes of an attribute that is a map; a fault in there is a fault of the whole.
    pub(crate) fn map<T>(
        &self,
        attribute: &'static str,
        value: &AttributeValue,
        read: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let inner = value.as_m().map_err(|_| self.corrupt(attribute))?;
        read(&Reader::new(inner, self.record)).map_err(|_| self.corrupt(attribute))
    }

    /// The values of an attribute that is a list.
    pub(crate) fn list<T>(
        &self,
        attribute: &'static str,
        read: impl FnMut(&AttributeValue) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let values = self.value(attribute)?.as_l().map_err(|_| self.corrupt(attribute))?;
        values.iter().map(read).collect()
    }
}
