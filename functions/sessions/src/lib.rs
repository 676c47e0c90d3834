//! Sessions and how they end.

mod logout;

use auth::session::Verifier;
use edge::{Ambient, Cached, Function, Rejection, Request, Response};
use store::Store;
use time::Duration;

/// Verifiers reread the public keys this often.
const KEYS_AGE: Duration = Duration::seconds(60);

/// The function of one process.
pub struct Sessions {
    store: Store,
    verifier: Cached<Verifier>,
}

impl Sessions {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store, verifier: Cached::new(KEYS_AGE) }
    }
}

impl Function for Sessions {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("POST", "/auth/logout") => logout::log_out(self, request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}
