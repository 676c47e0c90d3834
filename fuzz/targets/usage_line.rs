//! A line of the authorizer's log is counted once, or not at all.
#![no_main]

use auth::usage::{Decided, Tally};
use libfuzzer_sys::fuzz_target;
use time::OffsetDateTime;

fuzz_target!(|text: &str| {
    let mut tally = Tally::default();
    for line in text.lines() {
        if let Some(decided) = Decided::parse(line) {
            assert!(!decided.address.as_str().is_empty());
            let before = tally.len();
            tally.add(&decided, OffsetDateTime::UNIX_EPOCH);
            tally.add(&decided, OffsetDateTime::UNIX_EPOCH);
            assert!(tally.len() >= before);
            assert!(decided.owner.is_some() || tally.len() == before);
        }
    }
});
