//! How often something may be tried: a few times at once, then after delays that double.
//!
//! Pure: a state and a time in, the next state or the wait out. An attempt is charged *before* what it costs,
//! so that attempts at the same moment cannot share one.

use time::{Duration, OffsetDateTime};

/// Consecutive failures after which a password is disabled until it is reset. The count has no end in time.
//
// NIST SP 800-63B-4 §3.2.2: no more than 100 consecutive failed attempts on one account.
pub const MAX_FAILURES: u32 = 100;

/// The attempts on one subject: an account, an address, or a pair of both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttemptState {
    /// How many were charged.
    pub attempts: u32,
    /// Before this no other is allowed.
    pub not_before: Option<OffsetDateTime>,
    /// When the last was charged.
    pub last: Option<OffsetDateTime>,
}

/// How patience runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Attempts without a delay behind them.
    pub free: u32,
    /// The delay behind the first attempt that has one; it doubles with each.
    pub base: Duration,
    /// No delay is longer.
    pub greatest: Duration,
    /// What is older than this is forgotten.
    pub forget: Duration,
}

/// Logins to one account.
pub const ACCOUNT: Schedule =
    Schedule { free: 4, base: Duration::SECOND, greatest: Duration::minutes(15), forget: Duration::DAY };
/// Logins from one address. Many people may share one.
pub const ADDRESS: Schedule = Schedule { free: 20, ..ACCOUNT };
/// Logins to one account from an address that has logged in to it before.
pub const KNOWN: Schedule = Schedule { free: 10, greatest: Duration::minutes(5), ..ACCOUNT };
/// Mails with a reset link to one account.
pub const FORGOT_ACCOUNT: Schedule =
    Schedule { free: 3, base: Duration::MINUTE, greatest: Duration::HOUR, forget: Duration::DAY };
/// Requests for a reset link from one address.
pub const FORGOT_ADDRESS: Schedule = Schedule { free: 10, base: Duration::seconds(10), ..FORGOT_ACCOUNT };

/// Too early. Whole seconds to wait, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("try again in {0} seconds")]
pub struct RetryAfter(pub u32);

impl AttemptState {
    /// The state after an attempt at `now`, if one is allowed.
    ///
    /// # Errors
    /// [`RetryAfter`] where it comes too early. Nothing is charged then: who keeps knocking does not lengthen
    /// the wait.
    pub fn charge(&self, schedule: &Schedule, now: OffsetDateTime) -> Result<Self, RetryAfter> {
        if let Some(wait) = self.not_before.map(|it| it - now).filter(|it| it.is_positive()) {
            let seconds = wait.whole_seconds() + i64::from(wait.subsec_nanoseconds() > 0);
            // A clock that went back is no reason for an endless wait.
            let seconds = seconds.min(schedule.greatest.whole_seconds());
            return Err(RetryAfter(u32::try_from(seconds).unwrap_or(u32::MAX).max(1)));
        }
        let forgotten = self.last.is_none_or(|last| now - last >= schedule.forget);
        let attempts = if forgotten { 1 } else { self.attempts.saturating_add(1) };
        let not_before = schedule.delay(attempts).map(|delay| now.saturating_add(delay));
        Ok(Self { attempts, not_before, last: Some(now) })
    }

    /// The state with one attempt given back, and no delay for it: it was no failure.
    #[must_use]
    pub fn refund(&self) -> Self {
        Self { attempts: self.attempts.saturating_sub(1), not_before: None, last: self.last }
    }

    /// When this is of no more use.
    pub fn forgotten_at(&self, schedule: &Schedule) -> Option<OffsetDateTime> {
        self.last.map(|last| last.saturating_add(schedule.forget))
    }
}

