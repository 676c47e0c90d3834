//! `POST /auth/logout`: ends the session of the token that is sent.
//!
//! The gateway lets everyone through, so that a token whose life has just ended still ends its session; what
//! is sent is verified here. Ending a session twice is no error.

use crate::Sessions;
use auth::session::{TokenError, Verifier};
use edge::{Ambient, Rejection, Request, Response, response};
use http::StatusCode;
use std::sync::Arc;
use time::Duration;

/// A token with an unknown `kid` rereads the public keys, but not more often than this.
const UNKNOWN_KID_AGE: Duration = Duration::seconds(10);

pub(crate) async fn log_out(
    sessions: &Sessions,
    request: &Request,
    ambient: &Ambient,
) -> Result<Response, Rejection> {
    let token = request.bearer().ok_or(Rejection::Unauthorized)?;
    let now = ambient.now;
    let mut verified = verifier(sessions, ambient, crate::KEYS_AGE).await?.verify_expired(token, now);
    if matches!(verified, Err(TokenError::UnknownKey)) {
        verified = verifier(sessions, ambient, UNKNOWN_KID_AGE).await?.verify_expired(token, now);
    }
    let claims = verified.map_err(|_| Rejection::Unauthorized)?;
    sessions.store.delete_session(claims.sub, claims.sid).await.map_err(Rejection::dependency)?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

async fn verifier(sessions: &Sessions, ambient: &Ambient, age: Duration) -> Result<Arc<Verifier>, Rejection> {
    sessions
        .verifier
        .get_younger(ambient.now, age, async || {
            let published = sessions.store.published().await.map_err(Rejection::dependency)?;
            let published = published.ok_or_else(|| Rejection::internal("no signing keys are published"))?;
            Verifier::new(&published.base_url, &published.keys)
                .map_err(|error| Rejection::internal(&error.to_string()))
        })
        .await
}
