//! The process that sends the mails of the outbox.

use edge::{Ambient, clients, service};
use lambda_runtime::{LambdaEvent, service_fn};
use mailer::{Event, Mailer};
use serde_json::Value;
use std::{pin::Pin, process::ExitCode, sync::Arc};
use store::Store;

fn main() -> ExitCode {
    service::run(async |config| {
        let http = clients::http_client(&config)?;
        let store = Store::new(clients::dynamodb(&config, http.clone()), &config.table)
            .keeping_audit(config.audit_days);
        let ses = clients::sesv2(&config, http);
        let mailer = Mailer::new(store, ses, config.sender_address, config.password_reset_page);
        let mailer = Arc::new(mailer);
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
            let mailer = Arc::clone(&mailer);
            async move {
                let event: Event = service::read(event.payload)?;
                let mut ambient = Ambient::system()?;
                // Its type ends here: it lies nearly as deep as the compiler follows the layout of a future.
                let answer: Pin<Box<dyn Future<Output = _>>> = Box::pin(mailer.answer(&event, &mut ambient));
                Ok::<_, service::InitError>(answer.await)
            }
        }))
        .await
    })
}
