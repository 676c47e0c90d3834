//! `POST /admin/users`: a person, who chooses their own first password.
//!
//! 1. parse: email address, name and role
//! 2. decide: the caller's password was entered within the last minutes
//! 3. write, in one transaction: the user, its claim on the address, the audit event, and a mail to the user, where
//!    mails are sent, else a token
//! 4. respond; the link only where no mail is sent, and this once

use crate::{
    Admin,
    password_reset::{OUTBOX_LIFE, Started},
    user_view::UserView,
};
use auth::{
    access::OrganizationRole,
    audit::{Action, ulid},
    ids::UserId,
    one_time,
    records::{User, UserKind},
};
use edge::{Ambient, Rejection, Request, Response, audit, input, response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::{Created, MailKind, OutboxItem, Setup};

const TAKEN: Rejection = Rejection::Conflict("The email address is taken");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    email: String,
    name: String,
    #[serde(default, deserialize_with = "edge::request::present")]
    org_role: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    user: UserView<'a>,
    setup: Started<'a>,
}

pub(crate) async fn create(
    admin: &Admin,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let body: Create = request.json()?;
    let email = input::new_email(&body.email)?;
    let user = User {
        id: UserId::generate(&mut ambient.rng),
        organization: caller.organization,
        email,
        name: input::line("name", &body.name, input::USER_NAME_LIMIT)?,
        kind: UserKind::Human,
        organization_role: body
            .org_role
            .as_deref()
            .map_or(Ok(OrganizationRole::Member), input::organization_role)?,
        disabled: false,
        session_epoch: 1,
        key_epoch: 1,
        created_at: ambient.second(),
    };
    tokens::require_fresh(&admin.store, &caller, ambient.now).await?;
    let event = audit::event(request, &caller, Action::UserCreated, user.id, ambient)
        .with("email", user.email.as_str())
        .with("name", &user.name)
        .with("org_role", user.organization_role.as_str());
    if admin.mails {
        let now = ambient.second();
        let mail = OutboxItem {
            id: ulid(ambient.now, &mut ambient.rng),
            kind: MailKind::SetupStarted { user: user.id, by: caller.user },
            source_address: request.source_address().to_owned(),
            created_at: now,
            expires_at: now.saturating_add(OUTBOX_LIFE),
        };
        let store = admin.store.recording(event.with("delivery", "email"));
        written(store.create_user_with(&user, Setup::Mail(&mail)).await)?;
        return Ok(answer(&user, Started::Email));
    }
    let published = admin.store.published().await.map_err(Rejection::dependency)?;
    let published = published.ok_or_else(|| Rejection::internal("no base URL is published"))?;
    let (token, stored) = one_time::issue(&user, 0, Some(caller.user), ambient.now, &mut ambient.rng);
    let store = admin.store.recording(event.with("delivery", "link"));
    written(store.create_user_with(&user, Setup::Token(&stored)).await)?;
    let link = one_time::link(&published.base_url, admin.reset_page.as_deref(), &token);
    Ok(answer(&user, Started::Link { link: &link, expires_at: stored.expires_at }))
}

fn written(outcome: Result<Created, store::StoreError>) -> Result<(), Rejection> {
    match outcome.map_err(Rejection::dependency)? {
        Created::Done => Ok(()),
        Created::EmailTaken => Err(TAKEN),
    }
}

fn answer(user: &User, setup: Started<'_>) -> Response {
    response::json(StatusCode::CREATED, &Answer { user: UserView::from(user), setup })
}
