//! The request authorizer: API Gateway asks it about every request to a protected route.
//!
//! 1. find the route in the table that was compiled from `infra/openapi.yaml`
//! 2. parse the credential; junk ends here, without any I/O
//! 3. read everything that the decision needs, in one consistent `BatchGetItem`
//! 4. [`auth::decide`] decides
//! 5. a path parameter that can name nothing is refused, whatever was decided
//! 6. answer Allow or Deny for exactly this method and path, or `Unauthorized`; print the decision's line
//!
//! A failure that is not the caller's is an error of the function, which the gateway turns into 503.

mod answer;
mod event;

pub use answer::Refusal;
pub use event::Event;

use answer::Line;
use auth::{
    access::RouteTable,
    api_key::{ApiKey, Prefix},
    decide::{Circumstances, Credential, Decision, Forbidden, Path, Unauthorized, decide},
    ids::Slug,
    session::TokenError,
};
use edge::{Ambient, request::bearer, service::Unreadable, telemetry};
use serde_json::Value;
use store::{Lookup, Store};
use time::OffsetDateTime;
use tokens::Verifiers;
use tokio::time::timeout;

/// Every operation of the API, compiled from `infra/openapi.yaml`.
pub static ROUTES: RouteTable = RouteTable::new(include!(concat!(env!("OUT_DIR"), "/routes.rs")));

/// The time that a decision may take, below the five seconds of the template: a slow dependency is a fault
/// that is printed and counted, and not a function that Lambda ends in the middle.
const BUDGET: std::time::Duration = std::time::Duration::from_secs(4);

/// The authorizer of one process.
pub struct Authorizer {
    store: Store,
    prefix: Prefix,
    verifiers: Verifiers,
}

impl Authorizer {
    /// Over this store, for keys of this prefix.
    pub fn new(store: Store, prefix: Prefix) -> Self {
        Self { verifiers: Verifiers::new(store.clone()), store, prefix }
    }

    /// Makes the first connection during init, by a read that is needed anyway. Its failure is no failure of
    /// init: the first request tries again.
    pub async fn warm(&self, now: OffsetDateTime) {
        if let Err(error) = self.verifiers.warm(now).await {
            tracing::warn!(error = telemetry::chain(&error), "the signing keys could not be read");
        }
    }

    /// The answer to an event as it comes from the Runtime API.
    ///
    /// # Errors
    /// As [`Authorizer::answer`]; and of an event of another form, which is a fault. The log has no value of it.
    pub async fn respond(&self, event: &[u8], ambient: &mut Ambient) -> Result<Vec<u8>, Refusal> {
        let Ok(event) = serde_json::from_slice(event) else {
            return Err(undecided(&Unreadable));
        };
        let answer = self.answer(&event, ambient).await?;
        serde_json::to_vec(&answer).map_err(|error| fault(&error))
    }

    /// The gateway's answer to `event`.
    ///
    /// # Errors
    /// The two answers that the protocol has as errors.
    pub async fn answer(&self, event: &Event, ambient: &mut Ambient) -> Result<Value, Refusal> {
        let source = &event.request_context.identity.source_ip;
        let mut line = Line::of(&event.http_method, &event.resource, source);
        let decided = match timeout(BUDGET, Box::pin(self.decide(event, &mut line, ambient))).await {
            Ok(decided) => decided,
            Err(_) => {
                tracing::error!("the decision took longer than its budget");
                Err(Refusal::Fault)
            }
        };
        if let Ok(decision) = &decided {
            line.named(decision);
        }
        line.print();
        match decided? {
            Decision::Allow(caller) => Ok(answer::policy(&event.method_arn, Some(&caller))),
            Decision::Forbidden(_) => Ok(answer::policy(&event.method_arn, None)),
            Decision::Unauthorized(_) => Err(Refusal::Unauthorized),
        }
    }

    async fn decide(
        &self,
        event: &Event,
        line: &mut Line<'_>,
        ambient: &mut Ambient,
    ) -> Result<Decision, Refusal> {
        let Some(route) = ROUTES.find(&event.http_method, &event.resource) else {
            tracing::error!(
                route = event.resource,
                "the gateway asks about a route that the document has not"
            );
            return Err(Refusal::Fault);
        };
        let credential = match self.credential(event, ambient.now).await? {
            Ok(credential) => credential,
            Err(reason) => return Ok(Decision::Unauthorized(reason)),
        };
        line.identify(credential.organization(), credential.user(), credential.id());
        let parameters = parameters(event);
        let (space, id) = parameters.clone().unwrap_or_default();
        let lookup = Lookup {
            organization: credential.organization(),
            user: credential.user(),
            credential: credential.id(),
            space: space.as_ref(),
            policy_copy: ambient.any_byte(),
        };
        let records = self.store.decision_records(&lookup).await.map_err(|error| fault(&error))?;
        if let Some(owner) = records.moved_to {
            line.identify(credential.organization(), owner, credential.id());
        }
        let path = Path { space: space.as_ref(), id };
        // What is no address is admitted nowhere that asks for one.
        let source = event.request_context.identity.source_ip.parse().ok();
        let circumstances = Circumstances { now: ambient.now, source };
        let decision = decide(&credential, route, &path, &records, &circumstances);
        Ok(match decision {
            // Only a good credential learns that its path is none.
            Decision::Unauthorized(_) => decision,
            _ if parameters.is_none() => Decision::Forbidden(Forbidden::Path),
            _ => decision,
        })
    }

    /// The credential of the request, by its form alone.
    async fn credential(
        &self,
        event: &Event,
        now: OffsetDateTime,
    ) -> Result<Result<Credential, Unauthorized>, Refusal> {
        let Some(text) = event.authorization().and_then(bearer) else {
            return Ok(Err(Unauthorized::Malformed));
        };
        // A key has no dot and a token has two: each text is tried as one thing only.
        if !text.contains('.') {
            return Ok(match ApiKey::parse(text, &self.prefix) {
                Ok(key) => Ok(Credential::from(&key)),
                Err(_) => Err(Unauthorized::Malformed),
            });
        }
        Ok(match self.verifiers.verify(text, now).await.map_err(|error| fault(&error))? {
            Ok(claims) => Ok(Credential::from(&claims)),
            Err(TokenError::Expired) => Err(Unauthorized::Expired),
            Err(_) => Err(Unauthorized::Token),
        })
    }
}

/// A fault before anything of the event is known: logged, and printed as a decision, which is what the alarm counts.
fn undecided(error: &(dyn std::error::Error + 'static)) -> Refusal {
    Line::of_nothing().print();
    fault(error)
}

fn fault(error: &(dyn std::error::Error + 'static)) -> Refusal {
    tracing::error!(error = telemetry::chain(error), "no decision");
    Refusal::Fault
}

/// `{space}` and `{id}`. `None` where any parameter of the path holds another character than ids and slugs are made
/// of: `*` and `?` are wildcards in a policy's `Resource`, so no path that holds one is ever answered with an Allow.
/// What is of these characters and names nothing all the same, the function behind answers with 404.
fn parameters(event: &Event) -> Option<(Option<Slug>, Option<&str>)> {
    let parameters = event.path_parameters.iter().flatten();
    if !parameters.into_iter().all(|(_, value)| is_plain(value)) {
        return None;
    }
    Some((event.parameter("space").and_then(|space| space.parse().ok()), event.parameter("id")))
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
