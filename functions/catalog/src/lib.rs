//! The sample of a protected API: products, each of them in a space. To protect an API of your own, copy
//! this folder and take these steps.
//!
//! 1. **Say who may.** Describe each operation in `infra/openapi.yaml`, with its `x-qarion-access` beside
//!    it: which credentials it takes and the least role in the space (or organization). The authorizer is
//!    compiled from it and decides before this code runs. There is no check of a role here, and none to
//!    forget.
//! 2. **Wire it.** `infra/template.yaml` gives the function a role that reaches its own partitions and no
//!    others; `main.rs` makes its store.
//! 3. **Know the caller.** [`Request::caller_in_space`] is the only source of who calls and in which space:
//!    the authorizer's word, not a header's or a body's. Without it the answer is 500, so that a route
//!    wired without the authorizer is closed. [`Request::caller`] is the same for routes outside of spaces.
//! 4. **Key by the space's id**, which step 3 brings, not by its name in the path: a name that is used
//!    again must not show what was there before. The space is in every key, so that an id of another space
//!    is simply not found.
//! 5. **Write a handler** as parse, load, decide, write under a condition, respond: `read` and `write`.
//!    What can be decided without I/O is a pure function with a table of tests: `content`.
//! 6. **Refuse with a [`Rejection`]**, which chooses the status; a failed dependency is
//!    [`Rejection::dependency`], which is 503 and tells the caller nothing more.

mod content;
mod read;
mod view;
mod write;

use edge::{Ambient, Function, Rejection, Request, Response};
use store::Store;

/// The function of one process.
pub struct Catalog {
    store: Store,
}

impl Catalog {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Function for Catalog {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("GET", "/catalog/spaces/{space}/products") => read::list(&self.store, request).await,
            ("POST", "/catalog/spaces/{space}/products") => {
                write::create(&self.store, request, ambient).await
            }
            ("GET", "/catalog/spaces/{space}/products/{product}") => read::show(&self.store, request).await,
            ("PUT", "/catalog/spaces/{space}/products/{product}") => {
                write::replace(&self.store, request, ambient).await
            }
            ("DELETE", "/catalog/spaces/{space}/products/{product}") => {
                write::delete(&self.store, request, ambient).await
            }
            _ => Err(Rejection::NotFound),
        }
    }
}
