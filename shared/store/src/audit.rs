//! Audit events. Written with the change that they tell of; nothing here changes or deletes one.
//!
//! An organization's events of a month are one partition, ordered by their names, which are ULIDs. A page goes back
//! from the newest, month by month, in a bounded number of queries.

use crate::{
    Store, StoreError,
    codec::Readable as _,
    expression::Expression,
    item::{ACTION, ACTOR, EXPIRES_AT, Item, PK, SK, TARGET, audit_partition, text, time},
    write::Attempt,
};
use auth::{
    audit::{Actor, AuditEvent, first_ulid, last_ulid, ulid_before, ulid_time},
    ids::OrganizationId,
};
use aws_sdk_dynamodb::types::AttributeValue;
use time::{Date, OffsetDateTime, Time, UtcOffset};

/// How many events a query with a filter looks at, at least: it may pass few.
const LOOKED_AT: usize = 200;

/// After how many queries a page goes out as it is, be it short or empty.
const QUERIES: usize = 10;

/// Which actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionFilter {
    /// This one.
    Is(String),
    /// Those whose words begin so.
    BeginsWith(String),
}

/// Which events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditQuery {
    /// Not before.
    pub from: OffsetDateTime,
    /// Before.
    pub to: OffsetDateTime,
    /// Only what this one did.
    pub actor: Option<Actor>,
    /// Only such actions.
    pub action: Option<ActionFilter>,
    /// Only what was done to this.
    pub target: Option<String>,
}

/// Some of an organization's events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The newest first. There may be fewer than asked for, and none, though more follow.
    pub events: Vec<AuditEvent>,
    /// The name to go on behind; `None` at the end.
    pub next: Option<String>,
}

impl Store {
    /// Writes an event of something that changed nothing else in the table.
    pub async fn audit(&self, event: &AuditEvent) -> Result<(), StoreError> {
        // The same one is there already where the answer to the first attempt was lost.
        match self.put("audit", self.event_item(event), &Expression::absent()).await? {
            Attempt::Done(_) | Attempt::Lost(_) => Ok(()),
        }
    }

    /// At most `limit` of an organization's events, the newest first, from behind the name `after`. What its
    /// retention has ended at `now` is not among them, though it may still be there. Where `go_on` says no, a page goes
    /// out as it is, behind one query at least.
    pub async fn audit_page(
        &self,
        organization: OrganizationId,
        query: &AuditQuery,
        after: Option<&str>,
        limit: usize,
        now: OffsetDateTime,
        go_on: impl Fn() -> bool,
    ) -> Result<AuditPage, StoreError> {
        let (low, end) = (first_ulid(query.from), last_ulid(query.to));
        let mut position = after.map(str::to_owned);
        // From the month of what comes behind the position on, or of the end. A position may be the first name of a
        // month, behind which the month before begins.
        let behind = position.as_deref().and_then(ulid_before);
        let mut month =
            first_of_month(behind.as_deref().and_then(ulid_time).unwrap_or(query.to).min(query.to));
        let mut events: Vec<AuditEvent> = Vec::new();
        for queries in 0..QUERIES {
            if queries > 0 && !go_on() {
                break;
            }
            if month < first_of_month(query.from) {
                return Ok(AuditPage { events, next: None });
            }
            // A bound and no starting key: DynamoDB refuses one outside of the bounds.
            let high = match &position {
                None => end.clone(),
                Some(name) => ulid_before(name).unwrap_or_default().min(end.clone()),
            };
            if high < low {
                return Ok(AuditPage { events, next: None });
            }
            let asked = Asked {
                partition: audit_partition(organization, month),
                low: &low,
                high: &high,
                filter: filter(query, now),
                looked_at: looked_at(query, limit),
            };
            let (items, behind) = self.audit_query(&asked).await?;
            for item in &items {
                events.push(AuditEvent::from_item(item)?);
            }
            if events.len() > limit {
                events.truncate(limit);
                let next = events.last().map(|event| event.id.clone());
                return Ok(AuditPage { events, next });
            }
            if behind.is_none() {
                // Where a page ends here, the next one begins before this month.
                position = Some(first_ulid(month));
                month = first_of_month(month.saturating_sub(time::Duration::DAY));
            } else {
                position = behind;
            }
        }
        Ok(AuditPage { events, next: position })
    }

    /// One query of one month, and the name that it ended at.
    async fn audit_query(&self, asked: &Asked<'_>) -> Result<(Vec<Item>, Option<String>), StoreError> {
        let mut names = asked.filter.names().unwrap_or_default();
        names.insert("#pk".to_owned(), PK.to_owned());
        names.insert("#sk".to_owned(), SK.to_owned());
        let mut values = asked.filter.values().unwrap_or_default();
        values.insert(":pk".to_owned(), text(&asked.partition));
        values.insert(":low".to_owned(), text(asked.low));
        values.insert(":high".to_owned(), text(asked.high));
        let answer = self
            .client()
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(false)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :low AND :high")
            .set_filter_expression(asked.filter.condition())
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .limit(i32::try_from(asked.looked_at).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| StoreError::of("audit events", &error))?;
        let behind = answer.last_evaluated_key.and_then(|key| match key.get(SK) {
            Some(AttributeValue::S(name)) => Some(name.clone()),
            _ => None,
        });
        Ok((answer.items.unwrap_or_default(), behind))
    }
}

/// A query of one month.
struct Asked<'a> {
    partition: String,
    low: &'a str,
    high: &'a str,
    filter: Expression,
    looked_at: usize,
}

fn filter(query: &AuditQuery, now: OffsetDateTime) -> Expression {
    let mut filter = Expression::always().more_than_or_lacks(EXPIRES_AT, time(now));
    if let Some(by) = &query.actor {
        filter = filter.equals(ACTOR, text(by.to_string()));
    }
    filter = match &query.action {
        None => filter,
        Some(ActionFilter::Is(word)) => filter.equals(ACTION, text(word)),
        Some(ActionFilter::BeginsWith(start)) => filter.begins_with(ACTION, text(start)),
    };
    match &query.target {
        None => filter,
        Some(target) => filter.equals(TARGET, text(target)),
    }
}

/// How many events a query looks at: one more than are asked for, which tells whether more follow.
fn looked_at(query: &AuditQuery, limit: usize) -> usize {
    let passes_all = query.actor.is_none() && query.action.is_none() && query.target.is_none();
    let least = if passes_all { 0 } else { LOOKED_AT };
    limit.saturating_add(1).max(least)
}

/// The first moment of the month of `at`, in UTC.
fn first_of_month(at: OffsetDateTime) -> OffsetDateTime {
    let at = at.to_offset(UtcOffset::UTC);
    let day = Date::from_calendar_date(at.year(), at.month(), 1).unwrap_or(at.date());
    OffsetDateTime::new_utc(day, Time::MIDNIGHT)
}
