//! A policy as the contract spells it, in both directions.

use auth::{address::Addresses, ids::OrganizationId, records::Policy};
use edge::Rejection;
use serde::{Deserialize, Deserializer, Serialize};

/// The body of PUT, by its shape only. The whole policy: what were left out could not be told from what is to
/// be lifted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    session_seconds: i64,
    refresh_idle_seconds: i64,
    refresh_absolute_seconds: i64,
    api_keys_allowed: bool,
    #[serde(deserialize_with = "present")]
    max_key_age_days: Option<i64>,
    #[serde(deserialize_with = "present")]
    allowed_addresses: Option<Vec<String>>,
}

/// A member that may be `null` and may not be left out, which serde would take for the same.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

impl Body {
    /// The policy that is asked for, within its bounds. Its version and whether the organization is suspended
    /// are not the caller's to say: [`Policy::initial`]'s stand there.
    ///
    /// # Errors
    /// 422 that names the first member out of bounds.
    pub(crate) fn policy(self, organization: OrganizationId) -> Result<Policy, Rejection> {
        let policy = Policy {
            session_seconds: bounded(self.session_seconds),
            refresh_idle_seconds: bounded(self.refresh_idle_seconds),
            refresh_absolute_seconds: bounded(self.refresh_absolute_seconds),
            api_keys_allowed: self.api_keys_allowed,
            max_key_age_days: self.max_key_age_days.map(bounded),
            addresses: match self.allowed_addresses {
                None => Addresses::Any,
                Some(list) => Addresses::parse(&list)
                    .map_err(|error| Rejection::field("allowed_addresses", error.to_string()))?,
            },
            ..Policy::initial(organization)
        };
        policy.check().map_err(|error| Rejection::field(error.field, error.problem))?;
        Ok(policy)
    }
}

/// A number that does not fit becomes the greatest, which is out of each member's bounds.
fn bounded(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A policy in an answer.
#[derive(Serialize)]
pub(crate) struct View {
    session_seconds: u32,
    refresh_idle_seconds: u32,
    refresh_absolute_seconds: u32,
    api_keys_allowed: bool,
    max_key_age_days: Option<u32>,
    allowed_addresses: Option<Vec<String>>,
}

impl From<&Policy> for View {
    fn from(policy: &Policy) -> Self {
        Self {
            session_seconds: policy.session_seconds,
            refresh_idle_seconds: policy.refresh_idle_seconds,
            refresh_absolute_seconds: policy.refresh_absolute_seconds,
            api_keys_allowed: policy.api_keys_allowed,
            max_key_age_days: policy.max_key_age_days,
            allowed_addresses: policy.addresses.texts(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn whole() -> Value {
        json!({
            "session_seconds": 600, "refresh_idle_seconds": 3600, "refresh_absolute_seconds": 86400,
            "api_keys_allowed": false, "max_key_age_days": 90,
            "allowed_addresses": ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"],
        })
    }

    fn policy(body: Value) -> Result<Policy, String> {
        let body: Body = serde_json::from_value(body).map_err(|_| "shape".to_owned())?;
        body.policy(OrganizationId::from_bits(1)).map_err(|refused| match refused {
            Rejection::Field(field, _) => field,
            other => format!("{other:?}"),
        })
    }

    fn with(member: &str, value: Value) -> Value {
        let mut body = whole();
        body[member] = value;
        body
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let shown = serde_json::to_value(View::from(&policy(whole()).unwrap())).unwrap();
        assert_eq!(
            shown,
            with("allowed_addresses", json!(["203.0.113.0/24", "2001:db8::/32", "198.51.100.7/32"]))
        );
        let open = json!({
            "session_seconds": 900, "refresh_idle_seconds": 604_800, "refresh_absolute_seconds": 2_592_000,
            "api_keys_allowed": true, "max_key_age_days": null, "allowed_addresses": null,
        });
        let shown = policy(open.clone()).unwrap();
        assert_eq!(serde_json::to_value(View::from(&shown)).unwrap(), open);
        assert_eq!(shown, Policy::initial(OrganizationId::from_bits(1)));
    }

    #[test]
    fn what_is_left_out_is_never_taken_for_no_limit() {
        for member in whole().as_object().unwrap().keys() {
            let mut body = whole();
            body.as_object_mut().unwrap().remove(member);
            assert_eq!(policy(body), Err("shape".to_owned()), "{member}");
        }
        assert_eq!(policy(with("suspended", json!(true))), Err("shape".to_owned()));
    }

    #[test]
    fn a_value_out_of_bounds_names_its_member() {
        for (member, value) in [
            ("session_seconds", json!(299)),
            ("session_seconds", json!(3601)),
            ("session_seconds", json!(-900)),
            ("session_seconds", json!(4_294_968_196_i64)),
            ("refresh_idle_seconds", json!(599)),
            ("refresh_idle_seconds", json!(86_401)),
            ("refresh_absolute_seconds", json!(31_536_001)),
            ("max_key_age_days", json!(0)),
            ("max_key_age_days", json!(-1)),
            ("allowed_addresses", json!([])),
            ("allowed_addresses", json!(["203.0.113.1/24"])),
            ("allowed_addresses", json!(["everywhere"])),
            ("allowed_addresses", json!(["::ffff:203.0.113.0/120"])),
        ] {
            assert_eq!(policy(with(member, value.clone())), Err(member.to_owned()), "{value}");
        }
    }
}
