//! A line for people is trimmed, bounded and harmless, and stays as it is.
#![no_main]

use edge::input::line;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for max in [1, 100, 200] {
        if let Ok(read) = line("name", text, max) {
            assert!((1..=max).contains(&read.chars().count()) && read.trim() == read);
            assert!(!read.chars().any(|c| c.is_control() || auth::text::turns_direction(c)));
            assert_eq!(line("name", &read, max).as_deref(), Ok(read.as_str()));
        }
    }
});
