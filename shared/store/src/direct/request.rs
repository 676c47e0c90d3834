//! The request: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html>,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html>,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>

use super::{
    body::{push_key, push_member, push_optional, push_placeholders, push_text},
    sign::{CONTENT_TYPE, Signer},
    transaction::transaction,
};
use crate::{expression::Expression, item::Key};
use aws_sdk_dynamodb::{config::http::HttpRequest, types::TransactWriteItem};
use aws_smithy_types::body::SdkBody;
use std::time::SystemTime;

/// What is read, strongly consistent and whole, or changed.
#[derive(Clone, Copy)]
pub(crate) enum Question<'a> {
    /// By `GetItem`.
    One(&'a Key),
    /// By `BatchGetItem`: at most a hundred, no two equal.
    Batch(&'a [Key]),
    /// By `UpdateItem`, where the condition holds.
    Update(&'a Key, &'a Expression),
    /// By `TransactWriteItems`: at most a hundred parts, under a client token.
    Transaction { parts: &'a [TransactWriteItem], token: &'a str },
}

impl Question<'_> {
    /// The value of the header that names the operation.
    const fn operation(self) -> &'static str {
        match self {
            Self::One(_) => "DynamoDB_20120810.GetItem",
            Self::Batch(_) => "DynamoDB_20120810.BatchGetItem",
            Self::Update(..) => "DynamoDB_20120810.UpdateItem",
            Self::Transaction { .. } => "DynamoDB_20120810.TransactWriteItems",
        }
    }

    fn body(self, table: &str) -> Option<String> {
        match self {
            Self::One(key) => Some(one(table, key)),
            Self::Batch(keys) => Some(batch(table, keys)),
            Self::Update(key, change) => update(table, key, change),
            Self::Transaction { parts, token } => transaction(parts, token),
        }
    }
}

/// Where requests go.
pub(super) struct Target {
    uri: http::Uri,
    /// The value of the header: the port stands in it where it is not the scheme's own.
    pub(super) host: String,
}

