//! The process of the functions that work with passwords.

use edge::{clients, secrets::Secrets};
use login::Login;
use std::process::ExitCode;
use store::Store;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        let store = Store::new(clients::dynamodb(config, http.clone()), &config.table)
            .directly(clients::credentials(config), config.endpoint.as_deref())
            .keeping_audit(config.audit_days);
        let secrets = Secrets::new(clients::secrets_manager(config, http));
        Ok(Login::new(store, secrets, config.require_signing_secret()?.to_owned()))
    })
}
