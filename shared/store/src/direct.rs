//! One attempt at a call without the SDK's orchestrator, which takes more of the processor than all else of a decision.
//!
//! 1. The request is written and signed here, and goes through the SDK's own HTTP client: the same connections, roots
//!    and time to connect.
//! 2. Only a clean answer counts: whole, of the documented form, of the table and the keys that were asked for, within
//!    the time of an attempt. A write that was not done, because a condition failed or a transaction was in its way, has
//!    one too.
//! 3. Whatever else comes is the SDK's to deal with: it makes the attempts that are left, by its own rules for errors,
//!    waits and clocks. Nothing that failed is judged here.
//! 4. An attempt that came to nothing is paid for, out of a budget beside the SDK's own. Where nothing is left the SDK
//!    is asked alone, until enough calls have succeeded: a process makes at most 100 requests more because of this while
//!    the table is away, and a request that DynamoDB always refuses makes decisions slower, and no other ones.
//! 5. The SDK's own quota for retries fills with successes of the SDK, which has none while all goes well here. So what
//!    it reads in the place of this has a quota that time fills.

mod answer;
mod body;
mod budget;
mod request;
mod sign;
mod transaction;

pub(crate) use answer::Answer;
pub(crate) use request::Question;

use crate::{StoreError, sdk::apart};
use answer::Refusal;
use aws_sdk_dynamodb::{
    Config,
    config::{
        AsyncSleep, Builder, Credentials, HttpClient, IdentityCache, RuntimeComponents, SharedAsyncSleep,
        endpoint::{DefaultResolver, Params, ResolveEndpoint},
        http::{HttpRequest, HttpResponse},
        retry::{RetryConfig, RetryPartition, TokenBucket},
        timeout::TimeoutConfig,
    },
};
use aws_smithy_async::{future::timeout::Timeout, rt::sleep::default_async_sleep, time::SharedTimeSource};
use aws_smithy_runtime::client::{
    auth::no_auth::{NO_AUTH_SCHEME_ID, NoAuthScheme},
    identity::no_auth::NoAuthIdentityResolver,
    retries::strategy::NeverRetryStrategy,
};
use aws_smithy_runtime_api::client::{
    auth::static_resolver::StaticAuthSchemeOptionResolver,
    connection::CaptureSmithyConnection,
    endpoint::{self, EndpointFuture, EndpointResolverParams},
    http::{HttpConnector, HttpConnectorSettings, SharedHttpConnector},
    identity::SharedIdentityResolver,
    result::ConnectorError,
};
use aws_smithy_types::byte_stream::ByteStream;
use budget::Budget;
use request::Target;
use sign::Signer;
use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

/// What the SDK's quota for retries gains in a second: its dearest retry, after a lost connection, costs as much.
const REFILL: f32 = 10.0;

/// The longest wait before the SDK goes on, as before its own first retry.
const WAIT: Duration = Duration::from_millis(50);

/// What became of the attempt.
pub(crate) enum Attempt {
    /// DynamoDB has answered.
    Answered(Answer),
    /// It came to nothing, or could not be paid for. What is left is the SDK's, with this in the place of its
    /// configuration; `refund` says whether its success shows that the attempt was only unlucky.
    Left { config: Box<Builder>, refund: bool },
    /// It came to nothing, and was the only one.
    Failed(StoreError),
}

/// The way past the orchestrator. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Direct(Arc<Inner>);

struct Inner {
    connector: SharedHttpConnector,
    signer: Signer,
    endpoint: Option<String>,
    /// Where requests go; found out by the first.
    target: OnceLock<Target>,
    region: String,
    timeouts: TimeoutConfig,
    retries: RetryConfig,
    quota: RetryPartition,
    sleep: SharedAsyncSleep,
    clock: SharedTimeSource,
    budget: Budget,
}

/// Why an answer does not count.
enum Fault {
    Request,
    Timeout,
    Connection(ConnectorError),
    /// No answer, not the whole one, one of another form, or to another question.
    Answer,
    /// Another status, with DynamoDB's code.
    Refused(Option<String>),
}

impl Direct {
    /// Beside the client of this configuration, which does not show its credentials and its endpoint. `None` where it
    /// lacks anything else.
    pub(crate) fn beside(config: &Config, credentials: Credentials, endpoint: Option<&str>) -> Option<Self> {
        let region = config.region()?.to_string();
        let sleep = config.sleep_impl().or_else(default_async_sleep)?;
        let clock = config.time_source().unwrap_or_default();
        let timeouts = config.timeout_config().cloned().unwrap_or_else(|| TimeoutConfig::builder().build());
        let connector = connector(config, &timeouts, &sleep, &clock)?;
        Some(Self(Arc::new(Inner {
            connector,
            signer: Signer::new(credentials, &region),
            endpoint: endpoint.map(str::to_owned),
            target: OnceLock::new(),
            region,
            timeouts,
            // The SDK's own defaults.
            retries: config.retry_config().cloned().unwrap_or_else(RetryConfig::standard),
            quota: config.retry_partition().cloned().unwrap_or_else(quota),
            sleep,
            clock,
            budget: Budget::full(),
        })))
    }

