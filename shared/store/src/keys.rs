//! API keys: reading, making, renaming, rotating. `revoke` ends them.

use crate::{
    Store, StoreError, Write,
    codec::{Readable as _, Record as _, forwarding, previous_secret, secret},
    expression::Expression,
    item::{
        DISABLED, EPOCH, HASH, HINT, KEY_EPOCH, Key, NAME, PK, PREVIOUS, REVOKED_AT, ROTATED_AT, VERSION,
        number, prefix, text, time, user_partition,
    },
    read::Listing,
    transact::Transaction,
    write::Attempt,
};
use auth::{
    api_key::SecretHash,
    ids::{KeyId, UserId},
    records::{Forwarding, PreviousSecret, StoredKey, User},
};
use aws_sdk_dynamodb::types::AttributeValue;
use time::OffsetDateTime;

/// How many of a user's key items each query after the first looks at, at least: only tombstones make
/// further ones needed, and they are passed over in few.
const LOOKED_AT: usize = 200;

/// After how many queries a page goes out as it is, be it short or empty.
const QUERIES: usize = 10;

/// Some of a user's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPage {
    /// In the order of their ids. There may be fewer than asked for, and none, though more follow.
    pub keys: Vec<StoredKey>,
    /// The key to go on after; `None` at the end.
    pub next: Option<KeyId>,
}

/// What became of a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum CreateKey {
    /// It is there.
    Done,
    /// The key that makes it was revoked. Nothing is written.
    ParentGone,
    /// The user is disabled, or its keys were ended. Nothing is written.
    UserGone,
}

impl Store {
    /// A key of this user, the tombstone of a revoked one included.
    pub async fn key(&self, user: UserId, key: KeyId) -> Result<Option<StoredKey>, StoreError> {
        self.get("key", Key::api_key(user, key)).await
    }

    /// At most `limit` of a user's keys that are not revoked, from behind `after`.
    pub async fn keys_page(
        &self,
        user: &User,
        after: Option<KeyId>,
        limit: usize,
    ) -> Result<KeyPage, StoreError> {
        let mut listing = Listing {
            partition: user_partition(user.id),
            prefix: prefix::KEY,
            // Neither tombstones nor forwardings, nor what ended with all of its user's keys.
            filter: Expression::always().holds_null(REVOKED_AT).equals(EPOCH, number(user.key_epoch)),
            after: after.map(|key| Key::api_key(user.id, key)),
            limit: Some(limit.saturating_add(1)),
            backwards: false,
        };
        let mut keys = Vec::new();
        for _ in 0..QUERIES {
            let (items, next) = self.page("list keys", &listing).await?;
            for item in &items {
                keys.push(StoredKey::from_item(item)?);
            }
            if keys.len() > limit {
                keys.truncate(limit);
                let next = keys.last().map(|key| key.id);
                return Ok(KeyPage { keys, next });
            }
            listing.after = next;
            listing.limit = listing.limit.max(Some(LOOKED_AT));
            if listing.after.is_none() {
                return Ok(KeyPage { keys, next: None });
            }
        }
        let next = listing.after.and_then(|key| key.sk.strip_prefix(prefix::KEY)?.parse().ok());
        Ok(KeyPage { keys, next })
    }

    /// Makes a key of who makes keys for themselves: see [`Store::create_key_by`].
    pub async fn create_key(&self, key: &StoredKey) -> Result<CreateKey, StoreError> {
        self.create_key_by(key, key.created_by_key.map(|parent| (key.user, parent))).await
    }

    /// Makes a key, in one transaction with the conditions that its user is not disabled and still has the
    /// key's epoch, and that the key that makes it, with its user, is not revoked: a key cannot outlive its revocation
    /// through one that it makes at the same moment.
    pub async fn create_key_by(
        &self,
        key: &StoredKey,
        calling: Option<(UserId, KeyId)>,
    ) -> Result<CreateKey, StoreError> {
        let user = Expression::exists()
            .equals(KEY_EPOCH, number(key.epoch))
            .equals(DISABLED, AttributeValue::Bool(false));
        let mut parts = vec![
            Expression::absent().put(&self.table, key.to_item())?,
            user.check(&self.table, Key::user(key.user))?,
        ];
        if let Some((user, parent)) = calling {
            parts.push(not_revoked().check(&self.table, Key::api_key(user, parent))?);
        }
        match self.transact("create key", parts).await? {
            Transaction::Committed => Ok(CreateKey::Done),
            lost if lost.lost(1) => Ok(CreateKey::UserGone),
            lost if lost.lost(2) => Ok(CreateKey::ParentGone),
            // A random id that exists.
            Transaction::Lost(_) => Err(StoreError::Corrupt { record: StoredKey::NAME, attribute: PK }),
        }
    }

