//! `GET /admin/users` and `GET`, `PATCH /admin/users/{id}`, `POST …/sign-out`, `GET …/sessions`,
//! `DELETE …/sessions/{session}`: the people of the caller's organization. Service accounts are not among them; what
//! is one thing for both, says by an argument for which.

use crate::{
    Admin,
    user_view::{UserView, described, own},
};
use auth::{
    access::OrganizationRole,
    audit::Action,
    decide::{Caller, CredentialId},
    email::Email,
    ids::{SessionId, UserId},
    records::{User, UserKind},
};
use edge::{Ambient, Rejection, Request, Response, audit, cursor, input, response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::UserUpdate;

/// The answer where no active admin would be left who can log in.
pub(crate) const LAST_ADMIN: Rejection =
    Rejection::Conflict("The user is the organization's last active admin");
/// The answer where another request was faster.
pub(crate) const CHANGED: Rejection = Rejection::Conflict("The user was changed at the same time");

const KEY_RAISES_NOBODY: Rejection = Rejection::Forbidden("An API key makes nobody an admin: log in");

#[derive(Serialize)]
struct List<'a> {
    users: Vec<UserView<'a>>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Update {
    #[serde(default, deserialize_with = "edge::request::present")]
    name: Option<String>,
    #[serde(default, deserialize_with = "edge::request::present")]
    org_role: Option<String>,
    #[serde(default, deserialize_with = "edge::request::present")]
    disabled: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignOut {
    #[serde(default)]
    api_keys: bool,
}

pub(crate) async fn list(admin: &Admin, request: &Request) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let limit = request.limit()?;
    let after = request.cursor::<Email>()?;
    let prefix = email_prefix(request)?;
    let page = admin
        .store
        .users_page(caller.organization, UserKind::Human, &prefix, after.as_ref().map(Email::as_str), limit)
        .await
        .map_err(Rejection::dependency)?;
    let body = List {
        users: page.users.iter().map(UserView::from).collect(),
        next_cursor: page.next.as_ref().map(cursor::encode),
    };
    Ok(response::json(StatusCode::OK, &body))
}

/// The start of the addresses that are looked for, in lower case as they are stored; empty for all.
fn email_prefix(request: &Request) -> Result<String, Rejection> {
    const EXPECTED: &str = "must have 1 to 254 characters and no control characters";
    let Some(prefix) = request.query::<String>("email_prefix", EXPECTED)? else {
        return Ok(String::new());
    };
    if prefix.is_empty() || prefix.len() > 254 || prefix.chars().any(char::is_control) {
        return Err(Rejection::field("email_prefix", EXPECTED));
    }
    Ok(Email::lower_case(&prefix))
}

pub(crate) async fn show(admin: &Admin, request: &Request, kind: UserKind) -> Result<Response, Rejection> {
    let user = load(admin, &request.caller()?, request, kind).await?;
    Ok(response::json(StatusCode::OK, &UserView::from(&user)))
}

/// Changes the user of the path, which is of this kind; `action` is what the audit calls it.
pub(crate) async fn update(
    admin: &Admin,
    request: &Request,
    kind: UserKind,
    action: Action,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let body: Update = request.json()?;
    body.check()?;
    let user = load(admin, &caller, request, kind).await?;
    let new = body.applied(&user)?;
    if is_active_admin(&new) && !is_active_admin(&user) {
        require_fresh_to_raise(admin, &caller, ambient).await?;
    }
    let event = audit::event(request, &caller, action, user.id, ambient);
    let store = admin.store.recording(described(event, &user, &new));
    match store.update_user("update user", &user, &new).await.map_err(Rejection::dependency)? {
        UserUpdate::Done => Ok(response::json(StatusCode::OK, &UserView::from(&new))),
        UserUpdate::Changed => Err(CHANGED),
        UserUpdate::LastAdmin => Err(LAST_ADMIN),
    }
}

fn is_active_admin(user: &User) -> bool {
    user.organization_role == OrganizationRole::Admin && !user.disabled
}

/// Making an admin outlives whatever it was done with: a credential that ends, that is bound to an address, or that
/// was left open, is not enough.
///
/// # Errors
/// 403 that says what is.
pub(crate) async fn require_fresh_to_raise(
    admin: &Admin,
    caller: &Caller,
    ambient: &Ambient,
) -> Result<(), Rejection> {
    match caller.credential {
        CredentialId::Session(_) => tokens::require_fresh(&admin.store, caller, ambient.now).await,
        CredentialId::ApiKey(_) => Err(KEY_RAISES_NOBODY),
    }
}

impl Update {
    /// Refuses a body that says nothing, and values out of bounds, before anything is read.
    ///
    /// # Errors
    /// 422 that names the member.
    pub(crate) fn check(&self) -> Result<(), Rejection> {
        if self.name.is_none() && self.org_role.is_none() && self.disabled.is_none() {
            return Err(Rejection::field("body", "must have one of name, org_role, disabled"));
        }
        self.name.as_deref().map(|name| input::line("name", name, input::USER_NAME_LIMIT)).transpose()?;
        self.org_role.as_deref().map(input::organization_role).transpose()?;
        Ok(())
    }

    /// The user after the change.
    ///
    /// # Errors
    /// Those of [`Update::check`].
    pub(crate) fn applied(&self, user: &User) -> Result<User, Rejection> {
        let name =
            self.name.as_deref().map(|name| input::line("name", name, input::USER_NAME_LIMIT)).transpose()?;
        Ok(User {
            name: name.unwrap_or_else(|| user.name.clone()),
            organization_role: self
                .org_role
                .as_deref()
                .map(input::organization_role)
                .transpose()?
                .unwrap_or(user.organization_role),
            disabled: self.disabled.unwrap_or(user.disabled),
            ..user.clone()
        })
    }
}

pub(crate) async fn sign_out(
    admin: &Admin,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let body: SignOut = request.json_or_default()?;
    let user = load(admin, &caller, request, UserKind::Human).await?;
    let event = audit::event(request, &caller, Action::UserSignedOut, user.id, ambient)
        .with("api_keys", body.api_keys.to_string());
    let done = admin.store.recording(event).sign_out(user.id, body.api_keys).await;
    // Deleted since it was read.
    done.map_err(Rejection::dependency)?.ok_or(Rejection::NotFound)?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

pub(crate) async fn sessions(
    admin: &Admin,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let user = load(admin, &request.caller()?, request, UserKind::Human).await?;
    tokens::list_sessions(&admin.store, &user, None, request, ambient).await
}

pub(crate) async fn end_session(
    admin: &Admin,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id: SessionId = request.path("session")?;
    let user = load(admin, &caller, request, UserKind::Human).await?;
    let found = admin.store.session(user.id, id).await.map_err(Rejection::dependency)?;
    found.ok_or(Rejection::NotFound)?;
    let event =
        audit::event(request, &caller, Action::SessionEnded, id, ambient).with("user", user.id.to_string());
    admin.store.recording(event).end_session(user.id, id).await.map_err(Rejection::dependency)?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

/// The user of the path, of this kind and of the caller's organization.
///
/// # Errors
/// 404 where there is none.
pub(crate) async fn load(
    admin: &Admin,
    caller: &Caller,
    request: &Request,
    kind: UserKind,
) -> Result<User, Rejection> {
    let id: UserId = request.path("id")?;
    let user = admin.store.user(id).await.map_err(Rejection::dependency)?;
    own(user, caller.organization, kind)
}
