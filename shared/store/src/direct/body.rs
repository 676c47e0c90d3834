//! What a request's body is made of: DynamoDB's JSON, written.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html>

use crate::item::{Key, PK, SK};
use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, engine::general_purpose::STANDARD};
use std::collections::HashMap;

/// RFC 8259 §7: what has to be escaped and no more, as the SDK writes it.
pub(super) fn push_text(body: &mut String, text: &str) {
    body.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|it: char| it < ' ' || matches!(it, '"' | '\\')) {
        let (plain, escaped) = rest.split_at(at);
        let mut escaped = escaped.chars();
        body.push_str(plain);
        escaped.next().into_iter().for_each(|it| push_escaped(body, it));
        rest = escaped.as_str();
    }
    body.push_str(rest);
    body.push('"');
}

fn push_escaped(body: &mut String, character: char) {
    let short = match character {
        '"' | '\\' => character,
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        _ => return body.push_str(&format!("\\u{:04x}", u32::from(character))),
    };
    body.extend(['\\', short]);
}

pub(super) fn push_key(body: &mut String, key: &Key) {
    for (begin, name, value) in [('{', PK, &key.pk), (',', SK, &key.sk)] {
        body.push(begin);
        push_text(body, name);
        body.push_str(r#":{"S":"#);
        push_text(body, value);
        body.push('}');
    }
    body.push('}');
}

/// A member of an object that has others before it.
pub(super) fn push_member(body: &mut String, name: &str, value: impl FnOnce(&mut String)) {
    body.push(',');
    push_text(body, name);
    body.push(':');
    value(body);
}

/// An object of these members.
pub(super) fn push_object<T>(
    body: &mut String,
    members: impl IntoIterator<Item = (impl AsRef<str>, T)>,
    mut push: impl FnMut(&mut String, T) -> Option<()>,
) -> Option<()> {
    body.push('{');
    for (index, (name, value)) in members.into_iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        push_text(body, name.as_ref());
        body.push(':');
        push(body, value)?;
    }
    body.push('}');
    Some(())
}

/// What the placeholders of an expression stand for, as members of an object that has others before them.
pub(super) fn push_placeholders(
    body: &mut String,
    names: Option<&HashMap<String, String>>,
    values: Option<&HashMap<String, AttributeValue>>,
) -> Option<()> {
    if let Some(names) = names {
        body.push_str(r#","ExpressionAttributeNames":"#);
        push_object(body, names, |body, name| {
            push_text(body, name);
            Some(())
        })?;
    }
    if let Some(values) = values {
        body.push_str(r#","ExpressionAttributeValues":"#);
        push_object(body, values, push_value)?;
    }
    Some(())
}

/// A member that may be left out, of an object that has others before it.
pub(super) fn push_optional(body: &mut String, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        push_member(body, name, |body| push_text(body, text));
    }
}

/// `None` for a kind that this does not know.
pub(super) fn push_value(body: &mut String, value: &AttributeValue) -> Option<()> {
    let (kind, end) = match value {
        AttributeValue::S(_) => (r#"{"S":"#, "}"),
        AttributeValue::N(_) => (r#"{"N":"#, "}"),
        AttributeValue::B(_) => (r#"{"B":"#, "}"),
        AttributeValue::Bool(_) => (r#"{"BOOL":"#, "}"),
        AttributeValue::Null(_) => (r#"{"NULL":"#, "}"),
        AttributeValue::Ss(_) => (r#"{"SS":["#, "]}"),
        AttributeValue::Ns(_) => (r#"{"NS":["#, "]}"),
        AttributeValue::Bs(_) => (r#"{"BS":["#, "]}"),
        AttributeValue::L(_) => (r#"{"L":["#, "]}"),
        AttributeValue::M(_) => (r#"{"M":"#, "}"),
        _ => return None,
    };
    body.push_str(kind);
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => push_text(body, text),
        AttributeValue::B(bytes) => push_text(body, &STANDARD.encode(bytes)),
        AttributeValue::Bool(it) | AttributeValue::Null(it) => {
            body.push_str(if *it { "true" } else { "false" });
        }
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => push_list(body, texts, |body, text| {
            push_text(body, text);
            Some(())
        })?,
        AttributeValue::Bs(list) => push_list(body, list, |body, bytes| {
            push_text(body, &STANDARD.encode(bytes));
            Some(())
        })?,
        AttributeValue::L(list) => push_list(body, list, push_value)?,
        AttributeValue::M(map) => push_object(body, map, push_value)?,
        _ => return None,
    }
    body.push_str(end);
    Some(())
}

fn push_list<T>(body: &mut String, list: &[T], push: impl Fn(&mut String, &T) -> Option<()>) -> Option<()> {
    for (index, value) in list.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        push(body, value)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::primitives::Blob;

    fn written(value: &AttributeValue) -> String {
        let mut body = String::new();
        push_value(&mut body, value).unwrap();
        body
    }

    #[test]
    fn every_kind_of_value_is_written() {
        let text = |it: &str| AttributeValue::S(it.to_owned());
        let map = HashMap::from([(
            "a\"".to_owned(),
            AttributeValue::L(vec![text("x"), AttributeValue::L(vec![])]),
        )]);
        for (value, expected) in [
            (text("a\"\n\u{e9}\u{7f}"), "{\"S\":\"a\\\"\\né\u{7f}\"}"),
            (text("\u{8}\u{c}\r\t\u{0}\u{1f}\\"), r#"{"S":"\b\f\r\t\u0000\u001f\\"}"#),
            (AttributeValue::N("-1.5".to_owned()), r#"{"N":"-1.5"}"#),
            (AttributeValue::B(Blob::new([0, 1, 255])), r#"{"B":"AAH/"}"#),
            (AttributeValue::Bool(true), r#"{"BOOL":true}"#),
            (AttributeValue::Bool(false), r#"{"BOOL":false}"#),
            (AttributeValue::Null(true), r#"{"NULL":true}"#),
            (AttributeValue::Ss(vec!["a".to_owned(), "b".to_owned()]), r#"{"SS":["a","b"]}"#),
            (AttributeValue::Ns(vec!["1".to_owned()]), r#"{"NS":["1"]}"#),
            (AttributeValue::Bs(vec![Blob::new([0])]), r#"{"BS":["AA=="]}"#),
            (AttributeValue::L(vec![]), r#"{"L":[]}"#),
            (AttributeValue::M(HashMap::new()), r#"{"M":{}}"#),
            (AttributeValue::M(map), r#"{"M":{"a\"":{"L":[{"S":"x"},{"L":[]}]}}}"#),
        ] {
            assert_eq!(written(&value), expected);
        }
    }
}
