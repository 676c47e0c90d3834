//! Writes that hold together: all or nothing.
//!
//! 1. An attempt has a client token of its own, the same in each request for it, whoever sends it: one whose answer
//!    was lost is not done twice.
//!    <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
//! 2. A conflict with another transaction says nothing about our conditions: another attempt follows, under another
//!    token, a few times. Only a condition that failed is lost.

use crate::{
    Store, StoreError,
    direct::{self, Answer, Question},
    read::ATTEMPTS,
    sdk::apart,
};
use aws_lc_rs::rand;
use aws_sdk_dynamodb::{
    config, error::SdkError, operation::transact_write_items::TransactWriteItemsError,
    types::TransactWriteItem,
};

/// DynamoDB's limit for a transaction.
pub(crate) const TRANSACTION_ITEMS: usize = 100;

/// What a part that did not cancel a transaction has for its reason.
pub(crate) const NO_REASON: &str = "None";

/// What became of a transaction.
pub(crate) enum Transaction {
    /// All of it is written.
    Committed,
    /// None of it is: a condition failed. Says for each part whether it was that one's.
    Lost(Vec<bool>),
}

/// What became of one attempt.
enum Sent {
    Committed,
    /// For these reasons, one for each part, by their codes.
    Canceled(Vec<String>),
}

impl Transaction {
    /// Whether the condition of this part failed.
    pub(crate) fn lost(&self, part: usize) -> bool {
        match self {
            Self::Committed => false,
            Self::Lost(parts) => parts.get(part).copied().unwrap_or(false),
        }
    }
}

impl Store {
    /// All of these parts or none.
    pub(crate) async fn transact(
        &self,
        operation: &'static str,
        mut parts: Vec<TransactWriteItem>,
    ) -> Result<Transaction, StoreError> {
        // The last part, so that the others keep their numbers.
        parts.extend(self.record()?);
        for attempt in 0..ATTEMPTS {
            self.pause(attempt).await;
            let token = client_token(operation)?;
            match self.attempt(operation, &parts, &token).await? {
                Sent::Committed => {
                    self.recorded();
                    return Ok(Transaction::Committed);
                }
                Sent::Canceled(codes) => {
                    if let Some(lost) = lost_parts(operation, &codes)? {
                        return Ok(Transaction::Lost(lost));
                    }
                }
            }
        }
        Err(StoreError::contended(operation))
    }

    async fn attempt(
        &self,
        operation: &'static str,
        parts: &[TransactWriteItem],
        token: &str,
    ) -> Result<Sent, StoreError> {
        let Some(direct) = &self.direct else {
            return apart(self.attempt_by_sdk(operation, parts, token, None)).await;
        };
        let question = Question::Transaction { parts, token };
        let (config, refund) = match direct.attempt(operation, &self.table, question).await {
            direct::Attempt::Answered(answer) => {
                direct.succeeded(false);
                return match answer {
                    Answer::Committed => Ok(Sent::Committed),
                    Answer::Canceled(codes) => Ok(Sent::Canceled(codes)),
                    Answer::Found { .. } | Answer::Changed(_) | Answer::Lost(_) | Answer::Contended => {
                        Err(StoreError::unavailable(operation, "an answer that is none"))
                    }
                };
            }
            direct::Attempt::Left { config, refund } => (config, refund),
            direct::Attempt::Failed(error) => return Err(error),
        };
        let sent = apart(self.attempt_by_sdk(operation, parts, token, Some(config))).await?;
        direct.succeeded(refund);
        Ok(sent)
    }

    /// With `config` in the place of the client's.
    async fn attempt_by_sdk(
        &self,
        operation: &'static str,
        parts: &[TransactWriteItem],
        token: &str,
        config: Option<Box<config::Builder>>,
    ) -> Result<Sent, StoreError> {
        let write = self.client().transact_write_items();
        let write = write.set_transact_items(Some(parts.to_vec())).client_request_token(token);
        let sent = match config {
            None => write.send().await,
            Some(config) => write.customize().config_override(*config).send().await,
        };
        match sent {
            Ok(_) => Ok(Sent::Committed),
            Err(SdkError::ServiceError(service)) => match service.into_err() {
                TransactWriteItemsError::TransactionCanceledException(canceled) => {
                    let reasons = canceled.cancellation_reasons().iter();
                    let codes = reasons.map(|it| it.code().unwrap_or(NO_REASON).to_owned());
                    Ok(Sent::Canceled(codes.collect()))
                }
                error => Err(StoreError::named(operation, &error)),
            },
            Err(error) => Err(StoreError::of(operation, &error)),
        }
    }
}

/// 128 random bits: no other transaction has the same within the ten minutes that DynamoDB remembers it.
fn client_token(operation: &'static str) -> Result<String, StoreError> {
    let mut bits = [0; 16];
    rand::fill(&mut bits).map_err(|_| StoreError::unavailable(operation, "no randomness"))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bits)))
}

/// Which parts of a canceled transaction lost their condition; `None` where it may be tried again.
fn lost_parts(operation: &'static str, codes: &[String]) -> Result<Option<Vec<bool>>, StoreError> {
    let failed = |code: &String| code == "ConditionalCheckFailed";
    if codes.iter().any(failed) {
        return Ok(Some(codes.iter().map(failed).collect()));
    }
    let mut reasons = codes.iter().filter(|code| *code != NO_REASON).peekable();
    if reasons.peek().is_none() {
        return Err(StoreError::unavailable(operation, "a cancellation without a reason"));
    }
    match reasons.find(|code| *code != "TransactionConflict") {
        Some(code) => Err(StoreError::coded(operation, code)),
        None => Ok(None),
    }
}
