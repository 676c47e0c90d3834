//! The process of `/admin/audit`.

use audit::Audit;
use edge::clients;
use std::process::ExitCode;
use store::Store;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        Ok(Audit::new(Store::new(clients::dynamodb(config, http), &config.table)))
    })
}
