//! The process of the reports of usage.

use edge::clients;
use std::process::ExitCode;
use store::Store;
use usage_report::UsageReport;

fn main() -> ExitCode {
    edge::serve(async |config| {
        let http = clients::http_client(config)?;
        Ok(UsageReport::new(Store::new(clients::dynamodb(config, http), &config.table)))
    })
}
