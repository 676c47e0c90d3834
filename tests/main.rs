//! One binary of tests. The files mirror what they test; `support` is what they share.
//!
//! - a folder or file for each path of the API
//! - [`matrix`], [`authorizer`], [`paths`]: who may what, and every trick against it
//! - [`corpus`]: attacks, each a line of data with the answer that it must get
//! - [`next_request`]: what an administrator changes holds at once
//! - [`model`]: whatever is done in whatever order, who gets in is what a reference says
//! - [`faults`]: what a caller sees when a dependency fails
//! - [`forwarded`]: what is only claimed of an address, or written to be taken for a line of the log
//! - [`invocations`]: what Lambda sees of a process
//! - [`foreign`]: nothing of another organization, anywhere
//! - [`scale`]: what a request reads, in a small organization and in a large one
//! - [`setup`]: a new stack; [`rotation`]: the signing keys ever after
//! - [`mail`]: from a request to the mail that comes of it
//! - [`canary`], [`events`], [`layout`], [`secret_scanning`]: what holds for the project as a whole
//! - [`smoke`]: what may be asked of a deployed system
//! - [`store`]: the table
// Whether a server around every function may run on any thread is a question of many types.
#![recursion_limit = "256"]
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

mod authorizer;
mod canary;
mod console;
mod corpus;
mod events;
mod faults;
mod foreign;
mod forwarded;
mod invocations;
mod layout;
mod load;
mod mail;
mod matrix;
mod model;
mod next_request;
mod paths;
mod rotation;
mod scale;
mod secret_scanning;
mod setup;
mod smoke;
mod store;
mod support;
mod under_load;
mod usage;
mod well_known;

mod admin {
    mod api_keys;
    mod audit;
    mod import;
    mod move_key;
    mod offboarding;
    mod password_reset;
    mod policy;
    mod service_accounts;
    mod spaces;
    mod tightening;
    mod usage;
    mod users;
}
mod api_keys {
    mod create;
    mod read;
    mod rename;
    mod revoke;
    mod rotate;
    mod usage;
}
mod catalog {
    mod products;
}

mod auth {
    mod forgot;
    mod login;
    mod logout;
    mod refresh;
    mod reset;
    mod revoke;
    mod throttle;
}
mod spaces {
    mod members;
}
mod users {
    mod me;
    mod password;
    mod sessions;
}
