//! A change and the audit event that tells of it, in one transaction.
//!
//! 1. A handler says what the next change is recorded as: [`Store::recording`].
//! 2. The first write that is made through that handle becomes a transaction of itself and the event.
//! 3. Once it is committed the event is used up; a lost condition leaves it for the next try.

use crate::{
    Store, StoreError,
    codec::Record as _,
    expression::Expression,
    item::{EXPIRES_AT, Item, time},
};
use auth::audit::AuditEvent;
use aws_sdk_dynamodb::types::TransactWriteItem;
use std::sync::{Arc, Mutex, PoisonError};
use time::Duration;

/// The event of a change that is still to come, if there is one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recording(Option<Arc<Mutex<Option<AuditEvent>>>>);

impl Recording {
    pub(crate) fn of(event: AuditEvent) -> Self {
        Self(Some(Arc::new(Mutex::new(Some(event)))))
    }

    fn event(&self) -> Option<AuditEvent> {
        self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn used(&self) {
        if let Some(event) = &self.0 {
            *event.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

impl Store {
    /// Whether the next change is to be recorded.
    pub(crate) fn records(&self) -> bool {
        self.recording.event().is_some()
    }

    /// The part of a transaction that records the change that the other parts make.
    pub(crate) fn record(&self) -> Result<Option<TransactWriteItem>, StoreError> {
        self.recording.event().map(|event| self.event_part(&event)).transpose()
    }

    /// The part that records the same of one more thing, as the `number`th behind the event.
    pub(crate) fn record_also(
        &self,
        number: u32,
        target: &impl ToString,
    ) -> Result<Option<TransactWriteItem>, StoreError> {
        let event = self.recording.event();
        event.map(|event| self.event_part(&event.also(number, target.to_string()))).transpose()
    }

    /// The event that the next change is recorded as.
    pub(crate) fn event(&self) -> Option<AuditEvent> {
        self.recording.event()
    }

    /// The change that was to be recorded is.
    pub(crate) fn recorded(&self) {
        self.recording.used();
    }

    /// The part of a transaction that writes an event, which must be a new one.
    pub(crate) fn event_part(&self, event: &AuditEvent) -> Result<TransactWriteItem, StoreError> {
        Expression::absent().put(&self.table, self.event_item(event))
    }

    /// An event as an item, which ends with its retention.
    pub(crate) fn event_item(&self, event: &AuditEvent) -> Item {
        let mut item = event.to_item();
        if let Some(days) = self.audit_days {
            let end = event.at.saturating_add(Duration::days(days.into()));
            item.insert(EXPIRES_AT.to_owned(), time(end));
        }
        item
    }
}
