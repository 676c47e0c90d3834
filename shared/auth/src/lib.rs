//! Who may do what: the pure part of Qarion Auth.
//!
//! Nothing in this crate reads a clock, an environment, a network or a generator of its own: time and
//! randomness are arguments, and state comes in as [`records`]. So each rule can be tested as a table.
//!
//! - [`ids`], [`email`]: names that have one spelling each
//! - [`api_key`], [`session`], [`refresh`], [`signing`], [`password`], [`one_time`]: credentials, plain and
//!   stored
//! - [`access`]: roles and what each route asks for
//! - [`decide`](mod@decide): the one function that answers allow, forbidden or unauthorized
//! - [`restrict`]: what a key may make of other keys
//! - [`policy`], [`address`], [`throttle`]: what an organization bounds, from where, and how often
//! - [`audit`]: what is written down of a change
//! - [`usage`]: what of the decisions is counted

mod base62;

pub mod address;
pub mod api_key;
pub mod audit;
pub mod decide;
pub mod email;
pub mod ids;
pub mod one_time;
pub mod password;
pub mod policy;
pub mod records;
pub mod refresh;
pub mod restrict;
pub mod session;
pub mod signing;
pub mod text;
pub mod throttle;
pub mod usage;

pub use access;