    /// Gives a key another name. `None` where the key is not as it was read.
    pub async fn rename_key(&self, read: &StoredKey, name: &str) -> Result<Option<StoredKey>, StoreError> {
        let change =
            not_revoked().equals(VERSION, number(read.version)).set(NAME, text(name)).add(VERSION, 1);
        match self.update("rename key", Key::api_key(read.user, read.id), &change).await? {
            Attempt::Done(item) => StoredKey::from_item(&item).map(Some),
            Attempt::Lost(_) => Ok(None),
        }
    }

    /// Gives a key another secret. The one it has goes on until `overlap_ends`, or ends now; one that it had
    /// before that ends now in any case. `None` where the key is not as it was read, or is revoked.
    pub async fn rotate_key(
        &self,
        key: &StoredKey,
        new_hash: &SecretHash,
        hint: &str,
        now: OffsetDateTime,
        overlap_ends: Option<OffsetDateTime>,
    ) -> Result<Option<StoredKey>, StoreError> {
        let previous = overlap_ends.map(|expires_at| PreviousSecret {
            hash: key.hash.clone(),
            made_at: key.secret_made_at(),
            expires_at,
        });
        // The first new secret's text names the new user: the way from the old one stays for the overlap only.
        let goes_on = key.forwarding.zip(overlap_ends).filter(|(it, _)| it.until.is_none());
        let next = StoredKey {
            hash: new_hash.clone(),
            hint: hint.to_owned(),
            previous,
            rotated_at: Some(now),
            forwarding: goes_on.map(|(it, until)| Forwarding { until: Some(until), ..it }),
            version: key.version.saturating_add(1),
            ..key.clone()
        };
        let change = not_revoked()
            .equals(VERSION, number(key.version))
            .set(HASH, secret(new_hash))
            .set(HINT, text(hint))
            .set(PREVIOUS, previous_secret(next.previous.as_ref()))
            .set(ROTATED_AT, time(now))
            .set_all(forwarding(next.forwarding))
            .add(VERSION, 1);
        let place = Key::api_key(key.user, key.id);
        let mut parts = vec![change.update(&self.table, place.clone())?];
        parts.extend(match (goes_on, key.forwarding) {
            (Some((it, until)), _) => Some(self.limit_forwarding(key, it.from, until)?),
            (None, Some(it)) => Some(self.end_forwarding(key.id, key.user, it.from)?),
            (None, None) => None,
        });
        if let Transaction::Committed = self.transact("rotate key", parts).await? {
            return Ok(Some(next));
        }
        // Perhaps our own write, whose answer was lost: nobody else has this secret.
        let found: Option<StoredKey> = self.get("rotate key", place).await?;
        Ok(found.filter(|found| found.hash == *new_hash && found.revoked_at.is_none()))
    }
}

impl Store {
    /// Ends the secret that a rotation replaced, before its overlap does. [`Write::Conflict`] where the key was
    /// changed meanwhile and still has one: read again. That there is none, or no key, is as good.
    pub async fn end_previous_secret(&self, key: &StoredKey) -> Result<Write, StoreError> {
        let change = not_revoked()
            .equals(VERSION, number(key.version))
            .set(PREVIOUS, previous_secret(None))
            .add(VERSION, 1);
        Ok(match self.update("end previous secret", Key::api_key(key.user, key.id), &change).await? {
            Attempt::Lost(Some(item))
                if StoredKey::from_found(Some(&item))?.is_some_and(|key| key.previous.is_some()) =>
            {
                Write::Conflict
            }
            Attempt::Done(_) | Attempt::Lost(_) => Write::Done,
        })
    }
}

/// The key is there and no tombstone.
pub(crate) fn not_revoked() -> Expression {
    Expression::exists().holds_null(REVOKED_AT)
}
