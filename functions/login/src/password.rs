//! `PUT /users/me/password`.
//!
//! The change ends every other session of the user. A session that a first password opened can do this and
//! nothing else; it ends too, and the answer is a session of the usual kind.

use crate::{Login, signin};
use auth::{
    decide::{Caller, CredentialId},
    password::{Password, Verification, check_strength},
    records::{Policy, SessionKind, StoredPassword, User},
};
use edge::{Ambient, Rejection, Request, Response, response};
use http::StatusCode;
use serde::Deserialize;
use store::{ChangePassword, Write};
use zeroize::Zeroizing;

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

    let (user, stored, policy) = load(login, &caller, ambient).await?;
    refuse_weak(login, &user, &new).await?;
    let first = caller.credential_kind == auth::access::CredentialKind::PasswordChange;
    if first {
        login.issuer.ready(ambient).await?;
    }
    let verification = login.hasher().verify(&current, &stored.hash);
    if verification == Verification::Mismatch {
        return Err(Rejection::Forbidden("current_password is wrong"));
    }
    let new_hash = {
        let mut hasher = login.hasher();
        hasher.hash(&new, &mut ambient.rng).map_err(|error| Rejection::internal(&error.to_string()))?
    };

    let next = first.then(|| {
        let mut next = signin::new_session(&user, SessionKind::Full, &policy, request, ambient);
        next.epoch = user.session_epoch + 1;
        next
    });
    let written = login
        .store
        .change_password(ChangePassword {
            user: &user,
            current_version: stored.version,
            new_hash: &new_hash,
            keep: (!first).then_some(session),
            new_session: next.as_ref(),
        })
        .await
        .map_err(Rejection::dependency)?;
    match (written, next) {
        (Write::Conflict, _) => {
            Err(Rejection::Conflict("The password or the account was changed at the same time"))
        }
        (Write::Done, None) => Ok(response::empty(StatusCode::NO_CONTENT)),
        (Write::Done, Some(next)) => {
            login.issuer.respond(&next, signin::lifetime(SessionKind::Full, &policy), ambient).await
        }
    }
}

fn parse(field: &str, text: Zeroizing<String>) -> Result<Password, Rejection> {
    Password::try_from(text).map_err(|_| Rejection::field(field, "must have at most 128 characters"))
}

async fn load(
    login: &Login,
    caller: &Caller,
    ambient: &mut Ambient,
) -> Result<(User, StoredPassword, Policy), Rejection> {
    let copy = ambient.any_byte();
    let records = login
        .store
        .login_records(caller.organization, caller.user, copy)
        .await
        .map_err(Rejection::dependency)?;
    match (records.user, records.password, records.policy) {
        (Some(user), Some(password), Some(policy)) => Ok((user, password, policy)),
        // Gone since the authorizer looked.
        _ => Err(Rejection::Unauthorized),
    }
}

async fn refuse_weak(login: &Login, user: &User, new: &Password) -> Result<(), Rejection> {
    let organization = login.store.organization(user.organization).await.map_err(Rejection::dependency)?;
    let organization = organization.map(|it| it.name).unwrap_or_default();
    check_strength(new, &[&user.name, user.email.as_str(), &organization])
        .map_err(|weakness| Rejection::field("new_password", weakness.to_string()))
}
