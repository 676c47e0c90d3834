//! What attempts that come to nothing may cost, after the SDK's token bucket, which is another: both can be used up.
//!
//! As there, what is tried again with success costs nothing: an attempt that found its connection closed after a pause
//! says nothing against the next one. One that DynamoDB refused is paid for, whatever the SDK is told.

use std::sync::atomic::{AtomicU32, Ordering};

/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
const FULL: u32 = 500;
const PRICE: u32 = 5;

/// What is left.
pub(super) struct Budget(AtomicU32);

/// Leave for one attempt.
pub(super) struct Leave<'a>(&'a Budget);

impl Budget {
    pub(super) const fn full() -> Self {
        Self(AtomicU32::new(FULL))
    }

    /// Leave for an attempt, if it could be paid for.
    pub(super) fn admits(&self) -> Option<Leave<'_>> {
        (self.0.load(Ordering::Relaxed) >= PRICE).then_some(Leave(self))
    }

    /// By one call that has succeeded.
    pub(super) fn fill(&self) {
        self.change(|left| left.saturating_add(1).min(FULL));
    }

    /// By one call that has succeeded after its attempt was lost.
    pub(super) fn refund(&self) {
        self.change(|left| left.saturating_add(PRICE).min(FULL));
    }

    fn change(&self, change: impl Fn(u32) -> u32) {
        let _before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(change(left)));
    }
}

impl Leave<'_> {
    /// It came to nothing.
    pub(super) fn pay(self) {
        self.0.change(|left| left.saturating_sub(PRICE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_failed_too_often_may_try_again_after_five_successes() {
        let budget = Budget::full();
        let failures = std::iter::from_fn(|| budget.admits().map(Leave::pay)).count();
        assert_eq!(failures, 100);
        for _ in 0..4 {
            budget.fill();
            assert!(budget.admits().is_none());
        }
        budget.fill();
        assert!(budget.admits().is_some());
    }

    #[test]
    fn what_is_refunded_costs_nothing() {
        let budget = Budget::full();
        for _ in 0..200 {
            budget.admits().unwrap().pay();
            budget.refund();
        }
        assert_eq!(budget.0.load(Ordering::Relaxed), FULL);
    }

    #[test]
    fn successes_fill_it_and_no_more() {
        let budget = Budget::full();
        budget.fill();
        assert_eq!(budget.0.load(Ordering::Relaxed), FULL);
    }
}
