//! Conditions and updates, written by attribute name instead of as strings.

use crate::{
    StoreError,
    item::{Item, Key, PK, SK},
};
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use std::collections::HashMap;

/// What has to hold, joined by AND, and what is to change. Every attribute goes by a placeholder, so that
/// none meets a reserved word.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expression {
    conditions: Vec<String>,
    sets: Vec<String>,
    /// What the sets do to an item.
    changes: Vec<(&'static str, Change)>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

/// What becomes of an attribute.
#[derive(Debug, Clone)]
enum Change {
    Set(AttributeValue),
    Add(i64),
}

impl Expression {
    /// The item as the change leaves it, of the item as it was.
    pub(crate) fn applied(&self, mut item: Item) -> Item {
        for (attribute, change) in &self.changes {
            let value = match change {
                Change::Set(value) => value.clone(),
                Change::Add(by) => {
                    let before = item.get(*attribute).and_then(|it| it.as_n().ok()?.parse().ok());
                    let after = before.unwrap_or(0_i64).saturating_add(*by);
                    AttributeValue::N(after.to_string())
                }
            };
            item.insert((*attribute).to_owned(), value);
        }
        item
    }

    /// No item is there yet.
    pub(crate) fn absent() -> Self {
        let mut it = Self::default();
        let pk = it.name(PK);
        it.conditions.push(format!("attribute_not_exists({pk})"));
        it
    }

    /// An item is there. Without this, an update makes one.
    pub(crate) fn exists() -> Self {
        let mut it = Self::default();
        let pk = it.name(PK);
        it.conditions.push(format!("attribute_exists({pk})"));
        it
    }

    /// No condition.
    pub(crate) fn always() -> Self {
        Self::default()
    }

    pub(crate) fn equals(self, attribute: &'static str, value: AttributeValue) -> Self {
        self.compares(attribute, "=", value)
    }

    /// The attribute has this value, or is not there: for one that items of an earlier release lack.
    pub(crate) fn equals_or_lacks(mut self, attribute: &'static str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.conditions.push(format!("({name} = {value} OR attribute_not_exists({name}))"));
        self
    }

    /// Each attribute gets its value.
    pub(crate) fn set_all(
        self,
        attributes: impl IntoIterator<Item = (&'static str, AttributeValue)>,
    ) -> Self {
        attributes.into_iter().fold(self, |it, (attribute, value)| it.set(attribute, value))
    }

    /// As the part of a transaction that gives an item that is there the attributes of `item`. What a newer release
    /// keeps in it beside them stays.
    pub(crate) fn overlay(mut self, table: &str, item: Item) -> Result<TransactWriteItem, StoreError> {
        let key = Key::of(&item)?;
        for (attribute, value) in item {
            if attribute != PK && attribute != SK {
                let name = format!("#{attribute}");
                let value = self.value(value);
                self.sets.push(format!("{name} = {value}"));
                self.names.insert(name, attribute);
            }
        }
        self.update(table, key)
    }

    /// The attribute is there, with another value.
    pub(crate) fn differs(self, attribute: &'static str, value: AttributeValue) -> Self {
        self.compares(attribute, "<>", value)
    }

    pub(crate) fn more_than(self, attribute: &'static str, value: AttributeValue) -> Self {
        self.compares(attribute, ">", value)
    }

    /// The attribute is there, with nothing in it.
    pub(crate) fn holds_null(mut self, attribute: &'static str) -> Self {
        let (name, value) = (self.name(attribute), self.value(AttributeValue::S("NULL".to_owned())));
        self.conditions.push(format!("attribute_type({name}, {value})"));
        self
    }

    pub(crate) fn set(mut self, attribute: &'static str, value: AttributeValue) -> Self {
        self.changes.push((attribute, Change::Set(value.clone())));
        let (name, value) = (self.name(attribute), self.value(value));
        self.sets.push(format!("{name} = {value}"));
        self
    }

    /// Adds `by`, which may be negative. The attribute has to be there: DynamoDB refuses otherwise.
    pub(crate) fn add(mut self, attribute: &'static str, by: i64) -> Self {
        self.changes.push((attribute, Change::Add(by)));
        let (name, value) = (self.name(attribute), self.value(AttributeValue::N(by.to_string())));
        self.sets.push(format!("{name} = {name} + {value}"));
        self
    }

    /// Adds `by`, which may be negative, to an attribute that counts from 0 where it is not there.
    pub(crate) fn add_from_zero(mut self, attribute: &'static str, by: i64) -> Self {
        self.changes.push((attribute, Change::Add(by)));
        let (name, zero) = (self.name(attribute), self.value(AttributeValue::N("0".to_owned())));
        let value = self.value(AttributeValue::N(by.to_string()));
        self.sets.push(format!("{name} = if_not_exists({name}, {zero}) + {value}"));
        self
    }

    /// The attribute is not there.
    pub(crate) fn lacks(mut self, attribute: &'static str) -> Self {
        let name = self.name(attribute);
        self.conditions.push(format!("attribute_not_exists({name})"));
        self
    }

    /// The attribute is more than this, or is not there.
    pub(crate) fn more_than_or_lacks(mut self, attribute: &'static str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.conditions.push(format!("({name} > {value} OR attribute_not_exists({name}))"));
        self
    }

    /// The attribute is a text that begins so.
    pub(crate) fn begins_with(mut self, attribute: &'static str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.conditions.push(format!("begins_with({name}, {value})"));
        self
    }

    /// The attribute is at most this, or is not there.
    pub(crate) fn at_most_or_lacks(mut self, attribute: &'static str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.conditions.push(format!("({name} <= {value} OR attribute_not_exists({name}))"));
        self
    }

    fn compares(mut self, attribute: &'static str, operator: &str, value: AttributeValue) -> Self {
        let (name, value) = (self.name(attribute), self.value(value));
        self.conditions.push(format!("{name} {operator} {value}"));
        self
    }

    fn name(&mut self, attribute: &'static str) -> String {
        let name = format!("#{attribute}");
        self.names.insert(name.clone(), attribute.to_owned());
        name
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let name = format!(":v{}", self.values.len());
        self.values.insert(name.clone(), value);
        name
    }

    /// What has to hold, for `ConditionExpression` or `FilterExpression`.
    pub(crate) fn condition(&self) -> Option<String> {
        (!self.conditions.is_empty()).then(|| self.conditions.join(" AND "))
    }

    /// What is to change, for `UpdateExpression`.
    pub(crate) fn change(&self) -> Option<String> {
        (!self.sets.is_empty()).then(|| format!("SET {}", self.sets.join(", ")))
    }

    /// The attributes behind the placeholders.
    pub(crate) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    /// The values behind the placeholders.
    pub(crate) fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }

    /// As the part of a transaction that puts `item`.
    pub(crate) fn put(self, table: &str, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .set_condition_expression(self.condition())
            .set_expression_attribute_names(self.names())
            .set_expression_attribute_values(self.values())
            .build()
            .map_err(StoreError::incomplete)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// As the part of a transaction that changes the item of `key`.
    pub(crate) fn update(self, table: &str, key: Key) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(table)
            .set_key(Some(key.into_item()))
            .set_condition_expression(self.condition())
            .set_update_expression(self.change())
            .set_expression_attribute_names(self.names())
            .set_expression_attribute_values(self.values())
            .build()
            .map_err(StoreError::incomplete)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// As the part of a transaction that deletes the item of `key`.
    pub(crate) fn delete(self, table: &str, key: Key) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(table)
            .set_key(Some(key.into_item()))
            .set_condition_expression(self.condition())
            .set_expression_attribute_names(self.names())
            .set_expression_attribute_values(self.values())
            .build()
            .map_err(StoreError::incomplete)?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// As the part of a transaction that only asks about the item of `key`.
    pub(crate) fn check(self, table: &str, key: Key) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(key.into_item()))
            .set_condition_expression(self.condition())
            .set_expression_attribute_names(self.names())
            .set_expression_attribute_values(self.values())
            .build()
            .map_err(StoreError::incomplete)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}
