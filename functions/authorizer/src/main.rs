//! The REQUEST authorizer's process: one client, one warm read during init, then one decision an event.

use authorizer::Authorizer;
use edge::{Ambient, clients, service};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use std::{process::ExitCode, sync::Arc};
use store::Store;

fn main() -> ExitCode {
    service::run(async |config| {
        let http = clients::http_client(&config)?;
        let store = Store::new(clients::dynamodb(&config, http), &config.table)
            .reading_directly(clients::credentials(&config), config.endpoint.as_deref());
        let authorizer = Arc::new(Authorizer::new(store, config.api_key_prefix.clone()));
        authorizer.warm(Ambient::system()?.now).await;
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
            let authorizer = Arc::clone(&authorizer);
            async move {
                let event = service::read(event.payload)?;
                let answer = authorizer.answer(&event, &mut Ambient::system()?).await;
                answer.map_err(service::InitError::from)
            }
        }))
        .await
    })
}
