//! Passwords: what needs argon2's memory or signs a first session's token.
//!
//! - `POST /auth/login`: email and password for a session token and a refresh cookie
//! - `PUT /users/me/password`: the one route that a first password opens
//! - `POST /auth/password/forgot`, `POST /auth/password/reset`: another password for one that is lost
//!
//! Whoever tries a password is charged for it first.

mod attempt;
mod forgot;
mod password;
mod reason;
mod reset;
mod signin;

use auth::password::Hasher;
use edge::{Ambient, Function, Rejection, Request, Response, ambient::processor_time, secrets::Secrets};
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::Store;
use tokens::Issuer;

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
            hasher: Mutex::new(Hasher::with_clock(processor_time)),
        }
    }

    /// Blocks of 1 KiB that argon2 has computed so far: what the passwords of this process have cost.
    pub fn blocks(&self) -> u64 {
        self.hasher().blocks()
    }

    fn hasher(&self) -> MutexGuard<'_, Hasher> {
        self.hasher.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Function for Login {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("POST", "/auth/login") => signin::sign_in(self, request, ambient).await,
            ("POST", "/auth/password/forgot") => forgot::forgot(self, request, ambient).await,
            ("POST", "/auth/password/reset") => reset::reset(self, request, ambient).await,
            ("PUT", "/users/me/password") => password::change(self, request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}
