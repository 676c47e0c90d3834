//! API keys: `<prefix>_` and 83 base62 digits that say whose key it is, hold its secret, and check
//! themselves.
//!
//! ```text
//! qarion_ <organization> <user> <key> <secret: 4 words> <checksum>
//!            11 digits     11     11       4 x 11          6          = 90 characters
//! ```
//!
//! Each 64-bit value has its own eleven digits, instead of one long number over all 56 bytes, so that a
//! group *is* the spelling of an id: whoever sees a key's first digits in a report finds the
//! organization, the user and the key by search, and parsing needs no arithmetic wider than 64 bits.
//!
//! The checksum (CRC-32 over everything before it, prefix and underscore included) is against typing
//! errors and junk, which then cost no I/O, and makes secret scanners exact. It protects nothing: the
//! secret does, 256 random bits of which only the SHA-256 is kept. A slow hash or a pepper would add
//! nothing to that, and would put cost and another secret into every request.
//!
//! Two types for one credential: [`ApiKey`] is shown once and implements neither `Serialize` nor
//! `Display`, [`SecretHash`] is stored. There is no way back from the second to the first.

use crate::{
    base62,
    ids::{KeyId, OrganizationId, UserId},
};
use aws_lc_rs::{constant_time, digest};
use rand_core::CryptoRng;
use std::{fmt, str::FromStr};
use zeroize::Zeroizing;

/// Base62 digits of the CRC-32: `62^6 > 2^32 > 62^5`.
const CHECKSUM_WIDTH: usize = 6;
/// 64-bit values before the checksum: three ids and four words of the secret.
const WORDS: usize = 7;
const DIGITS: usize = WORDS * base62::WIDTH + CHECKSUM_WIDTH;
/// Bytes of a secret and of its hash.
const SECRET_BYTES: usize = 32;
/// How many of a key's last characters are kept to recognize it by.
const HINT_CHARACTERS: usize = 4;

/// What a deployment's API keys begin with, without the underscore: `[a-z][a-z0-9]{1,15}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(String);

/// A string that is not a [`Prefix`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an API key prefix must be a letter and 1 to 15 of a-z and 0-9")]
pub struct PrefixError;

impl Prefix {
    /// The prefix, without the underscore.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Prefix {
    fn default() -> Self {
        Self("qarion".to_owned())
    }
}

impl FromStr for Prefix {
    type Err = PrefixError;

    fn from_str(text: &str) -> Result<Self, PrefixError> {
        let fits = (2..=16).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if fits { Ok(Self(text.to_owned())) } else { Err(PrefixError) }
    }
}

/// Why a string is no API key of this deployment. Which of them is for the log; callers are told 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    /// It does not begin with the deployment's prefix and an underscore.
    #[error("an API key begins with the deployment's prefix")]
    Prefix,
    /// It has not exactly 83 bytes after the underscore.
    #[error("an API key has {DIGITS} digits after its prefix")]
    Length,
    /// A byte after the underscore is not one of `0-9A-Za-z`.
    #[error("an API key holds base62 digits only")]
    Digit,
    /// A group of digits is past the largest value it can stand for: a second spelling of another.
    #[error("a group of the API key's digits is out of range")]
    Range,
    /// The last six digits are not the checksum of what precedes them.
    #[error("the API key's checksum is wrong: a typing error, or not a key")]
    Checksum,
}

/// An API key in the clear: at its creation, and while a request that carries it is decided.
///
/// The secret is wiped on drop; `Debug` does not show it.
pub struct ApiKey {
    /// The organization of the user.
    pub organization: OrganizationId,
    /// The user whose permissions the key has.
    pub user: UserId,
    /// The key's id, which outlives rotations of the secret.
    pub key: KeyId,
    /// On the heap, so that moving the key leaves no copies of the secret behind.
    secret: Box<Zeroizing<[u8; SECRET_BYTES]>>,
}

