//! Audit events: what was changed, by whom, with which credential, from where. Never a secret.

use crate::{
    decide::CredentialId,
    ids::{OrganizationId, UserId},
};
use rand_core::Rng;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use ulid::Ulid;

/// Who made something happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A user.
    User(UserId),
    /// The deployment itself.
    System,
    /// Nobody that is known: who holds a credential that is not theirs.
    Unknown,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A refresh token of the past was used again, and its session ended.
    SessionReuseDetected,
    /// An administrator started the reset of a password.
    PasswordResetStarted,
    /// A password was set with a one-time token.
    PasswordReset,
    /// A password was disabled after too many failures.
    PasswordDisabled,
    /// The organization's security policy was changed.
    PolicyUpdated,
}

impl Action {
    const ALL: [Self; 5] = [
        Self::SessionReuseDetected,
        Self::PasswordResetStarted,
        Self::PasswordReset,
        Self::PasswordDisabled,
        Self::PolicyUpdated,
    ];

    /// The word for it in the table and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SessionReuseDetected => "session.reuse_detected",
            Self::PasswordResetStarted => "password.reset_started",
            Self::PasswordReset => "password.reset",
            Self::PasswordDisabled => "password.disabled",
            Self::PolicyUpdated => "policy.updated",
        }
    }

    /// The action of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// One event. Nothing changes or deletes it but its retention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// A ULID: ordered by time.
    pub id: String,
    /// Where it happened.
    pub organization: OrganizationId,
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub actor: Actor,
    /// With which credential, where one was used.
    pub credential: Option<CredentialId>,
    /// What.
    pub action: Action,
    /// To what: its id.
    pub target: String,
    /// From where, as the gateway saw it.
    pub source_address: String,
    /// More, by name: before and after. No secrets.
    pub details: BTreeMap<String, String>,
}

impl AuditEvent {
    /// An event without details.
    #[allow(clippy::too_many_arguments, reason = "each is a question that an audit answers")]
    pub fn new(
        organization: OrganizationId,
        actor: Actor,
        credential: Option<CredentialId>,
        action: Action,
        target: impl Into<String>,
        source_address: impl Into<String>,
        now: OffsetDateTime,
        rng: &mut impl Rng,
    ) -> Self {
        Self {
            id: ulid(now, rng),
            organization,
            at: now.replace_nanosecond(0).unwrap_or(now),
            actor,
            credential,
            action,
            target: target.into(),
            source_address: source_address.into(),
            details: BTreeMap::new(),
        }
    }

    /// The event with one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}

/// A name that sorts by time: 26 characters of Crockford's base32 (<https://github.com/ulid/spec>).
pub fn ulid(now: OffsetDateTime, rng: &mut impl Rng) -> String {
    let milliseconds = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    let random = u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64());
    Ulid::from_parts(milliseconds, random).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::StdRng};
    use time::{Duration, macros::datetime};

    #[test]
    fn names_sort_by_time() {
        let (mut rng, now) = (StdRng::seed_from_u64(1), datetime!(2030-01-01 00:00 UTC));
        let (early, late) = (ulid(now, &mut rng), ulid(now + Duration::milliseconds(1), &mut rng));
        assert!(early < late && early.len() == 26, "{early} {late}");
    }

    #[test]
    fn an_action_comes_back_from_its_word() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
        }
        assert_eq!(Action::parse("policy"), None);
    }
    #[test]
    fn an_event_is_of_a_whole_second_and_no_two_share_a_name() {
        let (mut rng, now) = (StdRng::seed_from_u64(1), datetime!(2030-01-01 00:00:00.9 UTC));
        let mut event = || {
            let organization = OrganizationId::from_bits(1);
            AuditEvent::new(
                organization,
                Actor::System,
                None,
                Action::PolicyUpdated,
                organization.to_string(),
                "",
                now,
                &mut rng,
            )
        };
        let (one, other) = (event().with("before", "900").with("after", "300"), event());
        assert_eq!((one.at, other.at), (datetime!(2030-01-01 00:00 UTC), datetime!(2030-01-01 00:00 UTC)));
        assert_ne!(one.id, other.id);
        // The first ten characters are the time, the same for both.
        assert_eq!(one.id[..10], other.id[..10]);
        let details: Vec<_> = one.details.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(details, [("after", "300"), ("before", "900")]);
        assert!(other.details.is_empty());
    }
}
