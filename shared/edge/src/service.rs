//! A function on Lambda, from process start to answer.

use crate::{
    ambient::{Ambient, Stopwatch},
    config::Config,
    request::Request,
    response::{Rejection, Response, with_header},
    telemetry,
};
use http::header;
use lambda_http::{IntoResponse, service_fn};
use std::{future::Future, process::ExitCode, sync::Arc};

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
        lambda_http::run(service_fn(move |request: lambda_http::Request| {
            let (function, origin) = (Arc::clone(&function), Arc::clone(&origin));
            async move {
                let mut ambient = Ambient::system()?;
                let response = answer(&*function, request, &mut ambient, origin.as_deref()).await;
                Ok::<_, InitError>(response.into_response().await)
            }
        }))
        .await
    })
}

/// Starts the log, reads the configuration and runs `main` on a runtime of one thread: an environment of
/// Lambda serves one request at a time.
pub fn run(main: impl AsyncFnOnce(Config) -> Result<(), InitError>) -> ExitCode {
    telemetry::init();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(InitError::from)
        .and_then(|runtime| runtime.block_on(async { main(Config::from_env()?).await }));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let error: &(dyn std::error::Error + 'static) = &*error;
            tracing::error!(error = telemetry::chain(error), "the function could not start");
            ExitCode::FAILURE
        }
    }
}

/// What a page of the allowed origin may read beside the body.
const EXPOSED: &str = "ETag, Location, Retry-After";

/// One request, answered: refusals become responses, and every response is logged and marked for browsers.
pub async fn answer(
    function: &impl Function,
    request: lambda_http::Request,
    ambient: &mut Ambient,
    allowed_origin: Option<&str>,
) -> Response {
    let stopwatch = Stopwatch::start();
    let request = Request::from(request);
    let response = match function.handle(&request, ambient).await {
        Ok(response) => response,
        Err(rejection) => Response::from(rejection),
    };
    tracing::info!(
        method = request.method().as_str(),
        route = request.template(),
        status = response.status().as_u16(),
        micros = stopwatch.micros(),
        "answered"
    );
    match allowed_origin {
        None => response,
        Some(origin) => {
            let response = with_header(response, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            let response = with_header(response, header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            with_header(response, header::VARY, "Origin")
        }
    }
}
