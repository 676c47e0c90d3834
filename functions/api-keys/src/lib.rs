//! `/api-keys`: a user's own keys. What is done with them stands in [`keys`].

use auth::api_key::Prefix;
use edge::{Ambient, Function, Rejection, Request, Response};
use keys::{Keys, Owner};
use store::Store;

/// The function of one process.
pub struct ApiKeys {
    keys: Keys,
}

impl ApiKeys {
    /// Over this store, with what the deployment's keys begin with.
    pub const fn new(store: Store, prefix: Prefix) -> Self {
        Self { keys: Keys::new(store, prefix) }
    }
}

impl Function for ApiKeys {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        let (keys, owner) = (&self.keys, &Owner::Caller);
        // A route that the authorizer is not asked about is closed, whatever its path.
        request.caller()?;
        match (request.method().as_str(), request.template()) {
            ("GET", "/api-keys") => keys.list(owner, request, ambient).await,
            ("POST", "/api-keys") => keys.create(owner, request, ambient).await,
            ("GET", "/api-keys/{id}") => keys.show(owner, request.path("id")?, request, ambient).await,
            ("PATCH", "/api-keys/{id}") => keys.rename(owner, request.path("id")?, request, ambient).await,
            ("DELETE", "/api-keys/{id}") => keys.revoke(owner, request.path("id")?, request, ambient).await,
            ("POST", "/api-keys/{id}/rotate") => {
                keys.rotate(owner, request.path("id")?, request, ambient).await
            }
            _ => Err(Rejection::NotFound),
        }
    }
}
