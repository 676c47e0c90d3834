//! `/admin`: what an organization's admins set for all of it, and do for its users.
//!
//! - `policy`: the security policy, read and replaced
//! - `users`, `create_user`, `delete_user`: the people of the organization, and how they come and go
//! - `service_accounts`: users that cannot log in
//! - `keys_of`: the API keys of both
//! - `offboarding`, `move_key`: what stops when a user leaves, and what is done so that it does not
//! - `password_reset`: the reset of a user's password, started; nobody chooses another's password
//!
//! The authorizer decides who is an admin. Here it is decided whose things they are: each operation looks at
//! the caller's own organization only, and what is another's is not found.

mod body;
mod change;
mod create_user;
mod delete_user;
mod keys_of;
mod move_key;
mod offboarding;
mod password_reset;
mod policy;
mod service_accounts;
mod user_view;
mod users;

use auth::{api_key::Prefix, audit::Action, records::UserKind};
use edge::{Ambient, Function, Rejection, Request, Response};
use keys::Keys;
use std::time::Duration;
use store::Store;

/// How long a request deletes before it leaves the rest to the next one: below the function's timeout.
const BUDGET: Duration = Duration::from_secs(6);

/// The function of one process.
pub struct Admin {
    store: Store,
    keys: Keys,
    /// Whether mails are sent. Without them a link is handed to the admin.
    mails: bool,
    /// The page that takes a one-time token, where it is not the console's.
    reset_page: Option<String>,
    /// How long a request deletes before it leaves the rest to the next one.
    budget: Duration,
}

impl Admin {
    /// Over this store, with what the deployment's keys begin with; `mails` is whether a sender of mails is configured,
    /// `reset_page` the page that takes a one-time token, where it is not the console's.
    pub fn new(store: Store, prefix: Prefix, mails: bool, reset_page: Option<String>) -> Self {
        Self { keys: Keys::new(store.clone(), prefix), store, mails, reset_page, budget: BUDGET }
    }

    /// The same, which deletes for so long before it leaves the rest to the next request.
    #[must_use]
    pub fn deleting_for(self, budget: Duration) -> Self {
        Self { budget, ..self }
    }
}

impl Function for Admin {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match request.template() {
            path if path.starts_with("/admin/service-accounts") => {
                self.handle_service_accounts(request, ambient).await
            }
            path if path.starts_with("/admin/users") => self.handle_users(request, ambient).await,
            _ => match (request.method().as_str(), request.template()) {
                ("GET", "/admin/policy") => policy::show(self, request, ambient).await,
                ("PUT", "/admin/policy") => policy::replace(self, request, ambient).await,
                _ => Err(Rejection::NotFound),
            },
        }
    }
}

impl Admin {
    async fn handle_users(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        const KIND: UserKind = UserKind::Human;
        match (request.method().as_str(), request.template()) {
            ("GET", "/admin/users") => users::list(self, request).await,
            ("POST", "/admin/users") => create_user::create(self, request, ambient).await,
            ("GET", "/admin/users/{id}") => users::show(self, request, KIND).await,
            ("PATCH", "/admin/users/{id}") => {
                users::update(self, request, KIND, Action::UserUpdated, ambient).await
            }
            ("DELETE", "/admin/users/{id}") => {
                delete_user::delete(self, request, KIND, Action::UserDeleted, ambient).await
            }
            ("POST", "/admin/users/{id}/sign-out") => users::sign_out(self, request, ambient).await,
            ("GET", "/admin/users/{id}/sessions") => users::sessions(self, request, ambient).await,
            ("DELETE", "/admin/users/{id}/sessions/{session}") => {
                users::end_session(self, request, ambient).await
            }
            ("GET", "/admin/users/{id}/api-keys") => keys_of::list(self, request, KIND, ambient).await,
            ("DELETE", "/admin/users/{id}/api-keys/{key}") => {
                keys_of::revoke(self, request, KIND, ambient).await
            }
            ("POST", "/admin/users/{id}/api-keys/{key}/move") => {
                move_key::move_key(self, request, ambient).await
            }
            ("GET", "/admin/users/{id}/offboarding") => offboarding::preview(self, request, ambient).await,
            ("POST", "/admin/users/{id}/password-reset") => {
                password_reset::start(self, request, ambient).await
            }
            _ => Err(Rejection::NotFound),
        }
    }

    async fn handle_service_accounts(
        &self,
        request: &Request,
        ambient: &mut Ambient,
    ) -> Result<Response, Rejection> {
        const KIND: UserKind = UserKind::ServiceAccount;
        match (request.method().as_str(), request.template()) {
            ("GET", "/admin/service-accounts") => service_accounts::list(self, request).await,
            ("POST", "/admin/service-accounts") => service_accounts::create(self, request, ambient).await,
            ("GET", "/admin/service-accounts/{id}") => users::show(self, request, KIND).await,
            ("PATCH", "/admin/service-accounts/{id}") => {
                users::update(self, request, KIND, Action::ServiceAccountUpdated, ambient).await
            }
            ("DELETE", "/admin/service-accounts/{id}") => {
                delete_user::delete(self, request, KIND, Action::ServiceAccountDeleted, ambient).await
            }
            ("GET", "/admin/service-accounts/{id}/api-keys") => {
                keys_of::list(self, request, KIND, ambient).await
            }
            ("POST", "/admin/service-accounts/{id}/api-keys") => {
                keys_of::create(self, request, KIND, ambient).await
            }
            ("PATCH", "/admin/service-accounts/{id}/api-keys/{key}") => {
                keys_of::rename(self, request, KIND, ambient).await
            }
            ("DELETE", "/admin/service-accounts/{id}/api-keys/{key}") => {
                keys_of::revoke(self, request, KIND, ambient).await
            }
            ("POST", "/admin/service-accounts/{id}/api-keys/{key}/rotate") => {
                keys_of::rotate(self, request, KIND, ambient).await
            }
            _ => Err(Rejection::NotFound),
        }
    }
}
