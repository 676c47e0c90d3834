//! The answer, and DynamoDB's JSON for items.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html>

use crate::item::{Item, Key, PK, SK};
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use std::{collections::HashMap, fmt, marker::PhantomData};

/// What was found, and the keys that DynamoDB did not get to.
pub(super) struct Answer {
    pub(super) items: Vec<Item>,
    pub(super) left: Vec<Item>,
}

/// A clean answer about these keys, of which there are at most a hundred. `None` where it is none: what belongs to
/// another question must not read as an absence.
pub(super) fn parse(body: &[u8], table: &str, keys: &[Key]) -> Option<Answer> {
    // The whole at once: a text at a time it would be checked again and again.
    let body: Body = serde_json::from_str(str::from_utf8(body).ok()?).ok()?;
    let items = body.responses.of(table)?;
    let left = body.unprocessed_keys.unwrap_or(OfTable(None)).of(table)?.keys;
    let [items, left]: [Vec<Item>; 2] = [items, left].map(|it| it.into_iter().map(|it| it.0).collect());
    answers(keys, items.iter().chain(&left)).then_some(Answer { items, left })
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
    let name = refused.name?;
    Some(name.rsplit('#').next()?.to_owned())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
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
mod tests {
    use super::*;

    fn asked() -> [Key; 2] {
        ["b", "c"].map(|sk| Key { pk: "a".to_owned(), sk: sk.to_owned() })
    }

    fn parse_asked(text: &str) -> Option<Answer> {
        parse(text.as_bytes(), "table", &asked())
    }

    fn items(text: &str) -> Option<Vec<Item>> {
        let answer = parse_asked(text)?;
        assert!(answer.left.is_empty());
        Some(answer.items)
    }

    #[test]
    fn every_kind_of_value_is_read() {
        let text = r#"{"Responses":{"table":[{"pk":{"S":"a"},"sk":{"S":"b"},
            "s":{"S":"a\"\u00e9"},"n":{"N":"-1.5"},"b":{"B":"AAH/"},"t":{"BOOL":true},"z":{"NULL":true},
            "ss":{"SS":["a","b"]},"ns":{"NS":["1"]},"bs":{"BS":["AA=="]},
            "l":{"L":[{"S":"x"},{"L":[]}]},"m":{"M":{"i":{"N":"2"}}}}]},
            "UnprocessedKeys":{},"ConsumedCapacity":[{"CapacityUnits":1.0}]}"#;
        let expected = HashMap::from([
            ("pk", AttributeValue::S("a".to_owned())),
            ("sk", AttributeValue::S("b".to_owned())),
            ("s", AttributeValue::S("a\"é".to_owned())),
            ("n", AttributeValue::N("-1.5".to_owned())),
            ("b", AttributeValue::B(Blob::new([0, 1, 255]))),
            ("t", AttributeValue::Bool(true)),
            ("z", AttributeValue::Null(true)),
            ("ss", AttributeValue::Ss(vec!["a".to_owned(), "b".to_owned()])),
            ("ns", AttributeValue::Ns(vec!["1".to_owned()])),
            ("bs", AttributeValue::Bs(vec![Blob::new([0])])),
            ("l", AttributeValue::L(vec![AttributeValue::S("x".to_owned()), AttributeValue::L(Vec::new())])),
            ("m", AttributeValue::M(HashMap::from([("i".to_owned(), AttributeValue::N("2".to_owned()))]))),
        ]);
        let expected: Item = expected.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        assert_eq!(items(text), Some(vec![expected]));
    }

    #[test]
    fn what_is_not_of_the_documented_form_is_no_answer_and_no_absence() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"UnprocessedKeys":{}}"#,
            r#"{"Responses":null}"#,
            r#"{"Responses":{"table":[{"pk":{"S":"a"}}]}"#,
            r#"{"Responses":{"table":[{"pk":{}}]}}"#,
            r#"{"Responses":{"table":[{"pk":{"S":"a","N":"1"}}]}}"#,
            r#"{"Responses":{"table":[{"pk":{"X":"a"}}]}}"#,
            r#"{"Responses":{"table":[{"pk":{"S":1}}]}}"#,
            r#"{"Responses":{"table":[{"pk":{"B":"!"}}]}}"#,
            r#"{"Responses":{"table":[{"pk":"a"}]}}"#,
            r#"{"Responses":{"table":[null]}}"#,
            r#"{"Responses":{},"UnprocessedKeys":{"table":{}}}"#,
            r#"{"Responses":{}} more"#,
        ] {
            let text = text.replace(r#"{"pk""#, r#"{"sk":{"S":"b"},"pk""#);
            assert!(parse_asked(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_answer_to_another_question_is_none_and_no_absence() {
        let (b, c) = (r#"{"pk":{"S":"a"},"sk":{"S":"b"}}"#, r#"{"pk":{"S":"a"},"sk":{"S":"c"}}"#);
        let answer = |items: &str, left: &str| {
            format!(
                r#"{{"Responses":{{"table":[{items}]}},"UnprocessedKeys":{{"table":{{"Keys":[{left}]}}}}}}"#
            )
        };
        let good = [answer("", ""), answer(b, c), answer(&format!("{c},{b}"), ""), answer("", b)];
        for text in good {
            assert!(parse_asked(&text).is_some(), "{text}");
        }
        let foreign = r#"{"pk":{"S":"b"},"sk":{"S":"b"}}"#;
        for text in [
            answer(foreign, ""),
            answer("", foreign),
            answer(r#"{"pk":{"S":"a"}}"#, ""),
            answer(r#"{"sk":{"S":"b"}}"#, ""),
            answer(r#"{"pk":{"S":"a"},"sk":{"N":"1"}}"#, ""),
            // Twice, be it the one or the other.
            answer(&format!("{b},{b}"), ""),
            answer(b, b),
            answer("", &format!("{c},{b},{c}")),
            // An attribute twice, at any depth.
            answer(r#"{"pk":{"S":"b"},"pk":{"S":"a"},"sk":{"S":"b"}}"#, ""),
            answer(r#"{"pk":{"S":"a"},"sk":{"S":"b"},"m":{"M":{"x":{"N":"1"},"x":{"N":"1"}}}}"#, ""),
            // Another table, with the same keys or with none.
            r#"{"Responses":{"other":[]}}"#.to_owned(),
            r#"{"Responses":{"table":[],"other":[]}}"#.to_owned(),
            format!(r#"{{"Responses":{{"table":[{b}],"table":[]}}}}"#),
            format!(r#"{{"Responses":{{}},"UnprocessedKeys":{{"other":{{"Keys":[{b}]}}}}}}"#),
            r#"{"Responses":{},"Responses":{}}"#.to_owned(),
        ] {
            assert!(parse_asked(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn each_of_a_hundred_keys_has_a_place() {
        let key = |sk: usize| Key { pk: "a".to_owned(), sk: sk.to_string() };
        let keys: Vec<_> = (0..crate::read::BATCH_KEYS).map(key).collect();
        let items: Vec<_> = keys.iter().cloned().map(Key::into_item).collect();
        assert!(answers(&keys, items.iter()));
        assert!(!answers(&keys, items.iter().chain(items.last())));
    }

    #[test]
    fn what_was_left_out_is_told_from_what_is_not_there() {
        let text = r#"{"Responses":{},"UnprocessedKeys":{"table":{"Keys":[{"pk":{"S":"a"},"sk":{"S":"c"}}],"ConsistentRead":true}}}"#;
        let answer = parse_asked(text).unwrap();
        assert!(answer.items.is_empty());
        let [_, second] = asked();
        assert_eq!(answer.left, [second.into_item()]);
        let nothing = parse_asked(r#"{"Responses":{"table":[]},"UnprocessedKeys":null}"#).unwrap();
        assert!(nothing.items.is_empty() && nothing.left.is_empty());
    }

    #[test]
    fn an_error_is_known_by_its_code() {
        let text = br#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"x"}"#;
        assert_eq!(code(text).as_deref(), Some("ThrottlingException"));
        assert_eq!(code(br#"{"__type":"ThrottlingException"}"#).as_deref(), Some("ThrottlingException"));
        assert_eq!(code(br#"{"message":"x"}"#), None);
        assert_eq!(code(b"<html>"), None);
    }
}
