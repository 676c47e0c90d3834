//! `GET` and `PATCH /users/me`.

use auth::{
    access::OrganizationRole,
    audit::Action,
    decide::{Caller, CredentialId},
    ids::{OrganizationId, SpaceId, UserId},
    records::{Membership, Organization, Space, User},
};
use edge::{Ambient, Rejection, Request, Response, audit, input, response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::Store;

/// Longest name of a user, in characters.
const NAME_LIMIT: usize = 200;

#[derive(Serialize)]
struct Profile<'a> {
    id: UserId,
    email: &'a str,
    name: &'a str,
    kind: &'static str,
    organization: OrganizationView<'a>,
    spaces: Vec<SpaceView>,
    credential: CredentialView,
}

#[derive(Serialize)]
struct OrganizationView<'a> {
    id: OrganizationId,
    name: &'a str,
    role: &'static str,
}

#[derive(Serialize)]
struct SpaceView {
    id: SpaceId,
    slug: String,
    name: String,
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
    let user = store.user(caller.user).await.map_err(Rejection::dependency)?;
    respond(store, &caller, user).await
}

pub(crate) async fn rename(
    store: &Store,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let body: Rename = request.json()?;
    let name = input::line("name", &body.name, NAME_LIMIT)?;
    let before = store.user(caller.user).await.map_err(Rejection::dependency)?;
    let before = before.ok_or(Rejection::Unauthorized)?;
    if before.name == name {
        return respond(store, &caller, Some(before)).await;
    }
    let event = audit::event(request, &caller, Action::UserUpdated, caller.user, ambient)
        .with("name.before", &before.name)
        .with("name.after", &name);
    let user = store.recording(event).rename_user(caller.user, &name).await.map_err(Rejection::dependency)?;
    respond(store, &caller, user).await
}

async fn respond(store: &Store, caller: &Caller, user: Option<User>) -> Result<Response, Rejection> {
    // Gone since the authorizer looked.
    let user = user.ok_or(Rejection::Unauthorized)?;
    let organization = store.organization(user.organization).await.map_err(Rejection::dependency)?;
    let organization = organization.ok_or(Rejection::Unauthorized)?;
    let spaces = spaces(store, &user).await?;
    Ok(response::json(StatusCode::OK, &profile(&user, &organization, spaces, caller)))
}

fn profile<'a>(
    user: &'a User,
    organization: &'a Organization,
    spaces: Vec<SpaceView>,
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
        spaces,
        credential: CredentialView {
            kind: match caller.credential {
                CredentialId::ApiKey(_) => "api_key",
                CredentialId::Session(_) => "session",
            },
            id: caller.credential.to_string(),
        },
    }
}

/// The spaces the user reaches, with the role that counts there: each of the organization's for its admins,
/// those of its memberships for everybody else.
async fn spaces(store: &Store, user: &User) -> Result<Vec<SpaceView>, Rejection> {
    if user.organization_role == OrganizationRole::Admin {
        let spaces = store.spaces_of(user.organization).await.map_err(Rejection::dependency)?;
        return Ok(spaces.iter().map(|space| view(space, "admin")).collect());
    }
    let memberships = store.memberships_of(user.id).await.map_err(Rejection::dependency)?;
    let mut views = Vec::with_capacity(memberships.len());
    for some in memberships.chunks(100) {
        let slugs: Vec<_> = some.iter().map(|it| it.slug.clone()).collect();
        let spaces = store.spaces_by_slug(user.organization, &slugs).await.map_err(Rejection::dependency)?;
        views.extend(some.iter().filter_map(|membership| in_its_space(membership, &spaces)));
    }
    Ok(views)
}

/// A membership shows where its own space still stands: a slug that is used again revives none.
fn in_its_space(membership: &Membership, spaces: &[Space]) -> Option<SpaceView> {
    let space = spaces.iter().find(|space| space.id == membership.space)?;
    Some(view(space, membership.role.as_str()))
}

fn view(space: &Space, role: &'static str) -> SpaceView {
    SpaceView { id: space.id, slug: space.slug.to_string(), name: space.name.clone(), role }
}
