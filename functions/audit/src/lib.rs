//! `/admin/audit`: the audit log of the caller's organization, read and exported. Nothing changes an event.
//!
//! - `query`: which events, from the parameters of the query
//! - `read`: a page as JSON, or as JSON lines with a link to the next one

mod query;
mod read;

use edge::{Ambient, Function, Rejection, Request, Response};
use store::Store;

/// The function of one process.
pub struct Audit {
    store: Store,
}

impl Audit {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Function for Audit {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("GET", "/admin/audit") => read::list(self, request, ambient).await,
            ("GET", "/admin/audit/export") => read::export(self, request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}
