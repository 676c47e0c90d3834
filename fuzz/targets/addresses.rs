//! A list of networks is the same list when it is written, and admits what it holds.
#![no_main]

use auth::address::{AddressKey, Addresses, MAX_NETWORKS};
use libfuzzer_sys::fuzz_target;
use std::net::IpAddr;

// The first line is the address that asks.
fuzz_target!(|text: &str| {
    let (source, list) = text.split_once('\n').unwrap_or((text, ""));
    let source: Option<IpAddr> = source.parse().ok();
    let key = AddressKey::of(source);
    assert!(!key.as_str().is_empty());
    let list: Vec<&str> = list.lines().collect();
    let Ok(addresses) = Addresses::parse(&list) else { return };
    assert!(addresses.covers(&addresses));
    assert!(!addresses.admit(None) || addresses == Addresses::Any);
    let Some(texts) = addresses.texts() else { return };
    assert!(texts.len() <= MAX_NETWORKS);
    let again = Addresses::parse(&texts).expect("what is written can be read");
    assert_eq!(again.texts().as_ref(), Some(&texts));
    assert_eq!(again.admit(source), addresses.admit(source));
    assert!(again.covers(&addresses) && addresses.covers(&again));
    // What a list admits, each list that covers it admits.
    // An IPv4 address in the clothes of IPv6 is none that a list may hold.
    let alone = source.and_then(|it| Addresses::parse(&[it.to_string()]).ok());
    if let Some(alone) = alone {
        assert_eq!(addresses.covers(&alone), addresses.admit(source), "{texts:?}");
    }
});
