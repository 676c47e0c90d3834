//! `PUT /users/me/password`.
//!
//! The change ends every other session of the user. A session that a first password opened can do this and
//! nothing else; it ends too, and the answer is a session of the usual kind.

use crate::{Login, attempt::Account, signin};
use auth::{
    audit::Action,
    decide::{Caller, CredentialId},
    password::{Password, Verification, check_strength},
    records::{Policy, Session, SessionKind, StoredPassword, User},
    refresh::{RefreshState, RefreshToken},
};
use edge::{Ambient, Rejection, Request, Response, audit, response};
use http::StatusCode;
use serde::Deserialize;
use store::{ChangePassword, LoginRecords, Write};
use zeroize::Zeroizing;

const WRONG: &str = "current_password is wrong";
/// Who holds a session of the user may know.
const DISABLED: &str = "The password is disabled until it is reset";
const CHANGED: &str = "The password or the account was changed at the same time";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    current_password: Zeroizing<String>,
    new_password: Zeroizing<String>,
}

pub(crate) async fn change(
    login: &Login,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let CredentialId::Session(session) = caller.credential else {
        return Err(Rejection::internal("an API key reached the password"));
    };
    let body: Body = request.json()?;
    if body.current_password == body.new_password {
        return Err(Rejection::field("new_password", "must differ from the current password"));
    }
    let current = parse("current_password", body.current_password)?;
    let new = parse("new_password", body.new_password)?;

    let (user, mut records) = load(login, &caller, ambient).await?;
    refuse_weak(login, &user, &new).await?;
    let first = caller.credential_kind == auth::access::CredentialKind::PasswordChange;
    if first {
        login.issuer.ready(ambient).await?;
    }
    let stored = check(login, &user, &mut records, &current, request, ambient).await?;
    let policy = records.policy.ok_or(Rejection::Unauthorized)?;
    let new_hash = {
        let mut hasher = login.hasher();
        hasher.hash(&new, &mut ambient.rng).map_err(|error| Rejection::internal(&error.to_string()))?
    };

    let next = if first { Some(next(&user, &policy, request, ambient)?) } else { None };
    let event = audit::event(request, &caller, Action::PasswordChanged, user.id, ambient);
    let event = match &next {
        Some((session, ..)) => event.with("session", session.id.to_string()),
        None => event,
    };
    let written = login
        .store
        .recording(event)
        .change_password(ChangePassword {
            user: &user,
            current_version: stored.version,
            new_hash: &new_hash,
            keep: (!first).then_some(session),
            new_session: next.as_ref().map(|(session, state, _)| (session, state)),
        })
        .await
        .map_err(Rejection::dependency)?;
    match (written, next) {
        (Write::Conflict, _) => Err(Rejection::Conflict(CHANGED)),
        (Write::Done, None) => Ok(response::empty(StatusCode::NO_CONTENT)),
        (Write::Done, Some((next, _, token))) => {
            let lifetime = tokens::lifetime(SessionKind::Full, &policy);
            login.issuer.respond(&next, lifetime, Some((&token, &policy)), ambient).await
        }
    }
}

/// The session of the usual kind that follows a first password's. The change gives it the epoch that it brings.
fn next(
    user: &User,
    policy: &Policy,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<(Session, RefreshState, RefreshToken), Rejection> {
    match tokens::open_session(user, SessionKind::Full, policy, request, ambient) {
        (session, Some((state, token))) => Ok((session, state, token)),
        (_, None) => Err(Rejection::internal("a session of the usual kind cannot be refreshed")),
    }
}

/// The stored password, if `current` is it: an attempt as a login is one, charged before the work is done.
async fn check(
    login: &Login,
    user: &User,
    records: &mut LoginRecords,
    current: &Password,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<StoredPassword, Rejection> {
    let account = Account::new(user.email.clone(), user.organization, user.id, request);
    let counters = account.counters(login).await?;
    let charged = account.charge(login, records, counters, ambient).await?;
    // Gone since the authorizer looked.
    let stored = records.password.take().ok_or(Rejection::Unauthorized)?;
    if signin::verify(login, current, Some(&stored)) == Verification::Mismatch {
        account.fail(login, &charged, request, ambient).await?;
        return Err(Rejection::Forbidden(if stored.is_disabled() { DISABLED } else { WRONG }));
    }
    match account.settle(login, &stored, charged, ambient).await? {
        Write::Done => Ok(stored),
        Write::Conflict => Err(Rejection::Conflict(CHANGED)),
    }
}

fn parse(field: &str, text: Zeroizing<String>) -> Result<Password, Rejection> {
    Password::try_from(text).map_err(|_| Rejection::field(field, "must have at most 128 characters"))
}

async fn load(
    login: &Login,
    caller: &Caller,
    ambient: &mut Ambient,
) -> Result<(User, LoginRecords), Rejection> {
    let copy = ambient.any_byte();
    let records = login
        .store
        .login_records(caller.organization, caller.user, copy)
        .await
        .map_err(Rejection::dependency)?;
    match records.user.clone() {
        Some(user) => Ok((user, records)),
        // Gone since the authorizer looked.
        None => Err(Rejection::Unauthorized),
    }
}

async fn refuse_weak(login: &Login, user: &User, new: &Password) -> Result<(), Rejection> {
    let organization = login.store.organization(user.organization).await.map_err(Rejection::dependency)?;
    let organization = organization.map(|it| it.name).unwrap_or_default();
    check_strength(new, &[&user.name, user.email.as_str(), &organization])
        .map_err(|weakness| Rejection::field("new_password", weakness.to_string()))
}
