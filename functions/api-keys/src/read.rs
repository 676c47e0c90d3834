//! `GET /api-keys` and `GET /api-keys/{id}`.

use crate::{
    ApiKeys,
    view::{self, KeyView},
};
use auth::ids::KeyId;
use edge::{Ambient, Rejection, Request, Response, cursor, response};
use http::StatusCode;
use serde::Serialize;

#[derive(Serialize)]
struct List<'a> {
    api_keys: Vec<KeyView<'a>>,
    next_cursor: Option<String>,
}

pub(crate) async fn list(api: &ApiKeys, request: &Request, ambient: &Ambient) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let (limit, after) = (request.limit()?, request.cursor::<KeyId>()?);
    let page = api.store.keys_page(caller.user, after, limit).await.map_err(Rejection::dependency)?;
    let ids = page.keys.iter().map(|key| key.id);
    let uses = api.store.last_uses(ids).await.map_err(Rejection::dependency)?;
    let last_used_at = |key| uses.get(&key).map(|it| it.last_used_at);
    let body = List {
        api_keys: page.keys.iter().map(|key| KeyView::new(key, last_used_at(key.id), ambient.now)).collect(),
        next_cursor: page.next.as_ref().map(cursor::encode),
    };
    Ok(response::json(StatusCode::OK, &body))
}

pub(crate) async fn show(api: &ApiKeys, request: &Request, ambient: &Ambient) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id: KeyId = request.path("id")?;
    let key = api.store.key(caller.user, id).await.map_err(Rejection::dependency)?;
    // A tombstone is there for DELETE to find. To everybody else it is gone.
    let key = key.filter(|key| key.revoked_at.is_none()).ok_or(Rejection::NotFound)?;
    Ok(view::described(&key, api.last_used_at(id).await?, ambient.now))
}
