//! A key ring is read as it is written, and nothing of it is shown.
#![no_main]

use auth::{
    session::Verifier,
    signing::{KeyRing, PublicKey},
};
use libfuzzer_sys::fuzz_target;
use time::OffsetDateTime;

fuzz_target!(|text: &str| {
    if let Ok(ring) = KeyRing::from_json(text) {
        let again = KeyRing::from_json(&ring.to_json()).expect("as it is written");
        assert_eq!(again.public(), ring.public());
        assert!(ring.keys.is_empty() || Verifier::new("https://api.example.test", &ring.public()).is_ok());
        let _signer = ring.signer(OffsetDateTime::UNIX_EPOCH);
    }
    // What the table holds of it.
    if let Ok(public) = serde_json::from_str::<PublicKey>(text) {
        let written = serde_json::to_string(&public).expect("JSON");
        assert_eq!(serde_json::from_str::<PublicKey>(&written).expect("as it is written"), public);
        assert_eq!(public.to_jwk()["kid"], public.kid);
        let _point = Verifier::new("https://api.example.test", &[public]);
    }
});
