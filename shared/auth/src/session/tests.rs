//! Each test forges one thing and leaves the rest as it should be.

use super::*;
use crate::signing::PublicKey;
use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use rand::{SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::sync::LazyLock;
use time::{Duration, macros::datetime};

mod claims;
mod form;
mod header;

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
const ISSUER: &str = "https://api.example.test/v1";
const LIFETIME: u32 = 900;

static SIGNER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(NOW).unwrap());
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| verifier(&SIGNER));

fn verifier(signer: &SigningKey) -> Verifier {
    Verifier::new(ISSUER, std::slice::from_ref(&signer.public)).unwrap()
}

fn claims() -> Claims {
    let mut rng = StdRng::seed_from_u64(1);
    let (user, session) = (UserId::generate(&mut rng), SessionId::generate(&mut rng));
    let organization = OrganizationId::generate(&mut rng);
    Claims::new(ISSUER, user, session, organization, NOW, LIFETIME, &mut rng)
}

fn header() -> Value {
    json!({"alg": "ES256", "typ": "at+jwt", "kid": SIGNER.public.kid})
}

fn payload() -> Value {
    serde_json::to_value(claims()).unwrap()
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The first two segments of a token of these texts, whatever they are.
fn unsigned(header: &str, payload: &str) -> String {
    format!("{}.{}", encode(header), encode(payload))
}

/// A token of these texts, signed with the right key.
fn forge(header: &str, payload: &str) -> String {
    sign(&unsigned(header, payload))
}

fn sign(signed: &str) -> String {
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, SIGNER.private().as_bytes()).unwrap();
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", encode(signature))
}

fn good() -> String {
    issue(&SIGNER, &claims()).unwrap().to_string()
}

fn error(token: &str) -> TokenError {
    let error = VERIFIER.verify(token, NOW).unwrap_err();
    // What is refused for another reason than its age is refused for logout, too.
    let aside = VERIFIER.verify_expired(token, NOW);
    assert!(if error == TokenError::Expired { aside.is_ok() } else { aside == Err(error) }, "{aside:?}");
    error
}

#[test]
fn a_token_comes_back_as_its_claims() {
    assert_eq!(VERIFIER.verify(&good(), NOW), Ok(claims()));
    assert_eq!(VERIFIER.verify_expired(&good(), NOW), Ok(claims()));
    assert!(good().len() < 700, "{}", good().len());
    // The forgeries below differ from this one only in what they are about.
    assert_eq!(VERIFIER.verify(&forge(&header().to_string(), &payload().to_string()), NOW), Ok(claims()));
}

#[test]
fn two_tokens_of_one_session_differ() {
    let mut rng = StdRng::seed_from_u64(2);
    let first = claims();
    let mut next = || Claims::new(ISSUER, first.sub, first.sid, first.org, NOW, LIFETIME, &mut rng).jti;
    let (one, two) = (next(), next());
    assert_ne!(one, two);
    assert_eq!(one.len(), 22, "128 bits");
}

#[test]
fn a_token_is_good_until_the_second_before_exp() {
    let token = good();
    let at = |seconds: i64| VERIFIER.verify(&token, NOW + Duration::seconds(seconds)).map(|_| ());
    assert_eq!(at(i64::from(LIFETIME) - 1), Ok(()));
    assert_eq!(at(i64::from(LIFETIME)), Err(TokenError::Expired), "no leeway");
    assert_eq!(at(1_000_000_000), Err(TokenError::Expired));
    let last = NOW + Duration::seconds(i64::from(LIFETIME)) - Duration::nanoseconds(1);
    assert!(VERIFIER.verify(&token, last).is_ok());
    // Logout and revocation still learn whose session it was.
    assert_eq!(VERIFIER.verify_expired(&token, NOW + Duration::days(400)), Ok(claims()));
}

#[test]
fn a_token_from_the_future_is_refused_beyond_a_minute() {
    let at = |seconds: i64| VERIFIER.verify(&good(), NOW - Duration::seconds(seconds)).map(|_| ());
    assert_eq!(at(60), Ok(()));
    assert_eq!(at(61), Err(TokenError::Claims));
    assert_eq!(VERIFIER.verify_expired(&good(), NOW - Duration::seconds(61)), Err(TokenError::Claims));
}

