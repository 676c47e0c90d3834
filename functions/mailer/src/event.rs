//! What Lambda hands over: changes of the table, each with its keys and nothing else.
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>

use serde::Deserialize;
use serde_json::{Value, json};

/// A batch of the table's stream.
#[derive(Debug, Deserialize)]
pub struct Event {
    #[serde(rename = "Records")]
    pub(crate) records: Vec<Record>,
}

/// One change.
#[derive(Debug, Deserialize)]
pub(crate) struct Record {
    dynamodb: Change,
}

#[derive(Debug, Deserialize)]
struct Change {
    #[serde(rename = "Keys")]
    keys: Keys,
    #[serde(rename = "SequenceNumber")]
    sequence_number: String,
}

#[derive(Debug, Deserialize)]
struct Keys {
    sk: Text,
}

/// A string as DynamoDB's JSON has it.
#[derive(Debug, Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

impl Record {
    /// The sort key of the changed item: an item's id, as the filter lets nothing but the outbox through.
    pub(crate) fn id(&self) -> &str {
        &self.dynamodb.keys.sk.text
    }

    /// Where in the stream it stands.
    pub(crate) fn sequence_number(&self) -> &str {
        &self.dynamodb.sequence_number
    }
}

/// The answer that has Lambda deliver these records again, and no more than from the first of them on.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>
pub(crate) fn answer(failed: &[&str]) -> Value {
    let failed: Vec<_> = failed.iter().map(|number| json!({"itemIdentifier": number})).collect();
    json!({"batchItemFailures": failed})
}
