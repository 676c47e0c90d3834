//! Counts what the authorizer decided: the consumer of the subscription to its log.
//!
//! 1. unpack the batch; a message that only asks whether somebody is there ends here
//! 2. read each line; one that is no decision, or of a time that is none, is counted as junk and no failure
//! 3. add the lines up
//! 4. write the sums, each chunk together with a marker of the batch, so that a batch that comes again counts once
//!
//! What fails is an error of the function: Lambda invokes it again with the same batch, and hands it to the queue of
//! failures when it gives up. CloudWatch Logs may drop what it cannot deliver: usage is a statistic, and the audit
//! events are the record.

mod event;

pub use event::{Event, EventError, LIMIT};

use auth::usage::{Decided, Tally};
use edge::{Ambient, telemetry};
use event::{Batch, LogEvent};
use serde::Serialize;
use store::{BatchId, Store, StoreError};
use time::{Duration, OffsetDateTime};

/// How old the newest line of a batch may be: less than its markers are kept, so that none is counted again after
/// they have gone. The batch is judged as a whole: one that comes again must be added up as it was.
const OLDEST: Duration = Duration::days(14);

/// How far ahead of us a line may be: CloudWatch Logs takes none that is more than two hours ahead of its own clock.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
const AHEAD: Duration = Duration::hours(3);

/// Between the oldest and the newest line of a batch (the same page).
const SPAN: Duration = Duration::hours(24);

/// The function of one process.
pub struct Usage {
    store: Store,
}

/// Why a batch was not counted. Holds nothing of its lines.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// It cannot be read.
    #[error(transparent)]
    Event(#[from] EventError),
    /// It could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Lines.
    pub lines: usize,
    /// Lines that are no decisions.
    pub junk: usize,
    /// Decisions that are nobody's.
    pub unattributed: u64,
    /// Counters that the lines were added up into.
    pub counters: usize,
    /// Transactions.
    pub written: usize,
    /// Transactions that were written when the batch came before.
    pub before: usize,
}

impl Usage {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Counts a batch.
    ///
    /// # Errors
    /// Where it has to come again.
    pub async fn count(&self, event: &Event, ambient: &Ambient) -> Result<Summary, UsageError> {
        let counted = self.unpack_and_count(event, ambient.now).await;
        match &counted {
            Ok(it) => tracing::info!(
                lines = it.lines,
                junk = it.junk,
                unattributed = it.unattributed,
                counters = it.counters,
                written = it.written,
                before = it.before,
                "a batch was counted"
            ),
            Err(error) => tracing::error!(error = telemetry::chain(error), "a batch was not counted"),
        }
        counted
    }

    async fn unpack_and_count(&self, event: &Event, now: OffsetDateTime) -> Result<Summary, UsageError> {
        let batch = event.unpack()?;
        if !batch.is_data() {
            return Ok(Summary::default());
        }
        let (tally, junk) = add_up(&batch, now);
        let counted = self.store.count_usage(&id(&batch), &tally, now).await?;
        Ok(Summary {
            lines: batch.log_events.len(),
            junk,
            unattributed: tally.unattributed,
            counters: tally.len(),
            written: counted.written,
            before: counted.before,
        })
    }
}

/// The sums of a batch, and how many of its lines are junk: all, where it comes too late, and those of no time that a
/// line of the log can have.
fn add_up(batch: &Batch, now: OffsetDateTime) -> (Tally, usize) {
    let (mut tally, mut junk) = (Tally::default(), 0_usize);
    let latest = now.saturating_add(AHEAD);
    let newest = batch.log_events.iter().filter_map(LogEvent::at).filter(|at| *at <= latest).max();
    let Some(newest) = newest.filter(|newest| *newest >= now.saturating_sub(OLDEST)) else {
        return (tally, batch.log_events.len());
    };
    let span = newest.saturating_sub(SPAN)..=newest;
    for event in &batch.log_events {
        let at = event.at().filter(|at| span.contains(at));
        match at.zip(Decided::parse(event.message.trim_end())) {
            Some((at, line)) => tally.add(&line, at),
            None => junk = junk.saturating_add(1),
        }
    }
    (tally, junk)
}

/// By the lines themselves, in their order, with the log's own names for them: two batches are never one.
fn id(batch: &Batch) -> BatchId {
    let lines = batch.log_events.iter().flat_map(|it| [it.id.as_str(), it.message.as_str()]);
    BatchId::of([batch.log_group.as_str(), batch.log_stream.as_str()].into_iter().chain(lines))
}
