//! What was counted, read; and an organization's keys with their last use.

use crate::{
    LastUse, Store, StoreError,
    codec::Readable as _,
    item::{
        INDEX_SK, Item, Key, PK, SK, USAGE_SHARDS, key_index, organization_shards, prefix,
        usage_days_partition, usage_partition,
    },
    shards::{Over, Sharded, beginning_with},
};
use auth::{
    address::AddressKey,
    ids::{KeyId, OrganizationId},
    records::{StoredKey, User},
    usage::{Addresses, Counts, Day, DayPosition, Group, GroupBy, Hour},
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};
use time::OffsetDateTime;

/// Behind every name that a day is counted by: all of them are of printable ASCII before it.
const LAST_NAME: &str = "#~";

/// How many pages of DynamoDB the hours of a month may be: 744 items of a few kilobytes.
const PAGES: usize = 16;

/// What was counted of a key in an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageHour {
    /// The hour.
    pub hour: Hour,
    /// By decision.
    pub counts: Counts,
    /// By method and route.
    pub routes: BTreeMap<String, u64>,
    /// From where.
    pub addresses: Addresses,
    /// From where the key was used for the first time.
    pub new_addresses: BTreeSet<AddressKey>,
}

/// What was counted of a key, a user, a space or a route in a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageDay {
    /// The day, and of what.
    pub position: DayPosition,
    /// By decision.
    pub counts: Counts,
    /// From where.
    pub addresses: Addresses,
}

/// Some of an organization's days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayPage {
    /// Newest first, and from the last name of a day to the first.
    pub days: Vec<UsageDay>,
    /// To go on behind; `None` at the end.
    pub next: Option<DayPosition>,
}

/// One of an organization's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationKey {
    /// The key; not a revoked one.
    pub key: StoredKey,
    /// Whose it is.
    pub user: User,
    /// Its last use, if any is known.
    pub last_use: Option<LastUse>,
}

/// Some of an organization's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationKeys {
    /// Oldest first. Fewer than asked for, and none, where the index names some that are revoked or gone.
    pub keys: Vec<OrganizationKey>,
    /// To go on behind; `None` at the end.
    pub next: Option<KeyPosition>,
}

/// A place in the list of an organization's keys: when the key was made, and its id. Its text is
/// `<seconds>#<key id>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPosition {
    created: OffsetDateTime,
    key: KeyId,
}

/// Not the text of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list of keys")]
pub struct KeyPositionError;

impl fmt::Display for KeyPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.created.unix_timestamp(), self.key)
    }
}

impl FromStr for KeyPosition {
    type Err = KeyPositionError;

    fn from_str(text: &str) -> Result<Self, KeyPositionError> {
        let (created, key) = text.split_once('#').ok_or(KeyPositionError)?;
        let created = created.parse().ok().filter(|seconds| *seconds >= 0).ok_or(KeyPositionError)?;
        let created = OffsetDateTime::from_unix_timestamp(created).map_err(|_| KeyPositionError)?;
        Ok(Self { created, key: key.parse().map_err(|_| KeyPositionError)? })
    }
}

impl Store {
    /// The hours from `from` to `to`, both included, in which a key was counted. Oldest first.
    pub async fn usage_hours(&self, key: KeyId, from: Hour, to: Hour) -> Result<Vec<UsageHour>, StoreError> {
        let (from, to) = (from.to_string(), to.to_string());
        let mut hours = Vec::new();
        let mut start = None;
        for _ in 0..PAGES {
            let (items, next) =
                self.between("usage of a key", usage_partition(key), (&from, &to), start).await?;
            for item in &items {
                hours.push(UsageHour::from_item(item)?);
            }
            start = next;
            if start.is_none() {
                return Ok(hours);
            }
        }
        Err(StoreError::unavailable("usage of a key", "more items than one call reads"))
    }

