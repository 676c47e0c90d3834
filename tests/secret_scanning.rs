//! `docs/secret-scanning`: what scanners are given finds every key, wherever it stands, and no near miss.
//!
//! The expressions are read from the files that people copy. They are compiled as the scanners' engines do
//! (RE2 and Hyperscan): over bytes, and `\b` is of ASCII.

use auth::{
    api_key::{ApiKey, ApiKeyError, Prefix},
    ids::{KeyId, OrganizationId, UserId},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use regex::bytes::{Regex, RegexBuilder};
use serde_json::Value;
use std::{
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// No secrets: nobody's system knows these keys.
const KEYS: usize = 3000;

/// A scanner as its file sets it up.
struct Scanner {
    name: &'static str,
    expression: Regex,
    /// Text without one of them is not looked at, where there are any.
    keywords: Vec<String>,
}

impl Scanner {
    fn new(name: &'static str, expression: &str, keywords: Vec<String>) -> Self {
        let expression = RegexBuilder::new(expression).unicode(false).build().unwrap();
        Self { name, expression, keywords }
    }

    /// What it reports: the first group of each match, or all of it where there is none.
    fn finds(&self, text: &str) -> Vec<String> {
        let looked_at = self.keywords.is_empty() || self.keywords.iter().any(|it| text.contains(&**it));
        let found = self.expression.captures_iter(text.as_bytes()).filter(|_| looked_at);
        let reported = found.map(|it| it.get(1).or(it.get(0)).unwrap().as_bytes().to_vec());
        reported.map(|it| String::from_utf8(it).unwrap()).collect()
    }

    /// What its file says that it misses.
    fn misses(&self, before: &str, after: &str) -> bool {
        match self.name {
            "github" => before.ends_with(|it: char| it.is_ascii_alphanumeric()),
            "trufflehog" => after.starts_with('_'),
            _ => false,
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/secret-scanning")
}

fn file(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// The rest of the one line that begins so.
fn after<'a>(text: &'a str, opening: &str) -> &'a str {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(opening));
    match (lines.next(), lines.next()) {
        (Some(rest), None) => rest,
        _ => panic!("not exactly one line begins with {opening:?}"),
    }
}

/// The public expression, as it is written down.
fn pattern() -> String {
    file("pattern.txt").trim_end().to_owned()
}

/// The scanners of a deployment with this prefix, set up as the files say: by putting it in their place.
fn scanners(prefix: &str) -> Vec<Scanner> {
    let read = |name: &str| file(name).replace("qarion", prefix);
    let gitleaks = read("gitleaks.toml");
    let rule = after(&gitleaks, "regex = ").strip_prefix("'''").unwrap().strip_suffix("'''").unwrap();
    assert_eq!(after(&gitleaks, "secretGroup = "), "1");
    let keywords = serde_json::from_str(after(&gitleaks, "keywords = ")).unwrap();

    let trufflehog: Value = serde_norway::from_str(&read("trufflehog.yaml")).unwrap();
    let detector = &trufflehog["detectors"][0];
    let words = serde_json::from_value(detector["keywords"].clone()).unwrap();
    let detected = detector["regex"]["key"].as_str().unwrap().to_owned();

    let github = read("github.txt");
    let [format, before, behind] =
        ["Secret format: ", "Before secret: ", "After secret: "].map(|field| after(&github, field));

    let bare = read("pattern.txt");
    vec![
        Scanner::new("pattern", &format!("({})(?:[^0-9A-Za-z]|$)", bare.trim_end()), Vec::new()),
        Scanner::new("gitleaks", rule, keywords),
        Scanner::new("trufflehog", &detected, words),
        Scanner::new("github", &format!("(?:{before})({format})(?:{behind})"), Vec::new()),
    ]
}

/// Keys of many owners, the first and the last id among them.
fn keys(prefix: &Prefix, count: usize) -> Vec<String> {
    let mut rng = StdRng::from_seed([3; 32]);
    (0..count)
        .map(|number| {
            let mut id = || match number % 10 {
                0 => 0,
                1 => u64::MAX,
                _ => rng.next_u64(),
            };
            let owner = (OrganizationId::from_bits(id()), UserId::from_bits(id()), KeyId::from_bits(id()));
            ApiKey::generate(owner.0, owner.1, owner.2, &mut rng).reveal(prefix).to_string()
        })
        .collect()
}

/// Where keys have leaked: what stands before one, and behind.
const PLACES: [(&str, &str); 24] = [
    ("", ""),
    ("", "\n"),
    ("\r\n", "\r\n"),
    ("https://api.example.test/v1/catalog?key=", "&limit=10"),
    ("https://example.test/#", ""),
    ("https://example.test/?next=%2Fa%3Fkey%3D", "%26b%3D1"),
    ("{\"key\":\"", "\"}"),
    (r#"{"log": "{\"key\": \""#, r#"\"}"}"#),
    (r#""the keys:\n"#, r#"\n""#),
    (r"key\u003d", r"\u0026"),
    ("export API_KEY=", "\nmake"),
    ("KEY='", "'"),
    ("curl -H \"Authorization: Bearer ", "\" https://example.test"),
    ("Authorization: Bearer ", "\r\nAccept: */*"),
    ("key: ", " # the new one"),
    ("<key>", "</key>"),
    ("name,", ",2030"),
    ("| `", "` |"),
    ("The key is ", "."),
    ("Is it (", ")?"),
    ("Sie lautet „", "“."),
    ("Ключ:", "—"),
    ("backup-", "_old.txt"),
    ("my_", "-2"),
];

#[test]
fn every_file_has_the_public_expression() {
    for name in ["README.md", "gitleaks.toml", "trufflehog.yaml", "github.txt"] {
        assert!(file(name).contains(&pattern()), "{name}");
    }
    assert!(file("check.py").contains(pattern().strip_prefix("qarion").unwrap()));
}

#[test]
fn every_key_is_found_wherever_it_stands() {
    let keys = keys(&Prefix::default(), KEYS);
    for scanner in scanners("qarion") {
        for (number, (before, after)) in PLACES.into_iter().enumerate() {
            // All of them in one text, with other text between them.
            let text: String = keys.iter().map(|key| format!("{before}{key}{after}\n--\n")).collect();
            let expected = if scanner.misses(before, after) { Vec::new() } else { keys.clone() };
            assert!(scanner.finds(&text) == expected, "{} in place {number}", scanner.name);
        }
        let alone = keys.iter().all(|key| scanner.finds(key) == [&**key]);
        assert!(alone, "{}: a text that is one key", scanner.name);
    }
}

#[test]
fn two_keys_in_one_line_are_two() {
    let keys = keys(&Prefix::default(), 2);
    for scanner in scanners("qarion") {
        assert!(scanner.finds(&keys.join(", ")) == keys, "{}", scanner.name);
    }
}

#[test]
fn no_near_miss_is_found_and_none_is_a_key() {
    let corpus = file("near-misses.txt");
    let lines: Vec<_> = corpus.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.len() > 60);
    for scanner in scanners("qarion") {
        for line in &lines {
            for (before, after) in PLACES {
                assert!(
                    scanner.finds(&format!("{before}{line}{after}")).is_empty(),
                    "{}: {line}",
                    scanner.name
                );
            }
        }
        assert!(scanner.finds(&corpus).is_empty(), "{}", scanner.name);
    }
    for line in lines {
        assert!(ApiKey::parse(line, &Prefix::default()).is_err(), "{line}");
    }
}

#[test]
fn a_wrong_checksum_has_the_form_and_is_no_key() {
    let forged: Vec<_> = keys(&Prefix::default(), KEYS).iter().map(|key| forge(key)).collect();
    for scanner in scanners("qarion") {
        assert!(scanner.finds(&forged.join("\n--\n")) == forged, "{}", scanner.name);
    }
    for text in &forged {
        let refused = ApiKey::parse(text, &Prefix::default()).err();
        assert!(matches!(refused, Some(ApiKeyError::Checksum | ApiKeyError::Range)), "{text}");
    }
    let github = file("github.txt");
    let test = after(&github, "Test string: ");
    assert!(scanners("qarion").iter().all(|scanner| scanner.finds(test) == [test]));
    assert_eq!(ApiKey::parse(test, &Prefix::default()).err(), Some(ApiKeyError::Checksum));
}

#[test]
fn another_prefix_changes_the_first_word_and_nothing_else() {
    for word in ["acme", "a1", "qarion2"] {
        let prefix: Prefix = word.parse().unwrap();
        let (own, foreign) = (keys(&prefix, 100), keys(&Prefix::default(), 100));
        for scanner in scanners(word) {
            assert!(scanner.finds(&own.join("\n--\n")) == own, "{} of {word}", scanner.name);
            assert!(scanner.finds(&foreign.join("\n--\n")).is_empty(), "{} of {word}", scanner.name);
        }
    }
}

#[test]
fn the_offline_check_tells_keys_from_what_looks_like_one_and_prints_none() {
    let keys = keys(&Prefix::default(), 200);
    let looks: Vec<_> = keys.iter().map(|key| forge(key)).collect();
    let lines: Vec<_> =
        keys.iter().zip(&looks).map(|(key, look)| format!("%3D{key}\n\"{look}\"\n")).collect();
    let Some((status, printed)) = check(&(lines.concat() + &file("near-misses.txt"))) else {
        println!("not run: there is no python3");
        return;
    };
    assert_eq!(status, 1, "keys were found");
    let expected: Vec<_> = keys
        .iter()
        .enumerate()
        .flat_map(|(at, key)| {
            let key = ApiKey::parse(key, &Prefix::default()).unwrap();
            let (one, two) = (2 * at + 1, 2 * at + 2);
            [
                format!("line {one}: {} of {} in {}", key.key, key.user, key.organization),
                format!("line {two}: no key, its checksum is wrong"),
            ]
        })
        .collect();
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
    assert!(!keys.iter().any(|key| printed.contains(&key[7..])));
    assert_eq!(check(&looks.concat().replace('_', "-")), Some((0, String::new())));
}

/// A key with another last digit.
fn forge(key: &str) -> String {
    let (rest, last) = key.split_at(key.len() - 1);
    format!("{rest}{}", if last == "7" { "8" } else { "7" })
}

/// The exit status and the output of `check.py` for this input; `None` where nothing can run it.
fn check(input: &str) -> Option<(i32, String)> {
    let script = folder().join("check.py");
    let started = Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = match started {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        started => started.unwrap(),
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Some((output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap()))
}
