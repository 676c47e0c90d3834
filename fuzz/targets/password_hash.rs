//! A stored hash is read as it is written, and within bounds of what it may cost.
#![no_main]

use auth::password::PasswordHash;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(hash) = PasswordHash::parse(text) {
        assert_eq!(PasswordHash::parse(hash.as_str()).expect("as it is written").as_str(), hash.as_str());
        assert!(hash.as_str().len() <= 512);
        assert!(!hash.algorithm().is_empty());
        let _outdated = hash.is_outdated();
        assert!(!format!("{hash:?}").contains(hash.as_str()));
    }
});
