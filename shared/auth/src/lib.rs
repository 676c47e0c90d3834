//! Who may do what: the pure part of Qarion Auth.
//!
//! Nothing in this crate reads a clock, an environment, a network or a generator of its own: time and
//! randomness are arguments, and state comes in as [`records`]. So each rule can be tested as a table.
//!
//! - [`ids`], [`email`]: names that have one spelling each
//! - [`api_key`], [`session`], [`signing`], [`password`]: credentials, plain and stored
//! - [`access`]: roles and what each route asks for
//! - [`decide`](mod@decide): the one function that answers allow, forbidden or unauthorized
//! - [`restrict`]: what a key may make of other keys

mod base62;

pub mod api_key;
pub mod decide;
pub mod email;
pub mod ids;
pub mod password;
pub mod records;
pub mod restrict;
pub mod session;
pub mod signing;

pub use access;
