//! One-time tokens, kept by their hash.

use crate::{Store, StoreError, Write, codec::Record as _, expression::Expression, item::Key};
use auth::{
    audit::AuditEvent,
    one_time::{OneTimeHash, StoredOneTime},
};

impl Store {
    /// Keeps a token, in one transaction with the event if there is one.
    pub async fn put_one_time(
        &self,
        token: &StoredOneTime,
        event: Option<&AuditEvent>,
    ) -> Result<Write, StoreError> {
        let mut parts = vec![Expression::absent().put(&self.table, token.to_item())?];
        if let Some(event) = event {
            parts.push(self.event_part(event)?);
        }
        Ok(self.transact("put one-time token", parts).await?.into())
    }

    /// The token of this hash, expired or not.
    pub async fn one_time(&self, hash: OneTimeHash) -> Result<Option<StoredOneTime>, StoreError> {
        self.get("one-time token", Key::one_time(hash)).await
    }
}
