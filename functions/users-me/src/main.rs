//! The process of `/users/me`.

use edge::clients;
use std::process::ExitCode;
use store::Store;
use users_me::UsersMe;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        let store =
            Store::new(clients::dynamodb(config, http), &config.table).keeping_audit(config.audit_days);
        Ok(UsersMe::new(store))
    })
}
