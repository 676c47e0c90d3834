//! `DELETE /api-keys/{id}`.

use crate::{ApiKeys, authority::Authority};
use edge::{Ambient, Rejection, Request, Response, response};
use http::StatusCode;
use store::Revoke;

pub(crate) async fn revoke(
    api: &ApiKeys,
    request: &Request,
    ambient: &Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id = request.path("id")?;
    let now = ambient.second();
    Authority::load(api, request, &caller, now).await?;
    match api.store.revoke_key(caller.user, id, now).await.map_err(Rejection::dependency)? {
        // Now or before: whoever repeats a revocation whose answer was lost must read that it holds.
        Revoke::Done => Ok(response::empty(StatusCode::NO_CONTENT)),
        Revoke::NotFound => Err(Rejection::NotFound),
    }
}
