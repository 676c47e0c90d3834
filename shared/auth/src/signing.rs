//! The key pairs that sign session tokens (ES256: ECDSA on P-256 with SHA-256), and their public halves.
//!
//! [`KeyRing`] is the text of the signing secret; only what issues tokens may read it. [`PublicKey`]
//! stands in the table and in the JWKS document; whatever verifies needs no secret.
//!
//! A rotation publishes first and signs later: each key says from when on it signs (`sign_from`) and
//! from when on no token of it is accepted (`retire_at`). So a reader whose copy is a minute old still
//! knows every key that may have signed.

mod encoding;
pub mod rotate;

use aws_lc_rs::{
    digest,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use std::{collections::HashSet, fmt};
use time::OffsetDateTime;
use zeroize::Zeroizing;

/// Longest text of a ring in bytes: what Secrets Manager stores at most in one secret.
const MAX_RING_BYTES: usize = 65_536;
/// Most keys of a ring. A rotation needs two or three.
const MAX_KEYS: usize = 16;
/// More than the text of one key takes, so that writing a ring never reallocates.
const KEY_TEXT_BYTES: usize = 1024;

/// The public half of a signing key. Times are in whole seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKey {
    /// The key's name in a token's header: its RFC 7638 thumbprint, in base64url.
    pub kid: String,
    /// The point's x coordinate, big endian.
    #[serde(deserialize_with = "encoding::coordinate")]
    pub x: [u8; 32],
    /// The point's y coordinate, big endian.
    #[serde(deserialize_with = "encoding::coordinate")]
    pub y: [u8; 32],
    /// From then on it signs; published before.
    #[serde(deserialize_with = "encoding::time")]
    pub sign_from: OffsetDateTime,
    /// From then on no token of it is accepted; `None` until its successor is known.
    #[serde(deserialize_with = "encoding::optional_time")]
    pub retire_at: Option<OffsetDateTime>,
}

impl PublicKey {
    /// The key as a member of a JWK set's `keys`.
    //
    // RFC 7518 §6.2.1: crv, x and y of an elliptic curve key, each coordinate in its full 32 bytes.
    pub fn to_jwk(&self) -> Value {
        json!({
            "kty": "EC",
            "crv": "P-256",
            "x": URL_SAFE_NO_PAD.encode(self.x),
            "y": URL_SAFE_NO_PAD.encode(self.y),
            "kid": self.kid,
            "alg": "ES256",
            "use": "sig",
        })
    }

    /// Whether tokens of this key are refused at `now`.
    pub fn is_retired(&self, now: OffsetDateTime) -> bool {
        self.retire_at.is_some_and(|end| end <= now)
    }

    /// The point, uncompressed (SEC 1 §2.3.3).
    pub(crate) fn point(&self) -> Vec<u8> {
        [&[4], self.x.as_slice(), self.y.as_slice()].concat()
    }

    fn to_value(&self) -> Value {
        json!({
            "kid": self.kid,
            "x": URL_SAFE_NO_PAD.encode(self.x),
            "y": URL_SAFE_NO_PAD.encode(self.y),
            "sign_from": encoding::write_time(self.sign_from),
            "retire_at": self.retire_at.map(encoding::write_time),
        })
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

/// The system's generator or its key derivation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no key pair could be generated")]
pub struct GenerateError;

/// Why a text is no key ring. Never carries any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// It has more than 65,536 bytes or more than 16 keys.
    #[error("the key ring is too long")]
    TooLong,
    /// It is not exactly the JSON that a ring is written as.
    #[error("the key ring is not of the expected form")]
    Malformed,
    /// A private key is none of P-256, or its public half or its name belongs to another.
    #[error("a key of the ring is not the pair it says it is")]
    Key,
    /// Two keys have one name.
    #[error("the key ring holds a key twice")]
    Duplicate,
}

/// A key pair that signs session tokens. The private half is wiped on drop; `Debug` does not show it.
#[derive(Clone)]
pub struct SigningKey {
    /// The public half, and when it is used.
    pub public: PublicKey,
    /// PKCS #8. The type wipes itself.
    private: EncodingKey,
}

impl SigningKey {
    /// A new key pair that signs from `sign_from` on (cut to the second) and has no end yet.
    ///
    /// The one exception to "randomness is an argument": AWS-LC draws a private key from its own
    /// generator, and there is no way to hand it another.
    ///
    /// # Errors
    /// [`GenerateError`] where AWS-LC fails.
    pub fn generate(sign_from: OffsetDateTime) -> Result<Self, GenerateError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| GenerateError)?;
        let document = pair.to_pkcs8v1().map_err(|_| GenerateError)?;
        let (x, y) = coordinates(&pair).ok_or(GenerateError)?;
        let sign_from = sign_from.replace_nanosecond(0).unwrap_or(sign_from);
        let public = PublicKey { kid: thumbprint(&x, &y), x, y, sign_from, retire_at: None };
        Ok(Self { public, private: EncodingKey::from_ec_der(document.as_ref()) })
    }

    /// What signs.
    pub(crate) const fn private(&self) -> &EncodingKey {
        &self.private
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).field("private", &"[redacted]").finish()
    }
}