impl ApiKey {
    /// A key with a new random secret of 256 bits. For a rotation, `key` is the id that stays.
    pub fn generate(
        organization: OrganizationId,
        user: UserId,
        key: KeyId,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut secret = Box::new(Zeroizing::new([0; SECRET_BYTES]));
        rng.fill_bytes(secret.as_mut_slice());
        Self { organization, user, key, secret }
    }

    /// The key that `text` spells. Each key has one spelling; junk is refused without allocating.
    ///
    /// # Errors
    /// The first of [`ApiKeyError`]'s reasons, in their order, that holds.
    pub fn parse(text: &str, prefix: &Prefix) -> Result<Self, ApiKeyError> {
        let digits = text
            .strip_prefix(prefix.as_str())
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(ApiKeyError::Prefix)?
            .as_bytes();
        if digits.len() != DIGITS {
            return Err(ApiKeyError::Length);
        }
        if !digits.iter().all(u8::is_ascii_alphanumeric) {
            return Err(ApiKeyError::Digit);
        }
        let (words, checksum) = digits.split_at(WORDS * base62::WIDTH);
        let covered = text.as_bytes().strip_suffix(checksum);
        let mut values = Zeroizing::new([0_u64; WORDS]);
        for (value, group) in values.iter_mut().zip(words.chunks_exact(base62::WIDTH)) {
            *value = base62::parse(group).ok_or(ApiKeyError::Range)?;
        }
        let checksum =
            base62::parse(checksum).and_then(|value| u32::try_from(value).ok()).ok_or(ApiKeyError::Range)?;
        if covered.map(crc32fast::hash) != Some(checksum) {
            return Err(ApiKeyError::Checksum);
        }
        let [organization, user, key, words @ ..] = &*values;
        let mut secret = Box::new(Zeroizing::new([0; SECRET_BYTES]));
        for (bytes, word) in secret.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        Ok(Self {
            organization: OrganizationId::from_bits(*organization),
            user: UserId::from_bits(*user),
            key: KeyId::from_bits(*key),
            secret,
        })
    }

    /// The key's text, to be shown once to its owner.
    pub fn reveal(&self, prefix: &Prefix) -> Zeroizing<String> {
        // The full length at once: a string that grows leaves copies of the secret behind.
        let mut text = Zeroizing::new(String::with_capacity(prefix.as_str().len() + 1 + DIGITS));
        text.push_str(prefix.as_str());
        text.push('_');
        for id in [self.organization.bits(), self.user.bits(), self.key.bits()] {
            base62::push(&mut text, id, base62::WIDTH);
        }
        for bytes in self.secret.chunks_exact(8) {
            let word = bytes.iter().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
            base62::push(&mut text, word, base62::WIDTH);
        }
        let checksum = crc32fast::hash(text.as_bytes());
        base62::push(&mut text, u64::from(checksum), CHECKSUM_WIDTH);
        text
    }

    /// The last four characters, to recognize the key by. They are of the checksum, which tells of the
    /// secret less than 24 of its 256 bits.
    pub fn hint(&self, prefix: &Prefix) -> String {
        let text = self.reveal(prefix);
        text.chars().skip(text.len().saturating_sub(HINT_CHARACTERS)).collect()
    }

    /// What is stored instead of the secret.
    pub fn secret_hash(&self) -> SecretHash {
        let mut hash = [0; SECRET_BYTES];
        let digest = digest::digest(&digest::SHA256, self.secret.as_slice());
        hash.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        SecretHash(hash)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("organization", &self.organization)
            .field("user", &self.user)
            .field("key", &self.key)
            .field("secret", &"[redacted]")
            .finish()
    }
}

/// SHA-256 of a key's 32 secret bytes: what is stored, and compared in constant time.
#[derive(Clone)]
pub struct SecretHash([u8; SECRET_BYTES]);

impl SecretHash {
    /// The hash of these bytes, as they were stored; `None` unless there are 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The 32 bytes to store.
    pub const fn as_bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }
}

// The only comparison there is takes the same time wherever the hashes differ.
impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        constant_time::verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for SecretHash {}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash([redacted])")
    }
}

#[cfg(test)]
mod tests;
