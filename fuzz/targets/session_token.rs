//! A token is what was signed, in one spelling, and its claims are in their bounds.
#![no_main]

use auth::{
    ids::{OrganizationId, SessionId, UserId},
    session::{Claims, MAX_LIFETIME_SECONDS, MAX_TOKEN_BYTES, Verifier, issue},
    signing::{KeyRing, SigningKey},
};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use rand::{SeedableRng, rngs::StdRng};
use std::sync::LazyLock;
use time::OffsetDateTime;

const ISSUER: &str = "https://api.example.test/v1";
const NOW: i64 = 1_900_000_000;

struct Deployment {
    verifier: Verifier,
    pair: EcdsaKeyPair,
    kid: String,
    good: String,
}

static DEPLOYMENT: LazyLock<Deployment> = LazyLock::new(|| {
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    let key = SigningKey::generate(OffsetDateTime::UNIX_EPOCH).unwrap();
    let ring = KeyRing { keys: vec![key.clone()] }.to_json();
    let ring: serde_json::Value = serde_json::from_str(&ring).unwrap();
    let private = URL_SAFE_NO_PAD.decode(ring["keys"][0]["private"].as_str().unwrap()).unwrap();
    let (user, session) = (UserId::from_bits(1), SessionId::from_bits(2));
    let mut rng = StdRng::seed_from_u64(1);
    let claims = Claims::new(ISSUER, user, session, OrganizationId::from_bits(3), now, 900, &mut rng);
    Deployment {
        verifier: Verifier::new(ISSUER, std::slice::from_ref(&key.public)).unwrap(),
        pair: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &private).unwrap(),
        good: issue(&key, &claims).unwrap().to_string(),
        kid: key.public.kid,
    }
});

// The first byte says what the rest is: a token, a header or claims to be signed rightly, or a change of a good token.
fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    let it = &*DEPLOYMENT;
    let (header, claims) = match kind % 4 {
        0 => {
            let Ok(text) = str::from_utf8(rest) else { return };
            assert!(it.verifier.verify(text, now).is_err(), "nobody signed it");
            return;
        }
        1 => (
            rest.to_vec(),
            br#"{"iss":"https://api.example.test/v1","aud":"https://api.example.test/v1"}"#.to_vec(),
        ),
        2 => (format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"{}"}}"#, it.kid).into_bytes(), rest.to_vec()),
        _ => {
            // Each pair: where, and with what.
            let mut text = it.good.clone().into_bytes();
            for change in rest.chunks_exact(3) {
                let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % text.len();
                text[at] = change[2];
            }
            let Ok(text) = String::from_utf8(text) else { return };
            assert!(text == it.good || it.verifier.verify_expired(&text, now).is_err(), "{text}");
            return;
        }
    };
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = it.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    let verified = it.verifier.verify_expired(&token, now);
    let Ok(claims) = verified else {
        assert!(it.verifier.verify(&token, now).is_err());
        return;
    };
    assert!(token.len() <= MAX_TOKEN_BYTES);
    assert!((1..=MAX_LIFETIME_SECONDS).contains(&(claims.exp - claims.iat)));
    assert!(claims.iat <= NOW + 60 && !claims.jti.is_empty());
    assert_eq!((claims.iss.as_str(), claims.aud.as_str()), (ISSUER, ISSUER));
    assert_eq!(it.verifier.verify(&token, now).is_ok(), claims.exp > NOW);
});