    /// At most `limit` of an organization's days from `from` to `to`, both included, from behind `after`. Asks
    /// each shard once.
    pub async fn usage_days(
        &self,
        organization: OrganizationId,
        by: GroupBy,
        (from, to): (Day, Day),
        after: Option<&DayPosition>,
        limit: usize,
    ) -> Result<DayPage, StoreError> {
        let listing = Sharded {
            over: Over::Table,
            partitions: (0..USAGE_SHARDS)
                .map(|shard| usage_days_partition(organization, by, shard))
                .collect(),
            range: (from.to_string(), format!("{to}{LAST_NAME}")),
            after: after.map(DayPosition::to_string),
            backwards: true,
            limit,
        };
        let (items, next) = self.merged_page("usage of days", &listing).await?;
        let days = items.iter().map(UsageDay::from_item).collect::<Result<_, _>>()?;
        let next = next
            .map(|sk| sk.parse().map_err(|_| StoreError::Corrupt { record: UsageDay::NAME, attribute: SK }));
        Ok(DayPage { days, next: next.transpose()? })
    }

    /// How many decisions about a key were counted on each of these days.
    pub async fn usage_of_key(
        &self,
        organization: OrganizationId,
        key: KeyId,
        days: impl IntoIterator<Item = Day>,
    ) -> Result<Vec<u64>, StoreError> {
        let group = Group { organization, by: GroupBy::Key, name: key.to_string() };
        let keys: Vec<_> = days.into_iter().map(|day| Key::usage_day(&group, day)).collect();
        let found = self.batch_get("usage of a key", keys.clone()).await?;
        let counted = |key: &Key| Ok(found.record::<UsageDay>(key)?.map_or(0, |it| it.counts.total()));
        keys.iter().map(counted).collect()
    }

    /// At most `limit` of an organization's keys, at most 100, from behind `after`, oldest first.
    pub async fn organization_keys(
        &self,
        organization: OrganizationId,
        after: Option<KeyPosition>,
        limit: usize,
    ) -> Result<OrganizationKeys, StoreError> {
        let listing = Sharded {
            over: Over::Index,
            partitions: organization_shards(organization).collect(),
            range: beginning_with(prefix::KEY.to_owned()),
            after: after.map(|it| key_index(organization, it.key, it.created).1),
            backwards: false,
            limit,
        };
        let (found, next) = self.merged_page("organization's keys", &listing).await?;
        let corrupt = |attribute| StoreError::Corrupt { record: StoredKey::NAME, attribute };
        let next = next.map(|sk| {
            let place = sk.strip_prefix(prefix::KEY).and_then(|place| place.parse().ok());
            place.ok_or(corrupt(INDEX_SK))
        });

        let places = found.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
        let found = self.batch_get("organization's keys", places.clone()).await?;
        let mut keys = Vec::with_capacity(places.len());
        for place in &places {
            // The index may name what is gone since.
            let key = found.record::<StoredKey>(place)?;
            keys.extend(key.filter(|it| it.revoked_at.is_none() && it.organization == organization));
        }
        let owners: BTreeSet<_> = keys.iter().map(|it| it.user).collect();
        let owners = owners.into_iter().map(Key::user).collect();
        let users = self.batch_get("users of keys", owners).await?;
        let mut uses = self.last_uses(keys.iter().map(|it| it.id)).await?;
        let mut shown = Vec::with_capacity(keys.len());
        for key in keys {
            let user = users.record::<User>(&Key::user(key.user))?;
            // What ended with all of its user's keys is not among them.
            if let Some(user) = user.filter(|user| user.key_epoch == key.epoch) {
                let last_use = uses.remove(&key.id);
                shown.push(OrganizationKey { key, user, last_use });
            }
        }
        Ok(OrganizationKeys { keys: shown, next: next.transpose()? })
    }

    /// One page of a partition's items between two sort keys.
    async fn between(
        &self,
        operation: &'static str,
        partition: String,
        (from, to): (&str, &str),
        start: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let answer = self
            .client()
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", AttributeValue::S(partition))
            .expression_attribute_values(":from", AttributeValue::S(from.to_owned()))
            .expression_attribute_values(":to", AttributeValue::S(to.to_owned()))
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| StoreError::of(operation, &error))?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key.filter(|key| !key.is_empty())))
    }
}
