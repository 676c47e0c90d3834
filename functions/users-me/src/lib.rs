//! `/users/me`: who the caller is, and where it may do what.

mod profile;

use edge::{Ambient, Function, Rejection, Request, Response};
use store::Store;

/// The function of one process.
pub struct UsersMe {
    store: Store,
}

impl UsersMe {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Function for UsersMe {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("GET", "/users/me") => profile::show(&self.store, request).await,
            ("PATCH", "/users/me") => profile::rename(&self.store, request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}
