//! The verification of session tokens.

use super::{
    Claims,
    token::{Header, Segments, object},
};
use crate::signing::PublicKey;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use std::{collections::HashMap, fmt};
use time::OffsetDateTime;

/// Bytes of an ES256 signature: r and s, 32 each (RFC 7518 §3.4).
const SIGNATURE_BYTES: usize = 64;
/// How far ahead of our clock a token may have been issued, in seconds. Clocks of one cloud differ by
/// less; a signer that is further ahead would give its tokens a longer life than the policy says.
const MAX_AHEAD_SECONDS: i64 = 60;

/// Why a token is refused. Which of them is for the log; callers are told 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// More than 2,048 bytes.
    #[error("the token is too long")]
    TooLong,
    /// Not three segments of canonical base64url.
    #[error("the token is malformed")]
    Malformed,
    /// The header is not an object of exactly `alg`, `typ` and `kid`, each once and a string.
    #[error("the token's header has another form than ours")]
    Header,
    /// `alg` is not `ES256`.
    #[error("the token's algorithm is not ES256")]
    Algorithm,
    /// `typ` is not `at+jwt`.
    #[error("the token's type is not at+jwt")]
    Type,
    /// `kid` names none of the verifier's keys. They may be out of date.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// The signature is not that key's over this token.
    #[error("the token's signature is wrong")]
    Signature,
    /// The key's `retire_at` has passed.
    #[error("the token's key is retired")]
    KeyRetired,
    /// The claims are not an object of exactly [`Claims`]' members, each once and of its type; or `exp` is
    /// not 1 to 3,600 s after `iat`; or `iat` is more than 60 s ahead.
    #[error("the token's claims have another form than ours")]
    Claims,
    /// `iss` is not this deployment.
    #[error("the token's issuer is another")]
    Issuer,
    /// `aud` is not this deployment.
    #[error("the token's audience is another")]
    Audience,
    /// `exp` has come.
    #[error("the token has expired")]
    Expired,
}

/// Why a verifier cannot be made of an issuer and keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifierError {
    /// The issuer is empty.
    #[error("the issuer is empty")]
    Issuer,
    /// A key's coordinates are no point of P-256.
    #[error("a public key is not a point of P-256")]
    Key,
    /// Two keys have one name.
    #[error("a public key stands twice")]
    Duplicate,
}

struct VerifyingKey {
    /// Parsed and checked once: that would take part of each verification otherwise.
    key: ParsedPublicKey,
    public: PublicKey,
}

/// Verifies the session tokens of one deployment. Made once for a set of public keys.
pub struct Verifier {
    issuer: String,
    keys: HashMap<String, VerifyingKey>,
}

impl Verifier {
    /// A verifier of the tokens that `issuer` (the deployment's base URL) signs with these keys.
    ///
    /// # Errors
    /// [`VerifierError`] where the issuer is empty, a key is no point of the curve, or one stands twice.
    pub fn new(issuer: &str, keys: &[PublicKey]) -> Result<Self, VerifierError> {
        if issuer.is_empty() {
            return Err(VerifierError::Issuer);
        }
        let mut verifier = Self { issuer: issuer.to_owned(), keys: HashMap::with_capacity(keys.len()) };
        for public in keys {
            let point = public.point();
            // RFC 8725 §3.4: a point off the curve leaks private keys elsewhere; here it is a broken record.
            let key =
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).map_err(|_| VerifierError::Key)?;
            let key = VerifyingKey { key, public: public.clone() };
            if verifier.keys.insert(public.kid.clone(), key).is_some() {
                return Err(VerifierError::Duplicate);
            }
        }
        Ok(verifier)
    }

    /// The claims of `token`, if it is good at `now`. There is no leeway: at `exp` it is expired.
    ///
    /// # Errors
    /// The first of [`TokenError`]'s reasons, in their order, that holds.
    pub fn verify(&self, token: &str, now: OffsetDateTime) -> Result<Claims, TokenError> {
        let claims = self.verify_expired(token, now)?;
        // RFC 7519 §4.1.4: "on or after" exp the token must not be accepted.
        if now.unix_timestamp() >= claims.exp {
            return Err(TokenError::Expired);
        }
        Ok(claims)
    }

    /// As [`Verifier::verify`], `exp` aside: for logout and revocation, where an expired token still says
    /// whose session is to end, and a forged one must not.
    ///
    /// # Errors
    /// As [`Verifier::verify`], without [`TokenError::Expired`].
    pub fn verify_expired(&self, token: &str, now: OffsetDateTime) -> Result<Claims, TokenError> {
        let segments = Segments::split(token)?;
        let header = Header::parse(&segments.header)?;
        // RFC 8725 §3.10: `kid` is looked up, and never used as a path, a query or an address.
        let key = self.keys.get(header.kid).ok_or(TokenError::UnknownKey)?;
        key.check_signature(segments.signed.as_bytes(), &segments.signature)?;
        if key.public.is_retired(now) {
            return Err(TokenError::KeyRetired);
        }
        // Nothing of the payload is looked at before the signature is known to be ours.
        let claims: Claims = object(&segments.payload).ok_or(TokenError::Claims)?;
        let newest = now.unix_timestamp().saturating_add(MAX_AHEAD_SECONDS);
        if !claims.lifetime_is_plausible() || claims.iat > newest || claims.jti.is_empty() {
            return Err(TokenError::Claims);
        }
        // RFC 9068 §4 and RFC 8725 §3.8, §3.9: both must be exactly ours.
        if claims.iss != self.issuer {
            return Err(TokenError::Issuer);
        }
        if claims.aud != self.issuer {
            return Err(TokenError::Audience);
        }
        Ok(claims)
    }
}

impl VerifyingKey {
    fn check_signature(&self, signed: &[u8], signature: &[u8]) -> Result<(), TokenError> {
        if signature.len() != SIGNATURE_BYTES {
            return Err(TokenError::Signature);
        }
        self.key.verify_sig(signed, signature).map_err(|_| TokenError::Signature)
    }
}

#[cfg(test)]
mod wycheproof;

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.keys.values().map(|key| &key.public).collect();
        f.debug_struct("Verifier").field("issuer", &self.issuer).field("keys", &keys).finish()
    }
}
