//! `PATCH /api-keys/{id}`.

use crate::{ApiKeys, view};
use auth::{audit::Action, ids::KeyId};
use edge::{Ambient, Rejection, Request, Response, audit, input};
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
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id: KeyId = request.path("id")?;
    let body: Rename = request.json()?;
    let name = input::line("name", &body.name, NAME_LIMIT)?;
    let before = api.store.key(caller.user, id).await.map_err(Rejection::dependency)?;
    let before = before.filter(|key| key.revoked_at.is_none()).ok_or(Rejection::NotFound)?;
    let last_used_at = api.last_used_at(id).await?;
    if before.name == name {
        return Ok(view::described(&before, last_used_at, ambient.now));
    }
    let event = audit::event(request, &caller, Action::ApiKeyRenamed, id, ambient)
        .with("name.before", &before.name)
        .with("name.after", &name);
    let renamed = api.store.recording(event).rename_key(caller.user, id, &name).await;
    let key = renamed.map_err(Rejection::dependency)?;
    let key = key.ok_or(Rejection::NotFound)?;
    Ok(view::described(&key, last_used_at, ambient.now))
}
