//! Who called what: the counts that `usage` keeps, by key and for an organization, and its keys with their last use.

use edge::{Ambient, Function, Rejection, Request, Response};
use store::Store;

/// The function of one process.
pub struct UsageReport {
    #[expect(dead_code, reason = "no operation is there yet")]
    store: Store,
}

impl UsageReport {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Function for UsageReport {
    async fn handle(&self, _: &Request, _: &mut Ambient) -> Result<Response, Rejection> {
        Err(Rejection::NotFound)
    }
}
