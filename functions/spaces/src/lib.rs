//! Spaces, for the organization's admins, and their members, for the Admins of each.
//!
//! - `manage`: `/admin/spaces`, list, make, look at and rename
//! - `delete`: the end of a space, with every membership in it
//! - `members`: `/spaces/{space}/members`, list, put and remove
//!
//! The authorizer decides who is an admin of the organization or of the space. Each operation looks at the caller's
//! own organization only.

mod delete;
mod manage;
mod members;
mod view;

use edge::{Ambient, Function, Rejection, Request, Response};
use std::time::Duration;
use store::Store;

/// How long a request deletes before it leaves the rest to the next one: below the function's timeout.
const BUDGET: Duration = Duration::from_secs(6);

/// The function of one process.
pub struct Spaces {
    store: Store,
    budget: Duration,
}

impl Spaces {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store, budget: BUDGET }
    }

    /// The same, which deletes for so long before it leaves the rest to the next request.
    #[must_use]
    pub fn deleting_for(self, budget: Duration) -> Self {
        Self { budget, ..self }
    }
}

impl Function for Spaces {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("GET", "/admin/spaces") => manage::list(self, request).await,
            ("POST", "/admin/spaces") => manage::create(self, request, ambient).await,
            ("GET", "/admin/spaces/{space}") => manage::show(self, request).await,
            ("PATCH", "/admin/spaces/{space}") => manage::rename(self, request, ambient).await,
            ("DELETE", "/admin/spaces/{space}") => delete::delete(self, request, ambient).await,
            ("GET", "/spaces/{space}/members") => members::list(self, request).await,
            ("PUT", "/spaces/{space}/members/{user}") => members::put(self, request, ambient).await,
            ("DELETE", "/spaces/{space}/members/{user}") => members::remove(self, request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}
