//! What the targets share: functions over a store that answers from a script, and the operations to call.

mod cloud;
mod functions;

pub use cloud::{Cloud, Script};
pub use functions::{Functions, OPERATIONS, Operation};

use std::sync::OnceLock;
use tokio::runtime::{Builder, Runtime};

/// Runs a future of the functions', on this thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME
        .get_or_init(|| Builder::new_current_thread().enable_all().build().expect("a runtime"))
        .block_on(future)
}
