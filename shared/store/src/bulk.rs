//! Records in bulk, past every rule: to fill a table that is to be measured.
//!
//! Items are exactly those that the rest of the crate writes. Nothing else of it holds here: no condition, no
//! transaction, no counting of admins, no audit event. So it is behind the feature `bulk`, which no function asks for.

use crate::{
    Store, StoreError,
    codec::{EmailClaim, PolicyCopy, Record as _},
    item::{Item, POLICY_COPIES},
    read::ATTEMPTS,
};
use auth::{
    audit::AuditEvent,
    records::{Membership, Organization, Policy, Session, Space, StoredKey, StoredPassword, User},
    refresh::RefreshState,
};
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use std::collections::HashMap;

/// DynamoDB's limit for a batch of writes.
const BATCH_ITEMS: usize = 25;

/// Records that wait to be written. No two of one primary key may wait together: DynamoDB refuses such a batch.
#[derive(Debug, Default)]
pub struct Bulk {
    items: Vec<Item>,
}

impl Bulk {
    /// How many items wait.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The items that wait, for who has another way to write them.
    pub fn into_items(self) -> Vec<HashMap<String, AttributeValue>> {
        self.items
    }

    /// An organization and all copies of its policy. Its count of admins is taken as it is.
    pub fn organization(&mut self, organization: &Organization, policy: &Policy) {
        self.items.push(organization.to_item());
        self.items.extend((0..POLICY_COPIES).map(|copy| PolicyCopy { policy, copy }.to_item()));
    }

    /// A user, and its claim on its email address.
    pub fn user(&mut self, user: &User) {
        self.items.extend([user.to_item(), EmailClaim::from(user).to_item()]);
    }

    /// A password.
    pub fn password(&mut self, password: &StoredPassword) {
        self.items.push(password.to_item());
    }

    /// An API key.
    pub fn key(&mut self, key: &StoredKey) {
        self.items.push(key.to_item());
    }

    /// A session, and its refresh state if it can be refreshed.
    pub fn session(&mut self, session: &Session, state: Option<&RefreshState>) {
        self.items.push(session.to_item());
        self.items.extend(state.map(RefreshState::to_item));
    }

    /// A space. Its count of Admins is taken as it is.
    pub fn space(&mut self, space: &Space) {
        self.items.push(space.to_item());
    }

    /// A membership. The space's count of Admins stays as it is.
    pub fn membership(&mut self, membership: &Membership) {
        self.items.push(membership.to_item());
    }

    /// An audit event.
    pub fn audit_event(&mut self, event: &AuditEvent) {
        self.items.push(event.to_item());
    }
}

impl Store {
    /// Puts everything that waits, over whatever is there. What DynamoDB leaves out of a batch is put again, a few
    /// times.
    ///
    /// # Errors
    /// As for every write; some of it may be written then.
    pub async fn put_bulk(&self, bulk: Bulk) -> Result<(), StoreError> {
        const OPERATION: &str = "bulk";
        let mut items = bulk.items.into_iter();
        loop {
            let mut open: Vec<WriteRequest> = Vec::with_capacity(BATCH_ITEMS);
            for item in items.by_ref().take(BATCH_ITEMS) {
                let put = PutRequest::builder().set_item(Some(item)).build();
                let put = put.map_err(StoreError::incomplete)?;
                open.push(WriteRequest::builder().put_request(put).build());
            }
            if open.is_empty() {
                return Ok(());
            }
            for attempt in 0..ATTEMPTS {
                if open.is_empty() {
                    break;
                }
                self.pause(attempt).await;
                let put = self.client().batch_write_item().request_items(&self.table, open);
                let answer = put.send().await.map_err(|error| StoreError::of(OPERATION, &error))?;
                open = answer.unprocessed_items.unwrap_or_default().into_values().flatten().collect();
            }
            if !open.is_empty() {
                return Err(StoreError::Throttled {
                    operation: OPERATION,
                    cause: "UnprocessedItems".to_owned(),
                });
            }
        }
    }
}
