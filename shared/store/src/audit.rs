//! Audit events. Written with the change that they tell of; nothing here changes or deletes one.

use crate::{
    Store, StoreError, codec::Readable as _, expression::Expression, item::audit_partition, read::Listing,
    write::Attempt,
};
use auth::{audit::AuditEvent, ids::OrganizationId};
use time::OffsetDateTime;

impl Store {
    /// Writes an event of something that changed nothing else in the table.
    pub async fn audit(&self, event: &AuditEvent) -> Result<(), StoreError> {
        // The same one is there already where the answer to the first attempt was lost.
        match self.put("audit", self.event_item(event), &Expression::absent()).await? {
            Attempt::Done(_) | Attempt::Lost(_) => Ok(()),
        }
    }

    /// At most `limit` of an organization's events in the month of `month`, newest first.
    pub async fn audit_events(
        &self,
        organization: OrganizationId,
        month: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        let listing = Listing {
            partition: audit_partition(organization, month),
            prefix: "",
            filter: Expression::always(),
            after: None,
            limit: Some(limit),
            backwards: true,
        };
        let (items, _) = self.page("audit events", &listing).await?;
        items.iter().map(AuditEvent::from_item).collect()
    }
}
