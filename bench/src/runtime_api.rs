//! The Lambda Runtime API, for one process. <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

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
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
};

/// What a process did, and when.
pub(crate) enum Step {
    /// It asked for an event: its init, or what it did before, is over.
    Next(Instant),
    /// It was given one.
    Given(Instant),
    /// It answered: with this body, or with an error.
    Answer(Instant, Result<Bytes, Bytes>),
}

/// What the process is told, and what it does.
pub(crate) struct RuntimeApi {
    /// `127.0.0.1:…`
    pub(crate) address: String,
    /// The events that it is given, in order; where there is none it waits, as an idle Lambda does.
    pub(crate) events: mpsc::UnboundedSender<Arc<str>>,
    pub(crate) steps: mpsc::UnboundedReceiver<Step>,
}

struct Played {
    events: Mutex<mpsc::UnboundedReceiver<Arc<str>>>,
    steps: mpsc::UnboundedSender<Step>,
}

/// A Runtime API on a port of its own.
pub(crate) async fn play() -> Result<RuntimeApi> {
    let (steps, happened) = mpsc::unbounded_channel();
    let (events, given) = mpsc::unbounded_channel();
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(answer))
        .with_state(Arc::new(Played { events: Mutex::new(given), steps }));
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(async move {
        let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
            let _unknown = stream.set_nodelay(true);
        });
        axum::serve(listener, router).await
    });
    Ok(RuntimeApi { address, events, steps: happened })
}

async fn next(State(played): State<Arc<Played>>) -> Response {
    let _listening = played.steps.send(Step::Next(Instant::now()));
    let Some(event) = played.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
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
    let answer = (headers, event.to_string()).into_response();
    let _listening = played.steps.send(Step::Given(Instant::now()));
    answer
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
