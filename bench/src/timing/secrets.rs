//! A Secrets Manager with one secret.

use anyhow::Result;
use axum::{Json, Router, extract::State, http::header, response::IntoResponse, routing::post};
use serde_json::json;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Answers every question with this value.
pub(crate) async fn serve(value: String) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let service = Router::new().route("/", post(answer)).with_state(value);
    tokio::spawn(async { axum::serve(listener, service).await });
    Ok(address)
}

async fn answer(State(value): State<String>) -> impl IntoResponse {
    let body = json!({
        "ARN": "arn:aws:secretsmanager:eu-central-1:000000000000:secret:signing-AbCdEf",
        "Name": "signing",
        "VersionId": "00000000-0000-0000-0000-000000000001",
        "VersionStages": ["AWSCURRENT"],
        "SecretString": value,
    });
    ([(header::CONTENT_TYPE, "application/x-amz-json-1.1")], Json(body))
}