#[test]
fn a_retired_keys_token_is_refused_from_that_second_on() {
    let mut public = SIGNER.public.clone();
    public.retire_at = Some(NOW + Duration::seconds(10));
    let verifier = Verifier::new(ISSUER, &[public]).unwrap();
    assert!(verifier.verify(&good(), NOW + Duration::seconds(9)).is_ok());
    let retired = NOW + Duration::seconds(10);
    assert_eq!(verifier.verify(&good(), retired), Err(TokenError::KeyRetired));
    assert_eq!(verifier.verify_expired(&good(), retired), Err(TokenError::KeyRetired));
}

#[test]
fn a_token_of_another_deployment_is_refused() {
    let other = SigningKey::generate(NOW).unwrap();
    let token = issue(&other, &claims()).unwrap();
    assert_eq!(error(&token), TokenError::UnknownKey);
    // Its key under our key's name.
    let mut named = other;
    named.public.kid = SIGNER.public.kid.clone();
    let token = issue(&named, &claims()).unwrap();
    assert_eq!(error(&token), TokenError::Signature);
    // Our key, asked for in another name: a path is not part of what identifies us.
    let verifier = Verifier::new("https://api.example.test", std::slice::from_ref(&SIGNER.public)).unwrap();
    assert_eq!(verifier.verify(&good(), NOW), Err(TokenError::Issuer));
}

#[test]
fn what_no_verifier_would_accept_is_not_issued() {
    for life in [-1, 0, MAX_LIFETIME_SECONDS + 1, i64::MAX] {
        let exp = claims().iat.saturating_add(life);
        assert_eq!(issue(&SIGNER, &Claims { exp, ..claims() }), Err(IssueError::Lifetime), "{life}");
    }
    let long = "https://".to_owned() + &"x".repeat(1000);
    let token = issue(&SIGNER, &Claims { iss: long.clone(), aud: long, ..claims() });
    assert_eq!(token, Err(IssueError::TooLong));
    let hour = issue(&SIGNER, &Claims { exp: claims().iat + MAX_LIFETIME_SECONDS, ..claims() }).unwrap();
    assert!(VERIFIER.verify(&hour, NOW).is_ok());
}

#[test]
fn the_longest_token_that_is_accepted_is_issued_and_none_longer() {
    let issued = |digits| issue(&SIGNER, &Claims { jti: "x".repeat(digits), ..claims() });
    let longest = (0..MAX_TOKEN_BYTES).find(|digits| issued(digits + 1).is_err()).unwrap();
    let token = issued(longest).unwrap();
    assert_eq!(token.len(), MAX_TOKEN_BYTES);
    assert!(VERIFIER.verify(&token, NOW).is_ok());
    assert_eq!(issued(longest + 1), Err(IssueError::TooLong));
}

#[test]
fn a_verifier_needs_an_issuer_and_keys_that_are_points_each_once() {
    let public = SIGNER.public.clone();
    assert_eq!(Verifier::new("", &[]).unwrap_err(), VerifierError::Issuer);
    assert_eq!(
        Verifier::new(ISSUER, &[public.clone(), public.clone()]).unwrap_err(),
        VerifierError::Duplicate
    );
    for (x, y) in [(public.y, public.x), ([0; 32], [0; 32]), ([0xFF; 32], [0xFF; 32])] {
        let key = PublicKey { x, y, ..public.clone() };
        assert_eq!(Verifier::new(ISSUER, &[key]).unwrap_err(), VerifierError::Key);
    }
    // No keys: nobody's token is good.
    assert_eq!(Verifier::new(ISSUER, &[]).unwrap().verify(&good(), NOW), Err(TokenError::UnknownKey));
}

#[test]
fn a_verifier_can_be_shared_and_shows_public_things_only() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&*VERIFIER);
    let shown = format!("{:?}", *VERIFIER);
    assert!(shown.contains(ISSUER) && shown.contains(&SIGNER.public.kid), "{shown}");
}
