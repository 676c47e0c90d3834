//! What a change of policy may not do to who makes it, and what the audit tells of it.

use crate::body::View;
use auth::{
    audit::AuditEvent,
    records::{Policy, StoredKey},
};
use edge::Rejection;
use std::net::IpAddr;
use time::OffsetDateTime;

/// Refuses a policy under which the caller's next request would not be: nobody could take it back.
///
/// A session that such a policy ends is not among that: its user logs in again, as the policy asks. A key has
/// no such way back, so the key that makes the change, if it is one, must stay good.
///
/// # Errors
/// 422 that names the member.
pub(crate) fn require_way_back(
    wanted: &Policy,
    source: Option<IpAddr>,
    key: Option<&StoredKey>,
    now: OffsetDateTime,
) -> Result<(), Rejection> {
    if !wanted.addresses.admit(source) {
        return Err(Rejection::field(
            "allowed_addresses",
            "must admit the address that this request comes from",
        ));
    }
    let Some(key) = key else { return Ok(()) };
    if !wanted.api_keys_allowed {
        return Err(Rejection::field(
            "api_keys_allowed",
            "must not end the key that this request is made with",
        ));
    }
    // The current secret's age, also where the one before it was presented: its owner has both.
    match wanted.secret_ends_at(key.secret_made_at()) {
        Some(end) if now >= end => {
            Err(Rejection::field("max_key_age_days", "must not end the key that this request is made with"))
        }
        _ => Ok(()),
    }
}

/// The event with each member that changes, as it was and as it is, in JSON.
pub(crate) fn described(event: AuditEvent, before: &Policy, after: &Policy) -> AuditEvent {
    event.with_changes(members(before), members(after))
}

fn members(policy: &Policy) -> Vec<(String, String)> {
    let view = serde_json::to_value(View::from(policy)).unwrap_or_default();
    let members = view.as_object().into_iter().flatten();
    members.map(|(name, value)| (name.clone(), value.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use auth::{
        address::Addresses,
        api_key::SecretHash,
        audit::{Action, Actor},
        ids::{KeyId, OrganizationId, UserId},
        records::KeySpaces,
    };
    use edge::Ambient;
    use time::{Duration, macros::datetime};

    const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

    fn policy() -> Policy {
        Policy::initial(OrganizationId::from_bits(1))
    }

    fn only(list: &[&str]) -> Addresses {
        Addresses::parse(list).unwrap()
    }

    fn key(created_at: OffsetDateTime, rotated_at: Option<OffsetDateTime>) -> StoredKey {
        StoredKey {
            id: KeyId::from_bits(3),
            user: UserId::from_bits(2),
            organization: OrganizationId::from_bits(1),
            name: "deploy".to_owned(),
            hash: SecretHash::from_slice(&[1; 32]).unwrap(),
            hint: "abcd".to_owned(),
            previous: None,
            created_at,
            rotated_at,
            expires_at: None,
            read_only: false,
            spaces: KeySpaces::All,
            addresses: Addresses::Any,
            created_by_key: None,
            epoch: 1,
            forwarding: None,
            revoked_at: None,
            version: 1,
        }
    }

    fn refused(wanted: &Policy, source: Option<&str>, key: Option<&StoredKey>) -> Option<String> {
        let source = source.map(|it| it.parse().unwrap());
        require_way_back(wanted, source, key, NOW).err().map(|refused| match refused {
            Rejection::Field(field, _) => field,
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn a_list_admits_who_makes_it() {
        let wanted = Policy { addresses: only(&["203.0.113.0/24", "2001:db8::/32"]), ..policy() };
        for inside in ["203.0.113.7", "::ffff:203.0.113.7", "2001:db8::1"] {
            assert_eq!(refused(&wanted, Some(inside), None), None, "{inside}");
        }
        for outside in [Some("203.0.114.7"), Some("2001:db9::1"), None] {
            assert_eq!(refused(&wanted, outside, None).as_deref(), Some("allowed_addresses"), "{outside:?}");
        }
        assert_eq!(refused(&policy(), None, None), None);
    }

    #[test]
    fn a_key_does_not_end_itself_and_a_session_may_end_every_key() {
        let none = Policy { api_keys_allowed: false, ..policy() };
        let young = Policy { max_key_age_days: Some(30), ..policy() };
        let (new, old) = (key(NOW - Duration::days(29), None), key(NOW - Duration::days(30), None));
        let rotated = key(NOW - Duration::days(90), Some(NOW));
        let source = Some("203.0.113.7");
        assert_eq!(refused(&none, source, Some(&new)).as_deref(), Some("api_keys_allowed"));
        assert_eq!(refused(&young, source, Some(&old)).as_deref(), Some("max_key_age_days"));
        assert_eq!(refused(&young, source, Some(&new)), None);
        assert_eq!(refused(&young, source, Some(&rotated)), None);
        assert_eq!((refused(&none, source, None), refused(&young, source, None)), (None, None));
    }

    #[test]
    fn the_audit_tells_what_changed_and_nothing_else() {
        let after = Policy { session_seconds: 300, addresses: only(&["2001:db8::/32"]), ..policy() };
        let mut ambient = Ambient::fixed(NOW, 1);
        let event = AuditEvent::new(
            policy().organization,
            Actor::System,
            None,
            Action::PolicyUpdated,
            "",
            "",
            NOW,
            &mut ambient.rng,
        );
        let details = described(event.clone(), &policy(), &after).details;
        let shown: Vec<_> = details.iter().map(|(name, value)| format!("{name} {value}")).collect();
        assert_eq!(
            shown,
            [
                r#"allowed_addresses.after ["2001:db8::/32"]"#,
                "allowed_addresses.before null",
                "session_seconds.after 300",
                "session_seconds.before 900",
            ]
        );
        assert!(described(event, &after, &after).details.is_empty());
    }
}
