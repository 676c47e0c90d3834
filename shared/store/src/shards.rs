//! One listing that is spread over several partitions, merged page by page.
//!
//! 1. Each partition is asked once for one item more than the page has, from behind the position.
//! 2. Where a partition was cut off before that, nothing behind its end is taken: what it still has comes first.
//! 3. The items are put in the order of their sort keys, and the page is cut.
//!
//! The position is the sort key of the page's last item. So no two partitions may hold the same sort key: one of
//! the two would be passed over where a page ends between them.

use crate::{
    Store, StoreError,
    item::{INDEX, INDEX_PK, INDEX_SK, Item, PK, SK},
    read::BATCH_KEYS,
};
use aws_sdk_dynamodb::types::AttributeValue;

/// Behind every text: no key of ours has it.
const LAST_CHARACTER: char = '\u{10ffff}';

/// Where the partitions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// In the index: a moment late, and with the attributes that lists show.
    Index,
    /// In the table itself: strongly consistent, and whole items.
    #[expect(dead_code, reason = "for listings of the table that are spread in the same way")]
    Table,
}

/// A listing over partitions, in the order of the sort keys.
pub(crate) struct Sharded {
    pub(crate) over: Over,
    pub(crate) partitions: Vec<String>,
    /// Of the sort keys; empty is all of them.
    pub(crate) prefix: String,
    /// Begins behind this sort key, be there an item of that key or not.
    pub(crate) after: Option<String>,
    /// How many items the page has at most; no more than [`BATCH_KEYS`], so that one batch reads what they name.
    pub(crate) limit: usize,
}

/// What one partition holds for a page.
struct Part {
    /// With their sort keys.
    items: Vec<(String, Item)>,
    /// The sort key behind which there may be more.
    cut: Option<String>,
}

impl Store {
    /// One page of a listing over partitions, and the sort key to go on behind; `None` at the end. One query for
    /// each partition.
    pub(crate) async fn merged_page(
        &self,
        operation: &'static str,
        listing: &Sharded,
    ) -> Result<(Vec<Item>, Option<String>), StoreError> {
        let mut parts = Vec::with_capacity(listing.partitions.len());
        for partition in &listing.partitions {
            parts.push(self.part(operation, listing, partition).await?);
        }
        Ok(merge(parts, listing.limit.min(BATCH_KEYS)))
    }

    async fn part(
        &self,
        operation: &'static str,
        listing: &Sharded,
        partition: &str,
    ) -> Result<Part, StoreError> {
        let (pk, sk) = match listing.over {
            Over::Index => (INDEX_PK, INDEX_SK),
            Over::Table => (PK, SK),
        };
        // The least text behind another is that one and the least character.
        let behind = listing.after.as_ref().map(|after| format!("{after}\0"));
        let from = behind.unwrap_or_default().max(listing.prefix.clone());
        let to = format!("{}{LAST_CHARACTER}", listing.prefix);
        // Such a range is empty, which DynamoDB refuses.
        if from > to {
            return Ok(Part { items: Vec::new(), cut: None });
        }
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .expression_attribute_names("#pk", pk)
            .expression_attribute_names("#sk", sk)
            .expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()))
            .expression_attribute_values(":to", AttributeValue::S(to));
        // DynamoDB takes no empty text for a key.
        let range = if from.is_empty() {
            "#sk <= :to"
        } else {
            query = query.expression_attribute_values(":from", AttributeValue::S(from));
            "#sk BETWEEN :from AND :to"
        };
        query = match listing.over {
            Over::Index => query.index_name(INDEX),
            Over::Table => query.consistent_read(true),
        };
        let limit = listing.limit.min(BATCH_KEYS).saturating_add(1);
        let answer = query
            .key_condition_expression(format!("#pk = :pk AND {range}"))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| StoreError::of(operation, &error))?;
        let cut = answer.last_evaluated_key.filter(|key| !key.is_empty());
        let cut = cut.as_ref().map(|key| sort_key(key, sk)).transpose()?;
        let items = answer.items.unwrap_or_default();
        let items = items.into_iter().map(|item| Ok((sort_key(&item, sk)?, item)));
        Ok(Part { items: items.collect::<Result<_, StoreError>>()?, cut })
    }
}

fn sort_key(item: &Item, attribute: &'static str) -> Result<String, StoreError> {
    match item.get(attribute) {
        Some(AttributeValue::S(text)) => Ok(text.clone()),
        _ => Err(StoreError::Corrupt { record: "unknown", attribute }),
    }
}

/// The first `limit` of all items in the order of the sort keys, and where to go on.
fn merge(parts: Vec<Part>, limit: usize) -> (Vec<Item>, Option<String>) {
    let end = parts.iter().filter_map(|part| part.cut.clone()).min();
    let mut items: Vec<_> = parts.into_iter().flat_map(|part| part.items).collect();
    if let Some(end) = &end {
        items.retain(|(sk, _)| sk <= end);
    }
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(|(sk, _)| sk.clone()) } else { end };
    (items.into_iter().map(|(_, item)| item).collect(), next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::text;

    fn part(keys: &[&str], cut: Option<&str>) -> Part {
        let items = keys.iter().map(|sk| ((*sk).to_owned(), Item::from([(SK.to_owned(), text(*sk))])));
        Part { items: items.collect(), cut: cut.map(str::to_owned) }
    }

    fn merged(parts: Vec<Part>, limit: usize) -> (Vec<String>, Option<String>) {
        let (items, next) = merge(parts, limit);
        (items.iter().map(|item| sort_key(item, SK).unwrap()).collect(), next)
    }

    #[test]
    fn a_page_is_in_the_order_of_all_partitions_and_says_where_it_ends() {
        let parts = || vec![part(&["a", "d"], None), part(&[], None), part(&["b", "c"], None)];
        assert_eq!(merged(parts(), 3), (vec!["a".into(), "b".into(), "c".into()], Some("c".into())));
        assert_eq!(merged(parts(), 4).1, None);
    }

    #[test]
    fn nothing_behind_the_end_of_a_partition_that_was_cut_off_is_taken() {
        let parts = vec![part(&["a"], Some("b")), part(&["b1", "c"], None)];
        assert_eq!(merged(parts, 3), (vec!["a".into()], Some("b".into())));
        let parts = vec![part(&["a", "b"], Some("b")), part(&["c"], None)];
        assert_eq!(merged(parts, 1), (vec!["a".into()], Some("a".into())));
    }
}
