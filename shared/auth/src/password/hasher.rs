//! The computation of argon2id, in memory that is used again and wiped.

use super::{
    Password, PasswordHash,
    hash::{Argon2Hash, CURRENT, Cost, MAX_OUTPUT_BYTES, OUTPUT_BYTES, PART, SALT_BYTES, Scheme},
    pace::Pace,
};
use argon2::{Algorithm, Argon2, Block, Version};
use aws_lc_rs::constant_time;
use rand_core::CryptoRng;
use std::{fmt, hint, time::Duration};
use zeroize::{Zeroize, Zeroizing};

/// What a password is to a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// It is the password.
    Match {
        /// The hash has another cost than a new one: hash the password again and store that.
        outdated: bool,
    },
    /// It is another.
    Mismatch,
}

/// argon2id failed. The bounds of a hash rule out each of its reasons; so it is a defect, not a mismatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashError;

/// Computes password hashes. Keeps its 19 MiB of memory between logins, and wipes them after each: what is
/// in them could be searched for the password with less work than argon2 is to cost.
pub struct Hasher {
    memory: Vec<Block>,
    blocks: u64,
    pace: Pace,
}

impl Hasher {
    /// A hasher with the memory that a current hash needs.
    pub fn new() -> Self {
        let blocks = CURRENT.params(OUTPUT_BYTES).map_or(0, |params| params.block_count());
        Self { memory: vec![Block::new(); blocks], blocks: 0, pace: Pace::default() }
    }

    /// As [`Hasher::new`], with a clock: old hashes take not only the work of current ones, but the time. It only
    /// goes forward while one hash is computed, from any beginning; best it is the thread's processor time, which
    /// is the same however busy the machine is.
    pub fn with_clock(clock: impl Fn() -> Duration + Send + 'static) -> Self {
        Self { pace: Pace::by(Box::new(clock)), ..Self::new() }
    }

    /// Blocks of 1 KiB that this hasher has computed so far: the work, as a number that no clock blurs.
    pub const fn blocks(&self) -> u64 {
        self.blocks
    }

    /// The hash to store of a new password: current cost, 16 random bytes of salt.
    ///
    /// # Errors
    /// [`HashError`], which is a defect.
    pub fn hash(&mut self, password: &Password, rng: &mut impl CryptoRng) -> Result<PasswordHash, HashError> {
        let mut salt = [0; SALT_BYTES];
        rng.fill_bytes(&mut salt);
        let mut output = Zeroizing::new([0; OUTPUT_BYTES]);
        self.compute(password, (Algorithm::Argon2id, CURRENT), &salt, output.as_mut_slice())?;
        Ok(PasswordHash::new(CURRENT, &salt, output.as_slice()))
    }

    /// Whether `password` is the one behind `hash`. Compared in constant time.
    ///
    /// A hash of argon2 of less than the current cost takes the work of a current one all the same, and with a clock
    /// that has measured one the time: neither tells that there is an old hash. One of greater cost takes its own, and
    /// so do those of bcrypt and scrypt.
    ///
    /// A failure of the computation, which the bounds of a hash rule out, is a mismatch: closed.
    pub fn verify(&mut self, password: &Password, hash: &PasswordHash) -> Verification {
        match &hash.scheme {
            Scheme::Argon2(argon2) => self.verify_argon2(password, argon2, hash.is_outdated()),
            Scheme::Bcrypt(bcrypt) => bcrypt.verify(password),
            Scheme::Scrypt(scrypt) => scrypt.verify(password),
        }
    }

    fn verify_argon2(&mut self, password: &Password, hash: &Argon2Hash, outdated: bool) -> Verification {
        let mut buffer = Zeroizing::new([0; MAX_OUTPUT_BYTES]);
        let Some(output) = buffer.get_mut(..hash.output.len()) else {
            return Verification::Mismatch;
        };
        let begun = self.pace.now();
        let computed = self.compute(password, (hash.algorithm, hash.cost), &hash.salt, output);
        self.top_up(password, hash.cost, begun);
        if computed.is_err() {
            return Verification::Mismatch;
        }
        match constant_time::verify_slices_are_equal(output, &hash.output) {
            Ok(()) => Verification::Match { outdated },
            Err(_) => Verification::Mismatch,
        }
    }

    /// The work of verifying a current hash, for a name under which there is none: the time of the answer
    /// does not tell whether there is (ASVS 5.0 6.3.8).
    pub fn verify_nobody(&mut self, password: &Password) {
        let nobody = PasswordHash::new(CURRENT, &[0; SALT_BYTES], &[0; OUTPUT_BYTES]);
        hint::black_box(self.verify(password, &nobody));
    }

    /// The work that a hash of this cost, begun then, leaves of a current one's, for nothing.
    fn top_up(&mut self, password: &Password, cost: Cost, begun: Option<Duration>) {
        let missing = cost.missing();
        for missing in missing.iter().flatten() {
            self.waste(password, *missing);
        }
        if missing == [None, None] {
            return;
        }
        if let (Some(begun), Some(target)) = (begun, self.pace.target()) {
            // As many as a current hash has, at most: a clock that stands still is no reason to go on for ever.
            for _ in 0..CURRENT.blocks() / PART.blocks() {
                if self.pace.is_over(begun, target, PART.blocks()) {
                    return;
                }
                self.waste(password, PART);
            }
        }
    }

    fn waste(&mut self, password: &Password, cost: Cost) {
        let mut output = Zeroizing::new([0; OUTPUT_BYTES]);
        // A failure is one of the reasons that the bounds rule out; there is nothing to be lost by it.
        let _ = self.compute(password, (Algorithm::Argon2id, cost), &[0; SALT_BYTES], output.as_mut_slice());
        hint::black_box(&output);
    }

    fn compute(
        &mut self,
        password: &Password,
        (algorithm, cost): (Algorithm, Cost),
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), HashError> {
        let begun = self.pace.now();
        let params = cost.params(output.len()).ok_or(HashError)?;
        let blocks = params.block_count();
        // Another hash may need more than a current one, up to 128 MiB: only while it is computed.
        let kept = self.memory.len();
        if kept < blocks {
            self.memory.resize(blocks, Block::new());
        }
        let computed = {
            let memory = Wiped(self.memory.get_mut(..blocks).ok_or(HashError)?);
            Argon2::new(algorithm, Version::V0x13, params).hash_password_into_with_memory(
                password.as_bytes(),
                salt,
                output,
                &mut *memory.0,
            )
        };
        if kept < blocks {
            self.memory.truncate(kept);
            self.memory.shrink_to_fit();
        }
        computed.map_err(|_| HashError)?;
        self.blocks = self.blocks.saturating_add(u64::from(cost.blocks()));
        if cost == CURRENT && algorithm == Algorithm::Argon2id {
            self.pace.note(begun);
        }
        Ok(())
    }
}

/// Memory that is wiped when its use ends, however it ends.
struct Wiped<'a>(&'a mut [Block]);

impl Drop for Wiped<'_> {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(Zeroize::zeroize);
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
