//! Passwords: what needs argon2's memory or signs a first session's token.
//!
//! - `POST /auth/login`: email and password for a session token
//! - `PUT /users/me/password`: the one route that a first password opens

mod password;
mod signin;
mod token;

use auth::password::Hasher;
use edge::{Ambient, Function, Rejection, Request, Response, secrets::Secrets};
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::Store;
use token::Issuer;

/// The function of one process.
pub struct Login {
    store: Store,
    issuer: Issuer,
    /// argon2's memory, reused by every login of a warm process and wiped by each.
    hasher: Mutex<Hasher>,
}

impl Login {
    /// Over this store, with the key ring in the secret of this name.
    pub fn new(store: Store, secrets: Secrets, signing_secret: String) -> Self {
        Self {
            issuer: Issuer::new(store.clone(), secrets, signing_secret),
            store,
            hasher: Mutex::new(Hasher::new()),
        }
    }

    fn hasher(&self) -> MutexGuard<'_, Hasher> {
        self.hasher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Function for Login {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("POST", "/auth/login") => signin::sign_in(self, request, ambient).await,
            ("PUT", "/users/me/password") => password::change(self, request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}
