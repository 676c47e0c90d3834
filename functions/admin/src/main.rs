//! The process of `/admin`.

use admin::Admin;
use edge::clients;
use std::process::ExitCode;
use store::Store;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        let store =
            Store::new(clients::dynamodb(config, http), &config.table).keeping_audit(config.audit_days);
        let prefix = config.api_key_prefix.clone();
        Ok(Admin::new(store, prefix, config.sender_address.is_some(), config.password_reset_page.clone()))
    })
}