    /// One attempt at what is asked for.
    pub(crate) async fn attempt(
        &self,
        operation: &'static str,
        table: &str,
        question: Question<'_>,
    ) -> Attempt {
        let attempts = self.0.retries.max_attempts();
        let Some(unpaid) = self.0.budget.admits() else {
            return Attempt::Left { config: Box::new(self.0.rest(attempts, Duration::ZERO)), refund: false };
        };
        let begun = self.0.clock.now();
        let fault = match self.0.once(table, question, begun).await {
            Ok(answer) => return Attempt::Answered(answer),
            Err(fault) => fault,
        };
        unpaid.pay();
        let refund = matches!(fault, Fault::Connection(_) | Fault::Timeout);
        let error = fault.of(operation);
        let attempts = attempts.saturating_sub(1);
        if attempts == 0 {
            return Attempt::Failed(error);
        }
        // Nobody else would say so: decisions are the same, and later.
        tracing::warn!(%error, "tried once more by the SDK");
        self.0.wait().await;
        let taken = self.0.clock.now().duration_since(begun).unwrap_or_default();
        Attempt::Left { config: Box::new(self.0.rest(attempts, taken)), refund }
    }

    /// A call has succeeded, this way or the SDK's.
    pub(crate) fn succeeded(&self, refund: bool) {
        if refund { self.0.budget.refund() } else { self.0.budget.fill() }
    }
}

impl Inner {
    async fn once(&self, table: &str, question: Question<'_>, now: SystemTime) -> Result<Answer, Fault> {
        let whole = apart(async {
            let target = self.target().await?;
            let request = request::of(target, &self.signer, now, table, question);
            self.exchange(request.ok_or(Fault::Request)?, table, question).await
        });
        match self.timeouts.operation_attempt_timeout().or(self.timeouts.operation_timeout()) {
            None => whole.await,
            Some(limit) => Timeout::new(whole, self.sleep.sleep(limit)).await.map_err(|_| Fault::Timeout)?,
        }
    }

    /// As for the SDK, a connection whose answer was none of DynamoDB's, or an error of its own, serves nothing more.
    async fn exchange(
        &self,
        mut request: HttpRequest,
        table: &str,
        question: Question<'_>,
    ) -> Result<Answer, Fault> {
        let connection = CaptureSmithyConnection::new();
        request.add_extension(connection.clone());
        let response = self.connector.call(request).await.map_err(Fault::Connection)?;
        let failed = response.status().is_server_error();
        let answer = read(response, table, question).await;
        if (failed || matches!(answer, Err(Fault::Answer)))
            && let Some(connection) = connection.get()
        {
            connection.poison();
        }
        answer
    }

    async fn target(&self) -> Result<&Target, Fault> {
        if let Some(target) = self.target.get() {
            return Ok(target);
        }
        let url = match self.endpoint.clone().or_else(|| usual_endpoint(&self.region)) {
            Some(url) => url,
            None => resolved_endpoint(&self.region).await?,
        };
        let target = Target::of(&url).ok_or(Fault::Request)?;
        Ok(self.target.get_or_init(|| target))
    }

    /// A part of [`WAIT`] that the clock's last digits choose: processes that failed together do not go on together. It
    /// guards nothing, so it needs no better randomness. On a clock of microseconds these digits are zero, and the SDK
    /// goes on at once; Lambda's counts nanoseconds.
    async fn wait(&self) {
        let digits =
            self.clock.now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().subsec_nanos();
        let part = f64::from(digits % 1000) / 1000.0;
        self.sleep.sleep(WAIT.mul_f64(part)).await;
    }

    /// So many attempts, in what is left of the time.
    fn rest(&self, attempts: u32, taken: Duration) -> Builder {
        let mut timeouts = self.timeouts.to_builder();
        if let Some(all) = self.timeouts.operation_timeout() {
            timeouts = timeouts.operation_timeout(all.saturating_sub(taken));
        }
        let retries = self.retries.clone().with_max_attempts(attempts);
        Config::builder()
            .timeout_config(timeouts.build())
            .retry_config(retries)
            .retry_partition(self.quota.clone())
    }
}

/// The endpoint of a region of AWS's own partition, as its name tells: the SDK reads a list of all partitions, compiles
/// their expressions and finds the same, at the cost of a fifth of a process start. `None` where the SDK is to be asked.
/// <https://docs.aws.amazon.com/general/latest/gr/ddb.html>
fn usual_endpoint(region: &str) -> Option<String> {
    const AREAS: [&str; 9] = ["af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us"];
    let mut parts = region.split('-');
    let (area, place, number) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = AREAS.contains(&area)
        && !place.is_empty()
        && place.bytes().all(|it| it.is_ascii_lowercase())
        && !number.is_empty()
        && number.bytes().all(|it| it.is_ascii_digit())
        && parts.next().is_none();
    plain.then(|| format!("https://dynamodb.{region}.amazonaws.com"))
}

