//! The process that counts the authorizer's decisions.

use edge::{Ambient, clients, service};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use std::{process::ExitCode, sync::Arc};
use store::Store;
use usage::{Event, Usage};

fn main() -> ExitCode {
    service::run(async |config| {
        let http = clients::http_client(&config)?;
        let store = Store::new(clients::dynamodb(&config, http), &config.table)
            .directly(clients::credentials(&config), config.endpoint.as_deref());
        let usage = Arc::new(Usage::new(store));
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
            let usage = Arc::clone(&usage);
            async move {
                let event: Event = service::read(event.payload)?;
                let ambient = Ambient::system()?;
                // On the heap: the compiler computes no layout of futures that are nested as deeply as this one.
                Ok::<_, service::InitError>(Box::pin(usage.count(&event, &ambient)).await?)
            }
        }))
        .await
    })
}
