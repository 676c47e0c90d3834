//! The process of the functions that work with sessions.

use edge::clients;
use sessions::Sessions;
use std::process::ExitCode;
use store::Store;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        Ok(Sessions::new(Store::new(clients::dynamodb(config, http), &config.table)))
    })
}
