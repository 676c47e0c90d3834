//! The answer, and DynamoDB's JSON for items.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html>

use super::request::Question;
use crate::{
    item::{Item, Key, PK, SK},
    transact::NO_REASON,
};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use std::{collections::HashMap, fmt, marker::PhantomData};

/// A clean answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// What was found, and the keys that DynamoDB did not get to.
    Found { items: Vec<Item>, left: Vec<Item> },
    /// The item as an update left it.
    Changed(Item),
    /// The condition of an update failed. The item as it is, where there is one.
    Lost(Option<Item>),
    /// A transaction was at the item at the same moment: the update may be tried again.
    Contended,
    /// All of a transaction is written.
    Committed,
    /// None of it is, for these reasons, one for each part, by their codes.
    Canceled(Vec<String>),
}

/// A clean answer of success to the question. `None` where it is none: what belongs to another question must not read as an
/// absence.
pub(super) fn parse(body: &[u8], table: &str, question: Question<'_>) -> Option<Answer> {
    // The whole at once: a text at a time it would be checked again and again.
    let body = str::from_utf8(body).ok()?;
    match question {
        Question::One(key) => one(body, key),
        Question::Batch(keys) => batch(body, table, keys),
        Question::Update(key, _) => changed(body, key),
        Question::Transaction { .. } => committed(body),
    }
}

/// What a refusal says.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// A clean answer to a write that was not done.
    Clean(Answer),
    /// No refusal of DynamoDB's, or none of this question.
    Foreign,
    /// By its code; for the SDK to say what it means.
    Other(Option<String>),
}

/// The body of a 400.
pub(super) fn refused(body: &[u8], question: Question<'_>) -> Refusal {
    let Ok(body) = serde_json::from_slice::<Refused>(body) else { return Refusal::Foreign };
    match (body.code(), question) {
        (Some("ConditionalCheckFailedException"), Question::Update(key, _)) => {
            let item = body.item.map(|it| it.0);
            let own = answers(std::slice::from_ref(key), item.iter());
            if own { Refusal::Clean(Answer::Lost(item)) } else { Refusal::Foreign }
        }
        (Some("TransactionCanceledException"), Question::Transaction { parts, .. }) => {
            let codes: Vec<_> = body.reasons.into_iter().map(|it| it.code).collect();
            if codes.len() == parts.len() {
                Refusal::Clean(Answer::Canceled(codes))
            } else {
                Refusal::Foreign
            }
        }
        // Reads have no condition, and a transaction's are its reasons.
        (Some("ConditionalCheckFailedException" | "TransactionCanceledException"), _) => Refusal::Foreign,
        (Some("TransactionConflictException"), Question::Update(..)) => Refusal::Clean(Answer::Contended),
        (code, _) => Refusal::Other(code.map(str::to_owned)),
    }
}

fn changed(body: &str, key: &Key) -> Option<Answer> {
    let body: Changed = serde_json::from_str(body).ok()?;
    let item = body.attributes.0;
    answers(std::slice::from_ref(key), std::iter::once(&item)).then_some(Answer::Changed(item))
}

fn committed(body: &str) -> Option<Answer> {
    let _body: Committed = serde_json::from_str(body).ok()?;
    Some(Answer::Committed)
}

fn one(body: &str, key: &Key) -> Option<Answer> {
    let body: One = serde_json::from_str(body).ok()?;
    let items = Vec::from_iter(body.item.map(|it| it.0));
    let answers = answers(std::slice::from_ref(key), items.iter());
    answers.then_some(Answer::Found { items, left: Vec::new() })
}

fn batch(body: &str, table: &str, keys: &[Key]) -> Option<Answer> {
    let body: Batch = serde_json::from_str(body).ok()?;
    let items = body.responses.of(table)?;
    let left = body.unprocessed_keys.unwrap_or(OfTable(None)).of(table)?.keys;
    let [items, left]: [Vec<Item>; 2] = [items, left].map(|it| it.into_iter().map(|it| it.0).collect());
    answers(keys, items.iter().chain(&left)).then_some(Answer::Found { items, left })
}

/// Whether each of these has one of the keys, and no two the same.
fn answers<'a>(keys: &[Key], mut of: impl Iterator<Item = &'a Item>) -> bool {
    let mut seen = 0_u128;
    of.all(|item| {
        let place = position(keys, item).and_then(|at| 1_u128.checked_shl(at));
        let fresh = place.filter(|place| seen & place == 0);
        seen |= fresh.unwrap_or(0);
        fresh.is_some()
    })
}

fn position(keys: &[Key], item: &Item) -> Option<u32> {
    let text = |name| item.get(name)?.as_s().ok();
    let (pk, sk) = (text(PK)?, text(SK)?);
    keys.iter().position(|key| key.sk == *sk && key.pk == *pk)?.try_into().ok()
}

