//! An API key has one spelling, and what is none is refused.
#![no_main]

use auth::api_key::{ApiKey, Prefix};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let prefix = Prefix::default();
    if let Ok(key) = ApiKey::parse(text, &prefix) {
        assert_eq!(*key.reveal(&prefix), text);
        assert!(text.ends_with(&key.hint(&prefix)));
        assert_eq!(text.len(), 90);
    }
});