/// The signing secret: every key pair that is published, signs, or whose tokens may still be alive.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    /// In no particular order.
    pub keys: Vec<SigningKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RingText<'a> {
    #[serde(borrow)]
    keys: Vec<KeyText<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText<'a> {
    public: PublicKey,
    // Borrowed: no copy of it to wipe.
    private: &'a str,
}

impl KeyRing {
    /// The ring of this text: `{"keys":[{"public":{…},"private":"<PKCS #8 in base64url>"}]}`.
    ///
    /// # Errors
    /// [`KeyRingError`]; it says what is wrong and holds nothing of the text.
    pub fn from_json(text: &str) -> Result<Self, KeyRingError> {
        if text.len() > MAX_RING_BYTES {
            return Err(KeyRingError::TooLong);
        }
        // serde takes a list for a struct's members, too.
        if !text.starts_with('{') {
            return Err(KeyRingError::Malformed);
        }
        let ring: RingText<'_> = serde_json::from_str(text).map_err(|_| KeyRingError::Malformed)?;
        if ring.keys.len() > MAX_KEYS {
            return Err(KeyRingError::TooLong);
        }
        let mut names = HashSet::new();
        if !ring.keys.iter().all(|key| names.insert(key.public.kid.as_str())) {
            return Err(KeyRingError::Duplicate);
        }
        ring.keys.iter().map(KeyText::check).collect::<Result<_, _>>().map(|keys| Self { keys })
    }

    /// The text that [`KeyRing::from_json`] reads.
    pub fn to_json(&self) -> Zeroizing<String> {
        // The full length at once: a string that grows leaves copies of the keys behind.
        let capacity = KEY_TEXT_BYTES.saturating_mul(self.keys.len().saturating_add(1));
        let mut text = Zeroizing::new(String::with_capacity(capacity));
        text.push_str(r#"{"keys":["#);
        for (index, key) in self.keys.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(r#"{"public":"#);
            text.push_str(&key.public.to_value().to_string());
            text.push_str(r#","private":""#);
            URL_SAFE_NO_PAD.encode_string(key.private.as_bytes(), &mut text);
            text.push_str(r#""}"#);
        }
        text.push_str("]}");
        text
    }

    /// The public halves, in the ring's order.
    pub fn public(&self) -> Vec<PublicKey> {
        self.keys.iter().map(|key| key.public.clone()).collect()
    }

    /// The key that signs at `now`: of those that may sign and are not retired, the one that began last.
    pub fn signer(&self, now: OffsetDateTime) -> Option<&SigningKey> {
        self.keys
            .iter()
            .filter(|key| key.public.sign_from <= now && !key.public.is_retired(now))
            // The name decides between two of one second, so that all signers agree.
            .max_by(|a, b| (a.public.sign_from, &a.public.kid).cmp(&(b.public.sign_from, &b.public.kid)))
    }
}

impl KeyText<'_> {
    fn check(&self) -> Result<SigningKey, KeyRingError> {
        let mut document = Zeroizing::new(Vec::with_capacity(self.private.len()));
        URL_SAFE_NO_PAD.decode_vec(self.private, &mut document).map_err(|_| KeyRingError::Malformed)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &document)
            .map_err(|_| KeyRingError::Key)?;
        let (x, y) = coordinates(&pair).ok_or(KeyRingError::Key)?;
        let public = &self.public;
        if (x, y) != (public.x, public.y) || public.kid != thumbprint(&x, &y) {
            return Err(KeyRingError::Key);
        }
        Ok(SigningKey { public: public.clone(), private: EncodingKey::from_ec_der(&document) })
    }
}

fn coordinates(pair: &EcdsaKeyPair) -> Option<([u8; 32], [u8; 32])> {
    let (x, y) = pair.public_key().as_ref().strip_prefix(&[4])?.split_at_checked(32)?;
    Some((x.try_into().ok()?, y.try_into().ok()?))
}

// RFC 7638 §3.2: the required members of an EC key in lexicographic order, no white space, SHA-256.
fn thumbprint(x: &[u8; 32], y: &[u8; 32]) -> String {
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, members.as_bytes()))
}

#[cfg(test)]
mod tests;
