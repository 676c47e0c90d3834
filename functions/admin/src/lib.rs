//! `/admin`: what an organization's admins set for all of it, and do for its users.
//!
//! - `policy`: the security policy, read and replaced
//! - `password_reset`: the reset of a user's password, started; nobody chooses another's password
//!
//! The authorizer decides who is an admin. Here it is decided whose things they are: each operation looks at
//! the caller's own organization only, and what is another's is not found.

mod body;
mod change;
mod password_reset;
mod policy;

use edge::{Ambient, Function, Rejection, Request, Response};
use store::Store;

/// The function of one process.
pub struct Admin {
    store: Store,
    /// Whether mails are sent. Without them a link is handed to the admin.
    mails: bool,
    /// The page that takes a one-time token, where it is not the console's.
    reset_page: Option<String>,
}

impl Admin {
    /// Over this store; `mails` is whether a sender of mails is configured, `reset_page` the page that takes
    /// a one-time token, where it is not the console's.
    pub const fn new(store: Store, mails: bool, reset_page: Option<String>) -> Self {
        Self { store, mails, reset_page }
    }
}

impl Function for Admin {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("GET", "/admin/policy") => policy::show(self, request, ambient).await,
            ("PUT", "/admin/policy") => policy::replace(self, request, ambient).await,
            ("POST", "/admin/users/{id}/password-reset") => {
                password_reset::start(self, request, ambient).await
            }
            _ => Err(Rejection::NotFound),
        }
    }
}
