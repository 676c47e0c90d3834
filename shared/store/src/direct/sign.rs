//! AWS Signature Version 4 of one kind of request.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
//!
//! The key of a day is derived once. A test compares every signature with that of AWS's own crate.

use aws_lc_rs::{digest, hmac};
use aws_sdk_dynamodb::config::Credentials;
use std::{
    sync::{Mutex, PoisonError},
    time::SystemTime,
};
use time::OffsetDateTime;

pub(super) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "dynamodb";

/// Signs with one execution role's credentials, which do not change while a process lives.
pub(super) struct Signer {
    credentials: Credentials,
    region: String,
    /// The key of the day that it was derived for last.
    key: Mutex<Option<(String, hmac::Key)>>,
}

/// Two headers' values.
pub(super) struct Signature {
    pub(super) date: String,
    pub(super) authorization: String,
}

impl Signer {
    pub(super) fn new(credentials: Credentials, region: &str) -> Self {
        Self { credentials, region: region.to_owned(), key: Mutex::new(None) }
    }

    pub(super) fn session_token(&self) -> Option<&str> {
        self.credentials.session_token()
    }

    /// Over a `POST` to `/` of this target and body, and the headers that [`canonical`](Self::canonical) names.
    pub(super) fn sign(&self, host: &str, target: &str, body: &[u8], now: SystemTime) -> Signature {
        let date = date(now);
        let day = date.get(..8).unwrap_or_default();
        let (canonical, signed) = self.canonical(host, &date, target, body);
        let scope = format!("{day}/{}/{SERVICE}/aws4_request", self.region);
        let hash = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
        let to_sign = format!("{ALGORITHM}\n{date}\n{scope}\n{hash}");
        let signature = hex(hmac::sign(&self.key_of(day), to_sign.as_bytes()).as_ref());
        let name = self.credentials.access_key_id();
        let authorization =
            format!("{ALGORITHM} Credential={name}/{scope}, SignedHeaders={signed}, Signature={signature}");
        Signature { date, authorization }
    }

    /// The canonical request, and the names of its headers.
    fn canonical(&self, host: &str, date: &str, target: &str, body: &[u8]) -> (String, &'static str) {
        let (token, signed) = match self.session_token() {
            None => (String::new(), "content-type;host;x-amz-date;x-amz-target"),
            Some(token) => (
                format!("x-amz-security-token:{}\n", token.trim()),
                "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
            ),
        };
        let hash = hex(digest::digest(&digest::SHA256, body).as_ref());
        let canonical = format!(
            "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{date}\n{token}x-amz-target:{target}\n\n{signed}\n{hash}"
        );
        (canonical, signed)
    }

    fn key_of(&self, day: &str) -> hmac::Key {
        let mut kept = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, key)) = &*kept
            && of == day
        {
            return key.clone();
        }
        let secret = format!("AWS4{}", self.credentials.secret_access_key());
        let mut key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        for part in [day, &self.region, SERVICE, "aws4_request"] {
            key = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref());
        }
        *kept = Some((day.to_owned(), key.clone()));
        key
    }
}

/// `20300409T123456Z`.
fn date(now: SystemTime) -> String {
    let now = OffsetDateTime::from(now);
    let (date, time) = (now.date(), now.time());
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 });
    let mut text = String::with_capacity(64);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sigv4::{
        http_request::{SignableBody, SignableRequest, SigningSettings, sign},
        sign::v4,
    };
    use proptest::prelude::*;
    use std::time::{Duration, UNIX_EPOCH};

    const TARGET: &str = "DynamoDB_20120810.BatchGetItem";

    /// What AWS's crate makes of the same.
    fn of_aws(credentials: &Credentials, region: &str, host: &str, body: &[u8], now: SystemTime) -> String {
        let identity = credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(SERVICE)
            .time(now)
            .settings(SigningSettings::default())
            .build()
            .unwrap();
        let headers = [("content-type", CONTENT_TYPE), ("host", host), ("x-amz-target", TARGET)];
        let url = format!("https://{host}/");
        let request =
            SignableRequest::new("POST", &url, headers.into_iter(), SignableBody::Bytes(body)).unwrap();
        let (instructions, _) = sign(request, &parameters.into()).unwrap().into_parts();
        let (headers, _) = instructions.into_parts();
        headers.iter().find(|it| it.name() == "authorization").unwrap().value().to_owned()
    }

    proptest! {
        #[test]
        fn every_signature_is_that_of_aws_s_own_crate(
            secret in "[A-Za-z0-9/+]{1,60}",
            token in proptest::option::of("[A-Za-z0-9/+=]{1,900}"),
            region in "[a-z]{2}-[a-z]{4,9}-[0-9]",
            host in "[a-z]{1,20}(\\.[a-z]{2,9}){0,3}(:8[0-9]{3})?",
            body in proptest::collection::vec(any::<u8>(), 0..600),
            seconds in proptest::collection::vec(0_u64..4_000_000_000, 1..4),
        ) {
            let credentials = Credentials::new("AKIDEXAMPLE", secret, token, None, "test");
            let signer = Signer::new(credentials.clone(), &region);
            for seconds in seconds {
                let now = UNIX_EPOCH + Duration::from_secs(seconds);
                let expected = of_aws(&credentials, &region, &host, &body, now);
                prop_assert_eq!(signer.sign(&host, TARGET, &body, now).authorization, expected);
            }
        }
    }

    #[test]
    fn the_key_of_a_day_ends_with_it() {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        let signer = Signer::new(credentials.clone(), "eu-central-1");
        let midnight = UNIX_EPOCH + Duration::from_secs(20_000 * 86_400);
        for now in [midnight - Duration::from_secs(1), midnight, midnight - Duration::from_secs(1)] {
            let expected = of_aws(&credentials, "eu-central-1", "localhost", b"{}", now);
            assert_eq!(signer.sign("localhost", TARGET, b"{}", now).authorization, expected);
        }
    }
}
