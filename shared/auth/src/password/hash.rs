//! What is stored of a password: a PHC string of argon2id, or until the first login a hash that was imported.

use super::foreign::{Bcrypt, Scrypt};
use argon2::{Algorithm, Params};
use aws_lc_rs::constant_time;
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use std::{fmt, ops::RangeInclusive};

/// Memory in KiB, passes, lanes: OWASP's first choice for argon2id (Password Storage Cheat Sheet), which is
/// what RFC 9106 §4 leaves to who cannot spend 64 MiB on each login.
pub(super) const CURRENT: Cost = Cost { memory: 19_456, passes: 2, lanes: 1 };
/// A small part of a current hash's work.
pub(super) const PART: Cost = Cost { memory: 256, passes: 1, lanes: 1 };
/// RFC 9106 §3.1: 16 bytes of salt are recommended for password hashing.
pub(super) const SALT_BYTES: usize = 16;
pub(super) const OUTPUT_BYTES: usize = 32;

// A stored string sets the work that a login does. These bounds keep a wrong or a planted one from taking
// all memory or minutes, and from being so cheap that it protects nothing. What libraries make by default is within
// them, so that it can be imported.
const MEMORY: RangeInclusive<u32> = 4 * 1024..=128 * 1024;
const PASSES: RangeInclusive<u32> = 1..=10;
const LANES: RangeInclusive<u32> = 1..=8;
/// Blocks in all passes together: seven times the time of a current hash, and more.
const MAX_BLOCKS: u32 = 384 * 1024;
const SALT: RangeInclusive<usize> = 8..=48;
const OUTPUT: RangeInclusive<usize> = 16..=MAX_OUTPUT_BYTES;
pub(super) const MAX_OUTPUT_BYTES: usize = 64;
/// Longer than any string within the bounds.
const MAX_TEXT_BYTES: usize = 256;

/// What a hash costs to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cost {
    /// In KiB.
    memory: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// As argon2's parameters; `None` is ruled out by the bounds.
    pub(super) fn params(self, output: usize) -> Option<Params> {
        Params::new(self.memory, self.passes, self.lanes, Some(output)).ok()
    }

    /// Blocks of 1 KiB that are computed.
    pub(super) const fn blocks(self) -> u32 {
        self.memory.saturating_mul(self.passes)
    }

    /// What is left of the current cost's work once a hash of this cost is computed: nothing, where this is
    /// the greater. Neither a mismatch with an old hash nor one with a current hash then shows in the time
    /// which of them it was.
    ///
    /// A first pass and a later one differ: the first finds half of its blocks another way, and a later one
    /// reads what it overwrites. So the numbers of first and of later blocks are made equal, one by one.
    pub(super) fn missing(self) -> [Option<Self>; 2] {
        /// More passes over less memory would run within the processor's nearest cache, and be too quick.
        const MOST_PASSES: u32 = 4;
        let total = CURRENT.blocks().saturating_sub(self.blocks());
        let first = CURRENT.memory.saturating_sub(self.memory).max(total.div_ceil(MOST_PASSES)).min(total);
        let later = total - first;
        // `first` blocks as two memories of which one is passed over once more than the other.
        let (each, more) = match first {
            0 => (0, 0),
            first => (later / first, later % first),
        };
        let part = |memory: u32, passes: u32| {
            (memory >= Params::MIN_M_COST).then_some(Self { memory, passes, lanes: 1 })
        };
        [part(first - more, each + 1), part(more, each + 2)]
    }
}

/// A password's hash, of bounded cost. `Debug` does not show it.
///
/// - `$argon2id$v=19$m=…,t=…,p=…$<salt>$<hash>`, which is what [`super::Hasher`] makes, and the same of `argon2i`
/// - bcrypt's `$2b$…`, scrypt's `$scrypt$ln=…`: these are imported, and replaced at the first login
#[derive(Clone)]
pub struct PasswordHash {
    text: String,
    pub(super) scheme: Scheme,
}

/// How a hash is computed again.
#[derive(Clone)]
pub(super) enum Scheme {
    Argon2(Argon2Hash),
    Bcrypt(Bcrypt),
    Scrypt(Scrypt),
}

/// A hash of argon2, version 19.
#[derive(Clone)]
pub(super) struct Argon2Hash {
    pub(super) algorithm: Algorithm,
    pub(super) cost: Cost,
    pub(super) salt: Vec<u8>,
    pub(super) output: Vec<u8>,
}

/// Why a string is no password hash that will be computed. Never carries any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashError {
    /// Not in the one order and spelling of its parts.
    #[error("must be a hash of argon2, bcrypt or scrypt as their libraries write it")]
    Malformed,
    /// None of `argon2id`, `argon2i` (both `v=19`), `2a`, `2b`, `2y` and `scrypt`.
    #[error("must be of argon2id or argon2i with v=19, of bcrypt's 2a, 2b or 2y, or of scrypt")]
    Algorithm,
    /// - argon2: memory not 4 to 128 MiB, passes not 1 to 10, lanes not 1 to 8, or more than 384 MiB in all passes
    /// - bcrypt: cost not 8 to 14
    /// - scrypt: `ln` not 13 to 20, `r` not 1 to 32, `p` not 1 to 16, memory not 8 to 128 MiB, or more than 512 MiB
    ///   in all of `p`
    #[error("is too cheap or too costly to compute")]
    Cost,
    /// Salt not 8 to 48 bytes, or hash not 16 to 64.
    #[error("has a salt or a hash of a length out of bounds")]
    Length,
}

