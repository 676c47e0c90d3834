//! `POST /auth/logout`: ends the session of the token that is sent as bearer, or of the cookie.
//!
//! The gateway lets everyone through, so that a token whose life has just ended still ends its session; what
//! is sent is verified here. Ending a session twice is no error.

use crate::{Sessions, origin};
use auth::{
    ids::{SessionId, UserId},
    refresh::RefreshToken,
};
use edge::{
    Ambient, Rejection, Request, Response,
    response::{self, with_header},
};
use http::{StatusCode, header};
use tokens::{COOKIE, ended_cookie};

pub(crate) async fn log_out(
    sessions: &Sessions,
    request: &Request,
    ambient: &Ambient,
) -> Result<Response, Rejection> {
    let (user, session) = session(sessions, request, ambient).await?;
    sessions.store.end_session(user, session).await.map_err(Rejection::dependency)?;
    let response = response::empty(StatusCode::NO_CONTENT);
    Ok(with_header(response, header::SET_COOKIE, &ended_cookie()))
}

/// The session of the bearer; without one, that of the cookie.
async fn session(
    sessions: &Sessions,
    request: &Request,
    ambient: &Ambient,
) -> Result<(UserId, SessionId), Rejection> {
    if let Some(token) = request.bearer() {
        let claims = sessions.claims(token, ambient).await?.map_err(|_| Rejection::Unauthorized)?;
        return Ok((claims.sub, claims.sid));
    }
    let text = request.cookie(COOKIE).ok_or(Rejection::Unauthorized)?;
    origin::require(sessions, request, ambient).await?;
    let token = RefreshToken::parse(text).map_err(|_| Rejection::Unauthorized)?;
    // Where the session has ended there is nothing to know the token by, and nothing to end.
    if sessions.issued(&token).await? {
        Ok((token.user, token.session))
    } else {
        Err(Rejection::Unauthorized)
    }
}
