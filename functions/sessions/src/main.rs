//! The process of the functions that work with sessions.

use edge::{clients, secrets::Secrets};
use sessions::Sessions;
use std::process::ExitCode;
use store::Store;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        let store = Store::new(clients::dynamodb(config, http.clone()), &config.table)
            .keeping_audit(config.audit_days);
        let secrets = Secrets::new(clients::secrets_manager(config, http));
        Ok(Sessions::new(store, secrets, config.require_signing_secret()?.to_owned(), config))
    })
}
