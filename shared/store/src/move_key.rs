//! Giving a user's key to another user, so that its secret goes on working.
//!
//! 1. In one transaction: the key, and each that descends from it, stands in the new user's partition; where it stood
//!    is a forwarding, which names the new user and nothing else; and the events.
//! 2. What descends from it and was made between the reading and that transaction is moved after it.
//!
//! The key's text still names the old user: a decision that finds the forwarding there reads once more, at the new
//! place. A forwarding leads to a key and never to another forwarding: a key that is reached through one is not moved
//! again. Its next rotation makes a text that names the new user, and ends the forwarding with the old secret.
//!
//! Whoever is cut off between 1 and 2 moves the key again to the same user, and 2 is done.

use crate::{
    Store, StoreError,
    codec::{Lineage, Readable as _, Record as _},
    expression::Expression,
    item::{
        DELETING, DISABLED, EXPIRES_AT, HASH, Item, KEY_EPOCH, Key, MOVED_TO, VERSION, number, prefix, text,
        time, user_partition,
    },
    keys::not_revoked,
    read::BATCH_KEYS,
    revoke::live_descendants,
    transact::Transaction,
};
use auth::{
    ids::{KeyId, UserId},
    records::{Forwarding, StoredKey, User},
};
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use std::collections::HashSet;
use time::OffsetDateTime;

/// How many keys that descend from one are moved with it.
pub const MOVED_DESCENDANTS: usize = 20;

/// What stands where a key is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// The key.
    Here(Box<StoredKey>),
    /// A forwarding to this user's.
    MovedTo(UserId),
}

/// What became of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum MoveKey {
    /// The keys stand in the new place.
    Done,
    /// A key is not as it was read, or its user was signed out of it. Nothing is written.
    Changed,
    /// The new user is disabled, or is going. Nothing is written.
    NoOwner,
}

impl Store {
    /// What stands where this user's key of this id would.
    pub async fn key_place(&self, user: UserId, key: KeyId) -> Result<Option<KeyPlace>, StoreError> {
        let Some(item) = self.get_item("key", Key::api_key(user, key)).await? else {
            return Ok(None);
        };
        match moved_to(&item)? {
            Some(user) => Ok(Some(KeyPlace::MovedTo(user))),
            None => StoredKey::from_item(&item).map(|key| Some(KeyPlace::Here(Box::new(key)))),
        }
    }

    /// The key that a text of this user and this id names, also where it was moved to another user. The tombstone of
    /// a revoked one included.
    pub async fn key_or_moved(&self, user: UserId, key: KeyId) -> Result<Option<StoredKey>, StoreError> {
        match self.key_place(user, key).await? {
            Some(KeyPlace::Here(key)) => Ok(Some(*key)),
            Some(KeyPlace::MovedTo(user)) => self.key(user, key).await,
            None => Ok(None),
        }
    }

    /// The keys of a user that descend from this one and are live at `now`, or made one that is: at most `limit`, and
    /// whether there are more.
    pub async fn key_descendants(
        &self,
        user: UserId,
        root: KeyId,
        limit: usize,
        now: OffsetDateTime,
    ) -> Result<(Vec<StoredKey>, bool), StoreError> {
        let lineage: Vec<Lineage> = self.lineage("descendants", user).await?;
        let mut ids = of_use(&live_descendants(root, &lineage), now);
        let more = ids.len() > limit;
        ids.truncate(limit);
        let mut keys = Vec::with_capacity(ids.len());
        for some in ids.chunks(BATCH_KEYS) {
            let places: Vec<_> = some.iter().map(|id| Key::api_key(user, *id)).collect();
            let found = self.batch_get("descendants", places.clone()).await?;
            for place in &places {
                keys.extend(found.record::<StoredKey>(place)?);
            }
        }
        Ok((keys, more))
    }

