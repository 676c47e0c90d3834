//! The process of the custom resource. Whatever happens, CloudFormation gets an answer.

use edge::{Ambient, callback::Callback, clients, secrets::Secrets, service};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use setup::{Event, Setup};
use std::{process::ExitCode, sync::Arc};
use store::Store;

fn main() -> ExitCode {
    service::run(async |config| {
        let http = clients::http_client(&config)?;
        let store = Store::new(clients::dynamodb(&config, http.clone()), &config.table)
            .keeping_audit(config.audit_days);
        let secrets = Secrets::new(clients::secrets_manager(&config, http));
        let (signing, first) = (config.require_signing_secret()?, config.require_first_admin_secret()?);
        let setup = Setup::new(store, secrets, signing.to_owned(), first.to_owned());
        let parts = Arc::new((setup, Callback::new(&config)?));
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
            let parts = Arc::clone(&parts);
            async move {
                let (setup, callback) = &*parts;
                let event: Event = service::read(event.payload)?;
                let answer = setup.answer(&event, &mut Ambient::system()?).await;
                callback.put(&event.response_url, &answer.to_string()).await?;
                Ok::<_, service::InitError>(())
            }
        }))
        .await
    })
}
