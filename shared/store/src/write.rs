//! The conditional writes of one item.
//!
//! A conflict with a transaction says nothing about our conditions, so the same write is tried
//! again, a few times. Only a condition that failed is lost.
//!
//! Where the store is to record what it does, each of these is a transaction with the event: see `recording`.

use crate::{
    Store, StoreError,
    direct::{self, Answer, Question},
    expression::Expression,
    item::{Item, Key},
    read::ATTEMPTS,
    sdk::apart,
    transact::Transaction,
};
use aws_sdk_dynamodb::{
    config,
    error::SdkError,
    operation::{delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError},
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};

/// How often a write is prepared anew from a fresh read because another one came first.
pub(crate) const REREADS: u32 = 8;

/// What became of one conditional write.
pub(crate) enum Attempt {
    /// It is done. The item as an update left it, or as a delete found it.
    Done(Item),
    /// The condition failed. The item as it is, where there is one.
    Lost(Option<Item>),
}

impl Store {
    /// Puts an item where the condition holds.
    pub(crate) async fn put(
        &self,
        operation: &'static str,
        item: Item,
        condition: &Expression,
    ) -> Result<Attempt, StoreError> {
        if self.records() {
            let key = Key::of(&item)?;
            let part = condition.clone().put(&self.table, item)?;
            return Ok(match Box::pin(self.transact(operation, vec![part])).await? {
                Transaction::Committed => Attempt::Done(Item::new()),
                Transaction::Lost(_) => Attempt::Lost(self.get_item(operation, key).await?),
            });
        }
        for attempt in 0..ATTEMPTS {
            self.pause(attempt).await;
            let put = self
                .client()
                .put_item()
                .table_name(&self.table)
                .set_item(Some(item.clone()))
                .set_condition_expression(condition.condition())
                .set_expression_attribute_names(condition.names())
                .set_expression_attribute_values(condition.values())
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
            match apart(put.send()).await {
                Ok(_) => return Ok(Attempt::Done(Item::new())),
                Err(SdkError::ServiceError(service)) => match service.into_err() {
                    PutItemError::ConditionalCheckFailedException(lost) => {
                        return Ok(Attempt::Lost(lost.item));
                    }
                    PutItemError::TransactionConflictException(_) => {}
                    error => return Err(StoreError::named(operation, &error)),
                },
                Err(error) => return Err(StoreError::of(operation, &error)),
            }
        }
        Err(StoreError::contended(operation))
    }

    /// Changes an item where the condition holds.
    pub(crate) async fn update(
        &self,
        operation: &'static str,
        key: Key,
        change: &Expression,
    ) -> Result<Attempt, StoreError> {
        if self.records() {
            // Apart, so that the future of every other write is not as large.
            return Box::pin(self.recorded_update(operation, key, change)).await;
        }
        let Some(direct) = &self.direct else {
            return apart(self.update_by_sdk(operation, key, change, 0, None)).await;
        };
        let question = Question::Update(&key, change);
        let (begun, config, refunds) = match direct.attempt(operation, &self.table, question).await {
            direct::Attempt::Answered(Answer::Changed(item)) => {
                direct.succeeded(false);
                return Ok(Attempt::Done(item));
            }
            direct::Attempt::Answered(Answer::Lost(item)) => {
                direct.succeeded(false);
                return Ok(Attempt::Lost(item));
            }
            direct::Attempt::Answered(Answer::Contended) => (1, None, false),
            direct::Attempt::Answered(Answer::Found { .. } | Answer::Committed | Answer::Canceled(_)) => {
                return Err(StoreError::unavailable(operation, "an answer that is none"));
            }
            direct::Attempt::Left { config, refund } => (0, Some(config), refund),
            direct::Attempt::Failed(error) => return Err(error),
        };
        // Apart: what the SDK needs for a call is large, and seldom needed here.
        let done = apart(self.update_by_sdk(operation, key, change, begun, config)).await?;
        direct.succeeded(refunds);
        Ok(done)
    }

