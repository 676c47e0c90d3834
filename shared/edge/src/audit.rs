//! The audit event of what a caller does.

use crate::{Ambient, Request};
use auth::{
    audit::{Action, Actor, AuditEvent},
    decide::Caller,
};
use std::fmt::Display;

/// What `caller` does by this request, without details: who, with which credential, from where, what, to what.
///
/// The shape of `target` is the id of the thing that is changed.
pub fn event(
    request: &Request,
    caller: &Caller,
    action: Action,
    target: impl Display,
    ambient: &mut Ambient,
) -> AuditEvent {
    AuditEvent::new(
        caller.organization,
        Actor::User(caller.user),
        Some(caller.credential),
        action,
        target.to_string(),
        request.source_address(),
        ambient.now,
        &mut ambient.rng,
    )
}
