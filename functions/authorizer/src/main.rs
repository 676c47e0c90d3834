//! The REQUEST authorizer's process: one client, one warm read during init, then one decision an event.

use authorizer::{Authorizer, undecided};
use edge::{Ambient, clients, invocations, service};
use std::process::ExitCode;
use store::Store;

fn main() -> ExitCode {
    service::run(async |config| {
        let http = clients::http_client(&config)?;
        let store = Store::later(clients::dynamodb_config(&config, http), &config.table)
            .directly(clients::credentials(&config), config.endpoint.as_deref());
        let authorizer = Authorizer::new(store, config.api_key_prefix.clone());
        authorizer.warm(Ambient::system()?.now).await;
        invocations::run(async |event| {
            let mut ambient = Ambient::system().map_err(|error| undecided(&error))?;
            Ok(authorizer.respond(&event, &mut ambient).await?)
        })
        .await
    })
}
