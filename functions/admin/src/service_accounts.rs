//! `GET`, `POST /admin/service-accounts`: users that cannot log in and act through keys that admins make for them.
//! What else is done with one is done as with a person: see `users`, `delete_user`, `keys_of`.

use crate::{Admin, user_view::UserView, users::require_fresh_to_raise};
use auth::{
    access::OrganizationRole,
    audit::Action,
    email::Email,
    ids::UserId,
    records::{User, UserKind},
};
use edge::{Ambient, Rejection, Request, Response, audit, cursor, input, response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::Created;

#[derive(Serialize)]
struct List<'a> {
    service_accounts: Vec<UserView<'a>>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: String,
    #[serde(default, deserialize_with = "edge::request::present")]
    org_role: Option<String>,
}

pub(crate) async fn list(admin: &Admin, request: &Request) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let limit = request.limit()?;
    let after = request.cursor::<Email>()?;
    let after = after.as_ref().map(Email::as_str);
    let page = admin.store.users_page(caller.organization, UserKind::ServiceAccount, "", after, limit).await;
    let page = page.map_err(Rejection::dependency)?;
    let body = List {
        service_accounts: page.users.iter().map(UserView::from).collect(),
        next_cursor: page.next.as_ref().map(cursor::encode),
    };
    Ok(response::json(StatusCode::OK, &body))
}

pub(crate) async fn create(
    admin: &Admin,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let body: Create = request.json()?;
    let id = UserId::generate(&mut ambient.rng);
    let account = User {
        id,
        organization: caller.organization,
        email: Email::of_service_account(id),
        name: input::line("name", &body.name, input::USER_NAME_LIMIT)?,
        kind: UserKind::ServiceAccount,
        organization_role: body
            .org_role
            .as_deref()
            .map_or(Ok(OrganizationRole::Member), input::organization_role)?,
        disabled: false,
        session_epoch: 1,
        key_epoch: 1,
        created_at: ambient.second(),
    };
    if account.organization_role > OrganizationRole::Member {
        require_fresh_to_raise(admin, &caller, ambient).await?;
    }
    let event = audit::event(request, &caller, Action::ServiceAccountCreated, id, ambient)
        .with("name", &account.name)
        .with("org_role", account.organization_role.as_str());
    let created = admin.store.recording(event).create_user(&account, None).await;
    match created.map_err(Rejection::dependency)? {
        Created::Done => Ok(response::json(StatusCode::CREATED, &UserView::from(&account))),
        Created::EmailTaken => Err(Rejection::internal("a new random id exists already")),
    }
}
