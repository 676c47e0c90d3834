//! The deployment's public signing keys and its base URL: what a verifier needs, and no secret.

use crate::{
    Store, StoreError, Write,
    codec::Record as _,
    expression::Expression,
    item::{Key, VERSION, number},
    write::Attempt,
};
use auth::signing::PublicKey;

/// What the deployment publishes about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The deployment's base URL: `iss` of its tokens, start of its links.
    pub base_url: String,
    /// The public keys, with the times that say which of them signs and until when each verifies.
    pub keys: Vec<PublicKey>,
    /// Counts the changes; the condition of the next one.
    pub version: u64,
}

impl Store {
    /// The public keys and the base URL; `None` before the deployment is set up.
    pub async fn published(&self) -> Result<Option<Published>, StoreError> {
        self.get("published", Key::signing_keys()).await
    }

    /// Replaces what is published, if that still has the expected version; `None` expects nothing to be
    /// there. The version is counted here: `published.version` is not looked at.
    pub async fn publish(
        &self,
        published: &Published,
        expected_version: Option<u64>,
    ) -> Result<Write, StoreError> {
        let version = next_version("signing keys", expected_version)?;
        let published = Published { version, ..published.clone() };
        let condition = match expected_version {
            Some(expected) => Expression::exists().equals(VERSION, number(expected)),
            None => Expression::absent(),
        };
        let item = published.to_item();
        Ok(match self.put("publish", item.clone(), &condition).await? {
            Attempt::Done(_) => Write::Done,
            // Our own, whose answer was lost.
            Attempt::Lost(Some(old)) if old == item => Write::Done,
            Attempt::Lost(_) => Write::Conflict,
        })
    }
}

/// The version after `expected`; the first is 1.
pub(crate) fn next_version(record: &'static str, expected: Option<u64>) -> Result<u64, StoreError> {
    expected.unwrap_or(0).checked_add(1).ok_or(StoreError::Corrupt { record, attribute: VERSION })
}
