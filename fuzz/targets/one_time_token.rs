//! A one-time token has one spelling, and so has its hash.
#![no_main]

use auth::one_time::{OneTimeHash, OneTimePurpose, OneTimeToken};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(token) = OneTimeToken::parse(text) {
        assert_eq!(*token.reveal(), text);
        assert_eq!(OneTimeHash::from_hex(&token.hash().to_hex()), Some(token.hash()));
    }
    if let Some(hash) = OneTimeHash::from_hex(text) {
        assert_eq!(hash.to_hex(), text);
    }
    if let Some(purpose) = OneTimePurpose::parse(text) {
        assert_eq!(purpose.as_str(), text);
    }
});
