//! API keys as an API manages them: a user's own, and those that admins manage for another user.
//!
//! - `read`: list them, look at one
//! - `create`: make one; the answer is the only time that it is shown
//! - `rotate`: give one another secret, shown once as well
//! - `rename`, `revoke`
//!
//! Each operation is about one user's keys, its [`Owner`]'s, and looks into that user's partition and nowhere else, so
//! that another user's key and no key are the same 404. `authority` holds the rule for keys that make or rotate keys,
//! `limits` what the organization's policy says of both.

mod authority;
mod create;
mod limits;
mod owner;
mod read;
mod rename;
mod revoke;
mod rotate;
mod spaces;
mod view;

pub use owner::Owner;
pub use view::KeyView;

use auth::{
    api_key::Prefix,
    decide::{Caller, CredentialId},
    ids::KeyId,
};
use edge::Rejection;
use store::{KeyPlace, Store};
use time::OffsetDateTime;

const MOVED: Rejection = Rejection::Conflict("The key was moved to another user at the same time");

/// The API keys of one deployment.
#[derive(Debug, Clone)]
pub struct Keys {
    store: Store,
    prefix: Prefix,
}

impl Keys {
    /// Over this store, with what the deployment's keys begin with.
    pub const fn new(store: Store, prefix: Prefix) -> Self {
        Self { store, prefix }
    }

    /// What the deployment's keys begin with.
    pub const fn prefix(&self) -> &Prefix {
        &self.prefix
    }

    /// Why a key of the caller's is not there: `otherwise`, or where the calling key is on its way to another user, 409.
    /// A 401 would make its holder throw a good key away, and the authorizer finds it in its new place when it looks again.
    async fn missing(&self, caller: &Caller, otherwise: Rejection) -> Rejection {
        let CredentialId::ApiKey(key) = caller.credential else { return otherwise };
        match self.store.key_place(caller.user, key).await {
            Ok(Some(KeyPlace::MovedTo(_))) => MOVED,
            Ok(_) => otherwise,
            Err(error) => Rejection::dependency(error),
        }
    }

    /// When a key was used last, so far as it is counted. Of a key that is known to be the owner's.
    async fn last_used_at(&self, key: KeyId) -> Result<Option<OffsetDateTime>, Rejection> {
        let last = self.store.last_use(key).await.map_err(Rejection::dependency)?;
        Ok(last.map(|it| it.last_used_at))
    }
}
