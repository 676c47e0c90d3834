//! The caller's own sessions.

use crate::{Sessions, device::Device};
use auth::{
    decide::{Caller, CredentialId},
    ids::SessionId,
    records::{Policy, Session, User},
    refresh::RefreshState,
};
use edge::{Ambient, Rejection, Request, Response, cursor, response};
use http::StatusCode;
use serde::Serialize;
use std::{cmp::Reverse, collections::HashMap};
use store::Write;
use time::{OffsetDateTime, serde::rfc3339};

/// A session, as its user sees it.
#[derive(Serialize)]
struct SessionView<'a> {
    id: SessionId,
    current: bool,
    #[serde(with = "rfc3339")]
    created_at: OffsetDateTime,
    /// When it was opened or last refreshed.
    #[serde(with = "rfc3339")]
    last_used_at: OffsetDateTime,
    /// When it is over unless it is refreshed.
    #[serde(with = "rfc3339")]
    expires_at: OffsetDateTime,
    source_address: &'a str,
    device: Device<'a>,
}

#[derive(Serialize)]
struct List<'a> {
    sessions: Vec<SessionView<'a>>,
    next_cursor: Option<String>,
}

pub(crate) async fn list(
    sessions: &Sessions,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let current = current(&caller)?;
    let (limit, after) = (request.limit()?, request.cursor::<SessionId>()?);
    let user = user(sessions, &caller).await?;
    let copy = ambient.any_byte();
    let policy = sessions.store.policy(user.organization, copy).await.map_err(Rejection::dependency)?;
    let policy = policy.ok_or(Rejection::Unauthorized)?;
    let page = sessions.store.sessions_page(user.id, after, limit).await.map_err(Rejection::dependency)?;
    let mut stored = page.sessions;
    stored.retain(|session| session.epoch == user.session_epoch);
    let ids: Vec<_> = stored.iter().map(|session| session.id).collect();
    let states = sessions.store.refresh_states(&ids).await.map_err(Rejection::dependency)?;
    let states: HashMap<_, _> = states.iter().map(|state| (state.session, state)).collect();

    let shown =
        stored.iter().map(|session| view(session, states.get(&session.id).copied(), &policy, current));
    let mut shown: Vec<_> = shown.filter(|session| ambient.now < session.expires_at).collect();
    shown.sort_by_key(|session| Reverse((session.last_used_at, session.id)));
    let next_cursor = page.next.as_ref().map(cursor::encode);
    Ok(response::json(StatusCode::OK, &List { sessions: shown, next_cursor }))
}

pub(crate) async fn end(sessions: &Sessions, request: &Request) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id: SessionId = request.path("id")?;
    // Another user's and none are the same: it is looked for in the caller's own partition.
    let found = sessions.store.session(caller.user, id).await.map_err(Rejection::dependency)?;
    found.ok_or(Rejection::NotFound)?;
    sessions.store.end_session(caller.user, id).await.map_err(Rejection::dependency)?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

pub(crate) async fn end_others(sessions: &Sessions, request: &Request) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let keep = current(&caller)?;
    let user = user(sessions, &caller).await?;
    match sessions.store.end_other_sessions(&user, keep).await.map_err(Rejection::dependency)? {
        Write::Done => Ok(response::empty(StatusCode::NO_CONTENT)),
        Write::Conflict => Err(Rejection::Conflict("The account was changed at the same time")),
    }
}

fn current(caller: &Caller) -> Result<SessionId, Rejection> {
    match caller.credential {
        CredentialId::Session(id) => Ok(id),
        CredentialId::ApiKey(_) => Err(Rejection::internal("an API key reached the sessions")),
    }
}

async fn user(sessions: &Sessions, caller: &Caller) -> Result<User, Rejection> {
    let user = sessions.store.user(caller.user).await.map_err(Rejection::dependency)?;
    // Gone since the authorizer looked.
    user.filter(|user| user.organization == caller.organization).ok_or(Rejection::Unauthorized)
}

fn view<'a>(
    session: &'a Session,
    state: Option<&RefreshState>,
    policy: &Policy,
    current: SessionId,
) -> SessionView<'a> {
    let last_used_at = state.map_or(session.created_at, |state| state.refreshed_at);
    let end = session.expires_at.min(policy.session_ends_at(session.created_at));
    SessionView {
        id: session.id,
        current: session.id == current,
        created_at: session.created_at,
        last_used_at,
        expires_at: end.min(policy.session_idles_until(last_used_at)),
        source_address: &session.source_address,
        device: Device::of(&session.user_agent),
    }
}
