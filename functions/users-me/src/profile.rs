//! `GET` and `PATCH /users/me`.

use auth::{
    access::SpaceRole,
    audit::Action,
    decide::{Caller, CredentialId},
    ids::{OrganizationId, Slug, SpaceId, UserId},
    records::{Organization, Space, User},
};
use edge::{Ambient, Rejection, Request, Response, audit, cursor, input, response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::{ReachPage, Store};

/// How many spaces are shown with a changed name: as many as without a `limit`.
const SPACES: usize = 50;

#[derive(Serialize)]
struct Profile<'a> {
    id: UserId,
    email: &'a str,
    name: &'a str,
    kind: &'static str,
    organization: OrganizationView<'a>,
    spaces: Vec<SpaceView<'a>>,
    /// Of the spaces.
    next_cursor: Option<String>,
    credential: CredentialView,
}

#[derive(Serialize)]
struct OrganizationView<'a> {
    id: OrganizationId,
    name: &'a str,
    role: &'static str,
}

#[derive(Serialize)]
struct SpaceView<'a> {
    id: SpaceId,
    slug: &'a Slug,
    name: &'a str,
    role: &'static str,
}

#[derive(Serialize)]
struct CredentialView {
    kind: &'static str,
    id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    name: String,
}

pub(crate) async fn show(store: &Store, request: &Request) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let (limit, after) = (request.limit()?, request.cursor::<Slug>()?);
    let user = store.user(caller.user).await.map_err(Rejection::dependency)?;
    respond(store, &caller, user, after.as_ref(), limit).await
}

pub(crate) async fn rename(
    store: &Store,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let body: Rename = request.json()?;
    let name = input::line("name", &body.name, input::USER_NAME_LIMIT)?;
    let before = store.user(caller.user).await.map_err(Rejection::dependency)?;
    let before = before.ok_or(Rejection::Unauthorized)?;
    if before.name == name {
        return respond(store, &caller, Some(before), None, SPACES).await;
    }
    let event = audit::event(request, &caller, Action::UserUpdated, caller.user, ambient)
        .with("name.before", &before.name)
        .with("name.after", &name);
    let user = store.recording(event).rename_user(caller.user, &name).await.map_err(Rejection::dependency)?;
    respond(store, &caller, user, None, SPACES).await
}

/// The caller, with a page of its spaces.
async fn respond(
    store: &Store,
    caller: &Caller,
    user: Option<User>,
    after: Option<&Slug>,
    limit: usize,
) -> Result<Response, Rejection> {
    // Gone since the authorizer looked.
    let user = user.ok_or(Rejection::Unauthorized)?;
    let organization = store.organization(user.organization).await.map_err(Rejection::dependency)?;
    let organization = organization.ok_or(Rejection::Unauthorized)?;
    let spaces = store.reached_spaces(&user, after, limit).await.map_err(Rejection::dependency)?;
    Ok(response::json(StatusCode::OK, &profile(&user, &organization, &spaces, caller)))
}

fn profile<'a>(
    user: &'a User,
    organization: &'a Organization,
    spaces: &'a ReachPage,
    caller: &Caller,
) -> Profile<'a> {
    Profile {
        id: user.id,
        email: user.email.as_str(),
        name: &user.name,
        kind: user.kind.as_str(),
        organization: OrganizationView {
            id: organization.id,
            name: &organization.name,
            role: user.organization_role.as_str(),
        },
        spaces: spaces.spaces.iter().map(view).collect(),
        next_cursor: spaces.next.as_ref().map(cursor::encode),
        credential: CredentialView {
            kind: match caller.credential {
                CredentialId::ApiKey(_) => "api_key",
                CredentialId::Session(_) => "session",
            },
            id: caller.credential.to_string(),
        },
    }
}

fn view((space, role): &(Space, SpaceRole)) -> SpaceView<'_> {
    SpaceView { id: space.id, slug: &space.slug, name: &space.name, role: role.as_str() }
}
