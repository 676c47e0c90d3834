//! Mails: a strict fake of SES, which takes a mail as the functions send it and answers an error to anything
//! else, and the way from a request to the mail that comes of it.
//!
//! <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>

use super::{
    Person, World,
    call::Call,
    canary,
    http::Http,
    roles::{require_action, within},
    wire::{self, Fault},
};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::{
    env, fmt, fs,
    sync::{Arc, Mutex},
    time::Duration,
};

/// The identity that mails come from.
pub(crate) const SENDER: &str = "auth@example.test";

/// What SES has accepted in one test, as an HTTP client under the SDK. Clones are the same SES.
#[derive(Clone, Default)]
pub(crate) struct Ses {
    mails: Arc<Mutex<Vec<Mail>>>,
    calls: Arc<Mutex<usize>>,
    faults: Arc<Mutex<Vec<Fault>>>,
}

/// An accepted mail.
#[derive(Clone)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Mail {
    /// The token in its link.
    pub(crate) fn token(&self) -> String {
        let (_, rest) = self.text.split_once("#token=").expect("a link");
        let token = rest.split_whitespace().next().expect("a token").to_owned();
        canary::note(&token);
        token
    }
}

/// The keys that a test's calls have put into the outbox.
pub(crate) fn outbox(calls: &[wire::Call]) -> Vec<(String, String)> {
    let items = calls.iter().flat_map(|call| {
        let parts = call.body["TransactItems"].as_array().into_iter().flatten().map(|it| &it["Put"]["Item"]);
        parts.chain([&call.body["Item"]]).collect::<Vec<_>>()
    });
    let keys = items.filter_map(|it| Some((it["pk"]["S"].as_str()?, it["sk"]["S"].as_str()?)));
    let keys = keys.filter(|(pk, _)| pk.starts_with("OUTBOX#"));
    keys.map(|(pk, sk)| (pk.to_owned(), sk.to_owned())).collect()
}

/// What the table's stream says of these items once they are put. The sequence numbers count from 1.
pub(crate) fn stream(keys: &[(String, String)]) -> mailer::Event {
    let records: Vec<_> = keys
        .iter()
        .zip(1..)
        .map(|((pk, sk), number)| {
            json!({
                "eventID": format!("{number}"),
                "eventName": "INSERT",
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": "us-east-1",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1_901_968_496,
                    "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
                    "SequenceNumber": format!("{number}"),
                    "SizeBytes": 64,
                    "StreamViewType": "KEYS_ONLY",
                },
                "eventSourceARN":
                    "arn:aws:dynamodb:us-east-1:123456789012:table/qarion/stream/2030-04-09T00:00:00.000",
            })
        })
        .collect();
    serde_json::from_value(json!({"Records": records})).expect("a stream's event")
}

impl World {
    /// Hands what the calls so far put into the outbox to the mailer of a deployment inside the test: its
    /// answer.
    pub(crate) async fn run_mailer(&self) -> Value {
        let deployment = self.deployment();
        let event = stream(&outbox(&deployment.wire.take()));
        let mut ambient = deployment.ambient();
        within("Mailer", deployment.gateway.mailer.answer(&event, &mut ambient)).await
    }

    /// The one mail that comes to a person.
    pub(crate) async fn mail_to(&self, person: &Person) -> Mail {
        let to = person.user.email.as_str();
        let mut mails = if self.is_in_process() {
            assert_eq!(self.run_mailer().await, json!({"batchItemFailures": []}));
            self.deployment().ses.take()
        } else {
            arrived(to).await
        };
        assert_eq!(mails.iter().map(|it| it.to.as_str()).collect::<Vec<_>>(), [to]);
        mails.remove(0)
    }
}

