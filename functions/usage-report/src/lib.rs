//! Who called what: the counts that `usage` keeps, by key and for an organization, and its keys with their last use.
//!
//! - `key`: a key's hours and days, for its owner and for admins, with what a person should look at
//! - `organization`: an organization's days, by key, user, space or route
//! - `keys`: an organization's keys with their last use, or those that nobody uses

mod key;
mod keys;
mod organization;

use auth::records::UserKind;
use edge::{Ambient, Function, Rejection, Request, Response};
use store::Store;

/// The function of one process.
pub struct UsageReport {
    store: Store,
}

impl UsageReport {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Function for UsageReport {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("GET", "/api-keys/{id}/usage") => key::own(&self.store, request, ambient).await,
            ("GET", "/admin/users/{id}/api-keys/{key}/usage") => {
                key::of_user(&self.store, UserKind::Human, request, ambient).await
            }
            ("GET", "/admin/service-accounts/{id}/api-keys/{key}/usage") => {
                key::of_user(&self.store, UserKind::ServiceAccount, request, ambient).await
            }
            ("GET", "/admin/usage") => organization::report(&self.store, request, ambient).await,
            ("GET", "/admin/api-keys") => keys::list(&self.store, request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}
