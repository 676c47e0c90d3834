//! `DELETE /admin/spaces/{space}`.
//!
//! 1. load: the space, be it that a request before has marked it
//! 2. write: mark it, with the audit event; nobody reaches it from then on
//! 3. delete what is in it, for as long as one request may
//! 4. respond: 204 where it is gone, 202 where the same request has to go on

use crate::Spaces;
use auth::{audit::Action, ids::Slug};
use edge::{Ambient, Rejection, Request, Response, ambient::Stopwatch, audit, response};
use http::{StatusCode, header};
use serde::Serialize;
use store::{SpaceRest, Write};

#[derive(Serialize)]
struct Remaining {
    remaining: bool,
}

pub(crate) async fn delete(
    spaces: &Spaces,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let watch = Stopwatch::start();
    let caller = request.caller()?;
    let slug: Slug = request.path("space")?;
    let space = spaces.store.space(caller.organization, &slug).await.map_err(Rejection::dependency)?;
    let space = space.ok_or(Rejection::NotFound)?;
    let event = audit::event(request, &caller, Action::SpaceDeleted, space.id, ambient)
        .with("slug", space.slug.as_str())
        .with("name", &space.name);
    let marked = spaces.store.recording(event).begin_space_deletion(&space).await;
    if marked.map_err(Rejection::dependency)? == Write::Conflict {
        // Its slug is another space's by now.
        return Err(Rejection::NotFound);
    }
    loop {
        match spaces.store.delete_some_of_space(&space).await.map_err(Rejection::dependency)? {
            SpaceRest::Gone => return Ok(response::empty(StatusCode::NO_CONTENT)),
            SpaceRest::More if u128::from(watch.micros()) < spaces.budget.as_micros() => {}
            SpaceRest::More | SpaceRest::Late => return Ok(remaining()),
        }
    }
}

fn remaining() -> Response {
    let response = response::json(StatusCode::ACCEPTED, &Remaining { remaining: true });
    response::with_header(response, header::RETRY_AFTER, "1")
}
