//! A key, and each that it made, ended.

use crate::{Keys, Owner, authority::Authority};
use auth::{audit::Action, ids::KeyId};
use edge::{Ambient, Rejection, Request, Response, audit, response};
use http::StatusCode;
use store::Revoke;

impl Keys {
    /// Revokes the owner's key of this id, and each that it made. Again is no error.
    ///
    /// # Errors
    /// 404 where it has none; those of the caller's authority.
    pub async fn revoke(
        &self,
        owner: &Owner,
        id: KeyId,
        request: &Request,
        ambient: &mut Ambient,
    ) -> Result<Response, Rejection> {
        let caller = request.caller()?;
        let now = ambient.second();
        Authority::load(self, request, &caller, now).await?;
        let key = self.store.key(owner.id(&caller), id).await.map_err(Rejection::dependency)?;
        let event = owner.named(audit::event(request, &caller, Action::ApiKeyRevoked, id, ambient));
        let event = key.iter().fold(event, |event, key| event.with("name", &key.name));
        let revoked = self.store.recording(event).revoke_key(owner.id(&caller), id, now).await;
        match revoked.map_err(Rejection::dependency)? {
            // Now or before: whoever repeats a revocation whose answer was lost must read that it holds.
            Revoke::Done => Ok(response::empty(StatusCode::NO_CONTENT)),
            Revoke::NotFound => Err(self.missing(&caller, Rejection::NotFound).await),
        }
    }
}
