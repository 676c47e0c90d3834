//! What a decision costs, in processor time, memory and waiting: the authorizer's own binary and its peers, with the
//! same events and the same table behind TLS, in one run.
//!
//! Every process gets a few hundred events at a time, in turn with the others, so that what the machine does
//! meanwhile meets all of them.

mod peers;
mod report;

use crate::{
    cold_start::{self, Start},
    contender::{Binaries, Program, Running},
    quota::Quota,
    seed::{self, Credentials},
    store_over_tls::{self, StoreOverTls},
};
use anyhow::{Context, Result, ensure};
use peers::{Contender, Expected};
use serde::Serialize;
use serde_json::Value;
use std::{
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
};

/// Memory sizes in MB whose part of a processor is tried.
const MEMORY: [u64; 5] = [128, 256, 512, 1024, 1769];
/// Events that do not count: V8 compiles what it has seen often.
const WARM_UP: usize = 1500;
/// Events that a process gets at a time.
const AT_A_TIME: usize = 100;

/// Where the programs are, and how long to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    binaries: Binaries,
    /// The folder of the peers.
    #[arg(long)]
    peers: PathBuf,
    /// The folder of the peers' bundles for Node.
    #[arg(long)]
    bundles: PathBuf,
    /// An interpreter that has what the peers for Python need.
    #[arg(long)]
    python: PathBuf,
    /// Counted starts of each, in turn.
    #[arg(long, default_value_t = 15)]
    runs: usize,
    /// Times a hundred events for each, in turn.
    #[arg(long, default_value_t = 40)]
    rounds: usize,
    /// Where the raw numbers and the plots go.
    #[arg(long)]
    out: PathBuf,
}

/// What was measured of one process with one event.
#[derive(Serialize)]
struct Warm {
    name: &'static str,
    event: &'static str,
    /// Microseconds from an event's handing over to its answer, sorted.
    #[serde(skip)]
    waits: Vec<f64>,
    /// Microseconds of processor time for an event, one value for each hundred, sorted.
    processor: Vec<f64>,
    p50: f64,
    p99: f64,
    /// MiB.
    memory: f64,
    /// Bytes that went to the table for one event.
    sent: f64,
    /// What the answer's context said of store calls, for who counts them itself.
    calls: Option<String>,
}

impl Warm {
    /// Microseconds of processor time for an event.
    fn processor(&self) -> f64 {
        quantile(&self.processor, 0.5)
    }
}

/// First decisions of one program with a part of a processor.
#[derive(Serialize)]
struct Throttled {
    name: &'static str,
    memory: u64,
    /// Milliseconds, medians.
    first: f64,
    p50: f64,
    p99: f64,
}

