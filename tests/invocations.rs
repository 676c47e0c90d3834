//! The loop that takes events from Lambda's Runtime API and hands over answers, against one that is played.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::{get, post},
};
use edge::invocations::{Failure, run_at};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

/// What was handed over: the invocation's id, `response` or `error`, the kind of error, the id to hand back, the body.
type Handed = (String, String, Option<String>, Option<String>, String);

/// What the Runtime API gives, in order, and what it has been handed.
#[derive(Default)]
struct Played {
    /// An id and an event each; `None` is an event without an id.
    events: Mutex<VecDeque<(Option<&'static str>, String)>>,
    handed: Mutex<Vec<Handed>>,
    /// How answers are taken.
    taken: Mutex<VecDeque<StatusCode>>,
}

async fn next(State(played): State<Arc<Played>>) -> axum::response::Response {
    let event = played.events.lock().unwrap().pop_front();
    match event {
        None => StatusCode::GONE.into_response(),
        Some((None, event)) => event.into_response(),
        Some((Some(id), event)) => {
            let back = format!("back-{id}");
            ([("lambda-runtime-aws-request-id", id), ("lambda-runtime-invocation-id", &back)], event)
                .into_response()
        }
    }
}

async fn answer(
    State(played): State<Arc<Played>>,
    Path((id, outcome)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let header = |name: &str| headers.get(name).map(|it| it.to_str().unwrap().to_owned());
    let (kind, back) = (header("lambda-runtime-function-error-type"), header("lambda-runtime-invocation-id"));
    let body = String::from_utf8(body.to_vec()).unwrap();
    played.handed.lock().unwrap().push((id, outcome, kind, back, body));
    played.taken.lock().unwrap().pop_front().unwrap_or(StatusCode::ACCEPTED)
}

/// Runs a handler that answers with its event, fails of `fail` and panics of `panic`; why it ended, and what it handed
/// over.
async fn run(events: &[(Option<&'static str>, &str)], taken: &[StatusCode]) -> (String, Vec<Handed>) {
    let events = events.iter().map(|(id, event)| (*id, (*event).to_owned())).collect();
    let taken = taken.iter().copied().collect();
    let played =
        Arc::new(Played { events: Mutex::new(events), taken: Mutex::new(taken), ..Played::default() });
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(answer))
        .with_state(Arc::clone(&played));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let ended = run_at(&address, async |event: Bytes| match &event[..] {
        b"fail" => Err(Failure { error_type: "Unauthorized", error_message: "Unauthorized".to_owned() }),
        b"panic" => panic!("of a secret"),
        _ => Ok(event.to_vec()),
    })
    .await;
    let handed = std::mem::take(&mut *played.handed.lock().unwrap());
    (ended.unwrap_err().to_string(), handed)
}

fn handed(id: &str, outcome: &str, kind: Option<&str>, body: &str) -> Handed {
    (id.to_owned(), outcome.to_owned(), kind.map(str::to_owned), Some(format!("back-{id}")), body.to_owned())
}

const NO_MORE: &str = "the Runtime API gives no event: 410 Gone";

#[tokio::test]
async fn each_event_is_answered_by_its_id_and_an_error_is_one_of_the_event_alone() {
    let long = "x".repeat(300_000);
    let events = [(Some("1"), "one"), (Some("2"), "fail"), (Some("3"), "panic"), (Some("4"), &long)];
    let (ended, handed_over) = run(&events, &[]).await;
    assert_eq!(ended, NO_MORE);
    let unauthorized = r#"{"errorType":"Unauthorized","errorMessage":"Unauthorized"}"#;
    let panicked = r#"{"errorType":"Panic","errorMessage":"the handler panicked"}"#;
    assert_eq!(
        handed_over,
        [
            handed("1", "response", None, "one"),
            handed("2", "error", Some("Unauthorized"), unauthorized),
            handed("3", "error", Some("Panic"), panicked),
            handed("4", "response", None, &long),
        ]
    );
}

#[tokio::test]
async fn an_answer_that_came_too_late_is_given_up_and_a_runtime_that_fails_ends_the_process() {
    let events = [(Some("1"), "one"), (Some("2"), "two"), (Some("3"), "three")];
    let (ended, handed) = run(&events, &[StatusCode::FORBIDDEN]).await;
    assert_eq!((ended.as_str(), handed.len()), (NO_MORE, 3));
    let (ended, handed) = run(&events, &[StatusCode::ACCEPTED, StatusCode::INTERNAL_SERVER_ERROR]).await;
    assert_eq!(ended, "the Runtime API takes no answer: 500 Internal Server Error");
    assert_eq!(handed.len(), 2);
}

#[tokio::test]
async fn an_event_that_nobody_can_answer_ends_the_process() {
    let (ended, handed) = run(&[(None, "one")], &[]).await;
    assert_eq!(ended, "the Runtime API gives an event without an id");
    assert!(handed.is_empty());
}

#[tokio::test]
async fn a_runtime_that_is_not_there_ends_the_process() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    run_at(&address, async |_| Ok(Vec::new())).await.unwrap_err();
}
