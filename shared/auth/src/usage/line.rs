//! One line of the authorizer's log.

use super::route;
use crate::{
    address::AddressKey,
    decide::{attributable, authenticated_fault},
    ids::{KeyId, OrganizationId, SessionId, SpaceId, UserId},
};
use serde::Deserialize;
use std::borrow::Cow;

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Let through.
    Allow,
    /// 403.
    Forbidden,
    /// 401.
    Unauthorized,
    /// 503.
    Fault,
}

/// A decision, as its line tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What was decided.
    pub verdict: Verdict,
    /// Whom it is counted for; `None` where nobody vouches for the ids.
    pub owner: Option<Owner>,
    /// The method and the route.
    pub route: String,
    /// From where.
    pub address: AddressKey,
}

/// Whom a decision is counted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The organization.
    pub organization: OrganizationId,
    /// The user.
    pub user: UserId,
    /// The key, where it was one.
    pub key: Option<KeyId>,
    /// The space, where it was let into one.
    pub space: Option<SpaceId>,
}

#[derive(Deserialize)]
struct Raw<'a> {
    decision: Verdict,
    #[serde(borrow)]
    reason: Option<Cow<'a, str>>,
    /// `credential` before it was cut short: lines of then may still come from the queue of failures.
    #[serde(borrow, rename = "cred", alias = "credential")]
    credential: Option<Cow<'a, str>>,
    user: Option<UserId>,
    org: Option<OrganizationId>,
    space: Option<SpaceId>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    route: Cow<'a, str>,
    #[serde(borrow)]
    ip: Cow<'a, str>,
}

/// The longest line. The authorizer's own are shorter.
const LONGEST: usize = 1024;

impl Decided {
    /// What a line says. `None` where it is none of the authorizer's decisions.
    pub fn parse(line: &str) -> Option<Self> {
        if line.len() > LONGEST {
            return None;
        }
        let raw: Raw<'_> = serde_json::from_str(line).ok()?;
        let is_method =
            (1..=7).contains(&raw.method.len()) && raw.method.bytes().all(|it| it.is_ascii_uppercase());
        if !is_method || !is_route(&raw.route) {
            return None;
        }
        let (key, by_session) = match raw.credential.as_deref() {
            None => (None, false),
            Some(text) => match text.parse::<KeyId>() {
                Ok(key) => (Some(key), false),
                Err(_) => (None, text.parse::<SessionId>().map(|_| true).ok()?),
            },
        };
        let vouched = match raw.decision {
            Verdict::Allow => raw.reason.is_none(),
            Verdict::Forbidden => true,
            Verdict::Unauthorized => raw.reason.as_deref().is_some_and(attributable),
            Verdict::Fault => authenticated_fault(by_session),
        };
        let owner = match (raw.org, raw.user) {
            (Some(organization), Some(user)) if vouched && (key.is_some() || by_session) => {
                let space = raw.space.filter(|_| raw.decision == Verdict::Allow);
                Some(Owner { organization, user, key, space })
            }
            // Nothing is let through, or forbidden, without that its credential is known.
            _ if matches!(raw.decision, Verdict::Allow | Verdict::Forbidden) => return None,
            _ => None,
        };
        Some(Self {
            verdict: raw.decision,
            owner,
            route: route(&raw.method, &raw.route),
            // What is no address is one unknown one, as for the throttle.
            address: AddressKey::of(raw.ip.parse().ok()),
        })
    }
}

/// A path as the document spells it, or empty where the gateway says none.
fn is_route(text: &str) -> bool {
    let allowed = |it: u8| it.is_ascii_alphanumeric() || b"/{}-_.+".contains(&it);
    text.len() <= 128 && (text.is_empty() || text.starts_with('/')) && text.bytes().all(allowed)
}
