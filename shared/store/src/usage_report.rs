//! What was counted, read; and an organization's keys with their last use.

use crate::{
    LastUse, Store, StoreError,
    codec::Readable as _,
    item::{
        INDEX, INDEX_PK, INDEX_SK, Item, Key, PK, SK, USAGE_SHARDS, key_index, organization_shards, prefix,
        usage_days_partition, usage_partition,
    },
};
use auth::{
    address::AddressKey,
    ids::{KeyId, OrganizationId, UserId},
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

/// A place in the list of an organization's keys: when the key was made, its id and its user's. Its text is
/// `<seconds>#<key id>#<user id>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPosition {
    created: i64,
    key: KeyId,
    user: UserId,
}

/// Not the text of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list of keys")]
pub struct KeyPositionError;

impl fmt::Display for KeyPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}#{}", self.created, self.key, self.user)
    }
}

impl FromStr for KeyPosition {
    type Err = KeyPositionError;

    fn from_str(text: &str) -> Result<Self, KeyPositionError> {
        let mut parts = text.splitn(3, '#');
        let mut part = || parts.next().ok_or(KeyPositionError);
        let created = part()?.parse().map_err(|_| KeyPositionError)?;
        // As many digits as the index has.
        if !(0..1_000_000_000_000).contains(&created) {
            return Err(KeyPositionError);
        }
        let key = part()?.parse().map_err(|_| KeyPositionError)?;
        Ok(Self { created, key, user: part()?.parse().map_err(|_| KeyPositionError)? })
    }
}

impl KeyPosition {
    /// Of an item of the index.
    fn of(item: &Item) -> Result<Self, StoreError> {
        let part = |name, prefix: &str| match item.get(name) {
            Some(AttributeValue::S(text)) => text.strip_prefix(prefix).map(str::to_owned),
            _ => None,
        };
        let sort = part(INDEX_SK, prefix::KEY).zip(part(PK, prefix::USER));
        let place = sort.and_then(|(sort, user)| format!("{sort}#{user}").parse().ok());
        place.ok_or(StoreError::Corrupt { record: StoredKey::NAME, attribute: INDEX_SK })
    }

    fn index_sk(&self, organization: OrganizationId) -> Option<String> {
        let created = OffsetDateTime::from_unix_timestamp(self.created).ok()?;
        Some(key_index(organization, self.key, created).1)
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
                self.between("usage of a key", usage_partition(key), (&from, &to), start, None).await?;
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
    /// each shard once, for no more than that.
    pub async fn usage_days(
        &self,
        organization: OrganizationId,
        by: GroupBy,
        (from, to): (Day, Day),
        after: Option<&DayPosition>,
        limit: usize,
    ) -> Result<DayPage, StoreError> {
        let from = from.to_string();
        let to = match after {
            Some(after) if after.day <= to => after.to_string(),
            _ => format!("{to}{LAST_NAME}"),
        };
        let mut days = Vec::new();
        if from <= to {
            for shard in 0..USAGE_SHARDS {
                let partition = usage_days_partition(organization, by, shard);
                // The place itself, and one more that tells whether others follow.
                let most = limit.saturating_add(2);
                let (items, _) =
                    self.between("usage of days", partition, (&from, &to), None, Some(most)).await?;
                for item in &items {
                    days.push(UsageDay::from_item(item)?);
                }
            }
        }
        days.retain(|day| after != Some(&day.position));
        days.sort_by(|one, other| other.position.cmp(&one.position));
        let more = days.len() > limit;
        days.truncate(limit);
        let next = days.last().filter(|_| more).map(|day| day.position.clone());
        Ok(DayPage { days, next })
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
        let mut places = Vec::new();
        for partition in organization_shards(organization) {
            places.extend(self.key_places(organization, partition, after, limit.saturating_add(1)).await?);
        }
        places.sort_unstable();
        let more = places.len() > limit;
        places.truncate(limit);
        let next = places.last().filter(|_| more).copied();
        let places: BTreeSet<_> = places.into_iter().collect();

        let read = places.iter().map(|it| Key::api_key(it.user, it.key)).collect();
        let found = self.batch_get("organization's keys", read).await?;
        let owners: BTreeSet<_> = places.iter().map(|it| it.user).collect();
        let users =
            self.batch_get("users of keys", owners.iter().map(|user| Key::user(*user)).collect()).await?;
        let uses = self.last_uses(places.iter().map(|it| it.key)).await?;
        let mut keys = Vec::new();
        for place in &places {
            let key: Option<StoredKey> = found.record(&Key::api_key(place.user, place.key))?;
            let user: Option<User> = users.record(&Key::user(place.user))?;
            // The index may name what is gone since.
            let Some((key, user)) = key.filter(|it| it.revoked_at.is_none()).zip(user) else { continue };
            if key.organization == organization {
                keys.push(OrganizationKey { key, user, last_use: uses.get(&place.key).cloned() });
            }
        }
        Ok(OrganizationKeys { keys, next })
    }

    /// The places of at most `limit` keys of one partition of the index.
    async fn key_places(
        &self,
        organization: OrganizationId,
        partition: String,
        after: Option<KeyPosition>,
        limit: usize,
    ) -> Result<Vec<KeyPosition>, StoreError> {
        let start = after.and_then(|after| {
            let mut start = Key::api_key(after.user, after.key).into_item();
            start.insert(INDEX_PK.to_owned(), AttributeValue::S(partition.clone()));
            start.insert(INDEX_SK.to_owned(), AttributeValue::S(after.index_sk(organization)?));
            Some(start)
        });
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(INDEX)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :sk)")
            .expression_attribute_names("#pk", INDEX_PK)
            .expression_attribute_names("#sk", INDEX_SK)
            .expression_attribute_values(":pk", AttributeValue::S(partition))
            .expression_attribute_values(":sk", AttributeValue::S(prefix::KEY.to_owned()))
            .set_exclusive_start_key(start)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| StoreError::of("organization's keys", &error))?;
        answer.items.unwrap_or_default().iter().map(KeyPosition::of).collect()
    }

    /// One page of a partition's items between two sort keys. Oldest first where all are wanted, newest first
    /// where `limit` says how many.
    async fn between(
        &self,
        operation: &'static str,
        partition: String,
        (from, to): (&str, &str),
        start: Option<Item>,
        limit: Option<usize>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(limit.is_none())
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", AttributeValue::S(partition))
            .expression_attribute_values(":from", AttributeValue::S(from.to_owned()))
            .expression_attribute_values(":to", AttributeValue::S(to.to_owned()))
            .set_exclusive_start_key(start)
            .set_limit(limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
            .send()
            .await
            .map_err(|error| StoreError::of(operation, &error))?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key.filter(|key| !key.is_empty())))
    }
}
