//! Where the instructions of a decision are: the authorizer under callgrind, with the same events and the same table as
//! `decisions`.
//!
//! 1. Each credential has two processes, one of which gets more events. What the one ran more than the other is what a
//!    warm decision runs: init, and what is done once, cancel out.
//! 2. Each instruction is counted for the crate that its line is in, be it inlined or not; a line of the standard
//!    library, and one of which nothing is known, for the crate of the function that it is in.
//! 3. Crates are added up to parts.
//!
//! Instructions are no time, and the kernel's are not counted; but they are the same on a busy machine.

use crate::{
    contender::{Binaries, Program, Running},
    seed,
    store_over_tls::{self, StoreOverTls},
};
use anyhow::{Context, Result, ensure};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

/// Events of the shorter and of the longer run.
const EVENTS: (u32, u32) = (20, 60);
/// Rounds without callgrind, and events that each process gets in one.
const ROUNDS: usize = 21;
const AT_A_TIME: u32 = 100;

/// What is profiled.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    binaries: Binaries,
    /// Another authorizer, to compare with.
    #[arg(long)]
    before: Option<PathBuf>,
    /// Say also how much each crate has, and each function of more than a percent.
    #[arg(long)]
    detail: bool,
}

/// Instructions by crate and function.
type Counts = BTreeMap<(String, String), i64>;

/// Parts of a decision, in the order of the table: a name, and the crates that are it.
const PARTS: [(&str, &[&str]); 9] = [
    (
        "AWS SDK",
        &["aws_sdk_dynamodb", "aws_smithy_*", "aws_runtime", "aws_types", "aws_credential_types", "regex*"],
    ),
    (
        "signing of the request",
        &["aws_sigv4", "sha2", "hmac", "digest", "block_buffer", "hex", "form_urlencoded"],
    ),
    ("TLS", &["rustls", "tokio_rustls", "hyper_rustls", "AES and SHA"]),
    (
        "HTTP",
        &[
            "hyper",
            "hyper_util",
            "http",
            "http_body*",
            "httparse",
            "h2",
            "tower*",
            "want",
            "futures_*",
            "bytes",
            "pin_project*",
        ],
    ),
    ("runtime of Lambda", &["lambda_runtime*", "async_stream", "tokio_stream"]),
    ("tokio", &["tokio", "mio", "parking_lot*", "socket2"]),
    ("JSON", &["serde", "serde_core", "serde_json", "itoa", "ryu", "zmij", "memchr", "base64*"]),
    ("ES256", &["P-256"]),
    ("ours", &["authorizer", "auth", "store", "edge", "tokens", "access"]),
];

pub(crate) async fn measure(arguments: Arguments) -> Result<()> {
    let version = Command::new("valgrind").arg("--version").output();
    ensure!(version.is_ok_and(|it| it.status.success()), "this needs valgrind");
    let store = store_over_tls::serve().await?;
    let credentials = seed::plant(&store).await?;
    let mut columns = vec![("empty handler".to_owned(), &arguments.binaries.empty, &credentials.key)];
    for (binary, when) in [(Some(&arguments.binaries.ours), ""), (arguments.before.as_ref(), ", before")] {
        columns.extend(binary.into_iter().flat_map(|binary| {
            [
                (format!("API key{when}"), binary, &credentials.key),
                (format!("session token{when}"), binary, &credentials.session),
                (format!("session token, forged{when}"), binary, &credentials.forged_session),
            ]
        }));
    }
    let columns: Vec<(String, &Path, Arc<str>)> = columns
        .into_iter()
        .map(|(name, binary, credential)| (name, binary.as_path(), seed::event(credential).into()))
        .collect();
    let names: Vec<_> = columns.iter().map(|(name, ..)| name.as_str()).collect();
    println!("Processor of one decision, in microseconds: medians of {ROUNDS} times {AT_A_TIME}, in turn\n");
    println!("| {} |\n{}|", names.join(" | "), "|---".repeat(names.len()));
    let processor = processor(&columns, &store).await?;
    println!("| {} |\n", processor.iter().map(|it| format!("{it:.0}")).collect::<Vec<_>>().join(" | "));
    let mut profiles = Vec::new();
    for (_, binary, event) in &columns {
        profiles.push(one_decision(binary, &store, event).await?);
    }
    println!("Instructions of one decision, in thousands\n");
    table(&names, &profiles, part);
    if arguments.detail {
        table(&names, &profiles, |krate, _| krate.to_owned());
        table(&names, &profiles, |krate, function| format!("{krate}: {}", function.replace('|', "/")));
    }
    Ok(())
}

