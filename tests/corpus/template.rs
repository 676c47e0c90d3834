//! The templates of the corpus: text with names in braces, of which some stand for what the test made.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::collections::BTreeMap;

/// What the names of a template stand for.
#[derive(Default, Clone)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// The text with `{name}`, `{number+1}` and `{name|filter|…}` replaced. Braces around what is no name stay as they
    /// are, as JSON is full of them.
    pub(super) fn fill(&self, template: &str) -> String {
        self.fill_with(template, |_, _| None)
    }

    /// As [`Names::fill`]; `more` is asked first, with a name and the text so far.
    pub(super) fn fill_with(&self, template: &str, more: impl Fn(&str, &str) -> Option<String>) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let found = after.split_once('}').and_then(|(inside, behind)| {
                let (name, filters) = inside.split_once('|').unwrap_or((inside, ""));
                let value = more(name, &text).or_else(|| self.value(name))?;
                Some((
                    filters
                        .split('|')
                        .filter(|it| !it.is_empty())
                        .fold(value, |value, word| filter(&value, word)),
                    behind,
                ))
            });
            match found {
                Some((value, behind)) => {
                    text.push_str(&value);
                    rest = behind;
                }
                None => {
                    text.push('{');
                    rest = after;
                }
            }
        }
        text.push_str(rest);
        text
    }

    fn value(&self, name: &str) -> Option<String> {
        if let Some(value) = self.0.get(name) {
            return Some(value.clone());
        }
        let at = name.find(['+', '-'])?;
        let (name, change) = name.split_at(at);
        let number: i64 = self.0.get(name)?.parse().ok()?;
        Some((number + change.parse::<i64>().ok()?).to_string())
    }
}

fn filter(value: &str, filter: &str) -> String {
    let (word, argument) = filter.split_once(' ').unwrap_or((filter, ""));
    let number = || argument.parse().unwrap_or_else(|_| panic!("{filter}: no number"));
    match word {
        "upper" => value.to_uppercase(),
        "lower" => value.to_lowercase(),
        "flip" => value.chars().map(flipped).collect(),
        "reverse" => value.chars().rev().collect(),
        "take" => value.chars().take(number()).collect(),
        "skip" => value.chars().skip(number()).collect(),
        "drop" => value.chars().take(value.chars().count().saturating_sub(number())).collect(),
        "last" => value.chars().last().map(String::from).unwrap_or_default(),
        "other" => value.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect(),
        "times" => value.repeat(number()),
        "percent" => value.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        "base64" => URL_SAFE_NO_PAD.encode(value),
        "replace" => {
            let (from, to) = argument.split_once(' ').unwrap_or_else(|| panic!("{filter}: of what?"));
            assert!(value.contains(from), "{filter} changes nothing");
            value.replacen(from, to, 1)
        }
        _ => panic!("no filter of a template: {filter}"),
    }
}

fn flipped(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

/// The bytes of hexadecimal digits.
pub(super) fn bytes(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2), "{hex}: half a byte");
    let pairs = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal digits")).collect()
}

/// The digits of bytes.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
