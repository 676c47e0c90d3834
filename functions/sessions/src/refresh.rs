//! `POST /auth/refresh`.
//!
//! 1. the origin may use the cookie, and the cookie is a refresh token by its form
//! 2. load: the user, the session, its refresh state, the policy
//! 3. decide: who may not be decided for may not be refreshed; the token is the current one, or its immediate
//!    predecessor within the grace
//! 4. write the next state, if it is still the one that was read; who comes second looks at what the first wrote
//! 5. respond as a login does
//!
//! A true token of the past, used again, ends the session. The cookie is never taken away here: of two answers to
//! one browser, the later would undo the earlier.

use crate::{Sessions, origin};
use auth::{
    audit::{Action, Actor, AuditEvent},
    decide::{CredentialId, good_session},
    records::{Policy, Session, SessionKind},
    refresh::{Presented, RefreshState, RefreshToken},
};
use edge::{Ambient, Rejection, Request, Response};
use store::{RefreshRecords, Rotation};
use tokens::COOKIE;

/// How often a token is looked at again because another rotation came first.
const RACES: u32 = 3;

const ADDRESS: Rejection = Rejection::Forbidden("The organization does not allow this address");

pub(crate) async fn refresh(
    sessions: &Sessions,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    origin::require(sessions, request, ambient).await?;
    let token = request.cookie(COOKIE).and_then(|text| RefreshToken::parse(text).ok());
    let token = token.ok_or(Rejection::Unauthorized)?;
    sessions.issuer.ready(ambient).await?;

    let copy = ambient.any_byte();
    let records = sessions
        .store
        .refresh_records(token.organization, token.user, token.session, copy)
        .await
        .map_err(Rejection::dependency)?;
    let (session, policy, state) = may_refresh(records, &token, ambient).ok_or(Rejection::Unauthorized)?;
    if !policy.addresses.admit(request.source()) {
        return Err(ADDRESS);
    }
    let successor = rotate(sessions, &token, state, request, ambient).await?;
    let lifetime = tokens::lifetime(session.kind, &policy);
    sessions.issuer.respond(&session, lifetime, Some((&successor, &policy)), ambient).await
}

/// The same state that every decision asks, and the idle life, which only a refresh can end.
fn may_refresh(
    records: RefreshRecords,
    token: &RefreshToken,
    ambient: &Ambient,
) -> Option<(Session, Policy, RefreshState)> {
    let RefreshRecords { user, session, policy, state } = records;
    let (user, session, policy, state) = (user?, session?, policy?, state?);
    let may = state.issued(token)
        && user.organization == token.organization
        && policy.organization == user.organization
        && !user.disabled
        && !policy.suspended
        && session.kind == SessionKind::Full
        && good_session(&session, token.session, &user, &policy, ambient.now).is_ok()
        && ambient.now < policy.session_idles_until(state.refreshed_at);
    may.then_some((session, policy, state))
}

/// The successor of `token`, written or found.
async fn rotate(
    sessions: &Sessions,
    token: &RefreshToken,
    mut state: RefreshState,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<RefreshToken, Rejection> {
    for _ in 0..RACES {
        match state.present(token, ambient.now, request.source_address(), &mut ambient.rng) {
            Presented::Forged => return Err(Rejection::Unauthorized),
            Presented::Reused => return end(sessions, &state, request, ambient).await,
            Presented::Repeat(successor) => return Ok(successor),
            Presented::Rotate { next, token: successor } => {
                let rotation = sessions.store.rotate_refresh(&state, &next).await;
                match rotation.map_err(Rejection::dependency)? {
                    Rotation::Done => return Ok(successor),
                    Rotation::Lost(None) => return Err(Rejection::Unauthorized),
                    Rotation::Lost(Some(now)) => state = *now,
                }
            }
        }
    }
    Err(Rejection::Unavailable)
}

/// Ends the session of a token that was used again (RFC 9700 §4.14.2: whoever of the two is the thief).
async fn end(
    sessions: &Sessions,
    state: &RefreshState,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<RefreshToken, Rejection> {
    let event = AuditEvent::new(
        state.organization,
        Actor::Unknown,
        Some(CredentialId::Session(state.session)),
        Action::SessionReuseDetected,
        state.session.to_string(),
        request.source_address(),
        ambient.now,
        &mut ambient.rng,
    )
    .with("user", state.user.to_string());
    tracing::warn!(session = %state.session, user = %state.user, "a refresh token was used again");
    let ended = sessions.store.end_session_for(state.user, state.session, &event).await;
    ended.map_err(Rejection::dependency).and(Err(Rejection::Unauthorized))
}
