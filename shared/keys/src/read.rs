//! A user's keys, listed, and one of them.

use crate::{
    Keys, Owner,
    view::{self, KeyView},
};
use auth::{decide::Caller, ids::KeyId, records::User};
use edge::{Ambient, Rejection, Request, Response, cursor, response};
use http::StatusCode;
use serde::Serialize;

#[derive(Serialize)]
struct List<'a> {
    api_keys: Vec<KeyView<'a>>,
    next_cursor: Option<String>,
}

impl Keys {
    /// A page of the owner's keys that are not ended: an expired one is there.
    ///
    /// # Errors
    /// 422 for a limit or a cursor out of bounds.
    pub async fn list(
        &self,
        owner: &Owner,
        request: &Request,
        ambient: &Ambient,
    ) -> Result<Response, Rejection> {
        let caller = request.caller()?;
        let (limit, after) = (request.limit()?, request.cursor::<KeyId>()?);
        let user = self.owner(owner, &caller).await?;
        let page = self.store.keys_page(&user, after, limit).await;
        let page = page.map_err(Rejection::dependency)?;
        let ids = page.keys.iter().map(|key| key.id);
        let uses = self.store.last_uses(ids).await.map_err(Rejection::dependency)?;
        let last_used_at = |key| uses.get(&key).map(|it| it.last_used_at);
        let body = List {
            api_keys: page
                .keys
                .iter()
                .map(|key| KeyView::new(key, last_used_at(key.id), ambient.now))
                .collect(),
            next_cursor: page.next.as_ref().map(cursor::encode),
        };
        Ok(response::json(StatusCode::OK, &body))
    }

    /// The owner's key of this id.
    ///
    /// # Errors
    /// 404 where it has none, or a revoked one.
    pub async fn show(
        &self,
        owner: &Owner,
        id: KeyId,
        request: &Request,
        ambient: &Ambient,
    ) -> Result<Response, Rejection> {
        let caller = request.caller()?;
        let user = self.owner(owner, &caller).await?;
        let key = self.store.key(user.id, id).await.map_err(Rejection::dependency)?;
        // A tombstone is there for DELETE to find. To everybody else it is gone, and so is what ended with all keys.
        let key = key.filter(|key| key.revoked_at.is_none() && key.epoch == user.key_epoch);
        let key = key.ok_or(Rejection::NotFound)?;
        Ok(view::described(&key, self.last_used_at(id).await?, ambient.now))
    }

    /// The owner as it is now.
    pub(crate) async fn owner(&self, owner: &Owner, caller: &Caller) -> Result<User, Rejection> {
        match owner {
            Owner::User(user) => Ok(user.clone()),
            // Gone since the authorizer looked.
            Owner::Caller => {
                let user = self.store.user(caller.user).await.map_err(Rejection::dependency)?;
                let Some(user) = user else {
                    return Err(self.missing(caller, Rejection::Unauthorized).await);
                };
                Ok(user)
            }
        }
    }
}