impl Target {
    /// `None` where it is no URL of a host alone.
    pub(super) fn of(url: &str) -> Option<Self> {
        let url: http::Uri = url.parse().ok()?;
        let usual = match url.scheme_str()? {
            "https" => 443,
            "http" => 80,
            _ => return None,
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() {
            return None;
        }
        let host = match url.port_u16().filter(|port| *port != usual) {
            None => url.host()?.to_owned(),
            Some(port) => format!("{}:{port}", url.host()?),
        };
        Some(Self { uri: url, host })
    }
}

/// The signed request. `None` where a credential cannot stand in a header, or a value is of an unknown kind.
pub(super) fn of(
    target: &Target,
    signer: &Signer,
    now: SystemTime,
    table: &str,
    question: Question<'_>,
) -> Option<HttpRequest> {
    let (operation, body) = (question.operation(), question.body(table)?);
    let signature = signer.sign(&target.host, operation, body.as_bytes(), now);
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").ok()?;
    request.set_uri(target.uri.clone()).ok()?;
    let headers = request.headers_mut();
    headers.try_insert("host", target.host.clone()).ok()?;
    headers.try_insert("content-type", CONTENT_TYPE).ok()?;
    headers.try_insert("x-amz-target", operation).ok()?;
    headers.try_insert("x-amz-date", signature.date).ok()?;
    headers.try_insert("authorization", signature.authorization).ok()?;
    headers.try_insert("user-agent", "qarion-auth").ok()?;
    if let Some(token) = signer.session_token() {
        headers.try_insert("x-amz-security-token", token.to_owned()).ok()?;
    }
    Some(request)
}

fn one(table: &str, key: &Key) -> String {
    let mut body = String::with_capacity(192);
    body.push_str(r#"{"TableName":"#);
    push_text(&mut body, table);
    body.push_str(r#","ConsistentRead":true,"Key":"#);
    push_key(&mut body, key);
    body.push('}');
    body
}

fn update(table: &str, key: &Key, change: &Expression) -> Option<String> {
    let mut body = String::with_capacity(1024);
    body.push_str(
        r#"{"ReturnValues":"ALL_NEW","ReturnValuesOnConditionCheckFailure":"ALL_OLD","TableName":"#,
    );
    push_text(&mut body, table);
    push_member(&mut body, "Key", |body| push_key(body, key));
    for (name, text) in [("ConditionExpression", change.condition()), ("UpdateExpression", change.change())] {
        push_optional(&mut body, name, text.as_deref());
    }
    push_placeholders(&mut body, change.names().as_ref(), change.values().as_ref())?;
    body.push('}');
    Some(body)
}

fn batch(table: &str, keys: &[Key]) -> String {
    let mut body = String::with_capacity(128 + 96 * keys.len());
    body.push_str(r#"{"RequestItems":{"#);
    push_text(&mut body, table);
    body.push_str(r#":{"ConsistentRead":true,"Keys":["#);
    for (index, key) in keys.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        push_key(&mut body, key);
    }
    body.push_str("]}}}");
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::{config::Credentials, types::AttributeValue};
    use aws_sigv4::{
        http_request::{SignableBody, SignableRequest, SigningSettings, sign},
        sign::v4,
    };
    use proptest::prelude::*;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn a_request_names_each_key_and_asks_for_what_was_written_last() {
        let key = |pk: &str, sk: &str| Key { pk: pk.to_owned(), sk: sk.to_owned() };
        assert_eq!(
            batch("table", &[key("USER#1", "PROFILE"), key("ORG#2", "POLICY")]),
            r#"{"RequestItems":{"table":{"ConsistentRead":true,"Keys":[{"pk":{"S":"USER#1"},"sk":{"S":"PROFILE"}},{"pk":{"S":"ORG#2"},"sk":{"S":"POLICY"}}]}}}"#
        );
        assert_eq!(
            one("table", &key("JWKS", "JWKS")),
            r#"{"TableName":"table","ConsistentRead":true,"Key":{"pk":{"S":"JWKS"},"sk":{"S":"JWKS"}}}"#
        );
    }

    #[test]
    fn an_update_says_what_has_to_hold_and_what_is_to_change() {
        let key = Key { pk: "a".to_owned(), sk: "b".to_owned() };
        let change = Expression::exists().set("name", AttributeValue::S("x".to_owned()));
        let body = update("table", &key, &change).unwrap();
        let read: serde_json::Value = serde_json::from_str(&body).unwrap();
        let expected = serde_json::json!({
            "TableName": "table",
            "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}},
            "ConditionExpression": "attribute_exists(#pk)",
            "UpdateExpression": "SET #name = :v0",
            "ExpressionAttributeNames": {"#pk": "pk", "#name": "name"},
            "ExpressionAttributeValues": {":v0": {"S": "x"}},
            "ReturnValues": "ALL_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        });
        assert_eq!(read, expected);
        let read: serde_json::Value =
            serde_json::from_str(&update("table", &key, &Expression::always()).unwrap()).unwrap();
        assert_eq!(read.as_object().unwrap().len(), 4, "what is not there is no member");
    }

    #[test]
    fn what_is_signed_is_what_is_sent() {
        let now = UNIX_EPOCH + Duration::from_secs(1_900_000_000);
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("token".to_owned()), None, "test");
        let signer = Signer::new(credentials.clone(), "eu-central-1");
        let target = Target::of("https://localhost:8000").unwrap();
        let keys = [Key { pk: "USER#1".to_owned(), sk: "PROFILE".to_owned() }];
        let change = Expression::exists().set("name", AttributeValue::S("é".to_owned()));
        let parts = [change.clone().check("table", keys[0].clone()).unwrap()];
        for question in [
            Question::Batch(&keys),
            Question::One(&keys[0]),
            Question::Update(&keys[0], &change),
            Question::Transaction { parts: &parts, token: "token" },
        ] {
            let sent = of(&target, &signer, now, "table", question).unwrap();
            assert_signed(&sent, &credentials, now);
        }
    }

    fn assert_signed(sent: &HttpRequest, credentials: &Credentials, now: SystemTime) {
        let identity = credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-central-1")
            .name("dynamodb")
            .time(now)
            .settings(SigningSettings::default())
            .build()
            .unwrap();
        // All but what the signature adds, and the name of the client, which is never signed.
        let added = ["authorization", "x-amz-date", "x-amz-security-token", "user-agent"];
        let headers = sent.headers().iter().filter(|(name, _)| !added.contains(name));
        let body = SignableBody::Bytes(sent.body().bytes().unwrap());
        let request = SignableRequest::new(sent.method(), sent.uri(), headers, body).unwrap();
        let (instructions, _) = sign(request, &parameters.into()).unwrap().into_parts();
        let (headers, _) = instructions.into_parts();
        let mut signed: Vec<_> = headers.iter().map(|it| (it.name(), it.value())).collect();
        signed.sort_unstable();
        let names = ["authorization", "x-amz-date", "x-amz-security-token"];
        assert_eq!(signed, names.map(|name| (name, sent.headers().get(name).unwrap())));
    }

    #[test]
    fn the_host_has_the_port_that_is_not_usual() {
        for (url, host) in [
            ("https://dynamodb.eu-central-1.amazonaws.com", Some("dynamodb.eu-central-1.amazonaws.com")),
            ("https://localhost:443/", Some("localhost")),
            ("http://localhost:80", Some("localhost")),
            ("http://127.0.0.1:4566", Some("127.0.0.1:4566")),
            ("http://localhost/table", None),
            ("http://localhost/?table", None),
            ("localhost", None),
            ("ftp://localhost", None),
        ] {
            assert_eq!(Target::of(url).map(|it| it.host).as_deref(), host, "{url}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_key_holds_it_reads_back(table in ".*", pk in any::<String>(), sk in any::<String>()) {
            let asked = Key { pk: pk.clone(), sk: sk.clone() };
            let read: serde_json::Value = serde_json::from_str(&one(&table, &asked)).unwrap();
            prop_assert_eq!(read["TableName"].as_str(), Some(&*table));
            prop_assert_eq!((read["Key"]["pk"]["S"].as_str(), read["Key"]["sk"]["S"].as_str()), (Some(&*pk), Some(&*sk)));
            let read: serde_json::Value = serde_json::from_str(&batch(&table, &[asked])).unwrap();
            let key = &read["RequestItems"][&table]["Keys"][0];
            prop_assert_eq!((key["pk"]["S"].as_str().unwrap(), key["sk"]["S"].as_str().unwrap()), (&*pk, &*sk));
        }
    }
}
