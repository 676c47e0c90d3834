//! A key, renamed.

use crate::{Keys, Owner, view};
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

const CHANGED: Rejection = Rejection::Conflict("The key was changed at the same time");

/// How often a key is read again because it was changed at the same time.
const REREADS: u32 = 4;

impl Keys {
    /// Gives the owner's key of this id the name of the body.
    ///
    /// # Errors
    /// 404 where it has none, or one that was revoked or ended with all of its user's; 422 for a name out of bounds.
    pub async fn rename(
        &self,
        owner: &Owner,
        id: KeyId,
        request: &Request,
        ambient: &mut Ambient,
    ) -> Result<Response, Rejection> {
        let caller = request.caller()?;
        let body: Rename = request.json()?;
        let name = input::line("name", &body.name, NAME_LIMIT)?;
        let user = self.owner(owner, &caller).await?;
        for _ in 0..REREADS {
            let before = self.store.key(user.id, id).await.map_err(Rejection::dependency)?;
            let there = before.filter(|key| key.revoked_at.is_none() && key.epoch == user.key_epoch);
            let Some(before) = there else {
                return Err(self.missing(&caller, Rejection::NotFound).await);
            };
            let last_used_at = self.last_used_at(id).await?;
            if before.name == name {
                return Ok(view::described(&before, last_used_at, ambient.now));
            }
            let event = audit::event(request, &caller, Action::ApiKeyRenamed, id, ambient)
                .with("name.before", &before.name)
                .with("name.after", &name);
            let renamed = self.store.recording(owner.named(event)).rename_key(&before, &name).await;
            if let Some(key) = renamed.map_err(Rejection::dependency)? {
                return Ok(view::described(&key, last_used_at, ambient.now));
            }
        }
        Err(CHANGED)
    }
}
