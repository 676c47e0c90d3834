//! A function's process under measurement: started, given events, watched from outside.

use crate::{
    runtime_api::{self, RuntimeApi, Step},
    store_over_tls::{StoreOverTls, TABLE},
};
use anyhow::{Context, Result, bail};
use axum::body::Bytes;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::process::{Child, Command};

/// How long a process may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the process that was started last complains.
fn complaints() -> PathBuf {
    std::env::temp_dir().join(format!("qarion-bench-{}/complaints", std::process::id()))
}

/// Ours, and what takes as little as a function can.
#[derive(clap::Args)]
pub(crate) struct Binaries {
    /// The authorizer's binary, built for release; to be profiled, with its symbols and lines.
    #[arg(long)]
    pub(crate) ours: PathBuf,
    /// The binary of a handler that does nothing, likewise.
    #[arg(long)]
    pub(crate) empty: PathBuf,
}

/// What is started.
#[derive(Clone)]
pub(crate) struct Program {
    /// The program and its arguments.
    pub(crate) line: Vec<PathBuf>,
    /// Beside what every function has.
    pub(crate) variables: Vec<(&'static str, String)>,
}

impl Program {
    /// A binary without arguments.
    pub(crate) fn binary(path: &Path) -> Self {
        Self { line: vec![path.to_owned()], variables: Vec::new() }
    }
}

/// A started process.
pub(crate) struct Running {
    child: Child,
    api: RuntimeApi,
    started: Instant,
    pub(crate) pid: u32,
}

/// One event's answer.
pub(crate) struct Answer {
    /// From the event's handing over to the answer's arrival.
    pub(crate) took: Duration,
    /// When it arrived.
    pub(crate) at: Instant,
    /// The body, or that of an error.
    pub(crate) body: Result<Bytes, Bytes>,
}

impl Running {
    /// Starts the program as Lambda would, with the table behind TLS. Nobody reads what it prints.
    pub(crate) async fn start(program: &Program, store: &StoreOverTls) -> Result<Self> {
        Self::printing_to(Stdio::null(), program, store).await
    }

    /// The same, for [`Running::end_and_read`].
    pub(crate) async fn start_and_read(program: &Program, store: &StoreOverTls) -> Result<Self> {
        Self::printing_to(Stdio::piped(), program, store).await
    }

    async fn printing_to(out: Stdio, program: &Program, store: &StoreOverTls) -> Result<Self> {
        let api = runtime_api::play().await?;
        let (name, arguments) = program.line.split_first().context("no program")?;
        let mut command = Command::new(name);
        command
            .args(arguments)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", &api.address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "authorizer")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
            .env("TABLE_NAME", TABLE)
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_DEFAULT_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "bench")
            .env("AWS_SECRET_ACCESS_KEY", "bench")
            .env("AWS_ENDPOINT_URL", &store.endpoint)
            .env("AWS_CA_BUNDLE", &store.authority)
            .env("NODE_EXTRA_CA_CERTS", &store.authority)
            .env("SSL_CERT_FILE", &store.all_authorities)
            .envs(program.variables.iter().map(|(name, value)| (*name, value)))
            .stdout(out)
            .stderr(fs::File::create(complaints())?)
            .kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("{} cannot be started", name.display()))?;
        let pid = child.id().context("it has ended")?;
        Ok(Self { child, api, started, pid })
    }

    /// From its start to its first question for an event.
    pub(crate) async fn init(&mut self) -> Result<Duration> {
        match self.step().await? {
            Step::Next(at) => Ok(at - self.started),
            Step::Given(_) | Step::Answer(..) => bail!("it did not ask for an event"),
        }
    }

    /// Gives it an event, and waits until it has answered and asks for the next.
    pub(crate) async fn invoke(&mut self, event: &Arc<str>) -> Result<Answer> {
        self.api.events.send(Arc::clone(event))?;
        let (mut given, mut answer) = (None, None);
        loop {
            match self.step().await? {
                Step::Given(at) => given = Some(at),
                Step::Answer(at, body) => answer = Some((at, body)),
                Step::Next(_) => break,
            }
        }
        let (given, (at, body)) = given.zip(answer).context("it asked on without an answer")?;
        Ok(Answer { took: at - given, at, body })
    }

    async fn step(&mut self) -> Result<Step> {
        let step = tokio::time::timeout(PATIENCE, self.api.steps.recv()).await;
        let told =
            || format!("it does nothing any more: {}", fs::read_to_string(complaints()).unwrap_or_default());
        step.with_context(told)?.context("the runtime API ended")
    }

    /// Processor time of all its threads until now.
    pub(crate) fn processor(&self) -> Result<Duration> {
        let mut total = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.pid))? {
            let text = fs::read_to_string(thread?.path().join("schedstat"))?;
            total += text.split(' ').next().context("an empty schedstat")?.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(total))
    }

    /// The most memory that it ever held, in MiB.
    pub(crate) fn peak_memory(&self) -> Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }

    pub(crate) const fn started(&self) -> Instant {
        self.started
    }

    pub(crate) async fn end(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Ends it; what it has printed.
    pub(crate) async fn end_and_read(mut self) -> Result<String> {
        self.child.start_kill()?;
        let output = self.child.wait_with_output().await?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
