//! A password is judged whatever it is, and never longer than it may be.
#![no_main]

use auth::password::{MAX_CHARACTERS, Password, check_strength};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: (&str, &str)| {
    let (text, context) = data;
    let Ok(password) = text.parse::<Password>() else {
        assert!(text.chars().count() > MAX_CHARACTERS);
        return;
    };
    assert!(text.chars().count() <= MAX_CHARACTERS);
    assert_eq!(format!("{password:?}"), "Password([redacted])");
    let judged = check_strength(&password, &[context]);
    assert!(judged.is_err() || text.chars().count() >= auth::password::MIN_CHARACTERS);
});
