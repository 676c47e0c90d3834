//! The sessions of a user, for itself and for the admins of its organization.

use crate::device::Device;
use auth::{
    ids::SessionId,
    records::{Policy, Session, User},
};
use edge::{Ambient, Rejection, Request, Response, cursor, response};
use http::StatusCode;
use serde::Serialize;
use std::{cmp::Reverse, collections::HashMap};
use store::Store;
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

/// 200 with a page of the sessions of a user that are not over, in the page the last used first. `current` is the one
/// that asks, where it is one of them.
///
/// # Errors
/// 422 where `limit` or `cursor` is none, 401 where the organization has gone, 503 where the table does not answer.
pub async fn list_sessions(
    store: &Store,
    user: &User,
    current: Option<SessionId>,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let (limit, after) = (request.limit()?, request.cursor::<SessionId>()?);
    let copy = ambient.any_byte();
    let policy = store.policy(user.organization, copy).await.map_err(Rejection::dependency)?;
    let policy = policy.ok_or(Rejection::Unauthorized)?;
    let page = store.sessions_page(user.id, after, limit).await.map_err(Rejection::dependency)?;
    let mut stored = page.sessions;
    stored.retain(|session| session.epoch == user.session_epoch);
    let ids: Vec<_> = stored.iter().map(|session| session.id).collect();
    let refreshes = store.refreshes(&ids).await.map_err(Rejection::dependency)?;
    let refreshes: HashMap<_, _> = refreshes.into_iter().collect();

    let shown =
        stored.iter().map(|session| view(session, refreshes.get(&session.id).copied(), &policy, current));
    let mut shown: Vec<_> = shown.filter(|session| ambient.now < session.expires_at).collect();
    shown.sort_by_key(|session| Reverse((session.last_used_at, session.id)));
    let next_cursor = page.next.as_ref().map(cursor::encode);
    Ok(response::json(StatusCode::OK, &List { sessions: shown, next_cursor }))
}

fn view<'a>(
    session: &'a Session,
    refreshed_at: Option<OffsetDateTime>,
    policy: &Policy,
    current: Option<SessionId>,
) -> SessionView<'a> {
    let last_used_at = refreshed_at.unwrap_or(session.created_at);
    let end = session.expires_at.min(policy.session_ends_at(session.created_at));
    SessionView {
        id: session.id,
        current: Some(session.id) == current,
        created_at: session.created_at,
        last_used_at,
        expires_at: end.min(policy.session_idles_until(last_used_at)),
        source_address: &session.source_address,
        device: Device::of(&session.user_agent),
    }
}
