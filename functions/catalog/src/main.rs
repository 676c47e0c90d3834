//! The process of `/catalog`.

use catalog::Catalog;
use edge::clients;
use std::process::ExitCode;
use store::Store;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        let store =
            Store::new(clients::dynamodb(config, http), &config.table).keeping_audit(config.audit_days);
        Ok(Catalog::new(store))
    })
}
