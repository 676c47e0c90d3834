//! The form of a token: three segments, and what its header may say.

use super::{MAX_TOKEN_BYTES, TokenError};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

const ALGORITHM: &str = "ES256";
const TYPE: &str = "at+jwt";

/// A token's header: these members and no other.
//
// RFC 8725 §3.1: the algorithm is ours to choose, not the token's; one is accepted. §3.10: `jku`, `x5u` and
// the like would let a token bring its own key; RFC 7515 §4.1.11: `crit` asks to be understood or refused.
// They are unknown members here, and so refused, as is a member that stands twice (RFC 7515 §4).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    pub(super) kid: &'a str,
}

impl<'a> Header<'a> {
    pub(super) const fn new(kid: &'a str) -> Self {
        Self { alg: ALGORITHM, typ: TYPE, kid }
    }

    /// The header in these bytes.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, TokenError> {
        let header: Self = object(bytes).ok_or(TokenError::Header)?;
        if header.alg != ALGORITHM {
            return Err(TokenError::Algorithm);
        }
        // RFC 9068 §4: "at+jwt"; RFC 8725 §3.11: a token of another kind must not pass as this one. The
        // longer "application/at+jwt" is not a form that we issue.
        if header.typ != TYPE {
            return Err(TokenError::Type);
        }
        Ok(header)
    }
}

/// A token taken apart, nothing of it believed.
pub(super) struct Segments<'a> {
    pub(super) header: Vec<u8>,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
    /// What the signature is over: the first two segments as they were sent.
    pub(super) signed: &'a str,
}

impl<'a> Segments<'a> {
    pub(super) fn split(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        // RFC 7515 §7.1: three segments. A further dot is no base64url digit.
        let (header, payload) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        Ok(Self { header: decode(header)?, payload: decode(payload)?, signature: decode(signature)?, signed })
    }
}

/// RFC 7515 §2: base64url without padding, line breaks or white space. Bits behind the last byte must be
/// zero, or one signature would have several spellings.
fn decode(segment: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(segment).map_err(|_| TokenError::Malformed)
}

/// The JSON object in these bytes. serde alone would take a list for a struct's members, too.
pub(super) fn object<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    if bytes.first() == Some(&b'{') { serde_json::from_slice(bytes).ok() } else { None }
}
