//! What the gateway is told, and what the log is told.

use auth::decide::{Caller, CredentialId, Decision};
use edge::{invocations::Failure, request::context};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt;

/// The two answers that are errors by the gateway's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 401. The gateway knows it by exactly this message.
    ///
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html>
    Unauthorized,
    /// A failure that is not the caller's: the gateway answers 503. Never 401, which would make a client
    /// throw its credential away, and never Allow.
    Fault,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthorized => "Unauthorized",
            Self::Fault => "fault",
        })
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let error_type = match refusal {
            Refusal::Unauthorized => "Unauthorized",
            Refusal::Fault => "Fault",
        };
        Self { error_type, error_message: refusal.to_string() }
    }
}

/// An Allow or a Deny of exactly the method and path that was asked for.
pub(crate) fn policy(method_arn: &str, caller: Option<&Caller>) -> Value {
    json!({
        "principalId": caller.map_or_else(|| "unknown".to_owned(), |caller| caller.user.to_string()),
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{
                "Action": "execute-api:Invoke",
                "Effect": if caller.is_some() { "Allow" } else { "Deny" },
                "Resource": method_arn,
            }],
        },
        "context": caller.map(request_context).unwrap_or_default(),
    })
}

/// The context: strings only, and what is absent is absent.
fn request_context(caller: &Caller) -> Map<String, Value> {
    let mut values = vec![
        (context::USER, caller.user.to_string()),
        (context::ORGANIZATION, caller.organization.to_string()),
        (context::ORGANIZATION_ROLE, caller.organization_role.as_str().to_owned()),
        (context::CREDENTIAL_KIND, caller.credential_kind.as_str().to_owned()),
        (context::CREDENTIAL, caller.credential.to_string()),
    ];
    if let Some((space, role)) = caller.space {
        values.push((context::SPACE, space.to_string()));
        values.push((context::SPACE_ROLE, role.as_str().to_owned()));
    }
    values.into_iter().map(|(key, value)| (key.to_owned(), Value::String(value))).collect()
}

/// The decision line: what usage counts and alarms watch. At most 250 bytes, one a decision.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    /// `allow`, `forbidden`, `unauthorized` or `fault`.
    pub decision: &'static str,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The credential's id: of a key or session that was named, be it good or not.
    #[serde(rename = "cred", skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// Its user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Its organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The id of the space that it was let into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub space: Option<String>,
    /// The method.
    pub method: &'a str,
    /// The operation's path as the document spells it.
    pub route: &'a str,
    /// The caller's address.
    pub ip: &'a str,
}

impl<'a> Line<'a> {
    /// Of a request about which nothing is known yet: a fault, until it is decided.
    pub(crate) const fn of(method: &'a str, route: &'a str, ip: &'a str) -> Self {
        let (reason, credential, user, org, space) = (None, None, None, None, None);
        Self { decision: "fault", reason, credential, user, org, space, method, route, ip }
    }

    /// A fault of a request of which not even the method is known.
    pub(crate) const fn of_nothing() -> Self {
        Self::of("UNKNOWN", "", "")
    }

    pub(crate) fn named(&mut self, decision: &Decision) {
        (self.decision, self.reason) = match decision {
            Decision::Allow(caller) => {
                self.space = caller.space.map(|(space, _)| space.to_string());
                ("allow", None)
            }
            Decision::Forbidden(reason) => ("forbidden", Some(reason.as_str())),
            Decision::Unauthorized(reason) => ("unauthorized", Some(reason.as_str())),
        };
    }

    pub(crate) fn identify(
        &mut self,
        organization: impl fmt::Display,
        user: impl fmt::Display,
        id: CredentialId,
    ) {
        self.org = Some(organization.to_string());
        self.user = Some(user.to_string());
        self.credential = Some(id.to_string());
    }

    pub(crate) fn print(&self) {
        if let Ok(line) = serde_json::to_string(self) {
            edge::telemetry::line(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auth::{
        access::{CredentialKind, OrganizationRole, SpaceRole},
        decide::{Forbidden, Unauthorized},
        ids::{KeyId, OrganizationId, SpaceId, UserId},
        usage::{Decided, Verdict},
    };

    /// The longest text of an IPv6 address.
    const IP: &str = "2001:0db8:ffff:ffff:ffff:ffff:ffff:ffff";

    /// A route as long as one may become.
    const LONGEST: (&str, &str) = ("POST", "/admin/service-accounts/{id}/api-keys/{key}/rotate");

    fn caller(space: Option<SpaceId>) -> Caller {
        Caller {
            user: UserId::from_bits(u64::MAX),
            organization: OrganizationId::from_bits(u64::MAX),
            organization_role: OrganizationRole::Admin,
            credential_kind: CredentialKind::ApiKey,
            credential: CredentialId::ApiKey(KeyId::from_bits(u64::MAX)),
            space: space.map(|space| (space, SpaceRole::Viewer)),
        }
    }

    fn line(method: &str, route: &str, decision: &Decision) -> String {
        let mut line = Line::of(method, route, IP);
        let caller = caller(None);
        line.identify(caller.organization, caller.user, caller.credential);
        line.named(decision);
        serde_json::to_string(&line).unwrap()
    }

    #[test]
    fn a_fault_of_which_nothing_is_known_is_one_that_usage_reads_and_the_alarm_counts() {
        let line = serde_json::to_string(&Line::of_nothing()).unwrap();
        assert_eq!(line, r#"{"decision":"fault","method":"UNKNOWN","route":"","ip":""}"#);
        let read = Decided::parse(&line).unwrap();
        assert_eq!((read.verdict, read.owner.is_none()), (Verdict::Fault, true));
    }

    #[test]
    fn no_line_of_the_api_is_longer_than_250_bytes_and_each_is_one_that_usage_reads() {
        let forbidden = Forbidden::ALL.iter().map(|it| (Decision::Forbidden(*it), Verdict::Forbidden));
        let attributable = Unauthorized::ALL.iter().filter(|it| it.is_attributable());
        let unauthorized = attributable.map(|it| (Decision::Unauthorized(*it), Verdict::Unauthorized));
        let refusals: Vec<_> = forbidden.chain(unauthorized).collect();
        let routes = crate::ROUTES.routes().iter().map(|route| (route.method, route.template));
        for (method, template) in routes.chain([LONGEST]) {
            let space = template.contains("{space}").then(|| SpaceId::from_bits(u64::MAX));
            let allowed = (Decision::Allow(caller(space)), Verdict::Allow);
            for (decision, verdict) in refusals.iter().chain([&allowed]) {
                let line = line(method, template, decision);
                assert!(line.len() <= 250, "{} bytes: {line}", line.len());
                let read = Decided::parse(&line).unwrap();
                let owner = read.owner.unwrap();
                assert_eq!((read.verdict, owner.user), (*verdict, UserId::from_bits(u64::MAX)));
                assert_eq!(owner.space, space.filter(|_| *verdict == Verdict::Allow));
                assert_eq!(read.route, format!("{method} {template}"));
            }
        }
    }
}
