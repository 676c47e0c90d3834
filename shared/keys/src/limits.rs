//! What the organization's policy says of a new secret. What it says of one that is used, each decision asks.

use crate::Keys;
use auth::{decide::Caller, records::Policy};
use edge::{Ambient, Rejection};
use time::OffsetDateTime;

const NOT_ALLOWED: Rejection = Rejection::Forbidden("API keys are not allowed in this organization");

/// The policy, where it allows API keys.
///
/// # Errors
/// 403 where it does not.
pub(crate) async fn policy(keys: &Keys, caller: &Caller, ambient: &mut Ambient) -> Result<Policy, Rejection> {
    let policy = keys.store.policy(caller.organization, ambient.any_byte()).await;
    // Gone since the authorizer looked.
    let policy = policy.map_err(Rejection::dependency)?.ok_or(Rejection::Unauthorized)?;
    if policy.api_keys_allowed { Ok(policy) } else { Err(NOT_ALLOWED) }
}

/// The end of a new key: as it was asked for. The greatest age of its secret, the policy says itself, at each use:
/// written into the key, it would outlive a rotation, which begins that age anew.
///
/// # Errors
/// 422 where it was asked for later than that: the key would end before its owner expects.
pub(crate) fn end(
    policy: &Policy,
    wanted: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> Result<Option<OffsetDateTime>, Rejection> {
    match (wanted, policy.secret_ends_at(now)) {
        (Some(wanted), Some(latest)) if wanted > latest => {
            let days = policy.max_key_age_days.unwrap_or_default();
            Err(Rejection::field("expires_at", format!("must be within the organization's {days} days")))
        }
        (wanted, _) => Ok(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auth::ids::OrganizationId;
    use time::{Duration, macros::datetime};

    #[test]
    fn a_key_ends_within_the_greatest_age_of_its_secret() {
        let now = datetime!(2026-01-02 03:04:05 UTC);
        let open = Policy::initial(OrganizationId::from_bits(1));
        let policy = Policy { max_key_age_days: Some(30), ..open.clone() };
        let latest = now + Duration::days(30);
        assert_eq!(end(&open, None, now), Ok(None));
        assert_eq!(end(&open, Some(latest), now), Ok(Some(latest)));
        assert_eq!(end(&policy, None, now), Ok(None));
        assert_eq!(end(&policy, Some(now + Duration::DAY), now), Ok(Some(now + Duration::DAY)));
        assert_eq!(end(&policy, Some(latest), now), Ok(Some(latest)));
        let refused = end(&policy, Some(latest + Duration::SECOND), now);
        assert!(matches!(refused, Err(Rejection::Field(field, _)) if field == "expires_at"));
    }
}
