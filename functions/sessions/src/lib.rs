//! Sessions after they were opened, and how credentials end.
//!
//! - `POST /auth/refresh`: the cookie for another session token
//! - `POST /auth/logout`: the session of a token or of the cookie ends
//! - `POST /auth/revoke`: whatever credential is sent ends, whoever sends it
//! - `GET`, `DELETE /users/me/sessions[/{id}]`: the caller's sessions, listed and ended

mod known;
mod list;
mod logout;
mod origin;
mod refresh;
mod revoke;

use auth::{
    api_key::Prefix,
    refresh::RefreshToken,
    session::{Claims, TokenError},
};
use edge::{Ambient, Config, Function, Rejection, Request, Response, secrets::Secrets};
use store::Store;
use tokens::{Issuer, Verifiers};

/// The function of one process.
pub struct Sessions {
    store: Store,
    issuer: Issuer,
    verifiers: Verifiers,
    prefix: Prefix,
    /// The one other origin whose pages may use the cookie.
    allowed_origin: Option<String>,
}

impl Sessions {
    /// Over this store, with the key ring in the secret of this name.
    pub fn new(store: Store, secrets: Secrets, signing_secret: String, config: &Config) -> Self {
        Self {
            issuer: Issuer::new(store.clone(), secrets, signing_secret),
            verifiers: Verifiers::new(store.clone()),
            store,
            prefix: config.api_key_prefix.clone(),
            allowed_origin: config.allowed_origin.clone(),
        }
    }

    /// The claims of a token of ours, whose life may be over.
    async fn claims(&self, token: &str, ambient: &Ambient) -> Result<Result<Claims, TokenError>, Rejection> {
        self.verifiers.verify_expired(token, ambient.now).await.map_err(Rejection::dependency)
    }

    /// Whether a refresh token is, or was, one of a session that is there.
    async fn issued(&self, token: &RefreshToken) -> Result<bool, Rejection> {
        let states = self.store.refresh_states(&[token.session]).await.map_err(Rejection::dependency)?;
        Ok(states.iter().any(|state| state.issued(token)))
    }
}

impl Function for Sessions {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("POST", "/auth/refresh") => refresh::refresh(self, request, ambient).await,
            ("POST", "/auth/logout") => logout::log_out(self, request, ambient).await,
            ("POST", "/auth/revoke") => revoke::revoke(self, request, ambient).await,
            ("GET", "/users/me/sessions") => list::list(self, request, ambient).await,
            ("DELETE", "/users/me/sessions") => list::end_others(self, request, ambient).await,
            ("DELETE", "/users/me/sessions/{id}") => list::end(self, request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}
