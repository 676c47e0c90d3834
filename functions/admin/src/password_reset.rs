//! `POST /admin/users/{id}/password-reset`: another password for a user who lost theirs.
//!
//! 1. decide: the caller's password was entered within the last minutes, so that a session that was left open
//!    or stolen takes nobody's account
//! 2. load: the user, who is of the caller's organization and has, or is to have, a password
//! 3. write, with the audit event in one transaction: a mail to the user, where mails are sent, else a token
//! 4. respond; the link only where no mail is sent, and this once
//!
//! The present password stays until another is chosen.

use crate::Admin;
use auth::{
    audit::{Action, Actor, AuditEvent, ulid},
    decide::Caller,
    ids::UserId,
    one_time,
    records::{User, UserKind},
};
use edge::{Ambient, Rejection, Request, Response, response};
use http::StatusCode;
use serde::Serialize;
use store::{MailKind, OutboxItem, Write};
use time::{Duration, OffsetDateTime, serde::rfc3339};

/// What was not sent within a day is not sent any more.
pub(crate) const OUTBOX_LIFE: Duration = Duration::DAY;

const SERVICE_ACCOUNT: Rejection = Rejection::Conflict("A service account has no password");
const DISABLED: Rejection = Rejection::Conflict("The user is disabled");

/// How the user gets the link.
#[derive(Serialize)]
#[serde(tag = "delivery", rename_all = "lowercase")]
pub(crate) enum Started<'a> {
    /// By mail.
    Email,
    /// From the admin.
    Link {
        link: &'a str,
        #[serde(with = "rfc3339")]
        expires_at: OffsetDateTime,
    },
}

pub(crate) async fn start(
    admin: &Admin,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id: UserId = request.path("id")?;
    tokens::require_fresh(&admin.store, &caller, ambient.now).await?;
    let user = admin.store.user(id).await.map_err(Rejection::dependency)?;
    let user = resettable(user, &caller)?;
    if admin.mails {
        mail(admin, request, &caller, &user, ambient).await
    } else {
        hand_over(admin, request, &caller, &user, ambient).await
    }
}

/// The user, whose password may be reset. Another organization's is not found.
fn resettable(user: Option<User>, caller: &Caller) -> Result<User, Rejection> {
    let user = user.filter(|it| it.organization == caller.organization).ok_or(Rejection::NotFound)?;
    if user.kind == UserKind::ServiceAccount {
        return Err(SERVICE_ACCOUNT);
    }
    // The token would be void, and the mail not sent.
    if user.disabled { Err(DISABLED) } else { Ok(user) }
}

async fn mail(
    admin: &Admin,
    request: &Request,
    caller: &Caller,
    user: &User,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let now = ambient.second();
    let item = OutboxItem {
        id: ulid(ambient.now, &mut ambient.rng),
        kind: MailKind::ResetStarted { user: user.id, by: caller.user },
        source_address: request.source_address().to_owned(),
        created_at: now,
        expires_at: now.saturating_add(OUTBOX_LIFE),
    };
    let event = event(request, caller, user, ambient).with("delivery", "email");
    written(admin.store.enqueue_with(&item, &event).await)?;
    Ok(response::json(StatusCode::OK, &Started::Email))
}

async fn hand_over(
    admin: &Admin,
    request: &Request,
    caller: &Caller,
    user: &User,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let published = admin.store.published().await.map_err(Rejection::dependency)?;
    let published = published.ok_or_else(|| Rejection::internal("no base URL is published"))?;
    let version = admin.store.password_version(user.id).await.map_err(Rejection::dependency)?;
    let (token, stored) =
        one_time::issue(user, version.unwrap_or(0), Some(caller.user), ambient.now, &mut ambient.rng);
    let event = event(request, caller, user, ambient).with("delivery", "link");
    written(admin.store.put_one_time(&stored, Some(&event)).await)?;
    let link = one_time::link(&published.base_url, admin.reset_page.as_deref(), &token);
    let started = Started::Link { link: &link, expires_at: stored.expires_at };
    Ok(response::json(StatusCode::OK, &started))
}

fn event(request: &Request, caller: &Caller, user: &User, ambient: &mut Ambient) -> AuditEvent {
    AuditEvent::new(
        caller.organization,
        Actor::User(caller.user),
        Some(caller.credential),
        Action::PasswordResetStarted,
        user.id.to_string(),
        request.source_address(),
        ambient.now,
        &mut ambient.rng,
    )
}

fn written(outcome: Result<Write, store::StoreError>) -> Result<(), Rejection> {
    match outcome.map_err(Rejection::dependency)? {
        Write::Done => Ok(()),
        Write::Conflict => Err(Rejection::internal("a new random name exists already")),
    }
}
