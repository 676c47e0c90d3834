//! One listing that is spread over several partitions, merged page by page.
//!
//! 1. Each partition is asked once for one item more than the page has, from behind the position.
//! 2. Where a partition was cut off before that, nothing behind its end is taken: what it still has comes first.
//! 3. The items are put in the order of their sort keys, up or down, and the page is cut.
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
    Table,
}

/// A listing over partitions, in the order of the sort keys.
pub(crate) struct Sharded {
    pub(crate) over: Over,
    pub(crate) partitions: Vec<String>,
    /// From this sort key to that one, both included. Neither is empty.
    pub(crate) range: (String, String),
    /// Begins behind this sort key, be there an item of that key or not.
    pub(crate) after: Option<String>,
    /// From the greatest sort key to the least.
    pub(crate) backwards: bool,
    /// How many items the page has at most; of the index no more than [`BATCH_KEYS`], so that one batch reads what
    /// they name.
    pub(crate) limit: usize,
}

/// The range of the sort keys that begin so.
pub(crate) fn beginning_with(prefix: String) -> (String, String) {
    let end = format!("{prefix}{LAST_CHARACTER}");
    (prefix, end)
}

impl Sharded {
    fn limit(&self) -> usize {
        match self.over {
            Over::Index => self.limit.min(BATCH_KEYS),
            Over::Table => self.limit,
        }
    }

    /// The range from behind `after`. Its upper end may be `after` itself: no text is the last one before another.
    fn rest(&self) -> (String, String) {
        let (from, to) = self.range.clone();
        match &self.after {
            None => (from, to),
            Some(after) if self.backwards => (from, to.min(after.clone())),
            // The least text behind another is that one and the least character.
            Some(after) => (from.max(format!("{after}\0")), to),
        }
    }
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
        Ok(merge(parts, listing.limit(), listing.backwards))
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
        let (from, to) = listing.rest();
        // Such a range is empty, which DynamoDB refuses.
        if from > to {
            return Ok(Part { items: Vec::new(), cut: None });
        }
        let mut query = self
            .client()
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
            .expression_attribute_names("#pk", pk)
            .expression_attribute_names("#sk", sk)
            .expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()))
            .expression_attribute_values(":from", AttributeValue::S(from))
            .expression_attribute_values(":to", AttributeValue::S(to))
            .scan_index_forward(!listing.backwards);
        query = match listing.over {
            Over::Index => query.index_name(INDEX),
            Over::Table => query.consistent_read(true),
        };
        // One that tells whether others follow, and `after` where it is within the range.
        let limit = listing.limit().saturating_add(if listing.backwards { 2 } else { 1 });
        let answer = query
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| StoreError::of(operation, &error))?;
        let cut = answer.last_evaluated_key.filter(|key| !key.is_empty());
        let cut = cut.as_ref().map(|key| sort_key(key, sk)).transpose()?;
        let items = answer.items.unwrap_or_default();
        let items = items.into_iter().map(|item| Ok((sort_key(&item, sk)?, item)));
        let mut items = items.collect::<Result<Vec<_>, StoreError>>()?;
        items.retain(|(sk, _)| Some(sk) != listing.after.as_ref());
        Ok(Part { items, cut })
    }
}

fn sort_key(item: &Item, attribute: &'static str) -> Result<String, StoreError> {
    match item.get(attribute) {
        Some(AttributeValue::S(text)) => Ok(text.clone()),
        _ => Err(StoreError::Corrupt { record: "unknown", attribute }),
    }
}

/// The first `limit` of all items in the order of the sort keys, and where to go on.
fn merge(parts: Vec<Part>, limit: usize, backwards: bool) -> (Vec<Item>, Option<String>) {
    let order = |one: &String, other: &String| if backwards { other.cmp(one) } else { one.cmp(other) };
    let end = parts.iter().filter_map(|part| part.cut.clone()).min_by(order);
    let mut items: Vec<_> = parts.into_iter().flat_map(|part| part.items).collect();
    if let Some(end) = &end {
        items.retain(|(sk, _)| order(sk, end).is_le());
    }
    items.sort_by(|(one, _), (other, _)| order(one, other));
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
        directed(parts, limit, false)
    }

    fn directed(parts: Vec<Part>, limit: usize, backwards: bool) -> (Vec<String>, Option<String>) {
        let (items, next) = merge(parts, limit, backwards);
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
    #[test]
    fn backwards_is_the_same_from_the_other_end() {
        let parts = || vec![part(&["d", "a"], None), part(&[], None), part(&["c", "b"], None)];
        assert_eq!(directed(parts(), 3, true), (vec!["d".into(), "c".into(), "b".into()], Some("b".into())));
        assert_eq!(directed(parts(), 4, true).1, None);
        let cut = vec![part(&["d"], Some("c")), part(&["c1", "a"], None)];
        assert_eq!(directed(cut, 3, true), (vec!["d".into(), "c1".into()], Some("c".into())));
    }
}
