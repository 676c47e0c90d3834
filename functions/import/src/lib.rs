//! `POST /admin/users/import`: many users at once.

use edge::{Ambient, Function, Rejection, Request, Response};
use store::Store;

/// The function of one process.
pub struct Import {
    #[expect(dead_code, reason = "no operation is there yet")]
    store: Store,
}

impl Import {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Function for Import {
    async fn handle(&self, _: &Request, _: &mut Ambient) -> Result<Response, Rejection> {
        Err(Rejection::NotFound)
    }
}
