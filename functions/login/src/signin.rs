//! `POST /auth/login`.
//!
//! 1. parse
//! 2. load: the user of the email, its password, its organization's policy
//! 3. verify the password, or do the same work where there is none
//! 4. decide: wrong password, unknown email, disabled user, suspended organization and service account are
//!    one and the same 401
//! 5. write the session, under the condition that the user is still what it was
//! 6. respond with its first token

use crate::Login;
use auth::{
    email::Email,
    ids::{OrganizationId, SessionId, UserId},
    password::{Password, Verification},
    records::{Policy, Session, SessionKind, StoredPassword, User, UserKind},
};
use edge::{Ambient, Rejection, Request, Response};
use serde::Deserialize;
use store::{LoginRecords, Write};
use time::Duration;
use zeroize::Zeroizing;

/// Life of a session that a first password opened, in seconds: enough to choose a better one.
const PASSWORD_CHANGE_SECONDS: u32 = 600;

/// The least and the greatest life of a session's token, in seconds.
const SESSION_SECONDS: (u32, u32) = (300, 3600);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    email: String,
    password: Zeroizing<String>,
}

pub(crate) async fn sign_in(
    login: &Login,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let body: Body = request.json()?;
    let email: Email =
        body.email.parse().map_err(|_| Rejection::field("email", "must be an e-mail address"))?;
    let password = Password::try_from(body.password)
        .map_err(|_| Rejection::field("password", "must have at most 128 characters"))?;
    login.issuer.ready(ambient).await?;

    let records = load(login, &email, ambient).await?;
    let verification = verify(login, &password, records.password.as_ref());
    let Some((user, stored, policy)) = may_log_in(&records, verification) else {
        return Err(Rejection::Unauthorized);
    };
    upgrade(login, &password, stored, verification, ambient).await;

    let kind = if stored.must_change { SessionKind::PasswordChange } else { SessionKind::Full };
    let session = new_session(user, kind, policy, request, ambient);
    match login.store.create_session(&session).await.map_err(Rejection::dependency)? {
        Write::Done => login.issuer.respond(&session, lifetime(kind, policy), ambient).await,
        // Disabled or signed out everywhere since it was read.
        Write::Conflict => Err(Rejection::Unauthorized),
    }
}

/// Reads the user of `email`. An unknown one costs the same reads: of a user that does not exist.
async fn load(login: &Login, email: &Email, ambient: &mut Ambient) -> Result<LoginRecords, Rejection> {
    let claim = login.store.user_by_email(email).await.map_err(Rejection::dependency)?;
    let nobody = (OrganizationId::generate(&mut ambient.rng), UserId::generate(&mut ambient.rng));
    let (organization, user) = claim.unwrap_or(nobody);
    let copy = ambient.any_byte();
    login.store.login_records(organization, user, copy).await.map_err(Rejection::dependency)
}

fn verify(login: &Login, password: &Password, stored: Option<&StoredPassword>) -> Verification {
    match stored {
        Some(stored) => login.hasher().verify(password, &stored.hash),
        None => {
            login.hasher().verify_nobody(password);
            Verification::Mismatch
        }
    }
}

/// The same state that every decision asks, asked of a user that logs in.
fn may_log_in(
    records: &LoginRecords,
    verification: Verification,
) -> Option<(&User, &StoredPassword, &Policy)> {
    let (user, stored, policy) =
        (records.user.as_ref()?, records.password.as_ref()?, records.policy.as_ref()?);
    let may = matches!(verification, Verification::Match { .. })
        && stored.user == user.id
        && policy.organization == user.organization
        && user.kind == UserKind::Human
        && !user.disabled
        && !policy.suspended;
    may.then_some((user, stored, policy))
}

/// Hashes a password again whose hash is of lesser cost than today's. A failure is no failure of the login:
/// the next one tries again.
async fn upgrade(
    login: &Login,
    password: &Password,
    stored: &StoredPassword,
    verification: Verification,
    ambient: &mut Ambient,
) {
    if verification != (Verification::Match { outdated: true }) {
        return;
    }
    let hashed = login.hasher().hash(password, &mut ambient.rng);
    match hashed {
        Ok(hash) => {
            let written = login.store.upgrade_hash(stored.user, stored.version, &hash).await;
            if let Err(error) = written {
                tracing::warn!(error = edge::telemetry::chain(&error), "a password's hash was not upgraded");
            }
        }
        Err(error) => {
            tracing::warn!(error = edge::telemetry::chain(&error), "a password's hash was not upgraded");
        }
    }
}

/// Seconds that a token of such a session is good for.
pub(crate) fn lifetime(kind: SessionKind, policy: &Policy) -> u32 {
    // A policy out of bounds is no reason to issue what no verifier accepts.
    let seconds = policy.session_seconds.clamp(SESSION_SECONDS.0, SESSION_SECONDS.1);
    match kind {
        SessionKind::Full => seconds,
        SessionKind::PasswordChange => seconds.min(PASSWORD_CHANGE_SECONDS),
    }
}

/// A session that begins now. Without a refresh it lives as long as its one token.
pub(crate) fn new_session(
    user: &User,
    kind: SessionKind,
    policy: &Policy,
    request: &Request,
    ambient: &mut Ambient,
) -> Session {
    let now = ambient.now.truncate_to_second();
    Session {
        id: SessionId::generate(&mut ambient.rng),
        user: user.id,
        organization: user.organization,
        kind,
        epoch: user.session_epoch,
        created_at: now,
        expires_at: now + Duration::seconds(i64::from(lifetime(kind, policy))),
        source_address: request.source_address().to_owned(),
        user_agent: request.user_agent(),
    }
}
