//! The same authorizer as a first version would start it: the SDK's default configuration, which looks for
//! credentials and parses the machine's trust store, the default runtime, and no read during init.
// The default setup nests its futures deeper than the compiler looks by default.
#![recursion_limit = "256"]
#![allow(missing_docs, reason = "a program to measure against")]

use authorizer::Authorizer;
use edge::Ambient;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use std::sync::Arc;
use store::Store;

#[tokio::main]
async fn main() -> Result<(), Error> {
    edge::telemetry::init();
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let own = edge::Config::from_env()?;
    let store = Store::new(aws_sdk_dynamodb::Client::new(&config), own.table);
    let authorizer = Arc::new(Authorizer::new(store, own.api_key_prefix));
    lambda_runtime::run(service_fn(move |event: LambdaEvent<authorizer::Event>| {
        let authorizer = Arc::clone(&authorizer);
        async move {
            let answer = authorizer.answer(&event.payload, &mut Ambient::system()?).await;
            answer.map_err(Error::from)
        }
    }))
    .await
}
