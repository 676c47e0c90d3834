//! `POST /auth/logout`: ends the session of the token that is sent as bearer, and that of the cookie.
//!
//! Both, where both are sent: a page that wakes with a token of a key that has ended meanwhile must not leave the
//! cookie's session behind, on a machine that others use.
//!
//! The gateway lets everyone through, so that a token whose life has just ended still ends its session; what
//! is sent is verified here. Ending a session twice is no error.

use crate::{Sessions, known::Known, origin};
use auth::{audit::Actor, refresh::RefreshToken};
use edge::{
    Ambient, Rejection, Request, Response,
    response::{self, with_header},
};
use http::{StatusCode, header};
use tokens::{COOKIE, ended_cookie};

pub(crate) async fn log_out(
    sessions: &Sessions,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let bearer = by_bearer(sessions, request, ambient).await?;
    let cookie = match by_cookie(sessions, request, ambient).await {
        // A page that may not use the cookie may still end the session of its own token.
        Err(Rejection::Forbidden(_)) if bearer.is_some() => Cookie::None,
        cookie => cookie?,
    };
    let cookie = match cookie {
        Cookie::None if bearer.is_none() => return Err(Rejection::Unauthorized),
        Cookie::None | Cookie::Unknown => None,
        Cookie::Of(session) => Some(session),
    };
    let mut ending: Vec<_> = bearer.into_iter().chain(cookie).collect();
    ending.dedup();
    for session in ending {
        session.end(sessions, Actor::User(session.user), request, ambient).await?;
    }
    let response = response::empty(StatusCode::NO_CONTENT);
    Ok(with_header(response, header::SET_COOKIE, &ended_cookie()))
}

/// The session of the token that is sent, if it is one of ours.
async fn by_bearer(
    sessions: &Sessions,
    request: &Request,
    ambient: &Ambient,
) -> Result<Option<Known>, Rejection> {
    let Some(token) = request.bearer() else { return Ok(None) };
    let claims = sessions.claims(token, ambient).await?.ok();
    Ok(claims.map(|claims| Known::from(&claims)))
}

/// What the cookie is.
enum Cookie {
    /// None, or none of the session that it names.
    None,
    /// Of the form, but there is nothing to know it by: its session has ended, or never had a cookie. What it
    /// names is only what its sender says, so nothing ends, and there is only the cookie to take away.
    Unknown,
    /// One of the tokens of this session.
    Of(Known),
}

async fn by_cookie(sessions: &Sessions, request: &Request, ambient: &Ambient) -> Result<Cookie, Rejection> {
    let Some(text) = request.cookie(COOKIE) else { return Ok(Cookie::None) };
    origin::require(sessions, request, ambient).await?;
    let Ok(token) = RefreshToken::parse(text) else { return Ok(Cookie::None) };
    let states = sessions.store.refresh_states(&[token.session]).await.map_err(Rejection::dependency)?;
    Ok(match states.first() {
        None => Cookie::Unknown,
        Some(state) if state.issued(&token) => Cookie::Of(Known::from(&token)),
        Some(_) => Cookie::None,
    })
}
