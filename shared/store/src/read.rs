//! The reads: one item, a batch, a listing. All strongly consistent.

use crate::{
    Store, StoreError,
    codec::Readable,
    direct::{Answer, Attempt, Question},
    expression::Expression,
    item::{INDEX, INDEX_PK, INDEX_SK, Item, Key, PK, SK},
    sdk::apart,
};
use aws_sdk_dynamodb::{
    config::{self, AsyncSleep as _},
    types::{AttributeValue, KeysAndAttributes},
};
use std::{collections::HashMap, time::Duration};

/// How often a call is made that DynamoDB answers with "not now".
pub(crate) const ATTEMPTS: u32 = 5;

/// How many pages a listing reads that has to be whole: 64 MiB of items.
const PAGES: usize = 64;

/// DynamoDB's limit for a batch of reads.
pub(crate) const BATCH_KEYS: usize = 100;

/// The items of a batch of reads.
pub(crate) struct Found(HashMap<Key, Item>);

impl Found {
    /// The record at `key`.
    pub(crate) fn record<R: Readable>(&self, key: &Key) -> Result<Option<R>, StoreError> {
        R::from_found(self.item(key))
    }

    pub(crate) fn item(&self, key: &Key) -> Option<&Item> {
        self.0.get(key)
    }
}

/// A batch of reads on its way.
#[derive(Default)]
struct Batch {
    found: HashMap<Key, Item>,
    /// The keys still to be read.
    open: Vec<Item>,
    /// How often it was asked for.
    begun: u32,
    /// In the place of the client's, for the next time.
    config: Option<Box<config::Builder>>,
}

impl Batch {
    fn of(keys: Vec<Key>) -> Self {
        Self { open: keys.into_iter().map(Key::into_item).collect(), ..Self::default() }
    }

    fn find(&mut self, items: impl IntoIterator<Item = Item>) -> Result<(), StoreError> {
        for item in items {
            self.found.insert(Key::of(&item)?, item);
        }
        Ok(())
    }
}

/// A listing of one partition, in the order of the sort keys.
pub(crate) struct Listing {
    pub(crate) partition: String,
    /// Of the sort keys; empty is all of them.
    pub(crate) prefix: &'static str,
    pub(crate) filter: Expression,
    /// Begins behind this key, be there an item of that key or not.
    pub(crate) after: Option<Key>,
    /// How many items are looked at, before the filter.
    pub(crate) limit: Option<usize>,
    /// From the end.
    pub(crate) backwards: bool,
}

/// A place in a partition of the index: the sort key there, and the item's own key.
pub(crate) struct IndexPosition {
    pub(crate) sk: String,
    pub(crate) item: Key,
}

impl Store {
    /// One item, strongly consistent.
    pub(crate) async fn get<R: Readable>(
        &self,
        operation: &'static str,
        key: Key,
    ) -> Result<Option<R>, StoreError> {
        R::from_found(self.get_item(operation, key).await?.as_ref())
    }

    pub(crate) async fn get_item(
        &self,
        operation: &'static str,
        key: Key,
    ) -> Result<Option<Item>, StoreError> {
        let Some(direct) = &self.direct else {
            return apart(self.get_item_by_sdk(operation, key, None)).await;
        };
        let (found, refunds) = match direct.attempt(operation, &self.table, Question::One(&key)).await {
            Attempt::Answered(answer) => (found(operation, answer)?.0.into_iter().next(), false),
            Attempt::Left { config, refund } => {
                (apart(self.get_item_by_sdk(operation, key, Some(config))).await?, refund)
            }
            Attempt::Failed(error) => return Err(error),
        };
        direct.succeeded(refunds);
        Ok(found)
    }

