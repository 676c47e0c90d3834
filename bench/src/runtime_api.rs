//! The Lambda Runtime API, for one invocation of one process.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use anyhow::{Context, Result};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::mpsc};

/// What a process did, and when.
pub(crate) enum Step {
    /// It asked for the first event: its init is over.
    Next(Instant),
    /// It answered: with this body, or with an error.
    Answer(Instant, Result<Bytes, Bytes>),
}

struct Played {
    /// The one event; the second request for one waits for ever, as an idle Lambda does.
    event: Mutex<Option<String>>,
    steps: mpsc::UnboundedSender<Step>,
}

/// A Runtime API that hands out `event` once. Returns its address and what will happen.
pub(crate) async fn play(event: String) -> Result<(String, mpsc::UnboundedReceiver<Step>)> {
    let (steps, happened) = mpsc::unbounded_channel();
    let played = Arc::new(Played { event: Mutex::new(Some(event)), steps });
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(answer))
        .with_state(played);
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((address, happened))
}

async fn next(State(played): State<Arc<Played>>) -> Response {
    let event = played.event.lock().unwrap().take();
    let Some(event) = event else {
        std::future::pending::<()>().await;
        return StatusCode::GONE.into_response();
    };
    let _listening = played.steps.send(Step::Next(Instant::now()));
    let deadline = time::OffsetDateTime::now_utc() + Duration::from_secs(5);
    let deadline = (deadline.unix_timestamp_nanos() / 1_000_000).to_string();
    let headers = [
        ("content-type", "application/json"),
        ("lambda-runtime-aws-request-id", "00000000-0000-0000-0000-000000000001"),
        ("lambda-runtime-deadline-ms", &deadline),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:000000000000:function:authorizer",
        ),
    ];
    (headers, event).into_response()
}

async fn answer(
    State(played): State<Arc<Played>>,
    Path((_, outcome)): Path<(String, String)>,
    body: Bytes,
) -> StatusCode {
    let answer = if outcome == "response" { Ok(body) } else { Err(body) };
    let _listening = played.steps.send(Step::Answer(Instant::now(), answer));
    StatusCode::ACCEPTED
}
