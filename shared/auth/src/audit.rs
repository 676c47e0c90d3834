//! Audit events: what was changed, by whom, with which credential, from where. Never a secret.

use crate::{
    decide::CredentialId,
    ids::{OrganizationId, UserId},
};
use rand_core::Rng;
use std::{collections::BTreeMap, fmt};
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

impl Actor {
    /// The actor of this word: a user's id, `system` or `unknown`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "system" => Some(Self::System),
            "unknown" => Some(Self::Unknown),
            id => id.parse().ok().map(Self::User),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => user.fmt(f),
            Self::System => f.write_str("system"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// The actions: their names here, their words in the table and in the API, and what they are.
macro_rules! actions {
    ($($(#[$doc:meta])+ $name:ident = $word:literal,)+) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action {
            $($(#[$doc])+ $name,)+
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word for it in the table and in the API.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

actions! {
    /// An API key was made.
    ApiKeyCreated = "api_key.created",
    /// An API key went to a service account, with its secret.
    ApiKeyMoved = "api_key.moved",
    /// The secret that a rotation had replaced was ended before its overlap was over.
    ApiKeyPreviousSecretEnded = "api_key.previous_secret_ended",
    /// An API key got another name.
    ApiKeyRenamed = "api_key.renamed",
    /// An API key was revoked, and the keys that it had made.
    ApiKeyRevoked = "api_key.revoked",
    /// An API key got another secret.
    ApiKeyRotated = "api_key.rotated",
    /// A user left a space.
    MemberRemoved = "member.removed",
    /// A user entered a space, or got another role there.
    MemberSet = "member.set",
    /// An organization was made.
    OrganizationCreated = "organization.created",
    /// A user changed their own password.
    PasswordChanged = "password.changed",
    /// A password was disabled after too many failures.
    PasswordDisabled = "password.disabled",
    /// A password was set with a one-time token.
    PasswordReset = "password.reset",
    /// An administrator started the reset of a password.
    PasswordResetStarted = "password.reset_started",
    /// The organization's security policy was changed.
    PolicyUpdated = "policy.updated",
    /// A product of the sample catalog was made.
    ProductCreated = "product.created",
    /// A product of the sample catalog was deleted.
    ProductDeleted = "product.deleted",
    /// A product of the sample catalog was changed.
    ProductUpdated = "product.updated",
    /// A service account was made.
    ServiceAccountCreated = "service_account.created",
    /// A service account was deleted.
    ServiceAccountDeleted = "service_account.deleted",
    /// A service account was changed.
    ServiceAccountUpdated = "service_account.updated",
    /// A session began: somebody logged in.
    SessionCreated = "session.created",
    /// A session was ended.
    SessionEnded = "session.ended",
    /// A refresh token of the past was used again, and its session ended.
    SessionReuseDetected = "session.reuse_detected",
    /// A user ended every other session of their own.
    SessionsEnded = "sessions.ended",
    /// A space was made.
    SpaceCreated = "space.created",
    /// A space was deleted.
    SpaceDeleted = "space.deleted",
    /// A space was changed.
    SpaceUpdated = "space.updated",
    /// A user was made.
    UserCreated = "user.created",
    /// A user was deleted.
    UserDeleted = "user.deleted",
    /// An administrator ended every session of a user, and every key if asked.
    UserSignedOut = "user.signed_out",
    /// A user was changed: name, role or whether it is disabled.
    UserUpdated = "user.updated",
}

impl Action {
    /// The action of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
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

    /// The same, of one more thing that the same request did it to: the `number`th behind this event. Its name is as
    /// far behind this one's, as in the standard's monotonic names.
    #[must_use]
    pub fn also(&self, number: u32, target: impl Into<String>) -> Self {
        let id = Ulid::from_string(&self.id).map_or(0, u128::from);
        let id = Ulid::from(id.wrapping_add(number.into())).to_string();
        Self { id, target: target.into(), ..self.clone() }
    }

    /// The event with one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// The event with each member that differs, as it was and as it is: `<member>.before` and `<member>.after`. Both
    /// have the same members in the same order.
    #[must_use]
    pub fn with_changes<N: AsRef<str>>(
        self,
        before: impl IntoIterator<Item = (N, String)>,
        after: impl IntoIterator<Item = (N, String)>,
    ) -> Self {
        let both = before.into_iter().zip(after);
        both.filter(|((_, before), (_, after))| before != after).fold(
            self,
            |event, ((name, before), (_, after))| {
                let name = name.as_ref();
                event.with(&format!("{name}.before"), before).with(&format!("{name}.after"), after)
            },
        )
    }
}

/// A name that sorts by time: 26 characters of Crockford's base32 (<https://github.com/ulid/spec>).
pub fn ulid(now: OffsetDateTime, rng: &mut impl Rng) -> String {
    let random = u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64());
    Ulid::from_parts(milliseconds(now), random).to_string()
}

/// The name before all that begin at `at` or later.
pub fn first_ulid(at: OffsetDateTime) -> String {
    Ulid::from_parts(milliseconds(at), 0).to_string()
}

/// The name behind all that begin before `at`.
pub fn last_ulid(at: OffsetDateTime) -> String {
    Ulid::from_parts(milliseconds(at).saturating_sub(1), u128::MAX).to_string()
}

/// When a name was made; `None` where it is none.
pub fn ulid_time(name: &str) -> Option<OffsetDateTime> {
    let milliseconds = Ulid::from_string(name).ok()?.timestamp_ms();
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000).ok()
}

/// Whether it is a name in its one spelling: the standard's readers also take lower case, and letters for digits.
pub fn is_ulid(name: &str) -> bool {
    Ulid::from_string(name).is_ok_and(|it| it.to_string() == name)
}

/// The last name before this one; `None` where it is none, or the first of all.
pub fn ulid_before(name: &str) -> Option<String> {
    let before = Ulid::from_string(name).ok()?.0.checked_sub(1)?;
    Some(Ulid(before).to_string())
}

fn milliseconds(at: OffsetDateTime) -> u64 {
    u64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
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
    fn a_name_lies_between_the_first_and_the_last_of_its_time() {
        let (mut rng, now) = (StdRng::seed_from_u64(1), datetime!(2030-01-01 00:00:00.123 UTC));
        let name = ulid(now, &mut rng);
        assert!(first_ulid(now) <= name && name <= last_ulid(now + Duration::milliseconds(1)));
        assert!(last_ulid(now) < name && name < first_ulid(now + Duration::milliseconds(1)));
        assert_eq!(ulid_time(&name), Some(now));
        assert_eq!(ulid_time("name"), None);
        let before = ulid_before(&name).unwrap();
        assert!(first_ulid(now) <= before && before < name, "{before} {name}");
        assert_eq!((ulid_before("name"), ulid_before(&"0".repeat(26))), (None, None));
    }

    #[test]
    fn a_name_is_as_random_as_the_standard_has_it() {
        let mut names: Vec<_> =
            (0..64).map(|seed| ulid(OffsetDateTime::UNIX_EPOCH, &mut StdRng::seed_from_u64(seed))).collect();
        // Of 80 bits, five by five behind the time: each digit is more than one.
        for digit in 10..26 {
            let first = names[0].as_bytes()[digit];
            assert!(names.iter().any(|name| name.as_bytes()[digit] != first), "{digit}");
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 64);
    }

    #[test]
    fn a_name_has_one_spelling() {
        let name = first_ulid(datetime!(2030-01-01 00:00 UTC));
        assert!(is_ulid(&name));
        for other in [name.to_lowercase(), name.replace('0', "O"), "name".to_owned(), name[1..].to_owned()] {
            assert!(!is_ulid(&other), "{other}");
        }
    }

    fn event() -> AuditEvent {
        let (actor, mut rng) = (Actor::System, StdRng::seed_from_u64(1));
        let now = datetime!(2030-01-01 00:00 UTC);
        let organization = OrganizationId::from_bits(1);
        AuditEvent::new(organization, actor, None, Action::UserCreated, "one", "192.0.2.1", now, &mut rng)
    }

    #[test]
    fn an_event_of_one_more_thing_is_behind_the_first_and_about_that_thing() {
        let first = event().with("name", "Ada");
        let second = first.also(1, "two");
        assert!(first.id < second.id && ulid_before(&second.id).as_ref() == Some(&first.id));
        assert_eq!(second, AuditEvent { id: second.id.clone(), target: "two".to_owned(), ..first });
    }

    #[test]
    fn what_did_not_change_is_no_detail() {
        let members = |role: &str| [("name", "Ada".to_owned()), ("role", role.to_owned())];
        let details = event().with_changes(members("viewer"), members("admin")).details;
        let expected = [("role.after", "admin"), ("role.before", "viewer")];
        assert_eq!(details.iter().map(|(name, it)| (&**name, &**it)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_actor_comes_back_from_its_word() {
        for actor in [Actor::User(UserId::from_bits(1)), Actor::System, Actor::Unknown] {
            assert_eq!(Actor::parse(&actor.to_string()), Some(actor));
        }
        assert_eq!(Actor::parse("somebody"), None);
    }

    #[test]
    fn an_action_comes_back_from_its_word() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(*action));
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
