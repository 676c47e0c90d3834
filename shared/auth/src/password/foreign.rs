//! Hashes that other systems made, imported with their users: computed once more at each login until one succeeds.
//!
//! Neither takes the time of a current hash: until it is replaced, the time of a login tells that it was imported.

use super::{
    Password, Verification,
    hash::{MAX_OUTPUT_BYTES, PasswordHashError, bounded, numbers, salt_and_output},
};
use aws_lc_rs::constant_time;
use scrypt::Params;
use std::ops::RangeInclusive;
use zeroize::Zeroizing;

/// `2^cost` rounds; each step doubles the time, and 14 takes about a second.
const BCRYPT_COST: RangeInclusive<u32> = 8..=14;
/// Bytes of salt and of output in its own alphabet.
const BCRYPT_TEXT: usize = 22 + 31;

const SCRYPT_LOG_N: RangeInclusive<u32> = 13..=20;
const SCRYPT_R: RangeInclusive<u32> = 1..=32;
const SCRYPT_P: RangeInclusive<u32> = 1..=16;
/// Bytes that are taken at once, and bytes that are gone through.
const SCRYPT_MEMORY: RangeInclusive<u64> = 8 << 20..=128 << 20;
const SCRYPT_WORK: u64 = 512 << 20;

/// How many bytes of a password bcrypt looks at.
const BCRYPT_KNOWN: usize = 72;

/// A hash of bcrypt, `$2b$<cost>$<salt><hash>`. It knows the first 72 bytes of a password and no more.
#[derive(Clone)]
pub(super) struct Bcrypt {
    text: String,
}

impl Bcrypt {
    /// `rest` stands behind the algorithm's name in `text`.
    pub(super) fn parse(text: &str, rest: &str) -> Result<Self, PasswordHashError> {
        let (cost, digest) = rest.split_once('$').ok_or(PasswordHashError::Malformed)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
        let two_digits = cost.len() == 2 && cost.bytes().all(|byte| byte.is_ascii_digit());
        if !two_digits || digest.len() != BCRYPT_TEXT || !digest.bytes().all(plain) {
            return Err(PasswordHashError::Malformed);
        }
        bounded(cost, BCRYPT_COST)?;
        Ok(Self { text: text.to_owned() })
    }

    /// Compared in constant time. A hash that cannot be computed, which its form rules out, is a mismatch: closed.
    ///
    /// A longer password than bcrypt knows is not to be hashed anew: a slip behind what was compared would become the
    /// password.
    pub(super) fn verify(&self, password: &Password) -> Verification {
        match bcrypt::verify(password.as_bytes(), &self.text) {
            Ok(true) => Verification::Match { outdated: password.as_bytes().len() <= BCRYPT_KNOWN },
            Ok(false) | Err(_) => Verification::Mismatch,
        }
    }
}

/// A hash of scrypt, `$scrypt$ln=<log2 N>,r=<r>,p=<p>$<salt>$<hash>` (RFC 7914).
#[derive(Clone)]
pub(super) struct Scrypt {
    params: Params,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Scrypt {
    /// `rest` stands behind the algorithm's name.
    pub(super) fn parse(rest: &str) -> Result<Self, PasswordHashError> {
        let mut parts = rest.split('$');
        let mut next = || parts.next().ok_or(PasswordHashError::Malformed);
        let (cost, salt, output) = (next()?, next()?, next()?);
        if parts.next().is_some() {
            return Err(PasswordHashError::Malformed);
        }
        let [log_n, r, p] = numbers(cost, ["ln=", "r=", "p="])?;
        let (log_n, r, p) = (bounded(log_n, SCRYPT_LOG_N)?, bounded(r, SCRYPT_R)?, bounded(p, SCRYPT_P)?);
        let memory = (128 * u64::from(r)) << log_n;
        if !SCRYPT_MEMORY.contains(&memory) || memory * u64::from(p) > SCRYPT_WORK {
            return Err(PasswordHashError::Cost);
        }
        let (salt, output) = salt_and_output(salt, output)?;
        let log_n = u8::try_from(log_n).map_err(|_| PasswordHashError::Cost)?;
        let params = Params::new(log_n, r, p).map_err(|_| PasswordHashError::Cost)?;
        Ok(Self { params, salt, output })
    }

    /// Compared in constant time. A hash that cannot be computed, which its bounds rule out, is a mismatch: closed.
    pub(super) fn verify(&self, password: &Password) -> Verification {
        let mut buffer = Zeroizing::new([0; MAX_OUTPUT_BYTES]);
        let Some(output) = buffer.get_mut(..self.output.len()) else {
            return Verification::Mismatch;
        };
        if scrypt::scrypt(password.as_bytes(), &self.salt, &self.params, output).is_err() {
            return Verification::Mismatch;
        }
        match constant_time::verify_slices_are_equal(output, &self.output) {
            Ok(()) => Verification::Match { outdated: true },
            Err(_) => Verification::Mismatch,
        }
    }
}

#[cfg(test)]
mod tests;
