//! A handler that does nothing: what the runtime itself takes, on the setup that the functions have.
#![allow(missing_docs, reason = "a program to measure against")]

use edge::service;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};
use std::process::ExitCode;

fn main() -> ExitCode {
    service::run(async |_config| {
        lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
            let resource = event.payload.get("methodArn").cloned().unwrap_or_default();
            Ok::<_, service::InitError>(json!({
                "principalId": "nobody",
                "policyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": resource}],
                },
                "context": {},
            }))
        }))
        .await
    })
}
