//! Attacks as data: a line of `corpus/*.jsonl` for each, with the answer that it must get. `corpus/README.md` says how
//! the lines are read.

mod api_keys;
mod authorization;
mod bodies;
mod cursors;
mod paths;
mod refresh_cookies;
mod session_tokens;
mod signatures;
mod template;

use crate::support::{Answer, World, canary};
use serde::{Deserialize, de::DeserializeOwned};
use std::{collections::BTreeSet, fs};
use template::Names;

/// The least number of cases that there are: whoever takes one away says so here.
const CASES: usize = 1_000;

/// Every file of the corpus.
const FILES: [&str; 7] =
    ["api_keys", "authorization", "bodies", "cursors", "paths", "refresh_cookies", "session_tokens"];

/// The text of a file. Read when it runs: a case more needs no build.
fn text(file: &str) -> String {
    let path = format!("{}/corpus/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What every case has.
#[derive(Deserialize)]
struct Expected {
    /// What is tried, and so what a failure is reported by.
    name: String,
    status: u16,
    /// Of an error; where it is absent the one that this status has.
    detail: Option<String>,
}

/// The lines of a file. Fails where one is not of its form, which refuses unknown members.
fn cases<T: DeserializeOwned>(file: &str) -> Vec<(Expected, T)> {
    assert!(FILES.contains(&file), "{file} is not counted as part of the corpus");
    let mut names = BTreeSet::new();
    let read = |line: &str| -> Result<(Expected, T), serde_json::Error> {
        let mut recipe: serde_json::Map<_, _> = serde_json::from_str(line)?;
        let mut expected = serde_json::Map::new();
        for member in ["name", "status", "detail"] {
            expected.extend(recipe.remove_entry(member));
        }
        Ok((serde_json::from_value(expected.into())?, serde_json::from_value(recipe.into())?))
    };
    let text = text(file);
    let all = text.lines().enumerate().map(|(index, line)| {
        let case = read(line).unwrap_or_else(|error| panic!("{file}.jsonl, line {}: {error}", index + 1));
        assert!(names.insert(case.0.name.clone()), "{file}.jsonl has two cases named {:?}", case.0.name);
        case
    });
    all.collect()
}

/// What came of a file's cases, each by its name.
#[derive(Default)]
struct Report {
    ran: usize,
    left_out: usize,
    wrong: Vec<String>,
}

impl Report {
    /// One case's outcome.
    fn add(&mut self, expected: &Expected, outcome: Result<(), String>) {
        self.ran += 1;
        match outcome {
            Ok(()) => println!("as expected: {}", expected.name),
            Err(problem) => self.wrong.push(format!("{}: {problem}", expected.name)),
        }
    }

    /// A case that cannot be sent to a running system.
    fn leave_out(&mut self, expected: &Expected) {
        self.left_out += 1;
        println!("not sent to a running system: {}", expected.name);
    }

    /// Fails with the name of each case that was answered otherwise.
    fn check(self) {
        println!("{} as expected, {} left out", self.ran - self.wrong.len(), self.left_out);
        assert!(self.ran > 0, "no case ran");
        assert!(self.wrong.is_empty(), "{} of {}:\n{}", self.wrong.len(), self.ran, self.wrong.join("\n"));
    }
}

impl Expected {
    /// Whether it is this answer: its status, and of an error its body and headers.
    fn is(&self, answer: &Answer, names: &Names) -> Result<(), String> {
        let detail = self.detail.as_ref().map(|text| names.fill(text));
        is(answer, self.status, detail.as_deref())
    }
}

/// Whether it is an answer of this status; an error also has a body of this or the one possible `detail`, is not kept
/// by a cache, and repeats no secret.
fn is(answer: &Answer, status: u16, detail: Option<&str>) -> Result<(), String> {
    let body = String::from_utf8_lossy(&answer.body);
    if answer.status != status {
        let shown = if answer.status < 400 { "" } else { &*body };
        return Err(format!("answered {} instead of {status} {shown}", answer.status));
    }
    if status < 400 {
        return Ok(());
    }
    canary::is_clean("an answer", &body);
    let detail = match (detail, status) {
        (Some(detail), _) => detail,
        (None, 401) => "Could not validate credentials",
        (None, 403) => "Not permitted",
        (None, 404) => "Not found",
        (None, 413) => "Request body is too large",
        (None, 415) => "Content-Type must be application/json",
        (None, _) => return Err("a case of this status has to say which detail it expects".to_owned()),
    };
    let expected = serde_json::json!({ "detail": detail }).to_string();
    if body != expected {
        return Err(format!("{body} instead of {expected}"));
    }
    for (name, value) in [("content-type", "application/json"), ("cache-control", "no-store")] {
        let found = answer.headers.get(name).and_then(|it| it.to_str().ok());
        if found != Some(value) {
            return Err(format!("{name} is {found:?} instead of {value}"));
        }
    }
    Ok(())
}

/// Whether HTTP can carry this as a header's value. What it cannot carry no gateway hands on, and a function all the
/// same refuses.
fn can_be_sent(value: &str) -> bool {
    http::HeaderValue::from_str(value).is_ok_and(|it| it.to_str().is_ok()) && value.trim() == value
}

/// Whether a request was answered before anything was written. Of a running system nobody knows.
fn wrote_nothing(world: &World) -> Result<(), String> {
    if !world.is_in_process() {
        return Ok(());
    }
    let calls = world.deployment().take();
    match calls.iter().find(|name| !["BatchGetItem", "GetItem", "Query"].contains(&name.as_str())) {
        None => Ok(()),
        Some(write) => Err(format!("it wrote: {write}")),
    }
}

#[test]
fn the_corpus_has_lost_no_case() {
    let texts = FILES.map(|file| (file, text(file)));
    for (file, text) in &texts {
        assert!(text.ends_with('\n') && !text.contains("\n\n"), "{file}.jsonl is one case a line");
    }
    let cases: usize = texts.iter().map(|(_, text)| text.lines().count()).sum();
    println!("{cases} cases");
    assert!(cases >= CASES, "{cases}");
}
