//! The clock and the generator, as an argument.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the one place that reads the clock and the generator"
)]

use rand::{
    Rng, SeedableRng,
    rngs::{StdRng, SysRng},
};
use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// What one invocation knows of the world: when it is, and a generator of its own.
pub struct Ambient {
    /// The time of the invocation. One request sees one time.
    pub now: OffsetDateTime,
    /// Seeded from the operating system, at each invocation where something is issued.
    pub rng: StdRng,
}

impl Ambient {
    /// The machine's clock and a freshly seeded generator.
    ///
    /// # Errors
    /// Where the operating system gives no randomness: then nothing may be issued.
    pub fn system() -> Result<Self, rand::rngs::SysError> {
        Ok(Self { now: OffsetDateTime::now_utc(), rng: StdRng::try_from_rng(&mut SysRng)? })
    }

    /// The machine's clock again, for the next invocation; the generator goes on. For a function that issues nothing:
    /// seeding is a system call for each decision.
    pub fn pass(&mut self) {
        self.now = OffsetDateTime::now_utc();
    }

    /// `now` to the second, rounded down: what is written into records and answers.
    pub fn second(&self) -> OffsetDateTime {
        self.now.replace_nanosecond(0).unwrap_or(self.now)
    }

    /// A chosen time and a generator that repeats itself. For tests.
    pub fn fixed(now: OffsetDateTime, seed: u64) -> Self {
        Self { now, rng: StdRng::seed_from_u64(seed) }
    }

    /// A random number to choose one of several equal things by, such as a policy's copies.
    pub fn any_byte(&mut self) -> u8 {
        let [byte, ..] = self.rng.next_u32().to_le_bytes();
        byte
    }
}

/// The processor time that this thread has had. What else runs on the machine does not count.
pub fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // Neither is ever negative.
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Measures how long something took, for the log.
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to measure.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Microseconds since the start.
    pub fn micros(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
