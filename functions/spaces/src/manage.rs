//! `GET`, `POST /admin/spaces` and `GET`, `PATCH /admin/spaces/{space}`.
//!
//! The organization's admins are Admins in each space without being members, so a space that is made has none.

use crate::{Spaces, view::SpaceView};
use auth::{
    audit::Action,
    decide::Caller,
    ids::{Slug, SpaceId},
    records::Space,
};
use edge::{Ambient, Rejection, Request, Response, audit, cursor, input, response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::Write;

/// Longest name of a space, in characters.
const NAME_LIMIT: usize = 200;

#[derive(Serialize)]
struct List<'a> {
    spaces: Vec<SpaceView<'a>>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    slug: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    name: String,
}

pub(crate) async fn list(spaces: &Spaces, request: &Request) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let (limit, after) = (request.limit()?, request.cursor::<Slug>()?);
    let page = spaces.store.spaces_page(caller.organization, after.as_ref(), limit).await;
    let page = page.map_err(Rejection::dependency)?;
    let body = List {
        spaces: page.spaces.iter().map(SpaceView::from).collect(),
        next_cursor: page.next.as_ref().map(cursor::encode),
    };
    Ok(response::json(StatusCode::OK, &body))
}

pub(crate) async fn create(
    spaces: &Spaces,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let body: Create = request.json()?;
    let slug: Slug = body.slug.parse().map_err(|_| {
        Rejection::field("slug", "must have 1 to 63 characters, each a lowercase letter, a digit or a hyphen")
    })?;
    let space = Space {
        id: SpaceId::generate(&mut ambient.rng),
        organization: caller.organization,
        slug,
        name: input::line("name", &body.name, NAME_LIMIT)?,
        created_at: ambient.second(),
        admins: 0,
        members: 0,
        deleting: false,
    };
    let event = audit::event(request, &caller, Action::SpaceCreated, space.id, ambient)
        .with("slug", space.slug.as_str())
        .with("name", &space.name);
    let written = spaces.store.recording(event).create_space(&space, None).await;
    match written.map_err(Rejection::dependency)? {
        Write::Done => Ok(response::json(StatusCode::CREATED, &SpaceView::from(&space))),
        Write::Conflict => Err(Rejection::Conflict("The slug is taken")),
    }
}

pub(crate) async fn show(spaces: &Spaces, request: &Request) -> Result<Response, Rejection> {
    let space = load(spaces, &request.caller()?, request).await?;
    Ok(response::json(StatusCode::OK, &SpaceView::from(&space)))
}

pub(crate) async fn rename(
    spaces: &Spaces,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let body: Rename = request.json()?;
    let name = input::line("name", &body.name, NAME_LIMIT)?;
    let space = load(spaces, &caller, request).await?;
    if space.name == name {
        return Ok(response::json(StatusCode::OK, &SpaceView::from(&space)));
    }
    let event = audit::event(request, &caller, Action::SpaceUpdated, space.id, ambient)
        .with("name.before", &space.name)
        .with("name.after", &name);
    let renamed = spaces.store.recording(event).rename_space(&space, &name).await;
    // Deleted since it was read.
    let renamed = renamed.map_err(Rejection::dependency)?.ok_or(Rejection::NotFound)?;
    Ok(response::json(StatusCode::OK, &SpaceView::from(&renamed)))
}

/// The space of the path, in the caller's organization. One that is being deleted is none.
async fn load(spaces: &Spaces, caller: &Caller, request: &Request) -> Result<Space, Rejection> {
    let slug: Slug = request.path("space")?;
    let space = spaces.store.space(caller.organization, &slug).await.map_err(Rejection::dependency)?;
    space.filter(|space| !space.deleting).ok_or(Rejection::NotFound)
}
