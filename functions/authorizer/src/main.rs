//! The REQUEST authorizer's process: one client, one warm read during init, then one decision an event.

use authorizer::Authorizer;
use edge::{Ambient, clients, invocations, service};
use std::process::ExitCode;
use store::Store;

fn main() -> ExitCode {
    service::run(async |config| {
        let http = clients::http_client(&config)?;
        let store = Store::later(clients::dynamodb_config(&config, http), &config.table)
            .directly(clients::credentials(&config), config.endpoint.as_deref());
        let authorizer = Authorizer::new(store, config.api_key_prefix.clone());
        let mut ambient = Ambient::system()?;
        authorizer.warm(ambient.now).await;
        // A task: what a connection's task wakes is polled at once, and not after a look at all connections.
        tokio::spawn(invocations::run(async move |event| {
            ambient.pass();
            Ok(authorizer.respond(&event, &mut ambient).await?)
        }))
        .await
        // What a panic says may hold what was sent; where it was, the log says.
        .map_err(|_| "the loop over events panicked")?
    })
}
