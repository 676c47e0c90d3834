//! The process of `/admin/users/import`.

use edge::clients;
use import::Import;
use std::process::ExitCode;
use store::Store;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        Ok(Import::new(Store::new(clients::dynamodb(config, http), &config.table)))
    })
}
