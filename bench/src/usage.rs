//! What it takes to count decisions: a million lines of an hour through the function's own handler.
//!
//! 1. Lines are made: an organization's keys in a random order, each with its routes and addresses, a few of them
//!    refused; and packed as CloudWatch Logs packs them (JSON, gzip, base64), each batch of one log stream.
//! 2. They are counted over a table that the handler reaches by the real SDK. The handler has a thread of its own,
//!    the table others: what of the time is the handler's is the processor time of its thread.
//! 3. A tenth of them is counted again, in a new table that is asked what each write costs.
//!
//! Small batches are measured with a tenth of the lines: they take many more writes, and the table here is slow.

mod lines;

use crate::{
    prices::{Aws, Prices},
    store_over_tls::{TABLE, serve_plain},
};
use anyhow::{Context, Result, ensure};
use auth::usage::Hour;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bench::meter::{Meter, Metered};
use edge::{Ambient, Config, ambient::processor_time, clients};
use lines::{Batches, Profile};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use store::Store;
use usage::Usage;

/// The most of a batch before it is packed: what one `PutLogEvents` may hold.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
const FULL: usize = 1_048_576;

/// MB, as the template has it.
const FUNCTION_MB: f64 = 256.0;
/// Seconds of a call of DynamoDB from Lambda: assumed, and not measured here.
const CALL_SECONDS: f64 = 0.02;

/// What all batches of a profile took.
#[derive(Default)]
struct Took {
    batches: u32,
    lines: u32,
    bytes: u32,
    /// The longest event, packed.
    longest: usize,
    transactions: u32,
    counters: u32,
    all: Duration,
    processor: Duration,
}

pub(crate) async fn measure(lines: u32) -> Result<()> {
    let prices = Prices::read()?;
    println!(
        "decision lines of one hour; units, in millions, and dollars are of a million lines\n\n\
         | keys | lines | a batch | handler's processor, s | lines/s | with the table, s | transactions | counters \
         | WRU | RRU | table, $ | function, $ | log, $ |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    );
    let mut longest = 0;
    for keys in [200, 20_000] {
        for (bytes, lines) in [(FULL, lines), (FULL / 16, lines.div_ceil(10))] {
            let profile = Profile { keys, lines, bytes };
            let took = counted(profile, None).await?;
            let meter = Meter::new(clients::http_client(&config(SocketAddr::from(([127, 0, 0, 1], 1)))?)?);
            meter.start();
            let sample = Profile { lines: lines.div_ceil(10), ..profile };
            let asked = counted(sample, Some(meter.clone())).await?;
            took.print(&prices.aws, keys, &asked, &meter.stop());
            longest = longest.max(took.longest);
        }
    }
    println!("\nthe longest event: {longest} bytes; a call to DynamoDB is taken for {CALL_SECONDS} s");
    Ok(())
}

/// Counts the lines of a profile in a new table, in a thread of its own.
async fn counted(profile: Profile, meter: Option<Meter>) -> Result<Took> {
    let table = serve_plain().await?;
    let (answer, counted) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // As in Lambda: one thread for the handler and what it waits for.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let took = runtime.context("no runtime").and_then(|it| it.block_on(run(profile, table, meter)));
        // Nobody listens where the measuring was stopped.
        drop(answer.send(took));
    });
    counted.await?
}

async fn run(profile: Profile, table: SocketAddr, meter: Option<Meter>) -> Result<Took> {
    let config = config(table)?;
    let http = match meter {
        None => clients::http_client(&config)?,
        Some(meter) => SharedHttpClient::new(meter),
    };
    let store = Store::new(clients::dynamodb(&config, http), TABLE);
    let usage = Usage::new(store.directly(clients::credentials(&config), config.endpoint.as_deref()));
    let ambient = Ambient::system()?;
    let mut batches = Batches::of(profile, Hour::of(ambient.now - time::Duration::HOUR).start());
    let mut took = Took::default();
    while let Some(batch) = batches.next()? {
        let text = batch.event.to_string();
        let (begun, processor) = (Instant::now(), processor_time());
        let event = serde_json::from_str(&text)?;
        let summary = usage.count(&event, &ambient).await?;
        took.all += begun.elapsed();
        took.processor += processor_time() - processor;
        ensure!((summary.lines, summary.junk) == (batch.lines, 0), "not all lines were counted: {summary:?}");
        took.batches += 1;
        took.lines += u32::try_from(batch.lines)?;
        took.bytes += u32::try_from(batch.bytes)?;
        took.longest = took.longest.max(text.len());
        took.transactions += u32::try_from(summary.written)?;
        took.counters += u32::try_from(summary.counters)?;
    }
    ensure!(took.lines == profile.lines, "lines were lost");
    Ok(took)
}

impl Took {
    /// A row, with the cost of another run of such lines.
    fn print(&self, aws: &Aws, keys: u32, asked: &Self, calls: &[Metered]) {
        let per_million = 1e6 / f64::from(asked.lines);
        let units = |writes: bool| -> f64 {
            let units = calls.iter().filter(|it| writes == (it.operation == "TransactWriteItems"));
            units.map(|it| it.units).sum::<f64>() * per_million
        };
        let calls = f64::from(u32::try_from(calls.len()).unwrap_or(u32::MAX)) * per_million;
        let [lines, batches, bytes] = [self.lines, self.batches, self.bytes].map(f64::from);
        let (processor, million) = (self.processor.as_secs_f64(), 1e6 / lines);
        println!(
            "| {keys} | {lines} | {:.0} | {processor:.1} | {:.0} | {:.0} | {} | {} | {:.2} | {:.2} | {:.2} | {:.3} | {:.2} |",
            lines / batches,
            lines / processor,
            self.all.as_secs_f64(),
            self.transactions,
            self.counters,
            units(true) / 1e6,
            units(false) / 1e6,
            aws.table(units(true), units(false)),
            aws.function(
                batches * million,
                FUNCTION_MB,
                processor / batches,
                calls * CALL_SECONDS / (batches * million)
            ),
            aws.log(bytes * million),
        );
    }
}

fn config(endpoint: SocketAddr) -> Result<Config> {
    Ok(Config::from_lookup(|name| {
        Some(match name {
            "TABLE_NAME" => TABLE.to_owned(),
            "AWS_ENDPOINT_URL" => format!("http://{endpoint}"),
            "AWS_REGION" => "us-east-1".to_owned(),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "bench".to_owned(),
            _ => return None,
        })
    })?)
}