impl PasswordHash {
    /// The hash that was stored, or is imported, as `text`. Each has one spelling; no work is done for one out of
    /// bounds.
    ///
    /// # Errors
    /// [`PasswordHashError`]; it says what is wrong and holds nothing of the text.
    pub fn parse(text: &str) -> Result<Self, PasswordHashError> {
        let rest = text.strip_prefix('$').filter(|_| text.len() <= MAX_TEXT_BYTES);
        let (algorithm, rest) =
            rest.and_then(|rest| rest.split_once('$')).ok_or(PasswordHashError::Malformed)?;
        let scheme = match algorithm {
            "argon2id" => Scheme::Argon2(Argon2Hash::parse(Algorithm::Argon2id, rest)?),
            "argon2i" => Scheme::Argon2(Argon2Hash::parse(Algorithm::Argon2i, rest)?),
            "2a" | "2b" | "2y" => Scheme::Bcrypt(Bcrypt::parse(text, rest)?),
            "scrypt" => Scheme::Scrypt(Scrypt::parse(rest)?),
            _ => return Err(PasswordHashError::Algorithm),
        };
        Ok(Self { text: text.to_owned(), scheme })
    }

    /// Of argon2id.
    pub(super) fn new(cost: Cost, salt: &[u8], output: &[u8]) -> Self {
        let Cost { memory, passes, lanes } = cost;
        let encode = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
        let text =
            format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${}${}", encode(salt), encode(output));
        let algorithm = Algorithm::Argon2id;
        let scheme =
            Scheme::Argon2(Argon2Hash { algorithm, cost, salt: salt.to_vec(), output: output.to_vec() });
        Self { text, scheme }
    }

    /// The string to store.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The algorithm's name: `argon2id`, `argon2i`, `bcrypt` or `scrypt`.
    pub fn algorithm(&self) -> &'static str {
        match &self.scheme {
            Scheme::Argon2(hash) => hash.algorithm.as_str(),
            Scheme::Bcrypt(_) => "bcrypt",
            Scheme::Scrypt(_) => "scrypt",
        }
    }

    /// Whether a new hash of the same password would be of another algorithm, cost or length.
    pub fn is_outdated(&self) -> bool {
        match &self.scheme {
            Scheme::Argon2(hash) => {
                hash.algorithm != Algorithm::Argon2id
                    || hash.cost != CURRENT
                    || hash.salt.len() != SALT_BYTES
                    || hash.output.len() != OUTPUT_BYTES
            }
            Scheme::Bcrypt(_) | Scheme::Scrypt(_) => true,
        }
    }
}

impl Argon2Hash {
    /// What stands behind the algorithm's name.
    fn parse(algorithm: Algorithm, rest: &str) -> Result<Self, PasswordHashError> {
        let mut parts = rest.split('$');
        let mut next = || parts.next().ok_or(PasswordHashError::Malformed);
        let (version, cost, salt, output) = (next()?, next()?, next()?, next()?);
        if parts.next().is_some() {
            return Err(PasswordHashError::Malformed);
        }
        if version != "v=19" {
            return Err(PasswordHashError::Algorithm);
        }
        let cost = parse_cost(cost)?;
        let (salt, output) = salt_and_output(salt, output)?;
        Ok(Self { algorithm, cost, salt, output })
    }
}

// The only comparison there is takes the same time wherever the hashes differ.
impl PartialEq for PasswordHash {
    fn eq(&self, other: &Self) -> bool {
        constant_time::verify_slices_are_equal(self.text.as_bytes(), other.text.as_bytes()).is_ok()
    }
}

impl Eq for PasswordHash {}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

fn parse_cost(text: &str) -> Result<Cost, PasswordHashError> {
    let [memory, passes, lanes] = numbers(text, ["m=", "t=", "p="])?;
    let cost = Cost {
        memory: bounded(memory, MEMORY)?,
        passes: bounded(passes, PASSES)?,
        lanes: bounded(lanes, LANES)?,
    };
    if cost.blocks() > MAX_BLOCKS { Err(PasswordHashError::Cost) } else { Ok(cost) }
}

/// The digits behind these names, in this order and no others.
pub(super) fn numbers<'a, const N: usize>(
    text: &'a str,
    names: [&str; N],
) -> Result<[&'a str; N], PasswordHashError> {
    let mut parts = text.split(',');
    let found = names.map(|name| {
        let value = parts.next()?.strip_prefix(name)?;
        // One spelling: digits only, no zeros before them.
        let plain = value.starts_with(|first: char| matches!(first, '1'..='9'))
            && value.bytes().all(|byte| byte.is_ascii_digit());
        plain.then_some(value)
    });
    if parts.next().is_some() || found.contains(&None) {
        return Err(PasswordHashError::Malformed);
    }
    Ok(found.map(Option::unwrap_or_default))
}

/// These digits' number, if it is within the bounds.
pub(super) fn bounded(digits: &str, bounds: RangeInclusive<u32>) -> Result<u32, PasswordHashError> {
    digits.parse().ok().filter(|value| bounds.contains(value)).ok_or(PasswordHashError::Cost)
}

/// Salt and output behind a cost, in PHC's alphabet.
pub(super) fn salt_and_output(salt: &str, output: &str) -> Result<(Vec<u8>, Vec<u8>), PasswordHashError> {
    Ok((decode(salt, &SALT)?, decode(output, &OUTPUT)?))
}

fn decode(text: &str, lengths: &RangeInclusive<usize>) -> Result<Vec<u8>, PasswordHashError> {
    let bytes = STANDARD_NO_PAD.decode(text).map_err(|_| PasswordHashError::Malformed)?;
    if lengths.contains(&bytes.len()) { Ok(bytes) } else { Err(PasswordHashError::Length) }
}

#[cfg(test)]
mod tests;