/// The mails to an address that a running system's SES shows, once there are any.
async fn arrived(to: &str) -> Vec<Mail> {
    let path = env::var_os("QARION_STACK").expect("a running system");
    let stack: Value = serde_json::from_str(&fs::read_to_string(path).expect("stack.json")).expect("JSON");
    let ses = Http::new(stack["aws_endpoint_url"].as_str().expect("stack.json has `aws_endpoint_url`"));
    for _ in 0..100 {
        let shown = ses.call(&Call::get("/_ministack/ses/messages")).await.expect(200).json();
        let all = shown["messages"].as_object().expect("accounts").values();
        let mails: Vec<_> = all
            .flat_map(|mails| mails.as_array().expect("mails"))
            .filter(|mail| mail["To"] == json!([to]))
            .map(|mail| Mail {
                to: to.to_owned(),
                subject: mail["Subject"].as_str().expect("a subject").to_owned(),
                text: mail["BodyText"].as_str().expect("text").to_owned(),
                html: mail["BodyHtml"].as_str().expect("HTML").to_owned(),
            })
            .collect();
        if !mails.is_empty() {
            return mails;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("no mail has come within 20 seconds")
}

impl Ses {
    /// The mails since the last time, in order.
    pub(crate) fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut self.mails.lock().unwrap())
    }

    /// How often it was asked since the last time, accepted or not.
    pub(crate) fn take_calls(&self) -> usize {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// Breaks the next calls in this order, then no more.
    pub(crate) fn breaks_once_each(&self, faults: impl IntoIterator<Item = Fault>) {
        let mut faults: Vec<_> = faults.into_iter().collect();
        faults.reverse();
        *self.faults.lock().unwrap() = faults;
    }

    fn respond(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let path = http::Uri::try_from(request.uri()).expect("a URI").path().to_owned();
        assert_eq!((request.method(), path.as_str()), ("POST", "/v2/email/outbound-emails"));
        let asked: Value =
            serde_json::from_slice(request.body().bytes().unwrap_or_default()).expect("a JSON body");
        require_action("ses:SendEmail");
        *self.calls.lock().unwrap() += 1;
        let lost = || ConnectorError::io("connection reset".into());
        match self.faults.lock().unwrap().pop() {
            None => Ok(self.send(&asked)),
            Some(Fault::Refused(status, code)) => Ok(refused(status, code)),
            Some(Fault::Timeout) => Err(ConnectorError::timeout("too slow".into())),
            Some(Fault::AnswerLost) => {
                let _lost = self.send(&asked);
                Err(lost())
            }
            Some(_) => Err(lost()),
        }
    }

    fn send(&self, asked: &Value) -> HttpResponse {
        let Some(mail) = read(asked) else { return refused(400, "BadRequestException") };
        if asked["FromEmailAddress"] != SENDER {
            return refused(400, "MessageRejected");
        }
        self.mails.lock().unwrap().push(mail);
        answer(200, &json!({"MessageId": "0100018f-message"}))
    }
}

/// A mail to one address in both forms and nothing more.
fn read(asked: &Value) -> Option<Mail> {
    let [to] = asked["Destination"]["ToAddresses"].as_array()?.as_slice() else { return None };
    let message = &asked["Content"]["Simple"];
    let text = |content: &Value| {
        let utf8 = content["Charset"] == "UTF-8";
        content["Data"].as_str().filter(|_| utf8).map(str::to_owned)
    };
    let mail = Mail {
        to: to.as_str()?.to_owned(),
        subject: text(&message["Subject"])?,
        text: text(&message["Body"]["Text"])?,
        html: text(&message["Body"]["Html"])?,
    };
    let content = |data: &str| json!({"Data": data, "Charset": "UTF-8"});
    let whole = json!({
        "FromEmailAddress": asked["FromEmailAddress"],
        "Destination": {"ToAddresses": [mail.to]},
        "Content": {"Simple": {
            "Subject": content(&mail.subject),
            "Body": {"Text": content(&mail.text), "Html": content(&mail.html)},
        }},
    });
    (*asked == whole).then_some(mail)
}

fn answer(status: u16, body: &Value) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("a status");
    HttpResponse::new(status, SdkBody::from(body.to_string()))
}

fn refused(status: u16, code: &'static str) -> HttpResponse {
    let mut response = answer(status, &json!({"message": "injected: somebody@example.test"}));
    response.headers_mut().insert("x-amzn-errortype", code);
    response
}

impl fmt::Debug for Ses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ses")
    }
}

impl HttpClient for Ses {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Ses {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.respond(&request))
    }
}
