//! `DELETE /admin/users/{id}`, and of a service account.
//!
//! 1. load: the user, be it that a request before has marked it
//! 2. write: mark it, with the audit event; its credentials are refused from then on
//! 3. delete what it has, for as long as one request may
//! 4. respond: 204 where it is gone, 202 where the same request has to go on

use crate::{
    Admin,
    user_view::own,
    users::{CHANGED, LAST_ADMIN},
};
use auth::{audit::Action, ids::UserId, records::UserKind};
use edge::{Ambient, Rejection, Request, Response, ambient::Stopwatch, audit, response};
use http::{StatusCode, header};
use serde::Serialize;
use store::{UserRest, UserUpdate};

const ONESELF: Rejection = Rejection::Conflict("Nobody deletes themselves");

#[derive(Serialize)]
struct Remaining {
    remaining: bool,
}

/// Deletes the user of the path, which is of this kind; `action` is what the audit calls it.
pub(crate) async fn delete(
    admin: &Admin,
    request: &Request,
    kind: UserKind,
    action: Action,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let watch = Stopwatch::start();
    let caller = request.caller()?;
    let id: UserId = request.path("id")?;
    let found = admin.store.user_even_marked(id).await.map_err(Rejection::dependency)?;
    let marked = found.as_ref().is_some_and(|(_, marked)| *marked);
    let user = own(found.map(|(user, _)| user), caller.organization, kind)?;
    if user.id == caller.user {
        return Err(ONESELF);
    }
    if !marked {
        let event = audit::event(request, &caller, action, user.id, ambient)
            .with("email", user.email.as_str())
            .with("name", &user.name)
            .with("org_role", user.organization_role.as_str());
        let begun = admin.store.recording(event).begin_user_deletion(&user).await;
        match begun.map_err(Rejection::dependency)? {
            UserUpdate::Done => {}
            UserUpdate::Changed => return Err(CHANGED),
            UserUpdate::LastAdmin => return Err(LAST_ADMIN),
        }
    }
    loop {
        match admin.store.delete_some_of_user(&user).await.map_err(Rejection::dependency)? {
            UserRest::Gone => return Ok(response::empty(StatusCode::NO_CONTENT)),
            UserRest::More if u128::from(watch.micros()) < admin.budget.as_micros() => {}
            UserRest::More => return Ok(remaining()),
        }
    }
}

fn remaining() -> Response {
    let response = response::json(StatusCode::ACCEPTED, &Remaining { remaining: true });
    response::with_header(response, header::RETRY_AFTER, "1")
}
