//! Every secret that a test uses, so that nothing that it leaves behind may hold one.

use std::{
    collections::BTreeSet,
    env,
    fs::OpenOptions,
    io::Write,
    sync::{Mutex, PoisonError},
};

/// Names the file that the secrets are added to, one a line.
pub(crate) const VARIABLE: &str = "QARION_CANARY";

static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Notes a password, a key or a token.
pub(crate) fn note(secret: &str) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if !known.insert(secret.to_owned()) {
        return;
    }
    if let Some(path) = env::var_os(VARIABLE) {
        // One write a line: other processes add theirs to the same file.
        let mut file = OpenOptions::new().append(true).create(true).open(path).expect("the canary's file");
        file.write_all(format!("{secret}\n").as_bytes()).expect("the canary's file");
    }
}

/// Fails if `text` holds a secret that was noted so far. Does not say which: the message is a log's line.
#[track_caller]
pub(crate) fn is_clean(what: &str, text: &str) {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let found = known.iter().any(|secret| secret.len() >= 8 && text.contains(secret.as_str()));
    assert!(!found, "{what} holds a secret");
}
