//! A session that begins.

use auth::{
    ids::SessionId,
    policy::SESSION_SECONDS,
    records::{Policy, Session, SessionKind, User},
    refresh::{RefreshState, RefreshToken},
};
use edge::{Ambient, Request};
use time::Duration;

/// Life of a session that a first password opened, in seconds: enough to choose a better one.
const PASSWORD_CHANGE_SECONDS: u32 = 600;

/// Seconds that a token of such a session is good for.
pub fn lifetime(kind: SessionKind, policy: &Policy) -> u32 {
    // A policy out of bounds is no reason to issue what no verifier accepts.
    let seconds = policy.session_seconds.clamp(*SESSION_SECONDS.start(), *SESSION_SECONDS.end());
    match kind {
        SessionKind::Full => seconds,
        SessionKind::PasswordChange => seconds.min(PASSWORD_CHANGE_SECONDS),
    }
}

/// A session of `user` that begins now, at its present epoch, and what refreshes it. One that may only change a
/// password is not refreshed.
pub fn open_session(
    user: &User,
    kind: SessionKind,
    policy: &Policy,
    request: &Request,
    ambient: &mut Ambient,
) -> (Session, Option<(RefreshState, RefreshToken)>) {
    let now = ambient.second();
    let expires_at = match kind {
        SessionKind::Full => policy.session_ends_at(now),
        SessionKind::PasswordChange => now + Duration::seconds(lifetime(kind, policy).into()),
    };
    let session = Session {
        id: SessionId::generate(&mut ambient.rng),
        user: user.id,
        organization: user.organization,
        kind,
        epoch: user.session_epoch,
        created_at: now,
        expires_at,
        source_address: request.source_address().to_owned(),
        user_agent: request.user_agent(),
    };
    let refresh = match kind {
        SessionKind::Full => Some(RefreshState::begin(&session, now, &mut ambient.rng)),
        SessionKind::PasswordChange => None,
    };
    (session, refresh)
}