    /// Gives these keys of `from`, as they were read, to `to`, in one transaction. The first one's event is the one
    /// that the store is to record; each further one has its own, behind it.
    pub async fn move_keys(&self, keys: &[StoredKey], from: &User, to: &User) -> Result<MoveKey, StoreError> {
        let active = |user: &User| {
            let same = Expression::exists().lacks(DELETING).equals(KEY_EPOCH, number(user.key_epoch));
            same.equals(DISABLED, AttributeValue::Bool(false))
        };
        let mut parts: Vec<TransactWriteItem> = vec![
            active(to).check(&self.table, Key::user(to.id))?,
            // Who is disabled, or signed out of all keys, meanwhile loses these.
            active(from).check(&self.table, Key::user(from.id))?,
        ];
        let together: HashSet<KeyId> = keys.iter().map(|key| key.id).collect();
        let places: Vec<_> = keys.iter().map(|key| Key::api_key(from.id, key.id)).collect();
        let found = self.batch_get("move key", places.clone()).await?;
        for ((number_of, key), place) in (0..).zip(keys).zip(&places) {
            let same = not_revoked().equals(VERSION, number(key.version));
            // What a newer release keeps of it beside what is known here goes with it: it may be a restriction.
            let mut item = found.item(place).cloned().unwrap_or_default();
            item.extend(moved(key, to, &together).to_item());
            parts.push(Expression::absent().put(&self.table, item)?);
            parts.push(same.put(&self.table, forwarding(from.id, key.id, to.id))?);
            if number_of > 0 {
                parts.extend(self.record_also(number_of, &key.id)?);
            }
        }
        Ok(match self.transact("move key", parts).await? {
            Transaction::Committed => MoveKey::Done,
            lost if lost.lost(0) => MoveKey::NoOwner,
            Transaction::Lost(_) => MoveKey::Changed,
        })
    }

    /// Of a user's keys, what revoking and moving ask.
    pub(crate) async fn lineage(
        &self,
        operation: &'static str,
        user: UserId,
    ) -> Result<Vec<Lineage>, StoreError> {
        let own = Expression::always().lacks(MOVED_TO);
        self.all_where(operation, user_partition(user), prefix::KEY, own).await
    }

    /// The part of a transaction that ends the forwarding to a key.
    pub(crate) fn end_forwarding(
        &self,
        key: KeyId,
        owner: UserId,
        from: UserId,
    ) -> Result<TransactWriteItem, StoreError> {
        // It may have ended by itself. A key is never deleted by this.
        let leads_here = Expression::always().equals_or_lacks(MOVED_TO, text(owner.to_string())).lacks(HASH);
        leads_here.delete(&self.table, Key::api_key(from, key))
    }

    /// The part of a transaction that lets the forwarding to a key go on until then.
    pub(crate) fn limit_forwarding(
        &self,
        key: &StoredKey,
        from: UserId,
        until: OffsetDateTime,
    ) -> Result<TransactWriteItem, StoreError> {
        let leads_here = Expression::exists().equals(MOVED_TO, text(key.user.to_string()));
        leads_here.set(EXPIRES_AT, time(until)).update(&self.table, Key::api_key(from, key.id))
    }
}

/// The ids of these keys, nearest first, without those that have expired and made none that has not.
fn of_use(keys: &[&Lineage], now: OffsetDateTime) -> Vec<KeyId> {
    let mut needed = HashSet::new();
    // Who was made stands behind who made it.
    for key in keys.iter().rev() {
        if needed.contains(&key.id) || key.expires_at.is_none_or(|end| now < end) {
            needed.insert(key.id);
            needed.extend(key.made_by);
        }
    }
    keys.iter().map(|key| key.id).filter(|id| needed.contains(id)).collect()
}

/// The key in its new place. One that made it and stays behind makes no claim on it any more.
fn moved(key: &StoredKey, to: &User, together: &HashSet<KeyId>) -> StoredKey {
    StoredKey {
        user: to.id,
        epoch: to.key_epoch,
        created_by_key: key.created_by_key.filter(|parent| together.contains(parent)),
        forwarding: Some(Forwarding { from: key.user, until: None }),
        version: key.version.saturating_add(1),
        ..key.clone()
    }
}

fn forwarding(from: UserId, key: KeyId, to: UserId) -> Item {
    let mut item = Key::api_key(from, key).into_item();
    item.insert(MOVED_TO.to_owned(), text(to.to_string()));
    item
}

/// Where a forwarding leads to; `None` where the item is none.
pub(crate) fn moved_to(item: &Item) -> Result<Option<UserId>, StoreError> {
    let Some(to) = item.get(MOVED_TO) else { return Ok(None) };
    let user = to.as_s().ok().and_then(|text| text.parse().ok());
    user.map(Some).ok_or(StoreError::Corrupt { record: "forwarding", attribute: MOVED_TO })
}