    /// `config` in the place of the client's.
    async fn get_item_by_sdk(
        &self,
        operation: &'static str,
        key: Key,
        config: Option<Box<config::Builder>>,
    ) -> Result<Option<Item>, StoreError> {
        let request = self
            .client()
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.into_item()))
            .consistent_read(true);
        let answer = match config {
            None => request.send().await,
            Some(config) => request.customize().config_override(*config).send().await,
        };
        Ok(answer.map_err(|error| StoreError::of(operation, &error))?.item)
    }

    /// At most [`BATCH_KEYS`] items, no two keys equal, strongly consistent. Asks again only for what
    /// DynamoDB left out, and fails where that stays out: an item left out is not an absent one.
    pub(crate) async fn batch_get(
        &self,
        operation: &'static str,
        keys: Vec<Key>,
    ) -> Result<Found, StoreError> {
        let Some(direct) = &self.direct else {
            return apart(self.batch_get_some(operation, Batch::of(keys), None)).await;
        };
        let mut refunds = false;
        let batch = match direct.attempt(operation, &self.table, Question::Batch(&keys)).await {
            Attempt::Answered(answer) => {
                let (items, left) = found(operation, answer)?;
                let mut batch = Batch { open: left, begun: 1, ..Batch::default() };
                batch.find(items)?;
                batch
            }
            Attempt::Left { config, refund } => {
                refunds = refund;
                Batch { config: Some(config), ..Batch::of(keys) }
            }
            Attempt::Failed(error) => return Err(error),
        };
        let found = if batch.open.is_empty() {
            Found(batch.found)
        } else {
            apart(self.batch_get_some(operation, batch, None)).await?
        };
        direct.succeeded(refunds);
        Ok(found)
    }

    /// [`Store::batch_get`] of the keys and one attribute only, for who may read no other.
    pub(crate) async fn batch_get_attribute(
        &self,
        operation: &'static str,
        keys: Vec<Key>,
        attribute: &'static str,
    ) -> Result<Found, StoreError> {
        self.batch_get_some(operation, Batch::of(keys), Some(attribute)).await
    }

    async fn batch_get_some(
        &self,
        operation: &'static str,
        mut batch: Batch,
        attribute: Option<&'static str>,
    ) -> Result<Found, StoreError> {
        for attempt in batch.begun..ATTEMPTS {
            if batch.open.is_empty() {
                break;
            }
            self.pause(attempt).await;
            let names = attribute.map(|attribute| {
                [("#pk", PK), ("#sk", SK), ("#attribute", attribute)]
                    .map(|(name, attribute)| (name.to_owned(), attribute.to_owned()))
                    .into()
            });
            let asked = KeysAndAttributes::builder()
                .set_projection_expression(attribute.map(|_| "#pk, #sk, #attribute".to_owned()))
                .set_expression_attribute_names(names)
                .set_keys(Some(batch.open))
                .consistent_read(true)
                .build()
                .map_err(StoreError::incomplete)?;
            let request = self.client().batch_get_item().request_items(&self.table, asked);
            let answer = match batch.config.take() {
                None => request.send().await,
                Some(config) => request.customize().config_override(*config).send().await,
            };
            let answer = answer.map_err(|error| StoreError::of(operation, &error))?;
            let left = answer.unprocessed_keys.unwrap_or_default().into_values();
            batch.open = left.flat_map(|it| it.keys).collect();
            batch.find(answer.responses.unwrap_or_default().into_values().flatten())?;
        }
        if batch.open.is_empty() {
            return Ok(Found(batch.found));
        }
        Err(StoreError::Throttled { operation, cause: "UnprocessedKeys".to_owned() })
    }

    /// One page of a listing, and the key to go on behind.
    pub(crate) async fn page(
        &self,
        operation: &'static str,
        listing: &Listing,
    ) -> Result<(Vec<Item>, Option<Key>), StoreError> {
        let mut names = listing.filter.names().unwrap_or_default();
        names.insert("#pk".to_owned(), PK.to_owned());
        let mut values = listing.filter.values().unwrap_or_default();
        values.insert(":pk".to_owned(), AttributeValue::S(listing.partition.clone()));
        let mut keys = "#pk = :pk".to_owned();
        // DynamoDB takes no empty text for a key.
        if !listing.prefix.is_empty() {
            keys.push_str(" AND begins_with(#sk, :sk)");
            names.insert("#sk".to_owned(), SK.to_owned());
            values.insert(":sk".to_owned(), AttributeValue::S(listing.prefix.to_owned()));
        }
        let answer = self
            .client()
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(!listing.backwards)
            .key_condition_expression(keys)
            .set_filter_expression(listing.filter.condition())
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .set_exclusive_start_key(listing.after.clone().map(Key::into_item))
            .set_limit(listing.limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
            .send()
            .await
            .map_err(|error| StoreError::of(operation, &error))?;
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty());
        Ok((answer.items.unwrap_or_default(), next.as_ref().map(Key::of).transpose()?))
    }

    /// The keys of at most `limit` items of a partition of the index, in the order of its sort keys, and whether
    /// more follow. `limit` is at most [`BATCH_KEYS`], so that one batch reads what they name. The index is
    /// eventually consistent: it may lack what was just written, and name what is gone.
    pub(crate) async fn index_page(
        &self,
        operation: &'static str,
        partition: &str,
        prefix: &str,
        after: Option<IndexPosition>,
        limit: usize,
    ) -> Result<(Vec<Key>, bool), StoreError> {
        let limit = limit.min(BATCH_KEYS);
        let start = after.map(|position| {
            let mut start = position.item.into_item();
            start.insert(INDEX_PK.to_owned(), AttributeValue::S(partition.to_owned()));
            start.insert(INDEX_SK.to_owned(), AttributeValue::S(position.sk));
            start
        });
        let mut query = self
            .client()
            .query()
            .table_name(&self.table)
            .index_name(INDEX)
            .expression_attribute_names("#pk", INDEX_PK)
            .expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()));
        let mut keys = "#pk = :pk".to_owned();
        if !prefix.is_empty() {
            keys.push_str(" AND begins_with(#sk, :sk)");
            query = query
                .expression_attribute_names("#sk", INDEX_SK)
                .expression_attribute_values(":sk", AttributeValue::S(prefix.to_owned()));
        }
        let answer = query
            .key_condition_expression(keys)
            .set_exclusive_start_key(start)
            // One more than asked for tells whether more follow.
            .limit(i32::try_from(limit.saturating_add(1)).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| StoreError::of(operation, &error))?;
        let items = answer.items.unwrap_or_default();
        let more = items.len() > limit || answer.last_evaluated_key.is_some_and(|key| !key.is_empty());
        Ok((items.iter().take(limit).map(Key::of).collect::<Result<_, _>>()?, more))
    }

    /// Every record of a listing.
    pub(crate) async fn all<R: Readable>(
        &self,
        operation: &'static str,
        partition: String,
        prefix: &'static str,
    ) -> Result<Vec<R>, StoreError> {
        self.all_where(operation, partition, prefix, Expression::always()).await
    }

    /// Every record of a listing that passes the filter.
    pub(crate) async fn all_where<R: Readable>(
        &self,
        operation: &'static str,
        partition: String,
        prefix: &'static str,
        filter: Expression,
    ) -> Result<Vec<R>, StoreError> {
        let mut listing = Listing { partition, prefix, filter, after: None, limit: None, backwards: false };
        let mut records = Vec::new();
        for _ in 0..PAGES {
            let (items, next) = self.page(operation, &listing).await?;
            for item in &items {
                records.push(R::from_item(item)?);
            }
            listing.after = next;
            if listing.after.is_none() {
                return Ok(records);
            }
        }
        Err(StoreError::unavailable(operation, "more items than one call reads"))
    }

    /// A short wait before an attempt that is not the first, where the client has a sleep: 10 ms, doubled.
    pub(crate) async fn pause(&self, attempt: u32) {
        if attempt > 0
            && let Some(sleep) = self.sdk.config().sleep_impl()
        {
            sleep.sleep(Duration::from_millis(5 << attempt)).await;
        }
    }
}

/// What a read has found, and what is left of it.
fn found(operation: &'static str, answer: Answer) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
    match answer {
        Answer::Found { items, left } => Ok((items, left)),
        Answer::Changed(_)
        | Answer::Lost(_)
        | Answer::Contended
        | Answer::Committed
        | Answer::Canceled(_) => Err(StoreError::unavailable(operation, "an answer that is none")),
    }
}
