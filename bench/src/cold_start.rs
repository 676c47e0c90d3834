//! Process start → `/next` → first decision, over TLS with its read.

use crate::{
    contender::{Program, Running},
    seed,
    store_over_tls::{self, StoreOverTls},
};
use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;
use std::{path::Path, sync::Arc};

/// Milliseconds of one start.
#[derive(Clone, Copy, serde::Serialize)]
pub(crate) struct Start {
    pub(crate) init: f64,
    pub(crate) decision: f64,
    pub(crate) total: f64,
    /// Processor time of all its threads meanwhile: on a busy machine it says more than the clock.
    pub(crate) processor: f64,
}

/// Against the baseline, which has to be slower, or another authorizer.
pub(crate) async fn measure(
    ours: &Path,
    baseline: Option<&Path>,
    before: Option<&Path>,
    runs: usize,
) -> Result<()> {
    let other = before.or(baseline).context("nothing to compare with")?;
    let name = if before.is_some() { "before" } else { "SDK's default setup" };

    let store = store_over_tls::serve().await?;
    let credentials = seed::plant(&store).await?;
    let event: Arc<str> = seed::event(&credentials.key).into();
    let (ours, other) = (Program::binary(ours), Program::binary(other));
    let (mut a, mut b) = (Vec::new(), Vec::new());
    // One of each that does not count, then in turn: what the machine does meanwhile meets both.
    for run in 0..=runs {
        let (first, second) = (start(&ours, &store, &event).await?, start(&other, &store, &event).await?);
        if run > 0 {
            a.push(first);
            b.push(second);
        }
    }
    println!(
        "process start to first decision over TLS, one BatchGetItem included; median (least–greatest) of {runs}\n"
    );
    println!("| | init, ms | first decision, ms | both, ms | processor, ms |\n|---|---|---|---|---|");
    for (name, starts) in [("ours", &a), (name, &b)] {
        println!("{} {} |", row(name, starts), shown(starts, |it| it.processor));
    }
    let ratio = |of: fn(&Start) -> f64| median(&b, of) / median(&a, of);
    println!(
        "\nours is sooner by a factor of {:.1} from process start, {:.1} from the first event",
        ratio(|it| it.total),
        ratio(|it| it.decision)
    );
    ensure!(before.is_some() || ratio(|it| it.total) >= 5.0, "the goal is a factor of 5 from process start");
    Ok(())
}

/// Starts `program`, waits for its first answer, which must allow, and ends it.
pub(crate) async fn start(program: &Program, store: &StoreOverTls, event: &Arc<str>) -> Result<Start> {
    let mut running = Running::start(program, store).await?;
    let init = running.init().await?;
    let answer = running.invoke(event).await?;
    let total = answer.at - running.started();
    let processor = running.processor()?;
    running.end().await?;
    let body = answer.body.map_err(|error| anyhow!("it answered {}", String::from_utf8_lossy(&error)))?;
    let body: Value = serde_json::from_slice(&body)?;
    ensure!(body["policyDocument"]["Statement"][0]["Effect"] == "Allow", "the first decision was no Allow");
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
    Ok(Start {
        init: millis(init),
        decision: millis(answer.took),
        total: millis(total),
        processor: millis(processor),
    })
}

/// A line of the table.
pub(crate) fn row(name: &str, starts: &[Start]) -> String {
    let [init, decision, total] =
        [shown(starts, |it| it.init), shown(starts, |it| it.decision), shown(starts, |it| it.total)];
    format!("| {name} | {init} | {decision} | {total} |")
}

fn shown(starts: &[Start], of: fn(&Start) -> f64) -> String {
    let least = starts.iter().map(of).fold(f64::INFINITY, f64::min);
    let greatest = starts.iter().map(of).fold(0.0, f64::max);
    format!("{:.1} ({least:.1}–{greatest:.1})", median(starts, of))
}

/// The middle of one of its times.
pub(crate) fn median(starts: &[Start], of: fn(&Start) -> f64) -> f64 {
    let mut values: Vec<f64> = starts.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
