//! The request: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>

use super::sign::{CONTENT_TYPE, Signer, TARGET};
use crate::item::{Key, PK, SK};
use aws_sdk_dynamodb::config::http::HttpRequest;
use aws_smithy_types::body::SdkBody;
use std::time::SystemTime;

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

/// The signed request for these keys. `None` where a credential cannot stand in a header.
pub(super) fn of(
    target: &Target,
    signer: &Signer,
    now: SystemTime,
    table: &str,
    keys: &[Key],
) -> Option<HttpRequest> {
    let body = body(table, keys);
    let signature = signer.sign(&target.host, body.as_bytes(), now);
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").ok()?;
    request.set_uri(target.uri.clone()).ok()?;
    let headers = request.headers_mut();
    headers.try_insert("host", target.host.clone()).ok()?;
    headers.try_insert("content-type", CONTENT_TYPE).ok()?;
    headers.try_insert("x-amz-target", TARGET).ok()?;
    headers.try_insert("x-amz-date", signature.date).ok()?;
    headers.try_insert("authorization", signature.authorization).ok()?;
    headers.try_insert("user-agent", "qarion-auth").ok()?;
    if let Some(token) = signer.session_token() {
        headers.try_insert("x-amz-security-token", token.to_owned()).ok()?;
    }
    Some(request)
}

fn body(table: &str, keys: &[Key]) -> String {
    let mut body = String::with_capacity(128 + 96 * keys.len());
    body.push_str(r#"{"RequestItems":{"#);
    push_text(&mut body, table);
    body.push_str(r#":{"ConsistentRead":true,"Keys":["#);
    for (index, key) in keys.iter().enumerate() {
        body.push_str(if index == 0 { "{" } else { ",{" });
        for (name, value, end) in [(PK, &key.pk, ","), (SK, &key.sk, "}")] {
            push_text(&mut body, name);
            body.push_str(r#":{"S":"#);
            push_text(&mut body, value);
            body.push('}');
            body.push_str(end);
        }
    }
    body.push_str("]}}}");
    body
}

/// RFC 8259 §7: what has to be escaped, and no more.
fn push_text(body: &mut String, text: &str) {
    body.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|it: char| it.is_ascii_control() || matches!(it, '"' | '\\')) {
        let (plain, escaped) = rest.split_at(at);
        let mut escaped = escaped.chars();
        body.push_str(plain);
        body.extend(escaped.next().map(|it| format!("\\u{:04x}", u32::from(it))));
        rest = escaped.as_str();
    }
    body.push_str(rest);
    body.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::config::Credentials;
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
            body("table", &[key("USER#1", "PROFILE"), key("ORG#2", "POLICY")]),
            r#"{"RequestItems":{"table":{"ConsistentRead":true,"Keys":[{"pk":{"S":"USER#1"},"sk":{"S":"PROFILE"}},{"pk":{"S":"ORG#2"},"sk":{"S":"POLICY"}}]}}}"#
        );
    }

    #[test]
    fn what_is_signed_is_what_is_sent() {
        let now = UNIX_EPOCH + Duration::from_secs(1_900_000_000);
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("token".to_owned()), None, "test");
        let signer = Signer::new(credentials.clone(), "eu-central-1");
        let target = Target::of("https://localhost:8000").unwrap();
        let keys = [Key { pk: "USER#1".to_owned(), sk: "PROFILE".to_owned() }];
        let sent = of(&target, &signer, now, "table", &keys).unwrap();

        let identity = credentials.into();
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
            let body = body(&table, &[Key { pk: pk.clone(), sk: sk.clone() }]);
            let read: serde_json::Value = serde_json::from_str(&body).unwrap();
            let key = &read["RequestItems"][&table]["Keys"][0];
            prop_assert_eq!((key["pk"]["S"].as_str().unwrap(), key["sk"]["S"].as_str().unwrap()), (&*pk, &*sk));
        }
    }
}