impl Schedule {
    /// The delay behind the attempt of this number, counted from 1.
    fn delay(&self, attempt: u32) -> Option<Duration> {
        let doublings = attempt.checked_sub(self.free + 1)?;
        let factor = 1_i32.checked_shl(doublings.min(30)).unwrap_or(i32::MAX);
        Some(self.base.checked_mul(factor).map_or(self.greatest, |delay| delay.min(self.greatest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2030-01-01 00:00 UTC);

    #[test]
    fn the_first_are_free_and_then_the_delay_doubles_to_its_greatest() {
        let (mut state, mut now, mut delays) = (AttemptState::default(), NOW, Vec::new());
        for _ in 0..18 {
            state = state.charge(&ACCOUNT, now).unwrap();
            let delay = state.not_before.map_or(Duration::ZERO, |it| it - now);
            delays.push(delay.whole_seconds());
            now += delay;
        }
        assert_eq!(delays, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
    }

    #[test]
    fn an_early_attempt_is_told_how_long_to_wait_and_charges_nothing() {
        let state =
            AttemptState { attempts: 8, not_before: Some(NOW + Duration::seconds(8)), last: Some(NOW) };
        assert_eq!(state.charge(&ACCOUNT, NOW), Err(RetryAfter(8)));
        assert_eq!(state.charge(&ACCOUNT, NOW + Duration::milliseconds(7_100)), Err(RetryAfter(1)));
        assert_eq!(state.charge(&ACCOUNT, NOW + Duration::seconds(8)).unwrap().attempts, 9);
        assert_eq!(state.charge(&ACCOUNT, NOW - Duration::DAY), Err(RetryAfter(900)));
    }

    #[test]
    fn a_day_without_attempts_is_forgiven() {
        let state = AttemptState { attempts: 30, not_before: Some(NOW), last: Some(NOW) };
        assert_eq!(state.charge(&ACCOUNT, NOW + Duration::DAY).unwrap().attempts, 1);
        assert_eq!(state.charge(&ACCOUNT, NOW + Duration::hours(23)).unwrap().attempts, 31);
        assert_eq!(state.forgotten_at(&ACCOUNT), Some(NOW + Duration::DAY));
        assert_eq!(AttemptState::default().forgotten_at(&ACCOUNT), None);
    }

    #[test]
    fn a_refund_gives_back_one_attempt() {
        let state = AttemptState { attempts: 30, not_before: Some(NOW), last: Some(NOW) };
        assert_eq!(state.refund(), AttemptState { attempts: 29, not_before: None, last: Some(NOW) });
        assert_eq!(AttemptState::default().refund(), AttemptState::default());
    }

    #[test]
    fn no_number_of_attempts_overflows() {
        let state = AttemptState { attempts: u32::MAX, not_before: None, last: Some(NOW) };
        assert_eq!(state.charge(&ADDRESS, NOW).unwrap().not_before, Some(NOW + Duration::minutes(15)));
    }

    #[test]
    fn each_schedule_has_its_free_attempts_and_its_greatest_delay() {
        for (schedule, free, first, greatest) in [
            (ACCOUNT, 4, 1, 900),
            (ADDRESS, 20, 1, 900),
            (KNOWN, 10, 1, 300),
            (FORGOT_ACCOUNT, 3, 60, 3600),
            (FORGOT_ADDRESS, 10, 10, 3600),
        ] {
            let delay = |attempt| schedule.delay(attempt).map(Duration::whole_seconds);
            assert_eq!((delay(free), delay(free + 1), delay(free + 2)), (None, Some(first), Some(2 * first)));
            assert_eq!((delay(free + 20), delay(u32::MAX)), (Some(greatest), Some(greatest)));
        }
    }

    proptest! {
        #[test]
        fn who_waits_as_told_is_let_in_and_who_does_not_gains_nothing(
            pauses in prop::collection::vec(0_i64..2_000_000, 1..60),
        ) {
            let (mut state, mut now) = (AttemptState::default(), NOW);
            for pause in pauses {
                now += Duration::milliseconds(pause);
                match state.charge(&ACCOUNT, now) {
                    Ok(next) => {
                        prop_assert_eq!(next.attempts, state.attempts + 1);
                        state = next;
                    }
                    Err(RetryAfter(seconds)) => {
                        prop_assert!((1..=900).contains(&seconds));
                        prop_assert!(state.charge(&ACCOUNT, now + Duration::seconds(seconds.into())).is_ok());
                    }
                }
            }
            // Of the time that passed, each attempt beyond the free ones took its delay, but for the last.
            let delays = (1..state.attempts).filter_map(|attempt| ACCOUNT.delay(attempt));
            prop_assert!(delays.fold(Duration::ZERO, |sum, delay| sum + delay) <= now - NOW);
        }
    }
}