    /// `begun` attempts were made, and the next has `config` in the place of the client's.
    async fn update_by_sdk(
        &self,
        operation: &'static str,
        key: Key,
        change: &Expression,
        begun: u32,
        mut config: Option<Box<config::Builder>>,
    ) -> Result<Attempt, StoreError> {
        let key = key.into_item();
        for attempt in begun..ATTEMPTS {
            self.pause(attempt).await;
            let request = self
                .client()
                .update_item()
                .table_name(&self.table)
                .set_key(Some(key.clone()))
                .set_condition_expression(change.condition())
                .set_update_expression(change.change())
                .set_expression_attribute_names(change.names())
                .set_expression_attribute_values(change.values())
                .return_values(ReturnValue::AllNew)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
            let sent = match config.take() {
                None => request.send().await,
                Some(config) => request.customize().config_override(*config).send().await,
            };
            match sent {
                Ok(answer) => return Ok(Attempt::Done(answer.attributes.unwrap_or_default())),
                Err(SdkError::ServiceError(service)) => match service.into_err() {
                    UpdateItemError::ConditionalCheckFailedException(lost) => {
                        return Ok(Attempt::Lost(lost.item));
                    }
                    UpdateItemError::TransactionConflictException(_) => {}
                    error => return Err(StoreError::named(operation, &error)),
                },
                Err(error) => return Err(StoreError::of(operation, &error)),
            }
        }
        Err(StoreError::contended(operation))
    }

    /// Deletes an item where the condition holds.
    pub(crate) async fn delete(
        &self,
        operation: &'static str,
        key: Key,
        condition: &Expression,
    ) -> Result<Attempt, StoreError> {
        if self.records() {
            // A transaction does not tell what it deletes.
            let before = self.get_item(operation, key.clone()).await?;
            let part = condition.clone().delete(&self.table, key)?;
            let sent = Box::pin(self.transact(operation, vec![part])).await?;
            return Ok(match sent {
                Transaction::Committed => Attempt::Done(before.unwrap_or_default()),
                Transaction::Lost(_) => Attempt::Lost(before),
            });
        }
        let key = key.into_item();
        for attempt in 0..ATTEMPTS {
            self.pause(attempt).await;
            let sent = self
                .client()
                .delete_item()
                .table_name(&self.table)
                .set_key(Some(key.clone()))
                .set_condition_expression(condition.condition())
                .set_expression_attribute_names(condition.names())
                .set_expression_attribute_values(condition.values())
                .return_values(ReturnValue::AllOld)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .send()
                .await;
            match sent {
                Ok(answer) => return Ok(Attempt::Done(answer.attributes.unwrap_or_default())),
                Err(SdkError::ServiceError(service)) => match service.into_err() {
                    DeleteItemError::ConditionalCheckFailedException(lost) => {
                        return Ok(Attempt::Lost(lost.item));
                    }
                    DeleteItemError::TransactionConflictException(_) => {}
                    error => return Err(StoreError::named(operation, &error)),
                },
                Err(error) => return Err(StoreError::of(operation, &error)),
            }
        }
        Err(StoreError::contended(operation))
    }

    /// One update, in one transaction with the event.
    ///
    /// A transaction does not tell what it leaves, so the item is read before and the change applied to it here: a
    /// read that failed afterwards would hide that the write is done.
    async fn recorded_update(
        &self,
        operation: &'static str,
        key: Key,
        change: &Expression,
    ) -> Result<Attempt, StoreError> {
        let before = self.get_item(operation, key.clone()).await?;
        let part = change.clone().update(&self.table, key.clone())?;
        Ok(match self.transact(operation, vec![part]).await? {
            Transaction::Committed => {
                Attempt::Done(change.applied(before.unwrap_or_else(|| key.into_item())))
            }
            Transaction::Lost(_) => Attempt::Lost(self.get_item(operation, key).await?),
        })
    }
}
