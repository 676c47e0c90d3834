//! The Lambda side: everything between the runtime and a handler.
//!
//! The ambient world is read here and nowhere else: the environment in [`config`], the clock and the
//! generator in [`ambient`]. A function is a type that implements [`Function`]; [`serve`] runs it on
//! Lambda and [`answer`] is the same path without the runtime, for the tests.
//!
//! `edge` and `store` do not see each other: a function's handler brings them together.

pub mod ambient;
pub mod audit;
pub mod cached;
pub mod callback;
pub mod clients;
pub mod config;
pub mod cursor;
pub mod input;
pub mod invocations;
pub mod precondition;
pub mod request;
pub mod response;
pub mod secrets;
pub mod service;
pub mod telemetry;

pub use ambient::Ambient;
pub use cached::Cached;
pub use config::Config;
pub use request::Request;
pub use response::{Rejection, Response};
pub use service::{Function, answer, serve};
