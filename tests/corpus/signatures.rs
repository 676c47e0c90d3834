//! Signatures, right and wrong, over any text: by keys of our own, apart from the code under test.

use super::template::bytes;
use auth::signing::{KeyRing, SigningKey};
use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
        RSA_PKCS1_SHA256,
    },
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::Value;

/// The order of P-256's group (SEC 2 §2.4.2).
const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
/// What stands before a point of P-256 in a SubjectPublicKeyInfo (RFC 5480 §2).
const SPKI: &str = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

/// The signature of a recipe over `signed`, as bytes.
///
/// `ours` is the deployment's key: `None` where nobody knows it. `jwks` is what anybody knows.
pub(super) fn sign(recipe: &str, signed: &str, ours: Option<&SigningKey>, jwks: &Value) -> Vec<u8> {
    let ours = || p256(ours.expect("a case that signs as the deployment does runs in process"), signed);
    match recipe.split_once(' ').unwrap_or((recipe, "")) {
        ("none", "") => Vec::new(),
        ("ours", "") => ours(),
        ("ours", "der") => der(&ours()),
        ("ours", "cut") => ours()[..63].to_vec(),
        ("ours", "extended") => [ours(), vec![0]].concat(),
        ("ours", "twice") => ours().repeat(2),
        ("ours", "reversed") => ours().into_iter().rev().collect(),
        ("numbers", numbers) => {
            let (r, s) = numbers.split_once(' ').expect("two numbers");
            [number(r), number(s)].concat()
        }
        ("another", "P-256") => {
            p256(&SigningKey::generate(time::OffsetDateTime::UNIX_EPOCH).unwrap(), signed)
        }
        ("another", "P-384") => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
            pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap().as_ref().to_vec()
        }
        ("another", "Ed25519") => {
            Ed25519KeyPair::generate().unwrap().sign(signed.as_bytes()).as_ref().to_vec()
        }
        ("another", "RSA") => {
            let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
            signature
        }
        ("HMAC", secret) => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &public(secret, jwks));
            hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
        }
        _ => panic!("no signature of the corpus: {recipe}"),
    }
}

/// ES256 by this key: the 64 bytes of RFC 7518 §3.4.
fn p256(key: &SigningKey, signed: &str) -> Vec<u8> {
    let ring = KeyRing { keys: vec![key.clone()] }.to_json();
    let ring: Value = serde_json::from_str(&ring).unwrap();
    let private = URL_SAFE_NO_PAD.decode(ring["keys"][0]["private"].as_str().unwrap()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &private).unwrap();
    pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap().as_ref().to_vec()
}

/// What of the public key an attacker might hope to be taken for a shared secret.
fn public(form: &str, jwks: &Value) -> Vec<u8> {
    let jwk = &jwks["keys"][0];
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let spki = [bytes(SPKI), point.clone()].concat();
    match form {
        "empty" => Vec::new(),
        "point" => point,
        "point without its first byte" => point[1..].to_vec(),
        "x" => coordinate("x"),
        "kid" => jwk["kid"].as_str().unwrap().as_bytes().to_vec(),
        "JWK" => jwk.to_string().into_bytes(),
        "JWK set" => jwks.to_string().into_bytes(),
        "DER" => spki,
        "PEM" => {
            let text = STANDARD.encode(spki);
            let (first, second) = text.split_at(64);
            format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----\n").into_bytes()
        }
        _ => panic!("no form of a public key: {form}"),
    }
}

/// A number at an edge of a signature's range, in 32 bytes.
fn number(word: &str) -> Vec<u8> {
    let small = |last: u8| [vec![0; 31], vec![last]].concat();
    match word {
        "0" => small(0),
        "1" => small(1),
        "n" => bytes(ORDER),
        "n-1" => minus(&bytes(ORDER), &small(1)),
        "max" => vec![0xFF; 32],
        _ => panic!("no number of the corpus: {word}"),
    }
}

/// `(r, n - s)` for `(r, s)`: the other signature that verifies, which anybody can make of the first.
pub(super) fn malleable(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(32);
    [r.to_vec(), minus(&bytes(ORDER), s)].concat()
}

/// The difference of two numbers of 32 bytes, of which the first is the greater.
fn minus(from: &[u8], what: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let digits = from.iter().zip(what).rev().map(|(a, b)| {
        let difference = i16::from(*a) - i16::from(*b) - borrow;
        borrow = i16::from(difference < 0);
        u8::try_from(difference.rem_euclid(256)).expect("a byte")
    });
    let mut digits: Vec<u8> = digits.collect();
    digits.reverse();
    digits
}

/// The same signature as ASN.1 writes it (RFC 3279 §2.2.3).
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| {
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
        let mut digits = bytes[start..].to_vec();
        if digits.first().is_none_or(|first| *first >= 0x80) {
            digits.insert(0, 0);
        }
        [vec![2, u8::try_from(digits.len()).expect("short")], digits].concat()
    };
    let both = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [vec![0x30, u8::try_from(both.len()).expect("short")], both].concat()
}
