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
    codec::{Lineage, Readable as _},
    expression::Expression,
    item::{EXPIRES_AT, Key, REVOKED_AT, VERSION, time},
    keys::not_revoked,
    transact::TRANSACTION_ITEMS,
    write::{Attempt, REREADS},
};
use auth::{
    audit::AuditEvent,
    ids::{KeyId, UserId},
};
use aws_sdk_dynamodb::types::TransactWriteItem;
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
        let event = self.event();
        let root = self.update("revoke key", Key::api_key(user, key), &tombstone(now)).await?;
        // The tombstone of a revocation that never came to its end may be gone before its descendants are:
        // they are looked for all the same. A forwarding is no key of this user's.
        let root = match &root {
            Attempt::Done(item) | Attempt::Lost(Some(item)) => Lineage::from_found(Some(item))?,
            Attempt::Lost(None) => None,
        };
        if let Some(from) = root.as_ref().and_then(|root| root.forwarded_from) {
            // Nothing good is reached through it any more.
            let part = self.end_forwarding(key, user, from)?;
            self.silent().transact("end forwarding", vec![part]).await?;
        }
        let mut found = root.is_some();
        for _ in 0..REREADS {
            let keys = self.lineage("descendants", user).await?;
            let live = live_descendants(key, &keys);
            if live.is_empty() {
                return Ok(if found { Revoke::Done } else { Revoke::NotFound });
            }
            found = true;
            let mut parts: Vec<TransactWriteItem> = Vec::new();
            for (number, descendant) in (1..).zip(live) {
                let more = self.end_descendant(user, descendant, now, key, event.as_ref(), number)?;
                if parts.len() + more.len() > TRANSACTION_ITEMS {
                    // One that another revoked meanwhile cancels its transaction; the next round has the rest.
                    self.silent().transact("revoke descendants", std::mem::take(&mut parts)).await?;
                }
                parts.extend(more);
            }
            self.silent().transact("revoke descendants", parts).await?;
        }
        Err(StoreError::contended("revoke key"))
    }

    /// The parts of a transaction that end a descendant: its tombstone, the way to it from where it was moved from,
    /// and the event that it ended with `root`.
    fn end_descendant(
        &self,
        user: UserId,
        descendant: &Lineage,
        now: OffsetDateTime,
        root: KeyId,
        event: Option<&AuditEvent>,
        number: u32,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut parts = vec![tombstone(now).update(&self.table, Key::api_key(user, descendant.id))?];
        if let Some(from) = descendant.forwarded_from {
            parts.push(self.end_forwarding(descendant.id, user, from)?);
        }
        if let Some(event) = event {
            let event = event.also(number, descendant.id.to_string()).with("with", root.to_string());
            let event = descendant.name.iter().fold(event, |event, name| event.with("name", name));
            parts.push(self.event_part(&event)?);
        }
        Ok(parts)
    }
}

/// A live key becomes a tombstone, which the TTL deletes when nobody asks for it any more.
fn tombstone(now: OffsetDateTime) -> Expression {
    let gone = now.saturating_add(TOMBSTONE);
    not_revoked().set(REVOKED_AT, time(now)).set(EXPIRES_AT, time(gone)).add(VERSION, 1)
}

/// The keys that are not revoked among those that `root` made, directly or through others, nearest first.
pub(crate) fn live_descendants(root: KeyId, keys: &[Lineage]) -> Vec<&Lineage> {
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
        live.extend(next.iter().filter(|key| !key.revoked && key.id != root).copied());
    }
    live
}
