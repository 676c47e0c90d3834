//! What CloudWatch Logs hands over: JSON, in gzip, in base64, in JSON.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;
use serde::Deserialize;
use std::io::Read as _;
use time::OffsetDateTime;

/// The most that a batch may be when it is unpacked: far more than CloudWatch makes, and what the function's memory
/// holds a few times.
pub const LIMIT: u64 = 32 * 1024 * 1024;

/// What the function is invoked with.
#[derive(Deserialize)]
pub struct Event {
    awslogs: Packed,
}

#[derive(Deserialize)]
struct Packed {
    data: String,
}

/// Some lines of a log.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Batch {
    message_type: String,
    #[serde(default)]
    pub(crate) log_group: String,
    #[serde(default)]
    pub(crate) log_stream: String,
    #[serde(default)]
    pub(crate) log_events: Vec<LogEvent>,
}

/// One line.
#[derive(Debug, Deserialize)]
pub(crate) struct LogEvent {
    #[serde(default)]
    pub(crate) id: String,
    /// Milliseconds since 1970.
    timestamp: i64,
    pub(crate) message: String,
}

/// A batch that cannot be read: it would be no other the next time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// No base64, no gzip, or no JSON of the form.
    #[error("a batch that cannot be read")]
    Form,
    /// More than [`LIMIT`] when unpacked.
    #[error("a batch of more than {LIMIT} bytes")]
    TooLarge,
}

impl Event {
    /// The lines.
    pub(crate) fn unpack(&self) -> Result<Batch, EventError> {
        let packed = STANDARD.decode(&self.awslogs.data).map_err(|_| EventError::Form)?;
        let mut json = Vec::new();
        let mut unpacked = GzDecoder::new(packed.as_slice()).take(LIMIT.saturating_add(1));
        let length = unpacked.read_to_end(&mut json).map_err(|_| EventError::Form)?;
        if u64::try_from(length).map_or(true, |length| length > LIMIT) {
            return Err(EventError::TooLarge);
        }
        serde_json::from_slice(&json).map_err(|_| EventError::Form)
    }
}

impl Batch {
    /// Whether it holds lines. What does not, only asks whether the function is there.
    pub(crate) fn is_data(&self) -> bool {
        self.message_type == "DATA_MESSAGE"
    }
}

impl LogEvent {
    /// When the line was printed. `None` where that is no time.
    pub(crate) fn at(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.timestamp).checked_mul(1_000_000)?).ok()
    }
}
