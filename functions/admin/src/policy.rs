//! `GET` and `PUT /admin/policy`.
//!
//! 1. parse: the whole policy within its bounds, and the tag of the one that it replaces
//! 2. decide: it leaves the caller a way back
//! 3. load: the policy as it is, which must be the one that the caller has seen
//! 4. write, all copies and the audit event in one transaction, if it still is
//!
//! Each decision reads the policy, so the new one holds from the next request.

use crate::{
    Admin,
    body::{Body, View},
    change,
};
use auth::{
    audit::{Action, Actor, AuditEvent},
    decide::{Caller, CredentialId},
    records::{Policy, StoredKey},
};
use edge::{
    Ambient, Rejection, Request, Response,
    precondition::{IfMatch, etag},
    response,
};
use http::{StatusCode, header};
use store::Write;

pub(crate) async fn show(
    admin: &Admin,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    Ok(answer(&load(admin, &caller, ambient).await?))
}

pub(crate) async fn replace(
    admin: &Admin,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let wanted = request.json::<Body>()?.policy(caller.organization)?;
    let if_match = IfMatch::parse(request.header_lines(header::IF_MATCH));
    // A policy is always there: `*` would say no more than nothing.
    if if_match == IfMatch::Any {
        return Err(Rejection::PreconditionRequired);
    }
    let key = calling_key(admin, &caller).await?;
    change::require_way_back(&wanted, request.source(), key.as_ref(), ambient.now)?;

    let current = load(admin, &caller, ambient).await?;
    if !if_match.accepts(current.version) {
        return Err(Rejection::PreconditionFailed);
    }
    let wanted = Policy { suspended: current.suspended, version: current.version, ..wanted };
    if wanted == current {
        return Ok(answer(&current));
    }
    let event = change::described(event(request, &caller, ambient), &current, &wanted);
    let written = admin.store.put_policy(&wanted, current.version, Some(&event)).await;
    match written.map_err(Rejection::dependency)? {
        // The store counts the version.
        Write::Done => Ok(answer(&Policy { version: current.version.saturating_add(1), ..wanted })),
        // Another admin was faster, after this request had read.
        Write::Conflict => Err(Rejection::PreconditionFailed),
    }
}

async fn load(admin: &Admin, caller: &Caller, ambient: &mut Ambient) -> Result<Policy, Rejection> {
    let policy = admin.store.policy(caller.organization, ambient.any_byte()).await;
    // Gone since the authorizer looked.
    policy.map_err(Rejection::dependency)?.ok_or(Rejection::Unauthorized)
}

/// The key that the caller uses, if it is one.
async fn calling_key(admin: &Admin, caller: &Caller) -> Result<Option<StoredKey>, Rejection> {
    let CredentialId::ApiKey(id) = caller.credential else { return Ok(None) };
    let key = admin.store.key(caller.user, id).await.map_err(Rejection::dependency)?;
    key.map(Some).ok_or(Rejection::Unauthorized)
}

fn event(request: &Request, caller: &Caller, ambient: &mut Ambient) -> AuditEvent {
    AuditEvent::new(
        caller.organization,
        Actor::User(caller.user),
        Some(caller.credential),
        Action::PolicyUpdated,
        caller.organization.to_string(),
        request.source_address(),
        ambient.now,
        &mut ambient.rng,
    )
}

fn answer(policy: &Policy) -> Response {
    let response = response::json(StatusCode::OK, &View::from(policy));
    response::with_header(response, header::ETAG, &etag(policy.version))
}
