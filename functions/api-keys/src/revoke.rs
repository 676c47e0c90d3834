//! `DELETE /api-keys/{id}`.

use crate::{ApiKeys, authority::Authority};
use auth::{audit::Action, ids::KeyId};
use edge::{Ambient, Rejection, Request, Response, audit, response};
use http::StatusCode;
use store::Revoke;

pub(crate) async fn revoke(
    api: &ApiKeys,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id: KeyId = request.path("id")?;
    let now = ambient.second();
    Authority::load(api, request, &caller, now).await?;
    let event = audit::event(request, &caller, Action::ApiKeyRevoked, id, ambient);
    match api.store.recording(event).revoke_key(caller.user, id, now).await.map_err(Rejection::dependency)? {
        // Now or before: whoever repeats a revocation whose answer was lost must read that it holds.
        Revoke::Done => Ok(response::empty(StatusCode::NO_CONTENT)),
        Revoke::NotFound => Err(Rejection::NotFound),
    }
}
