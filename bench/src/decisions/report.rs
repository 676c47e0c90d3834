//! Tables for people, the raw numbers, and plots; and whether the goals are met.

use super::{
    Measured, Warm,
    peers::{
        BETTER_AUTH, EMPTY, EMPTY_NODE, EMPTY_PYTHON, FORGED, JUNK, KEY, MISTYPED, NODE, OURS, PYTHON,
        SESSION,
    },
};
use crate::{cold_start, plot};
use anyhow::{Context, Result};
use std::{fs, path::Path};

/// One goal, and how it was met.
struct Goal {
    what: &'static str,
    bound: f64,
    /// Whether the bound is the least, not the greatest.
    least: bool,
    measured: f64,
}

pub(super) fn write(measured: &Measured, out: &Path) -> Result<()> {
    fs::create_dir_all(out)?;
    fs::write(out.join("decisions.json"), serde_json::to_string_pretty(measured)? + "\n")?;
    println!("on {}\n", measured.machine);
    starts(measured);
    warm(measured)?;
    throttled(measured);
    for (name, bytes) in &measured.sizes {
        println!("compressed, {name}: {bytes} bytes");
    }
    println!();
    goals(measured)?;
    plots(measured, out)
}

fn starts(measured: &Measured) {
    println!("| | init, ms | first decision, ms | both, ms |\n|---|---|---|---|");
    for (name, starts) in &measured.starts {
        println!("{}", cold_start::row(name, starts));
    }
    println!();
}

fn warm(measured: &Measured) -> Result<()> {
    println!(
        "| | credential | processor, µs | over the empty handler, µs | p50, µs | p99, µs | peak memory, MiB | bytes to the table | store calls |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for row in &measured.warm {
        let empty = find(measured, empty_of(row.name), KEY)?.processor();
        let own = row.processor();
        let Warm { name, event, p50, p99, memory, sent, calls, .. } = row;
        let calls = calls.as_deref().unwrap_or_default();
        let over = own - empty;
        println!(
            "| {name} | {event} | {own:.0} | {over:.0} | {p50:.0} | {p99:.0} | {memory:.1} | {sent:.0} | {calls} |"
        );
    }
    println!();
    Ok(())
}

fn throttled(measured: &Measured) {
    println!("| | memory, MB | first decision, ms | p50, ms | p99, ms |\n|---|---|---|---|---|");
    for row in &measured.throttled {
        println!("| {} | {} | {:.1} | {:.2} | {:.2} |", row.name, row.memory, row.first, row.p50, row.p99);
    }
    println!();
}

fn goals(measured: &Measured) -> Result<()> {
    let processor = |name, event| find(measured, name, event).map(Warm::processor);
    let start = |name: &str, of: fn(&cold_start::Start) -> f64| {
        let (_, starts) = measured.starts.iter().find(|it| it.0 == name).context("not measured")?;
        anyhow::Ok(cold_start::median(starts, of))
    };
    let [from_start, from_event]: [fn(&cold_start::Start) -> f64; 2] = [|it| it.total, |it| it.decision];
    let sooner = |of| anyhow::Ok(start(NODE, of)? / start(OURS, of)?);
    let empty = processor(EMPTY, KEY)?;
    let junk = [JUNK, MISTYPED, FORGED];
    let mut goals = vec![
        Goal {
            what: "first decision from process start, sooner than Node's by",
            bound: 25.0,
            least: true,
            measured: sooner(from_start)?,
        },
        Goal {
            what: "first decision from the event, sooner than Node's by",
            bound: 25.0,
            least: true,
            measured: sooner(from_event)?,
        },
        Goal {
            what: "first decision from process start, ms",
            bound: 6.0,
            least: false,
            measured: start(OURS, from_start)?,
        },
        Goal {
            what: "first decision from the event, ms",
            bound: 6.0,
            least: false,
            measured: start(OURS, from_event)?,
        },
        Goal {
            what: "processor for an API key, µs",
            bound: 150.0,
            least: false,
            measured: processor(OURS, KEY)?,
        },
        Goal {
            what: "processor for a session, µs",
            bound: 200.0,
            least: false,
            measured: processor(OURS, SESSION)?,
        },
        Goal {
            what: "processor, less than Node's by",
            bound: 6.0,
            least: true,
            measured: processor(NODE, KEY)? / processor(OURS, KEY)?,
        },
        Goal {
            what: "the same of a session",
            bound: 6.0,
            least: true,
            measured: processor(NODE, SESSION)? / processor(OURS, SESSION)?,
        },
        Goal { what: "compressed, MB", bound: 4.0, least: false, measured: megabytes(measured)? },
        Goal {
            what: "peak memory, MiB",
            bound: 14.0,
            least: false,
            measured: find(measured, OURS, SESSION)?.memory,
        },
    ];
    for event in junk {
        let own = find(measured, OURS, event)?;
        goals.push(Goal { what: event, bound: 40.0, least: false, measured: own.processor() - empty });
        goals.push(Goal {
            what: "its bytes to the table, of a call's thousand",
            bound: 10.0,
            least: false,
            measured: own.sent,
        });
    }
    println!("| goal | | measured | |\n|---|---|---|---|");
    for Goal { what, bound, least, measured } in goals {
        let (sign, met) = if least { ("≥", measured >= bound) } else { ("≤", measured <= bound) };
        println!("| {what} | {sign} {bound} | {measured:.1} | {} |", if met { "met" } else { "missed" });
    }
    println!();
    Ok(())
}

fn megabytes(measured: &Measured) -> Result<f64> {
    let (_, bytes) = measured.sizes.iter().find(|it| it.0 == OURS).context("not measured")?;
    Ok(f64::from(u32::try_from(*bytes)?) / 1e6)
}

fn find<'a>(measured: &'a Measured, name: &str, event: &str) -> Result<&'a Warm> {
    measured.warm.iter().find(|it| it.name == name && it.event == event).context("not measured")
}

fn empty_of(name: &str) -> &'static str {
    match name {
        OURS | EMPTY => EMPTY,
        PYTHON | EMPTY_PYTHON => EMPTY_PYTHON,
        _ => EMPTY_NODE,
    }
}

fn plots(measured: &Measured, out: &Path) -> Result<()> {
    let bars: Vec<(String, f64)> = measured
        .warm
        .iter()
        .filter(|row| [EMPTY, OURS, NODE, PYTHON, BETTER_AUTH].contains(&row.name) && row.event == KEY)
        .map(|row| (row.name.to_owned(), row.processor()))
        .collect();
    plot::bars(&out.join("processor.svg"), "Processor time of a decision about an API key, µs", &bars)?;
    let lines: Vec<(String, Vec<(f64, f64)>)> = [OURS, NODE, PYTHON]
        .iter()
        .map(|name| {
            let rows = measured.throttled.iter().filter(|row| row.name == *name);
            #[allow(clippy::as_conversions, clippy::cast_precision_loss, reason = "a few thousand MB")]
            let points = rows.map(|row| (row.memory as f64, row.first)).collect();
            ((*name).to_owned(), points)
        })
        .collect();
    if lines.iter().all(|(_, points)| !points.is_empty()) {
        let titles = ["First decision by the function's memory", "memory, MB", "ms"];
        plot::lines(&out.join("first-decision.svg"), titles, &lines)?;
    }
    Ok(())
}
