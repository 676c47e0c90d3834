//! `/admin/audit`: the audit log, read and exported. Nothing changes an event.

use edge::{Ambient, Function, Rejection, Request, Response};
use store::Store;

/// The function of one process.
pub struct Audit {
    #[expect(dead_code, reason = "no operation is there yet")]
    store: Store,
}

impl Audit {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Function for Audit {
    async fn handle(&self, _: &Request, _: &mut Ambient) -> Result<Response, Rejection> {
        Err(Rejection::NotFound)
    }
}