async fn resolved_endpoint(region: &str) -> Result<String, Fault> {
    let params = Params::builder().region(region).build().map_err(|_| Fault::Request)?;
    let endpoint = DefaultResolver::new().resolve_endpoint(&params).await.map_err(|_| Fault::Request)?;
    Ok(endpoint.url().to_owned())
}

/// As large as the SDK's own.
fn quota() -> RetryPartition {
    RetryPartition::custom("direct").token_bucket(TokenBucket::builder().refill_rate(REFILL).build()).build()
}

async fn read(response: HttpResponse, table: &str, question: Question<'_>) -> Result<Answer, Fault> {
    let status = response.status();
    let body = ByteStream::new(response.into_body()).collect().await.map_err(|_| Fault::Answer)?.into_bytes();
    match status.as_u16() {
        200 => answer::parse(&body, table, question).ok_or(Fault::Answer),
        400 => match answer::refused(&body, question) {
            Refusal::Clean(answer) => Ok(answer),
            Refusal::Foreign => Err(Fault::Answer),
            Refusal::Other(code) => Err(Fault::Refused(code)),
        },
        _ => Err(Fault::Refused(answer::code(&body))),
    }
}

impl Fault {
    /// In the words of [`StoreError::of`].
    fn of(self, operation: &'static str) -> StoreError {
        match self {
            Self::Request => StoreError::unavailable(operation, "a request that cannot be made"),
            Self::Timeout => StoreError::unavailable(operation, "timeout"),
            Self::Connection(error) => StoreError::no_connection(operation, Some(&error)),
            Self::Answer => StoreError::unavailable(operation, "an answer that is none"),
            Self::Refused(code) => {
                StoreError::coded(operation, code.as_deref().unwrap_or("an error without a code"))
            }
        }
    }
}

/// The connector that the SDK takes for these times, and its connections. The SDK asks for it with all that it knows;
/// of that, HTTP clients use the sleep and the clock, and nothing here authenticates.
fn connector(
    config: &Config,
    timeouts: &TimeoutConfig,
    sleep: &SharedAsyncSleep,
    clock: &SharedTimeSource,
) -> Option<SharedHttpConnector> {
    let components = RuntimeComponents::builder("direct")
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![NO_AUTH_SCHEME_ID])))
        .with_endpoint_resolver(Some(Nowhere))
        .with_auth_scheme(NoAuthScheme::new())
        .with_identity_cache(Some(IdentityCache::no_cache()))
        .with_identity_resolver(NO_AUTH_SCHEME_ID, SharedIdentityResolver::new(NoAuthIdentityResolver::new()))
        .with_retry_strategy(Some(NeverRetryStrategy::new()))
        .with_sleep_impl(Some(sleep.clone()))
        .with_time_source(Some(clock.clone()))
        .build()
        .ok()?;
    let mut settings = HttpConnectorSettings::builder();
    settings.set_connect_timeout(timeouts.connect_timeout()).set_read_timeout(timeouts.read_timeout());
    Some(config.http_client()?.http_connector(&settings.build(), &components))
}

/// No request of the orchestrator is made with it.
#[derive(Debug)]
struct Nowhere;

impl endpoint::ResolveEndpoint for Nowhere {
    fn resolve_endpoint<'a>(&'a self, _: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        EndpointFuture::ready(Err("nowhere".into()))
    }
}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Direct")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_that_a_region_s_name_tells_is_the_sdk_s() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let resolved = |region| runtime.block_on(resolved_endpoint(region)).ok();
        let usual = [
            "af-south-1",
            "ap-northeast-1",
            "ap-southeast-5",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-south-2",
            "il-central-1",
            "me-central-1",
            "mx-central-1",
            "sa-east-1",
            "us-east-1",
            "us-west-2",
        ];
        for region in usual {
            let told = usual_endpoint(region);
            assert!(told.is_some() && told == resolved(region), "{region}");
        }
        let other = [
            "cn-north-1",
            "us-gov-west-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eu-isoe-west-1",
            "eusc-de-east-1",
            "local",
            "",
            "us",
            "us-east",
            "us-east-",
            "us--1",
            "us-east-1a",
            "us-east-1.evil.test",
            "US-EAST-1",
        ];
        for region in other {
            assert_eq!(usual_endpoint(region), None, "{region}");
        }
        assert_eq!(resolved("cn-north-1").as_deref(), Some("https://dynamodb.cn-north-1.amazonaws.com.cn"));
    }
}
