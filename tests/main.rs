//! One binary of tests. The files mirror what they test; `support` is what they share.
//!
//! - a folder or file for each path of the API
//! - [`matrix`]: who may what
//! - [`store`]: the table
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a test that meets the unexpected has to fail where it stands"
)]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests are a program for people")]
#![allow(clippy::print_stdout, reason = "a test that cannot run says so")]

mod matrix;
mod store;
mod support;
mod well_known;

mod api_keys {
    mod create;
    mod read;
    mod rename;
    mod revoke;
    mod rotate;
}
mod catalog {
    mod products;
}

mod auth {
    mod login;
    mod logout;
}
mod users {
    mod me;
    mod password;
}
