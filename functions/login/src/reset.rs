//! `POST /auth/password/reset`.
//!
//! 1. parse
//! 2. load the token, then its user, the present password and the policy
//! 3. decide: unknown, expired, used, made for another version of the password, of a user who could not log in
//!    anyway: one and the same refusal
//! 4. refuse a weak password; the token stays good for a better one
//! 5. hash: no argon2 for who holds no token
//! 6. write all at once: the token goes, the password is the new one, the sessions end, and the audit says so

use crate::Login;
use auth::{
    audit::{Action, Actor, AuditEvent},
    one_time::{OneTimeToken, StoredOneTime},
    password::{Password, PasswordHash, check_strength},
    records::{User, UserKind},
};
use edge::{Ambient, Rejection, Request, Response, response};
use http::StatusCode;
use serde::Deserialize;
use store::{LoginRecords, Write};
use zeroize::Zeroizing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    token: Zeroizing<String>,
    password: Zeroizing<String>,
}

pub(crate) async fn reset(
    login: &Login,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let body: Body = request.json()?;
    let token = OneTimeToken::parse(&body.token).map_err(|_| refused())?;
    let password = Password::try_from(body.password)
        .map_err(|_| Rejection::field("password", "must have at most 128 characters"))?;

    let (stored, user) = load(login, &token, ambient).await?;
    refuse_weak(login, &user, &password).await?;
    let hash = hash(login, &password, ambient)?;

    let event = event(&stored, request, ambient);
    let written = login.store.reset_password(&stored, &hash, ambient.now, &event).await;
    match written.map_err(Rejection::dependency)? {
        Write::Done => Ok(response::empty(StatusCode::NO_CONTENT)),
        // Used, or the password or the user changed, since it was read.
        Write::Conflict => Err(refused()),
    }
}

/// The one refusal of a token, whatever is wrong with it.
fn refused() -> Rejection {
    Rejection::field("token", "is unknown, expired or used")
}

/// What is stored of the token and its user, where the token may set a password now.
async fn load(
    login: &Login,
    token: &OneTimeToken,
    ambient: &mut Ambient,
) -> Result<(StoredOneTime, User), Rejection> {
    let found = login.store.one_time(token.hash()).await.map_err(Rejection::dependency)?;
    let stored = found.filter(|it| ambient.now < it.expires_at).ok_or_else(refused)?;
    let copy = ambient.any_byte();
    let records = login.store.login_records(stored.organization, stored.user, copy).await;
    let user = holder(&stored, records.map_err(Rejection::dependency)?).ok_or_else(refused)?;
    Ok((stored, user))
}

/// The user, where it could log in with a password, and has the one that the token was made to replace.
fn holder(stored: &StoredOneTime, records: LoginRecords) -> Option<User> {
    let (user, policy) = (records.user?, records.policy?);
    let version = records.password.map_or(0, |it| it.version);
    let may = user.organization == stored.organization
        && user.kind == UserKind::Human
        && !user.disabled
        && !policy.suspended
        && version == stored.password_version;
    may.then_some(user)
}

async fn refuse_weak(login: &Login, user: &User, password: &Password) -> Result<(), Rejection> {
    let organization = login.store.organization(user.organization).await.map_err(Rejection::dependency)?;
    let organization = organization.map(|it| it.name).unwrap_or_default();
    check_strength(password, &[&user.name, user.email.as_str(), &organization])
        .map_err(|weakness| Rejection::field("password", weakness.to_string()))
}

fn hash(login: &Login, password: &Password, ambient: &mut Ambient) -> Result<PasswordHash, Rejection> {
    let hashed = login.hasher().hash(password, &mut ambient.rng);
    hashed.map_err(|error| Rejection::internal(&error.to_string()))
}

/// Who holds the token acts for the user: it was given to nobody else.
fn event(stored: &StoredOneTime, request: &Request, ambient: &mut Ambient) -> AuditEvent {
    let event = AuditEvent::new(
        stored.organization,
        Actor::User(stored.user),
        None,
        Action::PasswordReset,
        stored.user.to_string(),
        request.source_address(),
        ambient.now,
        &mut ambient.rng,
    )
    .with("purpose", stored.purpose.as_str());
    match stored.made_by {
        Some(by) => event.with("started_by", by.to_string()),
        None => event,
    }
}
