//! A refresh token has one spelling.
#![no_main]

use auth::refresh::RefreshToken;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(token) = RefreshToken::parse(text) {
        assert_eq!(*token.reveal(), text);
    }
});
