//! A request as a client sends it, and the answer as a client sees it.

use http::{HeaderMap, header::SET_COOKIE};
use serde_json::Value;
use tokens::COOKIE;

/// A request.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// The path as it is sent, and after `?` the query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The address it comes from; the world's own where it does not say.
    pub(crate) source: Option<String>,
}

impl Call {
    pub(crate) fn new(method: &str, target: impl Into<String>) -> Self {
        let (method, target) = (method.to_owned(), target.into());
        Self { method, target, headers: Vec::new(), body: Vec::new(), source: None }
    }

    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn post(target: impl Into<String>) -> Self {
        Self::new("POST", target)
    }

    pub(crate) fn put(target: impl Into<String>) -> Self {
        Self::new("PUT", target)
    }

    pub(crate) fn patch(target: impl Into<String>) -> Self {
        Self::new("PATCH", target)
    }

    pub(crate) fn delete(target: impl Into<String>) -> Self {
        Self::new("DELETE", target)
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// From this address. A deployment on AWS sees the machine's own all the same.
    pub(crate) fn from(mut self, address: impl Into<String>) -> Self {
        self.source = Some(address.into());
        self
    }

    /// With a credential.
    pub(crate) fn bearer(self, credential: impl AsRef<str>) -> Self {
        self.header("Authorization", format!("Bearer {}", credential.as_ref()))
    }

    /// With the refresh cookie of this value, from a program that is no browser.
    pub(crate) fn cookie(self, token: impl AsRef<str>) -> Self {
        self.header("Cookie", format!("{COOKIE}={}", token.as_ref()))
    }

    /// With a JSON body.
    #[allow(clippy::needless_pass_by_value, reason = "it is called with `json!`")]
    pub(crate) fn json(self, body: Value) -> Self {
        self.text("application/json", body.to_string())
    }

    /// With any body.
    pub(crate) fn text(mut self, content_type: &str, body: impl Into<String>) -> Self {
        self.body = body.into().into_bytes();
        self.header("Content-Type", content_type)
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// An answer.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Whether it says that its body is JSON, or lines of it.
    pub(crate) fn is_json(&self) -> bool {
        let media_type = self.headers.get("content-type");
        media_type.is_some_and(|it| it == "application/json" || it == "application/x-ndjson")
    }

    /// The body as JSON; `null` where there is none, a list of the lines where each is JSON.
    pub(crate) fn json(&self) -> Value {
        if self.headers.get("content-type").is_some_and(|it| it == "application/x-ndjson") {
            let lines = serde_json::Deserializer::from_slice(&self.body).into_iter::<Value>();
            return lines.collect::<Result<_, _>>().expect("JSON lines");
        }
        if self.body.is_empty() { Value::Null } else { serde_json::from_slice(&self.body).expect("JSON") }
    }

    /// A member of the body that is a string.
    pub(crate) fn text(&self, member: &str) -> String {
        let text = self.json()[member].as_str().map(str::to_owned);
        text.unwrap_or_else(|| panic!("the answer ({}) has no string `{member}`", self.status))
    }

    /// The value of the refresh cookie that it sets, if it sets one.
    pub(crate) fn cookie(&self) -> Option<String> {
        let set = self.headers.get(SET_COOKIE)?.to_str().expect("headers are text");
        let (pair, _) = set.split_once(';')?;
        let (name, value) = pair.split_once('=')?;
        (name == COOKIE && !value.is_empty()).then(|| value.to_owned())
    }

    /// A header that has to be there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value =
            self.headers.get(name).unwrap_or_else(|| panic!("the answer ({}) has no {name}", self.status));
        value.to_str().expect("headers are text")
    }

    /// The answer, if it has this status; the body of another is an error's, which holds no secret.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        let refused = if self.status >= 400 { String::from_utf8_lossy(&self.body) } else { "".into() };
        assert_eq!(self.status, status, "{refused}");
        self
    }

    /// Fails unless it is this error: status, body, type, and never kept by a cache.
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16, detail: &str) {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{body}");
        assert_eq!(self.json(), serde_json::json!({"detail": detail}));
        assert_eq!(self.header("content-type"), "application/json");
        assert_eq!(self.header("cache-control"), "no-store");
    }

    /// Fails unless it is the one 401 that there is.
    #[track_caller]
    pub(crate) fn is_unauthorized(&self) {
        self.is_error(401, "Could not validate credentials");
        // The gateway's own answer has the header; of a function's answer it renames it.
        let challenge =
            self.headers.get("www-authenticate").or(self.headers.get("x-amzn-remapped-www-authenticate"));
        assert_eq!(challenge.expect("a 401 carries a challenge"), "Bearer");
    }

    /// Fails unless the permission is missing.
    #[track_caller]
    pub(crate) fn is_forbidden(&self) {
        self.is_error(403, "Not permitted");
    }

    /// Fails unless it is a 404.
    #[track_caller]
    pub(crate) fn is_not_found(&self) {
        self.is_error(404, "Not found");
    }
}
