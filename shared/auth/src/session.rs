//! Session tokens: JSON Web Tokens in the profile of RFC 9068, signed with ES256.
//!
//! Only one form is issued and only that form is accepted: everything that a general JWT library would
//! let a token say about how it wants to be verified is refused. The flow of [`Verifier::verify`]:
//!
//! 1. at most 2,048 bytes, three segments of canonical base64url
//! 2. a header of exactly `alg` = `ES256`, `typ` = `at+jwt` and `kid`
//! 3. `kid` names one of the verifier's own keys
//! 4. the signature, 64 bytes, is that key's over the first two segments; the key is not retired
//! 5. claims of exactly the members and types of [`Claims`], of a plausible time
//! 6. issuer and audience are this deployment, `exp` lies ahead
//!
//! Whether the session still exists, the records tell, not the token.

mod token;
mod verify;

pub use verify::{TokenError, Verifier, VerifierError};

use crate::{
    ids::{OrganizationId, SessionId, UserId},
    signing::SigningKey,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, crypto::aws_lc};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use zeroize::Zeroizing;

/// Longest token in bytes, issued or accepted. One takes about 600.
pub const MAX_TOKEN_BYTES: usize = 2048;
/// Longest life of a token in seconds: an hour, the end of what an organization's policy can set.
pub const MAX_LIFETIME_SECONDS: i64 = 3600;

/// What a token says. Times are seconds since 1970-01-01 in UTC.
//
// RFC 9068 §2.2: iss, exp, aud, sub, iat and jti are required. `client_id` is required there, too, and
// absent here: there is no OAuth client, the deployment's own login is the only one to ask for a token.
// RFC 7519 §4: claims that are not understood are ignored "in the absence of" other requirements. Ours is
// that there are none: we are the only issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The deployment's base URL.
    pub iss: String,
    /// The deployment's base URL again: who issues a token is who accepts it. A list is refused.
    pub aud: String,
    /// The user.
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// The user's organization.
    pub org: OrganizationId,
    /// When it was issued.
    pub iat: i64,
    /// From then on it is refused.
    pub exp: i64,
    /// 128 random bits in base64url: no two tokens are equal.
    pub jti: String,
}

impl Claims {
    /// The claims of a token that is issued `now` and lives `lifetime` seconds.
    pub fn new(
        issuer: &str,
        user: UserId,
        session: SessionId,
        organization: OrganizationId,
        now: OffsetDateTime,
        lifetime: u32,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut jti = [0; 16];
        rng.fill_bytes(&mut jti);
        let iat = now.unix_timestamp();
        Self {
            iss: issuer.to_owned(),
            aud: issuer.to_owned(),
            sub: user,
            sid: session,
            org: organization,
            iat,
            exp: iat.saturating_add(i64::from(lifetime)),
            jti: URL_SAFE_NO_PAD.encode(jti),
        }
    }

    /// A life of more than nothing and at most an hour.
    fn lifetime_is_plausible(&self) -> bool {
        self.exp.checked_sub(self.iat).is_some_and(|life| (1..=MAX_LIFETIME_SECONDS).contains(&life))
    }
}

/// Why no token was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The life is not 1 to 3,600 seconds.
    #[error("a session token lives 1 to {MAX_LIFETIME_SECONDS} seconds")]
    Lifetime,
    /// The token would be longer than any verifier accepts.
    #[error("the session token would be longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    /// The private key could not sign.
    #[error("the session token could not be signed")]
    Signature,
}

/// The token of these claims, signed: to be sent to its user and kept nowhere.
///
/// # Errors
/// [`IssueError`]: what no verifier would accept is not issued.
pub fn issue(signer: &SigningKey, claims: &Claims) -> Result<Zeroizing<String>, IssueError> {
    if !claims.lifetime_is_plausible() {
        return Err(IssueError::Lifetime);
    }
    let header = token::Header::new(&signer.public.kid);
    let (Ok(header), Ok(payload)) = (serde_json::to_vec(&header), serde_json::to_vec(claims)) else {
        return Err(IssueError::Signature);
    };
    let mut text = Zeroizing::new(String::with_capacity(MAX_TOKEN_BYTES));
    URL_SAFE_NO_PAD.encode_string(header, &mut text);
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(payload, &mut text);
    // Named, not `jsonwebtoken::crypto::sign`: that one takes a process-wide provider, which panics if
    // any other crate of the build happens to enable a second one.
    let signature = (aws_lc::DEFAULT_PROVIDER.signer_factory)(&Algorithm::ES256, signer.private())
        .map_err(|_| IssueError::Signature)?
        .try_sign(text.as_bytes())
        .map_err(|_| IssueError::Signature)?;
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut text);
    if text.len() > MAX_TOKEN_BYTES { Err(IssueError::TooLong) } else { Ok(text) }
}

#[cfg(test)]
mod tests;
