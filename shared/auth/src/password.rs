//! Passwords: what a person types, what is stored of it, and which ones are refused.
//!
//! - [`Password`]: in the clear, wiped on drop, verified exactly as received
//! - [`PasswordHash`]: argon2id in a PHC string, or what was imported; its cost bounded before anything is computed
//! - [`Hasher`]: computes and compares, in memory that is used again and wiped
//! - [`check_strength`]: refuses what can be guessed
//! - [`generate_first`]: the first administrator's password

mod foreign;
mod hash;
mod hasher;
mod pace;
mod strength;

pub use hash::{PasswordHash, PasswordHashError};
pub use hasher::{HashError, Hasher, Verification};
pub use strength::{MIN_CHARACTERS, Weakness, check_strength};

use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer};
use std::{fmt, str::FromStr};
use zeroize::Zeroizing;

/// Longest password, in Unicode scalar values. ASVS 5.0 6.2.9 asks for at least 64.
pub const MAX_CHARACTERS: usize = 128;

/// The digits of a generated password: no `i`, `l`, `o`, `u`, which are misread or make words.
const TYPEABLE: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 28 digits of 5 bits: 140 random bits.
const FIRST_DIGITS: usize = 28;
const FIRST_GROUP: usize = 4;

/// A password in the clear. Wiped on drop; `Debug` does not show it.
///
/// Neither trimmed nor cut nor normalized: ASVS 5.0 6.2.8, "verified exactly as received".
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// The password has more than 128 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has at most {MAX_CHARACTERS} characters")]
pub struct PasswordError;

impl Password {
    fn as_str(&self) -> &str {
        &self.0
    }

    fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl TryFrom<Zeroizing<String>> for Password {
    type Error = PasswordError;

    fn try_from(text: Zeroizing<String>) -> Result<Self, PasswordError> {
        if text.chars().nth(MAX_CHARACTERS).is_some() { Err(PasswordError) } else { Ok(Self(text)) }
    }
}

impl TryFrom<String> for Password {
    type Error = PasswordError;

    fn try_from(text: String) -> Result<Self, PasswordError> {
        Zeroizing::new(text).try_into()
    }
}

impl FromStr for Password {
    type Err = PasswordError;

    fn from_str(text: &str) -> Result<Self, PasswordError> {
        text.to_owned().try_into()
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

/// A random password of 140 bits that a person can type: seven groups of four, such as `7k2m-…`.
pub fn generate_first(rng: &mut impl CryptoRng) -> Zeroizing<String> {
    let mut random = Zeroizing::new([0; FIRST_DIGITS]);
    rng.fill_bytes(random.as_mut_slice());
    // The full length at once: a string that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(FIRST_DIGITS + FIRST_DIGITS / FIRST_GROUP));
    for (group, bytes) in random.chunks(FIRST_GROUP).enumerate() {
        if group > 0 {
            text.push('-');
        }
        // 256 is a multiple of 32: each digit is as likely as any other.
        let digits = bytes.iter().filter_map(|byte| TYPEABLE.get(usize::from(byte % 32)));
        text.extend(digits.map(|digit| char::from(*digit)));
    }
    text
}

#[cfg(test)]
mod tests;