/// By itself, without callgrind.
async fn processor(columns: &[(String, &Path, Arc<str>)], store: &StoreOverTls) -> Result<Vec<f64>> {
    let mut running = Vec::new();
    for (_, binary, event) in columns {
        let mut process = Running::start(&Program::binary(binary), store).await?;
        process.init().await?;
        for _ in 0..3 * AT_A_TIME {
            process.invoke(event).await?;
        }
        running.push((process, Vec::with_capacity(ROUNDS)));
    }
    for _ in 0..ROUNDS {
        for ((process, times), (_, _, event)) in running.iter_mut().zip(columns) {
            let begun = process.processor()?;
            for _ in 0..AT_A_TIME {
                process.invoke(event).await?;
            }
            times.push((process.processor()? - begun).as_secs_f64() * 1e6 / f64::from(AT_A_TIME));
        }
    }
    let mut medians = Vec::new();
    for (process, mut times) in running {
        times.sort_by(f64::total_cmp);
        medians.push(times[times.len() / 2]);
        process.end().await?;
    }
    Ok(medians)
}

/// The rows are of at least a two-hundredth of the largest column.
fn table(names: &[&str], profiles: &[Counts], row: impl Fn(&str, &str) -> String) {
    let mut rows: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (column, profile) in profiles.iter().enumerate() {
        for ((krate, function), count) in profile {
            rows.entry(row(krate, function)).or_insert_with(|| vec![0; names.len()])[column] += count;
        }
    }
    let total: Vec<i64> = profiles.iter().map(|it| it.values().sum()).collect();
    let least = total.iter().max().copied().unwrap_or_default() / 200;
    let mut rows: Vec<_> =
        rows.into_iter().filter(|(_, it)| it.iter().any(|count| *count >= least)).collect();
    rows.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<i64>()));
    rows.push(("all".to_owned(), total));
    println!("| | {} |", names.join(" | "));
    println!("|---{}|", "|---".repeat(names.len()));
    for (name, counts) in rows {
        let counts: Vec<_> =
            counts.iter().map(|it| format!("{}.{}", it / 1000, it.abs() % 1000 / 100)).collect();
        println!("| {name} | {} |", counts.join(" | "));
    }
    println!();
}

fn part(krate: &str, _: &str) -> String {
    let is_of = |pattern: &&str| match pattern.strip_suffix('*') {
        Some(beginning) => krate.starts_with(beginning),
        None => krate == *pattern,
    };
    let part = PARTS.iter().find(|(_, crates)| crates.iter().any(is_of));
    part.map_or(if krate == MEMORY { MEMORY } else { "other" }, |(name, _)| name).to_owned()
}

async fn one_decision(binary: &Path, store: &StoreOverTls, event: &Arc<str>) -> Result<Counts> {
    let shorter = run(binary, store, event, EVENTS.0).await?;
    let mut more = run(binary, store, event, EVENTS.1).await?;
    for (place, count) in shorter {
        *more.entry(place).or_default() -= count;
    }
    let events = i64::from(EVENTS.1 - EVENTS.0);
    more.values_mut().for_each(|count| *count /= events);
    Ok(more)
}