#[derive(Serialize)]
struct Measured {
    machine: String,
    starts: Vec<(&'static str, Vec<Start>)>,
    warm: Vec<Warm>,
    throttled: Vec<Throttled>,
    /// Bytes of what is uploaded, compressed.
    sizes: Vec<(&'static str, u64)>,
}

pub(crate) async fn measure(arguments: Arguments) -> Result<()> {
    let store = store_over_tls::serve().await?;
    let credentials = seed::plant(&store).await?;
    let contenders = peers::all(&arguments, &credentials);
    let measured = Measured {
        machine: machine()?,
        starts: starts(&contenders, &store, &credentials, arguments.runs).await?,
        warm: warm(&contenders, &store, arguments.rounds).await?,
        throttled: throttled(&contenders, &store, &credentials).await?,
        sizes: peers::sizes(&arguments)?,
    };
    report::write(&measured, &arguments.out)
}

/// First decisions of all that make the same one, in turn.
async fn starts(
    contenders: &[Contender],
    store: &StoreOverTls,
    credentials: &Credentials,
    runs: usize,
) -> Result<Vec<(&'static str, Vec<Start>)>> {
    let event: Arc<str> = seed::event(&credentials.key).into();
    let same: Vec<(&str, &Program)> = peers::same_decision(contenders);
    let mut starts: Vec<(&str, Vec<Start>)> = same.iter().map(|(name, _)| (*name, Vec::new())).collect();
    for run in 0..=runs {
        for ((name, program), (_, starts)) in same.iter().zip(&mut starts) {
            let start =
                cold_start::start(program, store, &event).await.with_context(|| (*name).to_owned())?;
            if run > 0 {
                starts.push(start);
            }
        }
    }
    Ok(starts)
}

async fn warm(contenders: &[Contender], store: &StoreOverTls, rounds: usize) -> Result<Vec<Warm>> {
    let mut running = Vec::new();
    for contender in contenders {
        let mut process = Running::start(&contender.program, store).await?;
        process.init().await.with_context(|| contender.name.to_owned())?;
        for _ in 0..WARM_UP {
            invoke(&mut process, contender).await?;
        }
        running.push(process);
    }
    let mut measured: Vec<Warm> = contenders
        .iter()
        .map(|it| Warm {
            name: it.name,
            event: it.what,
            waits: Vec::with_capacity(rounds * AT_A_TIME),
            processor: Vec::with_capacity(rounds),
            p50: 0.0,
            p99: 0.0,
            memory: 0.0,
            sent: 0.0,
            calls: None,
        })
        .collect();
    let each = f64::from(u32::try_from(AT_A_TIME)?);
    let all = each * f64::from(u32::try_from(rounds)?);
    for _ in 0..rounds {
        for ((process, contender), warm) in running.iter_mut().zip(contenders).zip(&mut measured) {
            let (sent, begun) = (store.sent.load(Ordering::Relaxed), process.processor()?);
            for _ in 0..AT_A_TIME {
                let (took, calls) = invoke(process, contender).await?;
                warm.waits.push(took);
                warm.calls = calls;
            }
            warm.processor.push((process.processor()? - begun).as_secs_f64() * 1e6 / each);
            let sent = store.sent.load(Ordering::Relaxed) - sent;
            warm.sent += f64::from(u32::try_from(sent)?) / all;
        }
    }
    for (process, warm) in running.into_iter().zip(&mut measured) {
        warm.memory = process.peak_memory()?;
        warm.waits.sort_by(f64::total_cmp);
        warm.processor.sort_by(f64::total_cmp);
        (warm.p50, warm.p99) = (quantile(&warm.waits, 0.5), quantile(&warm.waits, 0.99));
        process.end().await?;
    }
    Ok(measured)
}

/// One event, answered as it has to be: microseconds, and store calls that the answer tells of.
async fn invoke(process: &mut Running, contender: &Contender) -> Result<(f64, Option<String>)> {
    let answer = process.invoke(&contender.event).await.with_context(|| contender.name.to_owned())?;
    let told = answer.body.as_ref().unwrap_or_else(|error| error);
    let body: Value = serde_json::from_slice(told)?;
    let right = match contender.expected {
        Expected::Allow => body["policyDocument"]["Statement"][0]["Effect"] == "Allow",
        Expected::Unauthorized => body["errorMessage"] == "Unauthorized",
    };
    ensure!(right, "{} answered {} with {body}", contender.name, contender.what);
    let calls = body["context"]["reads"].as_str().zip(body["context"]["writes"].as_str());
    let calls = calls.map(|(reads, writes)| format!("{reads} reads, {writes} writes"));
    Ok((answer.took.as_secs_f64() * 1e6, calls))
}

/// What a part of a processor makes of it. As on Lambda, init has a whole one.
async fn throttled(
    contenders: &[Contender],
    store: &StoreOverTls,
    credentials: &Credentials,
) -> Result<Vec<Throttled>> {
    const STARTS: usize = 5;
    const EVENTS: usize = 200;
    let event: Arc<str> = seed::event(&credentials.key).into();
    let mut measured = Vec::new();
    for memory in MEMORY {
        let quota = match Quota::of(memory) {
            Ok(quota) => quota,
            Err(error) => {
                println!("no parts of a processor: {error:#}");
                return Ok(Vec::new());
            }
        };
        for (name, program) in peers::same_decision(contenders) {
            let (mut first, mut later) = (Vec::new(), Vec::new());
            for _ in 0..STARTS {
                let mut process = Running::start(program, store).await?;
                process.init().await?;
                quota.hold(process.pid)?;
                first.push(process.invoke(&event).await?.took.as_secs_f64() * 1e3);
                for _ in 0..EVENTS {
                    later.push(process.invoke(&event).await?.took.as_secs_f64() * 1e3);
                }
                process.end().await?;
            }
            first.sort_by(f64::total_cmp);
            later.sort_by(f64::total_cmp);
            let [first, p50, p99] = [quantile(&first, 0.5), quantile(&later, 0.5), quantile(&later, 0.99)];
            measured.push(Throttled { name, memory, first, p50, p99 });
        }
    }
    Ok(measured)
}

fn machine() -> Result<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo")?;
    let model =
        info.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split(": ").nth(1));
    let count = info.lines().filter(|line| line.starts_with("processor")).count();
    Ok(format!("{} × {}", count, model.unwrap_or(std::env::consts::ARCH)))
}

/// Of sorted values.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "an index of a few thousand"
)]
fn quantile(sorted: &[f64], part: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * part).round() as usize]
}
