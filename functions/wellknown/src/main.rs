//! The process of what anyone may read.

use edge::clients;
use std::process::ExitCode;
use store::Store;
use wellknown::Wellknown;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        Ok(Wellknown::new(Store::new(clients::dynamodb(config, http), &config.table)))
    })
}
