//! `PATCH /api-keys/{id}`.

use crate::{ApiKeys, view};
use edge::{Ambient, Rejection, Request, Response, input};
use serde::Deserialize;

/// Longest name of a key, in characters.
pub(crate) const NAME_LIMIT: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    name: String,
}

pub(crate) async fn rename(
    api: &ApiKeys,
    request: &Request,
    ambient: &Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id = request.path("id")?;
    let body: Rename = request.json()?;
    let name = input::line("name", &body.name, NAME_LIMIT)?;
    let key = api.store.rename_key(caller.user, id, &name).await.map_err(Rejection::dependency)?;
    let key = key.ok_or(Rejection::NotFound)?;
    Ok(view::described(&key, ambient.now))
}
