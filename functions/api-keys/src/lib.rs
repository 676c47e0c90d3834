//! `/api-keys`: a user's own keys.
//!
//! - `read`: list them, look at one
//! - `create`: make one; the answer is the only time that it is shown
//! - `rotate`: give one another secret, shown once as well
//! - `rename`, `revoke`
//!
//! Every operation looks into the partition of the caller's user and nowhere else, so that another user's
//! key and no key are the same 404. `authority` holds the rule for keys that make or rotate keys, `limits` what the
//! organization's policy says of both.

mod authority;
mod create;
mod limits;
mod read;
mod rename;
mod revoke;
mod rotate;
mod spaces;
mod view;

use auth::{api_key::Prefix, ids::KeyId};
use edge::{Ambient, Function, Rejection, Request, Response};
use store::Store;
use time::OffsetDateTime;

/// The function of one process.
pub struct ApiKeys {
    store: Store,
    prefix: Prefix,
}

impl ApiKeys {
    /// Over this store, with what the deployment's keys begin with.
    pub const fn new(store: Store, prefix: Prefix) -> Self {
        Self { store, prefix }
    }

    /// When a key was used last, so far as it is counted. Of a key that is known to be the caller's.
    async fn last_used_at(&self, key: KeyId) -> Result<Option<OffsetDateTime>, Rejection> {
        let last = self.store.last_use(key).await.map_err(Rejection::dependency)?;
        Ok(last.map(|it| it.last_used_at))
    }
}

impl Function for ApiKeys {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("GET", "/api-keys") => read::list(self, request, ambient).await,
            ("POST", "/api-keys") => create::create(self, request, ambient).await,
            ("GET", "/api-keys/{id}") => read::show(self, request, ambient).await,
            ("PATCH", "/api-keys/{id}") => rename::rename(self, request, ambient).await,
            ("DELETE", "/api-keys/{id}") => revoke::revoke(self, request, ambient).await,
            ("POST", "/api-keys/{id}/rotate") => rotate::rotate(self, request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}
