//! The process that rotates the signing keys.

use edge::{Ambient, clients, secrets::Secrets, service};
use lambda_runtime::{LambdaEvent, service_fn};
use rotation::{Event, Rotation};
use serde_json::Value;
use std::{process::ExitCode, sync::Arc};
use store::Store;

fn main() -> ExitCode {
    service::run(async |config| {
        let http = clients::http_client(&config)?;
        let store = Store::new(clients::dynamodb(&config, http.clone()), &config.table);
        let secrets = Secrets::new(clients::secrets_manager(&config, http));
        let secret = config.require_signing_secret()?.to_owned();
        let rotation = Arc::new(Rotation::new(store, secrets, secret));
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
            let rotation = Arc::clone(&rotation);
            async move {
                let event: Event = service::read(event.payload)?;
                Ok::<_, service::InitError>(rotation.answer(&event, &mut Ambient::system()?).await?)
            }
        }))
        .await
    })
}
