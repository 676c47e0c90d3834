//! `/admin/audit`: the audit log of the caller's organization, read and exported. Nothing changes an event.
//!
//! - `query`: which events, from the parameters of the query
//! - `read`: a page as JSON, or as JSON lines with a link to the next one

mod query;
mod read;

use edge::{Ambient, Function, Rejection, Request, Response};
use std::time::Duration;
use store::Store;

/// How long a request looks for events before it answers with those that it has found: below the function's timeout.
const BUDGET: Duration = Duration::from_secs(3);

/// The function of one process.
pub struct Audit {
    store: Store,
    budget: Duration,
}

impl Audit {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store, budget: BUDGET }
    }

    /// The same, which looks for so long.
    #[must_use]
    pub fn looking_for(self, budget: Duration) -> Self {
        Self { budget, ..self }
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
