//! If-Match accepts the tag of a version, and nothing that is not written there.
#![no_main]

use edge::precondition::{IfMatch, etag};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|lines: Vec<&[u8]>| {
    let parsed = IfMatch::parse(lines.iter().copied());
    for version in [0, 1, 5, 10, u64::MAX] {
        let written = lines.iter().any(|line| String::from_utf8_lossy(line).contains(&etag(version)));
        let star = lines.iter().any(|line| String::from_utf8_lossy(line).trim() == "*");
        assert!(!parsed.accepts(version) || written || star || lines.is_empty());
    }
});
