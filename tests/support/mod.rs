//! What the tests stand on.

pub(crate) mod call;
pub(crate) mod canary;
pub(crate) mod check;
pub(crate) mod consistency;
pub(crate) mod credentials;
pub(crate) mod document;
pub(crate) mod event;
pub(crate) mod fixtures;
pub(crate) mod gateway;
pub(crate) mod http;
pub(crate) mod in_process;
pub(crate) mod records;
pub(crate) mod roles;
pub(crate) mod secrets_manager;
pub(crate) mod ses;
pub(crate) mod table;
mod told;
pub(crate) mod turns;
pub(crate) mod wire;
pub(crate) mod world;

pub(crate) use call::{Answer, Call};
pub(crate) use credentials::Key;
pub(crate) use fixtures::{Person, Tenant};
pub(crate) use world::{World, in_process};
