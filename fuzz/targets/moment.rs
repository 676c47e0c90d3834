//! A moment can be counted and written, and is the same when it is read again.
#![no_main]

use edge::input::moment;
use libfuzzer_sys::fuzz_target;
use time::{UtcOffset, format_description::well_known::Rfc3339};

fuzz_target!(|text: &str| {
    if let Some(at) = moment(text) {
        assert_eq!(at.offset(), UtcOffset::UTC);
        let written = at.format(&Rfc3339).expect("it can be written");
        assert_eq!(moment(&written), Some(at));
    }
});
