//! The SDK's client, made by the first call that needs it: making it takes longer than a read past it.

use aws_sdk_dynamodb::{Client, Config};
use std::{pin::Pin, sync::OnceLock};

/// A future whose type ends here: what the SDK needs for a call is large, and lies deeper than the compiler follows the
/// layout of a function's future.
pub(crate) type Apart<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

pub(crate) fn apart<'a, T>(call: impl Future<Output = T> + Send + 'a) -> Apart<'a, T> {
    Box::pin(call)
}

/// A client that may be yet to be made.
#[derive(Debug)]
pub(crate) struct Sdk {
    config: Config,
    client: OnceLock<Client>,
}

impl Sdk {
    pub(crate) fn of(client: Client) -> Self {
        Self { config: client.config().clone(), client: OnceLock::from(client) }
    }

    pub(crate) const fn later(config: Config) -> Self {
        Self { config, client: OnceLock::new() }
    }

    pub(crate) const fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn client(&self) -> &Client {
        self.client.get_or_init(|| Client::from_conf(self.config.clone()))
    }
}
