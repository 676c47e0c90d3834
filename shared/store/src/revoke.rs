//! Revoking a key, and with it each key that it made, directly or through others.
//!
//! 1. The root becomes a tombstone. From then on it makes no key: see `create_key`'s condition.
//! 2. The user's keys are read; the live ones that descend from the root become tombstones, in
//!    transactions.
//! 3. Step 2 again, until it finds none: a descendant may have made a key between reading and writing.
//!
//! A crash in between leaves live descendants of a dead root. Revoking again, which is no error, finds
//! them.

use crate::{
    Store, StoreError,
    codec::Lineage,
    expression::Expression,
    item::{EXPIRES_AT, Key, REVOKED_AT, VERSION, prefix, time, user_partition},
    keys::not_revoked,
    write::{Attempt, REREADS, TRANSACTION_ITEMS},
};
use auth::ids::{KeyId, UserId};
use std::collections::{HashMap, HashSet};
use time::{Duration, OffsetDateTime};

/// How long a tombstone stays.
const TOMBSTONE: Duration = Duration::days(90);

/// What became of a revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Revoke {
    /// The key and all that descend from it are revoked, now or before.
    Done,
    /// The user has no such key.
    NotFound,
}

impl Store {
    /// Revokes a key and all that descend from it. Again is no error: what was revoked stays so since then.
    pub async fn revoke_key(
        &self,
        user: UserId,
        key: KeyId,
        now: OffsetDateTime,
    ) -> Result<Revoke, StoreError> {
        let root = self.update("revoke key", Key::api_key(user, key), &tombstone(now)).await?;
        // The tombstone of a revocation that never came to its end may be gone before its descendants are:
        // they are looked for all the same.
        let mut found = !matches!(root, Attempt::Lost(None));
        for _ in 0..REREADS {
            let keys: Vec<Lineage> = self.all("descendants", user_partition(user), prefix::KEY).await?;
            let live = live_descendants(key, &keys);
            if live.is_empty() {
                return Ok(if found { Revoke::Done } else { Revoke::NotFound });
            }
            found = true;
            // One place is the event's, where the root was revoked before and the rest is left.
            for some in live.chunks(TRANSACTION_ITEMS - 1) {
                let parts = some.iter().map(|id| tombstone(now).update(&self.table, Key::api_key(user, *id)));
                // One that another revoked meanwhile cancels its transaction; the next round has the rest.
                self.transact("revoke descendants", parts.collect::<Result<_, _>>()?).await?;
            }
        }
        Err(StoreError::contended("revoke key"))
    }
}

/// A live key becomes a tombstone, which the TTL deletes when nobody asks for it any more.
fn tombstone(now: OffsetDateTime) -> Expression {
    let gone = now.saturating_add(TOMBSTONE);
    not_revoked().set(REVOKED_AT, time(now)).set(EXPIRES_AT, time(gone)).add(VERSION, 1)
}

/// The keys that are not revoked among those that `root` made, directly or through others, nearest first.
fn live_descendants(root: KeyId, keys: &[Lineage]) -> Vec<KeyId> {
    let mut children: HashMap<KeyId, Vec<&Lineage>> = HashMap::new();
    for key in keys {
        if let Some(parent) = key.made_by {
            children.entry(parent).or_default().push(key);
        }
    }
    let mut seen = HashSet::from([root]);
    let mut generation = vec![root];
    let mut live = Vec::new();
    while !generation.is_empty() {
        let next: Vec<&Lineage> =
            generation.iter().filter_map(|id| children.get(id)).flatten().copied().collect();
        generation = next.iter().filter(|key| seen.insert(key.id)).map(|key| key.id).collect();
        live.extend(next.iter().filter(|key| !key.revoked && key.id != root).map(|key| key.id));
    }
    live
}
