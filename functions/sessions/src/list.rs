//! The caller's own sessions.

use crate::Sessions;
use auth::{
    audit::Action,
    decide::{Caller, CredentialId},
    ids::SessionId,
    records::User,
};
use edge::{Ambient, Rejection, Request, Response, audit, response};
use http::StatusCode;
use store::Write;

pub(crate) async fn list(
    sessions: &Sessions,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let current = current(&caller)?;
    let user = user(sessions, &caller).await?;
    tokens::list_sessions(&sessions.store, &user, Some(current), request, ambient).await
}

pub(crate) async fn end(
    sessions: &Sessions,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id: SessionId = request.path("id")?;
    // Another user's and none are the same: it is looked for in the caller's own partition.
    let found = sessions.store.session(caller.user, id).await.map_err(Rejection::dependency)?;
    found.ok_or(Rejection::NotFound)?;
    let event = audit::event(request, &caller, Action::SessionEnded, id, ambient);
    sessions.store.recording(event).end_session(caller.user, id).await.map_err(Rejection::dependency)?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

pub(crate) async fn end_others(
    sessions: &Sessions,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let keep = current(&caller)?;
    let user = user(sessions, &caller).await?;
    let event = audit::event(request, &caller, Action::SessionsEnded, user.id, ambient);
    let store = sessions.store.recording(event.with("kept", keep.to_string()));
    match store.end_other_sessions(&user, keep).await.map_err(Rejection::dependency)? {
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
