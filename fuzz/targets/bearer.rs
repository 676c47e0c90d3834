//! The credential of a header's value is its end, without a space before it.
#![no_main]

use edge::request::bearer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &str| {
    if let Some(credential) = bearer(value) {
        assert!(!credential.is_empty() && !credential.starts_with(' '));
        let scheme = value.strip_suffix(credential).expect("the end of the value");
        assert!(scheme.trim_end_matches(' ').eq_ignore_ascii_case("bearer") && scheme.ends_with(' '));
    }
});