/// The code of an error: `com.amazonaws.dynamodb.v20120810#ThrottlingException` names one.
pub(super) fn code(body: &[u8]) -> Option<String> {
    let refused: Refused = serde_json::from_slice(body).ok()?;
    refused.code().map(str::to_owned)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Changed {
    attributes: Attributes,
}

/// Where the item is absent there is no member for it, so nothing else may stand there that is not known.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct One {
    item: Option<Attributes>,
    #[serde(rename = "ConsumedCapacity")]
    _capacity: Option<IgnoredAny>,
}

/// A transaction that is written is told by no member of its own, so nothing else may stand there that is not known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Committed {
    #[serde(rename = "ConsumedCapacity")]
    _capacity: Option<IgnoredAny>,
    #[serde(rename = "ItemCollectionMetrics")]
    _metrics: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    responses: OfTable<Vec<Attributes>>,
    unprocessed_keys: Option<OfTable<Unprocessed>>,
}

/// What there is of one table, by its name. Of two is no answer.
struct OfTable<T>(Option<(String, T)>);

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Unprocessed {
    keys: Vec<Attributes>,
}

#[derive(Deserialize)]
struct Refused {
    #[serde(rename = "__type")]
    name: Option<String>,
    /// Of an update whose condition failed.
    #[serde(rename = "Item")]
    item: Option<Attributes>,
    /// Of a transaction that was canceled.
    #[serde(rename = "CancellationReasons", default)]
    reasons: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(rename = "Code", default = "no_reason")]
    code: String,
}

fn no_reason() -> String {
    NO_REASON.to_owned()
}

impl Refused {
    fn code(&self) -> Option<&str> {
        self.name.as_deref()?.rsplit('#').next()
    }
}

impl<T: Default> OfTable<T> {
    fn of(self, table: &str) -> Option<T> {
        match self.0 {
            None => Some(T::default()),
            Some((name, it)) => (name == table).then_some(it),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OfTable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneTable<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneTable<T> {
            type Value = OfTable<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("at most one table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OfTable<T>, A::Error> {
                let Some(table) = map.next_entry()? else { return Ok(OfTable(None)) };
                match map.next_key::<IgnoredAny>()? {
                    None => Ok(OfTable(Some(table))),
                    Some(_) => Err(A::Error::custom("two tables")),
                }
            }
        }
        deserializer.deserialize_map(OneTable(PhantomData))
    }
}

struct Attributes(Item);

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfItem;
        impl<'de> Visitor<'de> for OfItem {
            type Value = Attributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an item")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
                let mut item = HashMap::with_capacity(24);
                while let Some((name, Value(value))) = map.next_entry()? {
                    if item.insert(name, value).is_some() {
                        return Err(A::Error::custom("an attribute twice"));
                    }
                }
                Ok(Attributes(item))
            }
        }
        deserializer.deserialize_map(OfItem)
    }
}

struct Value(AttributeValue);

/// The one member of a value.
#[derive(Deserialize)]
#[serde(field_identifier)]
enum Kind {
    S,
    N,
    B,
    #[serde(rename = "SS")]
    Texts,
    #[serde(rename = "NS")]
    Numbers,
    #[serde(rename = "BS")]
    Binaries,
    M,
    L,
    #[serde(rename = "NULL")]
    Null,
    #[serde(rename = "BOOL")]
    Bool,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfValue;
        impl<'de> Visitor<'de> for OfValue {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value of one kind")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let kind = map.next_key()?.ok_or_else(|| A::Error::custom("a value of no kind"))?;
                let value = match kind {
                    Kind::S => AttributeValue::S(map.next_value()?),
                    Kind::N => AttributeValue::N(map.next_value()?),
                    Kind::B => AttributeValue::B(map.next_value::<Binary>()?.0),
                    Kind::Texts => AttributeValue::Ss(map.next_value()?),
                    Kind::Numbers => AttributeValue::Ns(map.next_value()?),
                    Kind::Binaries => AttributeValue::Bs(
                        map.next_value::<Vec<Binary>>()?.into_iter().map(|it| it.0).collect(),
                    ),
                    Kind::M => AttributeValue::M(map.next_value::<Attributes>()?.0),
                    Kind::L => AttributeValue::L(
                        map.next_value::<Vec<Value>>()?.into_iter().map(|it| it.0).collect(),
                    ),
                    Kind::Null => AttributeValue::Null(map.next_value()?),
                    Kind::Bool => AttributeValue::Bool(map.next_value()?),
                };
                match map.next_key::<IgnoredAny>()? {
                    None => Ok(Value(value)),
                    Some(_) => Err(A::Error::custom("a value of two kinds")),
                }
            }
        }
        deserializer.deserialize_map(OfValue)
    }
}

struct Binary(Blob);

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        STANDARD.decode(&*text).map(|bytes| Self(Blob::new(bytes))).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
