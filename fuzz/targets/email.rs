//! An address is the same address however often it is read.
#![no_main]

use auth::email::Email;
use edge::input;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(email) = text.parse::<Email>() {
        let again: Email = email.as_str().parse().expect("what was read can be read");
        assert_eq!(again, email);
        assert_eq!(Email::lower_case(email.as_str()), email.as_str());
        assert!(email.as_str().contains('@') && !email.as_str().contains(char::is_whitespace));
    }
    if let Ok(email) = input::new_email(text) {
        assert!(input::new_email(email.as_str()).is_ok_and(|again| again == email));
        assert!(!email.as_str().contains(['<', '>', '"', ',', ';', '\\', '(', ')']));
    }
});
