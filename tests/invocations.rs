//! The loop that takes events from Lambda's Runtime API and hands over answers, against one that is played.

use crate::support::{Call, document::DOCUMENT, event, in_process};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::{get, post},
};
use edge::invocations::{Failure, run_at};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Write},
    net,
    sync::{Arc, Mutex, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
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
    run_with(events, taken, async |event: Bytes| match &event[..] {
        b"fail" => Err(Failure { error_type: "Unauthorized", error_message: "Unauthorized".to_owned() }),
        b"panic" => panic!("of a secret"),
        _ => Ok(event.to_vec()),
    })
    .await
}

async fn run_with(
    events: &[(Option<&'static str>, &str)],
    taken: &[StatusCode],
    handle: impl AsyncFnMut(Bytes) -> Result<Vec<u8>, Failure>,
) -> (String, Vec<Handed>) {
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
    let ended = run_at(&address, handle).await;
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
async fn the_authorizer_s_answers_are_those_that_the_gateway_knows() {
    let world = in_process!("plays the Runtime API");
    let person = world.member(&world.tenant().await).await;
    let key = world.key(&person).await;
    let asked = |credential: &str| {
        let call = Call::get("/users/me").bearer(credential);
        event::authorizer(&call, &DOCUMENT.route("GET", "/users/me").unwrap())
    };
    let good = asked(&key.text);
    let events = [
        (Some("1"), asked("junk").to_string()),
        (Some("2"), r#"{"methodArn":1}"#.to_owned()),
        (Some("3"), good.to_string()),
    ];
    let events = events.each_ref().map(|(id, event)| (*id, event.as_str()));
    let deployment = world.deployment();
    let (ended, mut handed_over) = run_with(&events, &[], async |event: Bytes| {
        Ok(deployment.gateway.authorizer.respond(&event, &mut deployment.ambient()).await?)
    })
    .await;
    assert_eq!(ended, NO_MORE);
    let (id, outcome, kind, _, body) = handed_over.pop().unwrap();
    assert_eq!((id.as_str(), outcome.as_str(), kind), ("3", "response", None));
    let allowed = json!({
        "principalId": person.user.id.to_string(),
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{
                "Action": "execute-api:Invoke",
                "Effect": "Allow",
                "Resource": good["methodArn"],
            }],
        },
    });
    let mut body: Value = serde_json::from_str(&body).unwrap();
    let context = body.as_object_mut().unwrap().remove("context").unwrap();
    assert_eq!(body, allowed);
    assert_eq!(context["user_id"], allowed["principalId"]);
    let unauthorized = r#"{"errorType":"Unauthorized","errorMessage":"Unauthorized"}"#;
    let fault = r#"{"errorType":"Fault","errorMessage":"fault"}"#;
    assert_eq!(
        handed_over,
        [
            handed("1", "error", Some("Unauthorized"), unauthorized),
            handed("2", "error", Some("Fault"), fault),
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

/// A Runtime API that answers one request on each connection, then closes it and tells `closed` which. Gives what stood in
/// the first line of each request, and its body.
fn closing(
    answers: Vec<String>,
    closed: mpsc::Sender<usize>,
) -> (String, JoinHandle<io::Result<Vec<String>>>) {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let served = thread::spawn(move || {
        let mut asked = Vec::new();
        for (index, answer) in answers.iter().enumerate() {
            let (mut stream, _) = listener.accept()?;
            asked.push(request(&mut BufReader::new(&stream))?);
            stream.write_all(answer.as_bytes())?;
            thread::sleep(Duration::from_millis(100));
            drop(stream);
            _ = closed.send(index);
        }
        Ok(asked)
    });
    (address, served)
}

fn request(stream: &mut impl BufRead) -> io::Result<String> {
    let (mut first, mut length) = (String::new(), 0);
    stream.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(format!("{} {}", first.trim_end(), String::from_utf8(body).unwrap()))
}

#[tokio::test]
async fn a_connection_that_is_closed_costs_no_event_and_no_process() {
    let event = |id: &str, more: &str| {
        format!(
            "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: {id}\r\n{more}content-length: 3\r\n\r\nevt"
        )
    };
    // Its end is the connection's.
    let taken = "HTTP/1.1 202 Accepted\r\n\r\n".to_owned();
    let told = "HTTP/1.1 202 Accepted\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_owned();
    let gone = "HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n".to_owned();
    let answers = vec![event("1", ""), taken, event("2", "connection: close\r\n"), told, gone];
    let mut given = [0, 2].into_iter();
    let (closed, seen) = mpsc::channel();
    let (address, served) = closing(answers, closed);
    let ended = run_at(&address, async |event: Bytes| {
        // The connection is idle; then it is closed, and nobody looks, since nothing else runs on this thread. The answer
        // is sent at the same turn as that becomes known.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let due = given.next().unwrap();
        while seen.recv().unwrap() != due {}
        tokio::task::yield_now().await;
        Ok(event.to_vec())
    })
    .await;
    assert_eq!(ended.unwrap_err().to_string(), NO_MORE);
    let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1 ";
    let answer = |id: &str| format!("POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1 evt");
    assert_eq!(served.join().unwrap().unwrap(), [next, &answer("1"), next, &answer("2"), next]);
}

#[tokio::test]
async fn what_may_have_been_written_is_not_sent_again() {
    let event = "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: 1\r\nconnection: close\r\ncontent-length: 3\r\n\r\nevt";
    // Nothing is said of the answer.
    let (closed, _) = mpsc::channel();
    let (address, served) = closing(vec![event.to_owned(), String::new(), String::new()], closed);
    run_at(&address, async |event: Bytes| Ok(event.to_vec())).await.unwrap_err();
    net::TcpStream::connect(&address).unwrap().write_all(b"GET /ours HTTP/1.1\r\n\r\n").unwrap();
    let asked = served.join().unwrap().unwrap();
    assert_eq!((asked.len(), asked[2].as_str()), (3, "GET /ours HTTP/1.1 "));
}
