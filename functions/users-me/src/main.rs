//! The process of `/users/me`.

use edge::clients;
use std::process::ExitCode;
use store::Store;
use users_me::UsersMe;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        Ok(UsersMe::new(Store::new(clients::dynamodb(config, http), &config.table)))
    })
}
