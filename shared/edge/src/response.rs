//! Answers: JSON, and every refusal as `{"detail": ...}` with its one status.

use crate::telemetry;
use http::{HeaderName, HeaderValue, StatusCode, header};
use lambda_http::Body;
use serde::Serialize;

/// What a function answers.
pub type Response = http::Response<Body>;

/// Why a request is refused. The one `match` in [`Rejection::status`] chooses the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The request itself cannot be read, such as one with a control character in a header.
    UnreadableRequest,
    /// The body is not JSON.
    MalformedBody,
    /// The body is JSON of another shape: a member is unknown, repeated, missing or of another type.
    BodyShape(String),
    /// The body is larger than the route takes.
    BodyTooLarge,
    /// The body's content type is another than this.
    MediaType(&'static str),
    /// A field or parameter is not what it should be: its name, and what it must be.
    Field(String, String),
    /// The credential is not good.
    Unauthorized,
    /// The credential is good, the permission is missing.
    Forbidden(&'static str),
    /// No such thing, or none that this caller may know of.
    NotFound,
    /// The thing changed since the caller read it.
    PreconditionFailed,
    /// Another change was faster, or a rule about the thing's state stands against this one.
    Conflict(&'static str),
    /// 409 with a detail that names what is in the way.
    ConflictOf(String),
    /// A write needs `If-Match`, so that it undoes no change that the caller has not seen.
    PreconditionRequired,
    /// Too many attempts. Whole seconds to wait.
    TooManyRequests(u32),
    /// A dependency failed: try again. Why stands in the log.
    Unavailable,
    /// We are wired or configured wrongly. Why stands in the log.
    Internal,
}

/// The `detail` of a 403 that needs no more words.
pub const NOT_PERMITTED: &str = "Not permitted";

impl Rejection {
    /// A field that is not what it should be.
    pub fn field(name: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Field(name.into(), problem.into())
    }

    /// A dependency failed: says why in the log, and nothing of it in the answer.
    pub fn dependency(error: impl std::error::Error + 'static) -> Self {
        tracing::error!(error = telemetry::chain(&error), "a dependency failed");
        Self::Unavailable
    }

    /// Something that cannot be by our own doing: says what in the log.
    pub fn internal(what: &str) -> Self {
        tracing::error!(error = what, "internal error");
        Self::Internal
    }

    /// The status of this refusal.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::UnreadableRequest | Self::MalformedBody | Self::BodyShape(_) => StatusCode::BAD_REQUEST,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Field(..) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::Conflict(_) | Self::ConflictOf(_) => StatusCode::CONFLICT,
            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the answer says of it.
    pub fn detail(&self) -> String {
        match self {
            Self::UnreadableRequest => "Request cannot be read".to_owned(),
            Self::MalformedBody => "Request body is not valid JSON".to_owned(),
            Self::BodyTooLarge => "Request body is too large".to_owned(),
            Self::MediaType(expected) => format!("Content-Type must be {expected}"),
            Self::BodyShape(detail) | Self::ConflictOf(detail) => detail.clone(),
            Self::Field(name, problem) => format!("{name}: {problem}"),
            Self::Unauthorized => "Could not validate credentials".to_owned(),
            Self::NotFound => "Not found".to_owned(),
            Self::PreconditionFailed => "It was changed since it was read".to_owned(),
            Self::Forbidden(detail) | Self::Conflict(detail) => (*detail).to_owned(),
            Self::PreconditionRequired => "If-Match is required".to_owned(),
            Self::TooManyRequests(_) => "Too many attempts; try again later".to_owned(),
            Self::Unavailable => "Service unavailable".to_owned(),
            Self::Internal => "Internal error".to_owned(),
        }
    }
}

#[derive(Serialize)]
struct Detail {
    detail: String,
}

impl From<Rejection> for Response {
    fn from(rejection: Rejection) -> Self {
        let mut response = json(rejection.status(), &Detail { detail: rejection.detail() });
        let headers = response.headers_mut();
        match rejection {
            // RFC 9110 §11.6.1: a 401 carries a challenge. The gateway renames it on a function's answer.
            Rejection::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            // RFC 6585 §4.
            Rejection::TooManyRequests(seconds) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            Rejection::Unavailable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

/// `body` as JSON, not to be stored by any cache.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(text) => with(status, header::CONTENT_TYPE, "application/json", Body::Text(text)),
        Err(_) => {
            with(StatusCode::INTERNAL_SERVER_ERROR, header::CONTENT_TYPE, "application/json", Body::Empty)
        }
    }
}

/// `body` as text of this type, not to be stored by any cache.
pub fn text(status: StatusCode, content_type: &'static str, body: String) -> Response {
    with(status, header::CONTENT_TYPE, content_type, Body::Text(body))
}

/// An answer without a body.
pub fn empty(status: StatusCode) -> Response {
    let mut response = http::Response::new(Body::Empty);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer with one more header. A value that is no header value is left out.
pub fn with_header(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

fn with(status: StatusCode, name: HeaderName, value: &'static str, body: Body) -> Response {
    let mut response = empty(status);
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    *response.body_mut() = body;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rejection: Rejection) -> (u16, String) {
        let response = Response::from(rejection);
        let Body::Text(text) = response.body() else { panic!("no text") };
        (response.status().as_u16(), text.clone())
    }

    #[test]
    fn every_refusal_is_json_with_a_detail() {
        assert_eq!(
            shown(Rejection::Unauthorized),
            (401, r#"{"detail":"Could not validate credentials"}"#.to_owned())
        );
        assert_eq!(
            shown(Rejection::field("name", "must have 1 to 100 characters")),
            (422, r#"{"detail":"name: must have 1 to 100 characters"}"#.to_owned())
        );
    }

    #[test]
    fn a_failed_dependency_says_nothing_of_why() {
        let (status, body) = shown(Rejection::dependency(std::io::Error::other("10.0.0.7 refused")));
        assert_eq!((status, body.as_str()), (503, r#"{"detail":"Service unavailable"}"#));
    }

    #[test]
    fn no_answer_is_stored_by_a_cache() {
        for response in [Response::from(Rejection::NotFound), empty(StatusCode::NO_CONTENT)] {
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        }
    }
}
