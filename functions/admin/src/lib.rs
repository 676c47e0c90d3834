//! `/admin`: what an organization's admins set for all of it, and do for its users.
//!
//! - `policy`: the security policy, read and replaced
//! - `users`, `create_user`, `delete_user`: the people of the organization, and how they come and go
//! - `password_reset`: the reset of a user's password, started; nobody chooses another's password
//!
//! The authorizer decides who is an admin. Here it is decided whose things they are: each operation looks at
//! the caller's own organization only, and what is another's is not found.

mod body;
mod change;
mod create_user;
mod delete_user;
mod fresh;
mod password_reset;
mod policy;
mod user_view;
mod users;

use auth::{audit::Action, records::UserKind};
use edge::{Ambient, Function, Rejection, Request, Response};
use std::time::Duration;
use store::Store;

/// How long a request deletes before it leaves the rest to the next one: below the function's timeout.
const BUDGET: Duration = Duration::from_secs(6);

/// The function of one process.
pub struct Admin {
    store: Store,
    /// Whether mails are sent. Without them a link is handed to the admin.
    mails: bool,
    /// The page that takes a one-time token, where it is not the console's.
    reset_page: Option<String>,
    /// How long a request deletes before it leaves the rest to the next one.
    budget: Duration,
}

impl Admin {
    /// Over this store; `mails` is whether a sender of mails is configured, `reset_page` the page that takes
    /// a one-time token, where it is not the console's.
    pub const fn new(store: Store, mails: bool, reset_page: Option<String>) -> Self {
        Self { store, mails, reset_page, budget: BUDGET }
    }

    /// The same, which deletes for so long before it leaves the rest to the next request.
    #[must_use]
    pub fn deleting_for(self, budget: Duration) -> Self {
        Self { budget, ..self }
    }
}

impl Function for Admin {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("GET", "/admin/policy") => policy::show(self, request, ambient).await,
            ("PUT", "/admin/policy") => policy::replace(self, request, ambient).await,
            ("GET", "/admin/users") => users::list(self, request).await,
            ("POST", "/admin/users") => create_user::create(self, request, ambient).await,
            ("GET", "/admin/users/{id}") => users::show(self, request).await,
            ("PATCH", "/admin/users/{id}") => users::update(self, request, ambient).await,
            ("DELETE", "/admin/users/{id}") => {
                delete_user::delete(self, request, UserKind::Human, Action::UserDeleted, ambient).await
            }
            ("POST", "/admin/users/{id}/sign-out") => users::sign_out(self, request, ambient).await,
            ("GET", "/admin/users/{id}/sessions") => users::sessions(self, request, ambient).await,
            ("DELETE", "/admin/users/{id}/sessions/{session}") => {
                users::end_session(self, request, ambient).await
            }
            ("POST", "/admin/users/{id}/password-reset") => {
                password_reset::start(self, request, ambient).await
            }
            _ => Err(Rejection::NotFound),
        }
    }
}
