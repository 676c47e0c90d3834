//! Answers to what goes past the SDK's orchestrator that no DynamoDB gives: torn, late, of something else.

use super::direct::{credentials, of_key};
use crate::support::records::admin;
use aws_sdk_dynamodb::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
};
use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use store::Store;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The store at this endpoint, of a client that is `change`d.
fn store_at(
    endpoint: &str,
    change: impl FnOnce(aws_sdk_dynamodb::config::Builder) -> aws_sdk_dynamodb::config::Builder,
) -> Store {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .region(aws_sdk_dynamodb::config::Region::new("eu-central-1"))
        .credentials_provider(credentials())
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    let store = Store::new(Client::from_conf(change(config).build()), "qarion");
    store.directly(credentials(), Some(endpoint))
}

/// Answers each connection with what stands there, and cuts it.
async fn answering(answers: Vec<String>) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await?;
            let mut asked = [0; 4096];
            let _count = stream.read(&mut asked).await?;
            stream.write_all(answer.as_bytes()).await?;
        }
        io::Result::Ok(())
    });
    Ok(endpoint)
}

#[tokio::test]
async fn an_answer_that_is_torn_or_none_is_a_failure_and_never_an_absence() {
    let user = admin(1);
    let answer = |length: usize, body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    };
    let nothing = r#"{"Responses":{"qarion":[]},"UnprocessedKeys":{}}"#;
    for (broken, text) in [
        (answer(nothing.len() + 20, nothing), "an answer that is none"),
        (answer(20, &nothing[..20]), "an answer that is none"),
        (answer(2, "{}"), "an answer that is none"),
        ("HTTP/1.1 200 OK\r\ncontent-le".to_owned(), "no connection: "),
        (String::new(), "no connection: "),
    ] {
        let endpoint = answering(vec![broken.clone()]).await.unwrap();
        let store = store_at(&endpoint, |config| config.retry_config(RetryConfig::disabled()));
        let error = store.decision_records(&of_key(&user, None)).await.unwrap_err();
        assert!(error.to_string().contains(text), "{broken:?}: {error}");
    }
}

/// The connections that requests came on, by their numbers.
type Came = Arc<Mutex<Vec<usize>>>;

const NOTHING: &str = r#"{"Responses":{"qarion":[]},"UnprocessedKeys":{}}"#;

/// Answers request after request with a status and a body each, so much later, and keeps the connections open.
async fn keeping(answers: Vec<(Duration, u16, String)>) -> io::Result<(String, Came)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let (answers, came) = (Arc::new(Mutex::new(answers.into_iter())), Came::default());
    let noted = Arc::clone(&came);
    tokio::spawn(async move {
        for number in 0.. {
            let (mut stream, _) = listener.accept().await?;
            let (answers, noted) = (Arc::clone(&answers), Arc::clone(&noted));
            tokio::spawn(async move {
                while request(&mut stream).await? {
                    noted.lock().unwrap().push(number);
                    let Some((wait, status, body)) = answers.lock().unwrap().next() else { break };
                    tokio::time::sleep(wait).await;
                    let head = format!("HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n\r\n", body.len());
                    stream.write_all((head + &body).as_bytes()).await?;
                }
                io::Result::Ok(())
            });
        }
        io::Result::Ok(())
    });
    Ok((endpoint, came))
}

/// Reads one request, whose body is JSON and ends with the last brace. `false` where there is none.
async fn request(stream: &mut TcpStream) -> io::Result<bool> {
    let mut asked = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&asked);
        if let Some((_, body)) = text.split_once("\r\n\r\n")
            && serde_json::from_str::<serde_json::Value>(body).is_ok()
        {
            return Ok(true);
        }
        if stream.read_buf(&mut asked).await? == 0 {
            return Ok(false);
        }
    }
}

fn at_once(answers: &[(u16, &str)]) -> Vec<(Duration, u16, String)> {
    answers.iter().map(|(status, body)| (Duration::ZERO, *status, (*body).to_owned())).collect()
}

#[tokio::test]
async fn a_connection_whose_answer_was_bad_serves_nothing_more() {
    let error = |code| format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}"}}"#);
    for (status, body, connections) in [
        (500, error("InternalServerError"), [0, 1]),
        (503, "<html>".to_owned(), [0, 1]),
        (200, "{}".to_owned(), [0, 1]),
        (200, r#"{"Responses":{"other":[]}}"#.to_owned(), [0, 1]),
        // Of an update, and of nothing: neither is an answer to a read.
        (400, error("ConditionalCheckFailedException"), [0, 1]),
        (400, "<html>".to_owned(), [0, 1]),
        // DynamoDB's own, and no sign of a bad connection.
        (400, error("ThrottlingException"), [0, 0]),
    ] {
        let (endpoint, came) = keeping(at_once(&[(status, &body), (200, NOTHING)])).await.unwrap();
        let store = store_at(&endpoint, |config| config);
        let records = store.decision_records(&of_key(&admin(1), None)).await.unwrap();
        assert!(records.user.is_none());
        assert_eq!(*came.lock().unwrap(), connections, "{status} {body}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_nobody_s() {
    let (limit, late) = (Duration::from_millis(300), Duration::from_millis(700));
    let user = admin(1);
    // An item that would be found, and could not be read.
    let other = format!(
        r#"{{"Responses":{{"qarion":[{{"pk":{{"S":"USER#{}"}},"sk":{{"S":"PROFILE"}}}}]}}}}"#,
        user.id
    );
    let mut answers = at_once(&[(200, &other), (200, NOTHING), (200, NOTHING)]);
    answers[0].0 = late;
    let (endpoint, came) = keeping(answers).await.unwrap();
    let store = store_at(&endpoint, |config| {
        // Both ways have one pool where both know how long to connect.
        let timeouts = TimeoutConfig::builder().connect_timeout(late).operation_attempt_timeout(limit);
        config.timeout_config(timeouts.build())
    });
    let read = async || store.decision_records(&of_key(&user, None)).await.map(|it| it.user);
    assert_eq!(read().await, Ok(None));
    tokio::time::sleep(late).await;
    assert_eq!(read().await, Ok(None));
    assert_eq!(*came.lock().unwrap(), [0, 1, 1]);
}

#[tokio::test]
async fn a_client_without_attempts_and_limits_of_its_own_has_the_sdk_s() {
    let user = admin(1);
    let (endpoint, came) = keeping(at_once(&[(503, "{}"), (200, NOTHING)])).await.unwrap();
    let store = store_at(&endpoint, |config| config);
    assert!(store.decision_records(&of_key(&user, None)).await.is_ok());
    assert_eq!(came.lock().unwrap().len(), 2);

    let limit = Duration::from_millis(300);
    let (endpoint, _) = keeping(vec![(Duration::from_secs(20), 200, NOTHING.to_owned())]).await.unwrap();
    let store = store_at(&endpoint, |config| {
        config.timeout_config(TimeoutConfig::builder().operation_timeout(limit).build())
    });
    let begun = Instant::now();
    store.decision_records(&of_key(&user, None)).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
