//! A function on Lambda, from process start to answer.

use crate::{
    ambient::{Ambient, Stopwatch},
    config::Config,
    request::Request,
    response::{Rejection, Response, with_header},
    telemetry,
};
use http::{HeaderValue, header};
use lambda_http::{
    Body,
    aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse},
};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    process::ExitCode,
    sync::Arc,
    task::Poll,
    time::Duration,
};
use tokio::time::timeout;

/// The time that an answer may take, below the ten seconds of the template: what is slow is a 503 of ours
/// with its reason in the log, and not a function that Lambda ends in the middle.
const BUDGET: Duration = Duration::from_secs(8);

/// What a function does with a request. Handlers read: parse, load, decide, write under a condition,
/// respond.
pub trait Function: Send + Sync + 'static {
    /// Answers one request.
    fn handle(
        &self,
        request: &Request,
        ambient: &mut Ambient,
    ) -> impl Future<Output = Result<Response, Rejection>> + Send;
}

/// A function that could not start. Boxed: it is only ever printed.
pub type InitError = Box<dyn std::error::Error + Send + Sync>;

/// Runs the function that `init` makes, until Lambda ends the process.
pub fn serve<F: Function>(init: impl AsyncFnOnce(&Config) -> Result<F, InitError>) -> ExitCode {
    run(async |config| {
        let function = Arc::new(init(&config).await?);
        let origin: Arc<Option<String>> = Arc::new(config.allowed_origin.clone());
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
            let (function, origin) = (Arc::clone(&function), Arc::clone(&origin));
            async move {
                let mut ambient = Ambient::system()?;
                let answer = match read(event.payload) {
                    Ok(event) => answer(&*function, event, &mut ambient, origin.as_deref()).await,
                    Err(Unreadable) => Response::from(Rejection::UnreadableRequest),
                };
                Ok::<_, InitError>(proxy_response(answer))
            }
        }))
        .await
    })
}

/// An event that is not of the form that was expected, such as a request with a header that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event cannot be read")]
pub struct Unreadable;

/// The event, read here and not by the runtime: that one would log, and answer with, what it cannot read.
///
/// # Errors
/// Where it is of another form. Says so in the log, without a value.
pub fn read<E: DeserializeOwned>(event: Value) -> Result<E, Unreadable> {
    serde_json::from_value(event).map_err(|_| {
        tracing::warn!("an event that cannot be read");
        Unreadable
    })
}

/// Starts the log, reads the configuration and runs `main` on a runtime of one thread: an environment of
/// Lambda serves one request at a time.
pub fn run(main: impl AsyncFnOnce(Config) -> Result<(), InitError>) -> ExitCode {
    telemetry::init();
    telemetry::log_panics();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(InitError::from)
        .and_then(|runtime| runtime.block_on(async { main(Config::from_env()?).await }));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let error: &(dyn std::error::Error + 'static) = &*error;
            tracing::error!(error = telemetry::chain(error), "the function could not start, or not go on");
            ExitCode::FAILURE
        }
    }
}

/// What the routes begin with that a page of the allowed origin may send cookies to.
const COOKIE_ROUTES: [&str; 2] = ["/auth/", "/users/me/password"];

/// For a year (RFC 6797; ASVS 5.0 V3.4.1). Domains below ours are not ours to speak for.
const HTTPS_ONLY: &str = "max-age=31536000";

/// What a page of the allowed origin may read beside the body.
const EXPOSED: &str = "ETag, Link, Location, Retry-After";

/// One request, answered: refusals become responses, and every response is logged and marked for browsers.
pub async fn answer(
    function: &impl Function,
    event: ApiGatewayProxyRequest,
    ambient: &mut Ambient,
    allowed_origin: Option<&str>,
) -> Response {
    let stopwatch = Stopwatch::start();
    let request = Request::from(event);
    let handled = caught(Box::pin(function.handle(&request, ambient)));
    let response = match timeout(BUDGET, handled).await {
        Ok(Some(Ok(response))) => response,
        Ok(Some(Err(rejection))) => Response::from(rejection),
        Ok(None) => Response::from(Rejection::internal("the handler panicked")),
        Err(_) => {
            tracing::error!("the answer took longer than its budget");
            Response::from(Rejection::Unavailable)
        }
    };
    tracing::info!(
        method = request.method().as_str(),
        route = request.template(),
        status = response.status().as_u16(),
        micros = stopwatch.micros(),
        "answered"
    );
    let response = with_header(response, header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    let response = with_header(response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    match allowed_origin {
        None => response,
        Some(origin) => {
            let response = with_header(response, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            let response = with_header(response, header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            let mut response = response;
            response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"));
            // Only where the refresh cookie is set, read or ended.
            if COOKIE_ROUTES.iter().any(|route| request.template().starts_with(route)) {
                with_header(response, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")
            } else {
                response
            }
        }
    }
}

/// What a future comes to; `None` where it panics. The caller is answered then as by any other fault of ours, with a
/// body, and the process goes on (ASVS 5.0 V16.5.4).
///
/// What handlers share between requests stands behind locks, which they take again after a panic, or is replaced as a
/// whole.
pub(crate) async fn caught<F: Future>(mut future: Pin<Box<F>>) -> Option<F::Output> {
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Some(output)),
        Err(_) => Poll::Ready(None),
    })
    .await
}

/// The answer in the form of the gateway's proxy integration.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>
///
/// Where there is no body there is no member for it: `null` is not what every gateway takes for nothing.
pub fn proxy_response(response: Response) -> ApiGatewayProxyResponse {
    let (parts, body) = response.into_parts();
    let mut answer = ApiGatewayProxyResponse::default();
    answer.status_code = parts.status.as_u16().into();
    answer.multi_value_headers = parts.headers;
    answer.is_base64_encoded = matches!(body, Body::Binary(_));
    answer.body = Some(body).filter(|body| !matches!(body, Body::Empty));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Panics, at once or behind a point where it waits, unless the path is `/good`.
    struct Panicking;

    impl Function for Panicking {
        async fn handle(&self, request: &Request, _: &mut Ambient) -> Result<Response, Rejection> {
            if request.template() == "/later" {
                tokio::task::yield_now().await;
            }
            assert_eq!(request.template(), "/good");
            Err(Rejection::NotFound)
        }
    }

    #[tokio::test]
    async fn a_panic_is_a_500_of_ours_and_the_next_request_is_answered() {
        let answered = async |path: &str| {
            let context = json!({"httpMethod": "GET", "resourcePath": path});
            let event =
                json!({"resource": path, "httpMethod": "GET", "path": path, "requestContext": context});
            let event = serde_json::from_value(event).unwrap();
            answer(&Panicking, event, &mut Ambient::fixed(time::OffsetDateTime::UNIX_EPOCH, 1), None).await
        };
        for path in ["/now", "/later"] {
            let response = answered(path).await;
            assert_eq!(response.status(), 500);
            assert_eq!(response.headers()[header::STRICT_TRANSPORT_SECURITY], HTTPS_ONLY);
            let Body::Text(body) = response.body() else { panic!("no text") };
            assert_eq!(body, r#"{"detail":"Internal error"}"#);
        }
        assert_eq!(answered("/good").await.status(), 404);
    }
}