async fn run(binary: &Path, store: &StoreOverTls, event: &Arc<str>, events: u32) -> Result<Counts> {
    let out = std::env::temp_dir().join(format!("qarion-bench-{}/callgrind", std::process::id()));
    let _absent = fs::remove_file(&out);
    let program = Program {
        line: vec![
            "/usr/bin/env".into(),
            "valgrind".into(),
            "--tool=callgrind".into(),
            format!("--callgrind-out-file={}", out.display()).into(),
            binary.to_owned(),
        ],
        variables: vec![("PATH", std::env::var("PATH").unwrap_or_default())],
    };
    let mut process = Running::start(&program, store).await?;
    process.init().await?;
    for _ in 0..events {
        process.invoke(event).await?;
    }
    // It writes when it is asked to end, not when it is killed.
    let ended = Command::new("kill").arg(process.pid.to_string()).status()?;
    ensure!(ended.success(), "it has ended before it was asked to");
    let begun = Instant::now();
    while fs::read_to_string(&out).map_or(true, |text| !text.contains("\ntotals:")) {
        ensure!(begun.elapsed() < Duration::from_secs(30), "callgrind has written nothing");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    process.end().await?;
    read(&fs::read_to_string(&out)?)
}

/// The format: <https://valgrind.org/docs/manual/cl-format.html>. A name stands with its number once, then the number
/// alone; a line behind `calls=` is what was called, and counted there.
fn read(text: &str) -> Result<Counts> {
    let (mut files, mut functions) = (HashMap::new(), HashMap::new());
    let (mut file, mut function) = (String::new(), String::new());
    let mut counts = Counts::new();
    let mut called = false;
    for line in text.lines() {
        if let Some((key, value)) = line.split_once('=') {
            match key {
                "fl" | "fi" | "fe" => file = named(&mut files, value),
                "cfi" | "cfl" => _ = named(&mut files, value),
                "fn" => function = named(&mut functions, value),
                "cfn" => _ = named(&mut functions, value),
                "calls" => called = true,
                _ => {}
            }
        } else if line.starts_with(|it: char| it.is_ascii_digit() || matches!(it, '+' | '-' | '*'))
            && !std::mem::take(&mut called)
        {
            let count = line.split(' ').nth(1).context("a line without a count")?.parse::<i64>()?;
            *counts.entry((krate(&file, &function), function.clone())).or_default() += count;
        }
    }
    Ok(counts)
}

fn named(names: &mut HashMap<String, String>, value: &str) -> String {
    match value.split_once(' ') {
        Some((number, name)) => {
            names.insert(number.to_owned(), name.to_owned());
            name.to_owned()
        }
        None => names.get(value).cloned().unwrap_or_default(),
    }
}

/// What the system's library does for allocations and copies.
const MEMORY: &str = "memory";

fn krate(file: &str, function: &str) -> String {
    let of_memory =
        ["malloc", "free", "calloc", "realloc", "_int_", "mem", "__mem", "unlink_chunk", "tcache"];
    if file.contains("malloc") || of_memory.iter().any(|it| function.starts_with(it)) {
        return MEMORY.to_owned();
    }
    // AWS-LC is C and assembly: its functions say what it does.
    if file.contains("aws-lc") || function.starts_with("aws_lc_") {
        let name = function.to_lowercase();
        let of_curve = ["p256", "ec_", "beeu", "ecdsa", "bn_", "nistz", "bignum", "ecp"]
            .iter()
            .any(|it| name.contains(it));
        return if of_curve { "P-256" } else { "AES and SHA" }.to_owned();
    }
    if let Some(krate) = file.split_once("/registry/src/").and_then(|(_, path)| path.split('/').nth(1)) {
        let (name, _version) = krate.rsplit_once('-').unwrap_or((krate, ""));
        return name.replace('-', "_");
    }
    if let Some((_, path)) = file.rsplit_once("/shared/").or_else(|| file.rsplit_once("/functions/")) {
        return path.split('/').next().unwrap_or_default().replace('-', "_");
    }
    // The first path that is not the standard library's: `<hyper::… as core::future::future::Future>::poll`.
    let standard: BTreeSet<_> = ["core", "alloc", "std", "hashbrown"].into();
    function
        .split(|it: char| !(it.is_alphanumeric() || it == '_' || it == ':'))
        .filter_map(|path| path.split_once("::"))
        .map(|(krate, _)| krate)
        .find(|krate| !krate.is_empty() && !standard.contains(krate))
        .map_or_else(
            || if function.contains("::") { "standard library".to_owned() } else { "libc".to_owned() },
            str::to_owned,
        )
}
