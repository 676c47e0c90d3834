//! Spaces, for the organization's admins, and their members, for the Admins of each.
//!
//! - `/admin/spaces`: list, make, look at, rename, delete
//! - `/spaces/{space}/members`: list, put, remove

use edge::{Ambient, Function, Rejection, Request, Response};
use store::Store;

/// The function of one process.
pub struct Spaces {
    #[expect(dead_code, reason = "no operation is there yet")]
    store: Store,
}

impl Spaces {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Function for Spaces {
    async fn handle(&self, _: &Request, _: &mut Ambient) -> Result<Response, Rejection> {
        Err(Rejection::NotFound)
    }
}
