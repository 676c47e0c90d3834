//! How long hashes of the current cost take here and now.
//!
//! Equal numbers of blocks do not take equal time: a smaller memory lies nearer to the processor. How much
//! nearer is the machine's, so it is measured.

use super::hash::CURRENT;
use std::{collections::VecDeque, time::Duration};

/// How many of the last are remembered.
const REMEMBERED: usize = 16;

/// A clock that only goes forward, from any beginning.
pub(super) type Clock = Box<dyn Fn() -> Duration + Send>;

/// The times of the last current hashes.
#[derive(Default)]
pub(super) struct Pace {
    clock: Option<Clock>,
    recent: VecDeque<Duration>,
}

impl Pace {
    pub(super) const fn by(clock: Clock) -> Self {
        Self { clock: Some(clock), recent: VecDeque::new() }
    }

    /// The time; `None` without a clock.
    pub(super) fn now(&self) -> Option<Duration> {
        self.clock.as_ref().map(|clock| clock())
    }

    /// A current hash was computed, since `begun`.
    pub(super) fn note(&mut self, begun: Option<Duration>) {
        if let (Some(begun), Some(now)) = (begun, self.now()) {
            self.recent.truncate(REMEMBERED - 1);
            self.recent.push_front(now.saturating_sub(begun));
        }
    }

    /// How long the next hash is to take that passes for a current one: as long as one of the last did, each in
    /// its turn, so that not only their mean is met. `None` where none was measured yet.
    pub(super) fn target(&mut self) -> Option<Duration> {
        self.recent.rotate_left(1.min(self.recent.len()));
        self.recent.back().copied()
    }

    /// Whether what began then has gone on for `target`, as near as parts of `blocks` blocks can meet it.
    pub(super) fn is_over(&self, begun: Duration, target: Duration, blocks: u32) -> bool {
        let half_a_part = target.saturating_mul(blocks) / (2 * CURRENT.blocks());
        self.now().is_none_or(|now| now.saturating_sub(begun) + half_a_part >= target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    /// A pace, and its clock in milliseconds.
    fn pace() -> (Pace, Arc<AtomicU64>) {
        let clock = Arc::new(AtomicU64::new(1_000));
        let read = Arc::clone(&clock);
        (Pace::by(Box::new(move || Duration::from_millis(read.load(Ordering::Relaxed)))), clock)
    }

    #[test]
    fn each_of_the_last_times_is_met_in_its_turn() {
        let (mut pace, clock) = pace();
        assert_eq!(pace.target(), None);
        for time in 1..=20 {
            let begun = pace.now();
            clock.fetch_add(time, Ordering::Relaxed);
            pace.note(begun);
        }
        let mut targets: Vec<_> = (0..32).filter_map(|_| pace.target()).map(|it| it.as_millis()).collect();
        assert_eq!(targets.len(), 32);
        let second = targets.split_off(16);
        assert_eq!(targets, second);
        targets.sort_unstable();
        assert_eq!(targets, (5..=20).collect::<Vec<_>>());
    }

    #[test]
    fn a_target_is_met_to_half_a_part() {
        let (pace, clock) = pace();
        let begun = pace.now().unwrap();
        let parts = CURRENT.blocks() / 10;
        let over = |pace: &Pace| pace.is_over(begun, Duration::from_millis(100), parts);
        assert!(!over(&pace));
        clock.fetch_add(94, Ordering::Relaxed);
        assert!(!over(&pace));
        clock.fetch_add(2, Ordering::Relaxed);
        assert!(over(&pace));
    }

    #[test]
    fn without_a_clock_there_is_no_target() {
        let mut pace = Pace::default();
        pace.note(pace.now());
        assert_eq!(pace.target(), None);
        assert!(pace.is_over(Duration::ZERO, Duration::from_secs(1), 1));
    }
}
