//! What is stored of a password: a PHC string of argon2id.

use argon2::Params;
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
// all memory or minutes, and from being so cheap that it protects nothing.
const MEMORY: RangeInclusive<u32> = 8 * 1024..=64 * 1024;
const PASSES: RangeInclusive<u32> = 1..=10;
const LANES: RangeInclusive<u32> = 1..=4;
const SALT: RangeInclusive<usize> = 16..=48;
const OUTPUT: RangeInclusive<usize> = 32..=MAX_OUTPUT_BYTES;
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

/// A password's hash: `$argon2id$v=19$m=…,t=…,p=…$<salt>$<hash>`, of bounded cost. `Debug` does not show it.
#[derive(Clone)]
pub struct PasswordHash {
    text: String,
    pub(super) cost: Cost,
    pub(super) salt: Vec<u8>,
    pub(super) output: Vec<u8>,
}

/// Why a string is no password hash that will be computed. Never carries any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashError {
    /// Not a PHC string in the one order and spelling of its parts.
    #[error("not a PHC string of a password hash")]
    Malformed,
    /// Not `argon2id`, or not `v=19`.
    #[error("a password hash of another algorithm than argon2id, version 19")]
    Algorithm,
    /// Memory not 8 to 64 MiB, passes not 1 to 10, or lanes not 1 to 4.
    #[error("the password hash's cost is out of bounds")]
    Cost,
    /// Salt not 16 to 48 bytes, or hash not 32 to 64.
    #[error("the password hash's salt or hash is of a length out of bounds")]
    Length,
}

impl PasswordHash {
    /// The hash that was stored as `text`. Each has one spelling; no work is done for one out of bounds.
    ///
    /// # Errors
    /// [`PasswordHashError`]; it says what is wrong and holds nothing of the text.
    pub fn parse(text: &str) -> Result<Self, PasswordHashError> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(PasswordHashError::Malformed);
        }
        let mut parts = text.split('$');
        let mut next = || parts.next().ok_or(PasswordHashError::Malformed);
        let (before, algorithm, version) = (next()?, next()?, next()?);
        let (cost, salt, output) = (next()?, next()?, next()?);
        if !before.is_empty() || parts.next().is_some() {
            return Err(PasswordHashError::Malformed);
        }
        if algorithm != "argon2id" || version != "v=19" {
            return Err(PasswordHashError::Algorithm);
        }
        let cost = parse_cost(cost)?;
        let (salt, output) = (decode(salt, &SALT)?, decode(output, &OUTPUT)?);
        Ok(Self { text: text.to_owned(), cost, salt, output })
    }

    pub(super) fn new(cost: Cost, salt: &[u8], output: &[u8]) -> Self {
        let Cost { memory, passes, lanes } = cost;
        let encode = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
        let text =
            format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${}${}", encode(salt), encode(output));
        Self { text, cost, salt: salt.to_vec(), output: output.to_vec() }
    }

    /// The PHC string to store.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a new hash of the same password would have another cost or length.
    pub fn is_outdated(&self) -> bool {
        self.cost != CURRENT || self.salt.len() != SALT_BYTES || self.output.len() != OUTPUT_BYTES
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
    let mut parts = text.split(',');
    let mut next = |name: &str| {
        let value = parts.next()?.strip_prefix(name)?;
        // One spelling: digits only, no zeros before them.
        let plain = value.starts_with(|first: char| matches!(first, '1'..='9'))
            && value.bytes().all(|byte| byte.is_ascii_digit());
        if plain { Some(value) } else { None }
    };
    let (Some(memory), Some(passes), Some(lanes)) = (next("m="), next("t="), next("p=")) else {
        return Err(PasswordHashError::Malformed);
    };
    if parts.next().is_some() {
        return Err(PasswordHashError::Malformed);
    }
    let bounded = |value: &str, bounds: RangeInclusive<u32>| {
        value.parse().ok().filter(|value| bounds.contains(value)).ok_or(PasswordHashError::Cost)
    };
    Ok(Cost {
        memory: bounded(memory, MEMORY)?,
        passes: bounded(passes, PASSES)?,
        lanes: bounded(lanes, LANES)?,
    })
}

fn decode(text: &str, lengths: &RangeInclusive<usize>) -> Result<Vec<u8>, PasswordHashError> {
    let bytes = STANDARD_NO_PAD.decode(text).map_err(|_| PasswordHashError::Malformed)?;
    if lengths.contains(&bytes.len()) { Ok(bytes) } else { Err(PasswordHashError::Length) }
}

#[cfg(test)]
mod tests;
