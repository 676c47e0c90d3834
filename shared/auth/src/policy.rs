//! An organization's security policy, and its bounds.

use crate::{
    address::{Addresses, MAX_NETWORKS},
    ids::OrganizationId,
};
use std::ops::RangeInclusive;
use time::{Duration, OffsetDateTime};

/// Life of a session token, in seconds: 5 to 60 minutes.
pub const SESSION_SECONDS: RangeInclusive<u32> = 300..=3600;
/// Life of a session, however often it is refreshed, in seconds: an hour to a year.
pub const REFRESH_ABSOLUTE_SECONDS: RangeInclusive<u32> = 3600..=31_536_000;
/// Greatest age of an API key's secret, in days: one to ten years.
pub const KEY_AGE_DAYS: RangeInclusive<u32> = 1..=3650;

/// An organization's security policy. Read with every decision, so that a change holds from the next
/// request, also for credentials that were made under another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whose policy it is.
    pub organization: OrganizationId,
    /// A suspended organization's credentials are refused, all of them.
    pub suspended: bool,
    /// Life of a session token in seconds, 300 to 3600.
    pub session_seconds: u32,
    /// A session that is not refreshed for so many seconds is over.
    pub refresh_idle_seconds: u32,
    /// A session is over after so many seconds, however often it is refreshed.
    pub refresh_absolute_seconds: u32,
    /// Whether API keys are accepted and made.
    pub api_keys_allowed: bool,
    /// The greatest age of an API key's secret, in days; `None` is no limit.
    pub max_key_age_days: Option<u32>,
    /// From where the organization's credentials may be used.
    pub addresses: Addresses,
    /// Counts the changes; the condition of the next one.
    pub version: u64,
}

/// A value out of bounds: which, and what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct PolicyError {
    /// The member, as the API spells it.
    pub field: &'static str,
    /// What it must be, for people.
    pub problem: &'static str,
}

impl Policy {
    /// The policy an organization starts with: tokens of a quarter of an hour; a session is over after a week
    /// without use or after 30 days; API keys without a greatest age; from anywhere.
    pub const fn initial(organization: OrganizationId) -> Self {
        Self {
            organization,
            suspended: false,
            session_seconds: 900,
            refresh_idle_seconds: 604_800,
            refresh_absolute_seconds: 2_592_000,
            api_keys_allowed: true,
            max_key_age_days: None,
            addresses: Addresses::Any,
            version: 1,
        }
    }

    /// Whether every value is within its bounds.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), PolicyError> {
        let require =
            |holds, field, problem| if holds { Ok(()) } else { Err(PolicyError { field, problem }) };
        require(
            SESSION_SECONDS.contains(&self.session_seconds),
            "session_seconds",
            "must be a number from 300 to 3600",
        )?;
        require(
            REFRESH_ABSOLUTE_SECONDS.contains(&self.refresh_absolute_seconds),
            "refresh_absolute_seconds",
            "must be a number from 3600 to 31536000",
        )?;
        // A shorter idle life would end sessions whose tokens are still good.
        require(
            (self.session_seconds..=self.refresh_absolute_seconds).contains(&self.refresh_idle_seconds),
            "refresh_idle_seconds",
            "must be a number from session_seconds to refresh_absolute_seconds",
        )?;
        require(
            self.max_key_age_days.is_none_or(|days| KEY_AGE_DAYS.contains(&days)),
            "max_key_age_days",
            "must be null or a number from 1 to 3650",
        )?;
        require(
            // An empty list would shut everybody out, who could then change it no more.
            !matches!(&self.addresses, Addresses::Only(it) if !(1..=MAX_NETWORKS).contains(&it.len())),
            "allowed_addresses",
            "must be null or hold 1 to 64 networks",
        )
    }

    /// When a session that was made at `created_at` is over, however often it is refreshed.
    pub fn session_ends_at(&self, created_at: OffsetDateTime) -> OffsetDateTime {
        created_at.saturating_add(Duration::seconds(self.refresh_absolute_seconds.into()))
    }

    /// When a session that was last refreshed at `refreshed_at` is over unless it is refreshed again.
    pub fn session_idles_until(&self, refreshed_at: OffsetDateTime) -> OffsetDateTime {
        refreshed_at.saturating_add(Duration::seconds(self.refresh_idle_seconds.into()))
    }

    /// When a token that was issued at `issued_at` is over, whatever it says itself.
    pub fn token_ends_at(&self, issued_at: OffsetDateTime) -> OffsetDateTime {
        issued_at.saturating_add(Duration::seconds(self.session_seconds.into()))
    }

    /// When an API key's secret that was made at `made_at` is too old; `None` is never.
    pub fn secret_ends_at(&self, made_at: OffsetDateTime) -> Option<OffsetDateTime> {
        self.max_key_age_days.map(|days| made_at.saturating_add(Duration::days(days.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn refused(change: impl Fn(&mut Policy)) -> Option<&'static str> {
        let mut policy = Policy::initial(OrganizationId::from_bits(1));
        change(&mut policy);
        policy.check().err().map(|error| error.field)
    }

    #[test]
    fn each_value_has_its_bounds() {
        assert_eq!(refused(|_| {}), None);
        for seconds in [0, 299, 3601, u32::MAX] {
            assert_eq!(refused(|it| it.session_seconds = seconds), Some("session_seconds"), "{seconds}");
        }
        for seconds in [0, 3599, 31_536_001] {
            let field = refused(|it| it.refresh_absolute_seconds = seconds);
            assert_eq!(field, Some("refresh_absolute_seconds"), "{seconds}");
        }
        for seconds in [899, 2_592_001] {
            let field = refused(|it| it.refresh_idle_seconds = seconds);
            assert_eq!(field, Some("refresh_idle_seconds"), "{seconds}");
        }
        for days in [0, 3651] {
            assert_eq!(refused(|it| it.max_key_age_days = Some(days)), Some("max_key_age_days"), "{days}");
        }
        let network = "192.0.2.0/24".parse().unwrap();
        for count in [0, MAX_NETWORKS + 1] {
            let field = refused(|it| it.addresses = Addresses::Only(vec![network; count]));
            assert_eq!(field, Some("allowed_addresses"), "{count}");
        }
        assert_eq!(refused(|it| it.addresses = Addresses::Only(vec![network; MAX_NETWORKS])), None);
        assert_eq!(refused(|it| (it.session_seconds, it.refresh_idle_seconds) = (300, 300)), None);
        assert_eq!(refused(|it| it.max_key_age_days = Some(3650)), None);
    }
    #[test]
    fn each_life_ends_after_its_seconds_or_days() {
        let policy = Policy {
            session_seconds: 300,
            refresh_idle_seconds: 3600,
            refresh_absolute_seconds: 7200,
            max_key_age_days: Some(10),
            ..Policy::initial(OrganizationId::from_bits(1))
        };
        let made = datetime!(2030-01-01 00:00 UTC);
        assert_eq!(policy.token_ends_at(made), datetime!(2030-01-01 00:05 UTC));
        assert_eq!(policy.session_idles_until(made), datetime!(2030-01-01 01:00 UTC));
        assert_eq!(policy.session_ends_at(made), datetime!(2030-01-01 02:00 UTC));
        assert_eq!(policy.secret_ends_at(made), Some(datetime!(2030-01-11 00:00 UTC)));
        let endless = Policy { max_key_age_days: None, ..policy };
        assert_eq!(endless.secret_ends_at(made), None);
    }
}
