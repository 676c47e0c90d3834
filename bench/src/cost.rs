//! What a million decisions cost on AWS, and a month of a thousand users, beside what rivals ask.
//!
//! Processor times are those of `docs/performance/decisions.json` and of a login here, on this machine's kind of processor;
//! units are what the table itself reports for the calls that the functions make; bytes are those of the printed lines.
//! A call of DynamoDB is taken to last as long as [`CALL`]; the gateway's own price is not in it.

use crate::{
    contender::{Program, Running},
    prices::Prices,
    seed,
    store_over_tls::{self, TABLE, serve_plain},
    timing::{self, Kind, Seed},
};
use anyhow::{Context, Result, bail, ensure};
use auth::decide::CredentialId;
use bench::meter::{Meter, Metered};
use edge::{Ambient, Config, ambient::processor_time, clients};
use serde_json::Value;
use std::{path::PathBuf, sync::Arc};
use store::{Lookup, Store};

/// Seconds of a call of DynamoDB from Lambda: assumed, and not measured here.
const CALL: f64 = 0.005;
/// MB, as the template has them.
const AUTHORIZER: f64 = 256.0;
const LOGIN: f64 = 1769.0;
/// What CloudWatch Logs takes for each event beside its bytes.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
const EVENT: f64 = 26.0;
/// What a user does in a month: assumed.
const LOGINS: f64 = 20.0;
const DECISIONS: f64 = 2000.0;
/// What counting a million decisions for the usage screens costs: `cargo xtask bench usage`, 200 keys, a full batch.
const COUNTING: f64 = 0.17;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The authorizer's binary, built for release.
    #[arg(long)]
    ours: PathBuf,
    /// The raw numbers of `bench decisions`.
    #[arg(long)]
    decisions: PathBuf,
}

pub(crate) async fn measure(arguments: Arguments) -> Result<()> {
    let prices = Prices::read()?;
    let aws = &prices.aws;
    let measured: Value = serde_json::from_str(&std::fs::read_to_string(&arguments.decisions)?)?;
    let (alone, in_space) = units_of_decisions().await?;
    println!(
        "prices of {}, in dollars for a million decisions; the gateway's own price is apart\n",
        aws.looked_up
    );
    println!(
        "| | processor, µs | read units | bytes logged | function | table | log | all | with its counting |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut million = 0.0;
    for (event, units) in
        [("API key", alone), ("session token", alone), ("API key, route of a space", in_space)]
    {
        let processor = processor(&measured, event)?;
        let bytes = logged(&arguments, event).await? + EVENT;
        let function = aws.function_rounded(1e6, AUTHORIZER, processor / 1e6, CALL);
        let (table, log) = (aws.table(0.0, units * 1e6), aws.log(bytes * 1e6));
        let all = function + table + log;
        println!(
            "| {event} | {processor:.0} | {units} | {bytes:.0} | {function:.3} | {table:.3} | {log:.3} | {all:.2} | {:.2} |",
            all + COUNTING
        );
        million = all + COUNTING;
    }
    let login = login().await?;
    let each = aws.function_rounded(1.0, LOGIN, login.processor, login.calls * CALL)
        + aws.table(login.writes, login.reads)
        + aws.log(200.0 + EVENT);
    println!(
        "\na login: {:.1} ms, {} calls, {} read units, {} write units: {:.1} dollars a million",
        login.processor * 1e3,
        login.calls,
        login.reads,
        login.writes,
        each * 1e6
    );
    println!("\na month of users with {LOGINS} logins and {DECISIONS} decisions each, in dollars\n");
    println!("| | 1,000 users | 10,000 | 100,000 | price looked up | source |\n|---|---|---|---|---|---|");
    let ours = |users: f64| users * (LOGINS * each + DECISIONS * million / 1e6);
    let sizes = [1e3, 1e4, 1e5];
    let [a, b, c] = sizes.map(ours);
    println!(
        "| Qarion Auth, AWS's bill | {a:.2} | {b:.2} | {c:.2} | {} | bench/prices.yaml |",
        aws.looked_up
    );
    for rival in &prices.rivals {
        let [a, b, c] = sizes.map(|users| rival.month(users));
        println!("| {} | {a:.2} | {b:.2} | {c:.2} | {} | {} |", rival.name, rival.looked_up, rival.source);
    }
    for rival in &prices.key_rivals {
        let months = sizes.map(|users| rival.month(users * DECISIONS));
        let [a, b, c] = months.map(|price| price.map_or("on request".to_owned(), |it| format!("{it:.2}")));
        println!(
            "| {}, the decisions alone | {a} | {b} | {c} | {} | {} |",
            rival.name, rival.looked_up, rival.source
        );
    }
    Ok(())
}

fn processor(measured: &Value, event: &str) -> Result<f64> {
    let rows = measured["warm"].as_array().context("no numbers of decisions")?;
    let row =
        rows.iter().find(|row| row["name"] == "ours" && row["event"] == event).context("not measured")?;
    let mut values: Vec<f64> = serde_json::from_value(row["processor"].clone())?;
    values.sort_by(f64::total_cmp);
    Ok(values[values.len() / 2])
}

/// Read units of a decision on a route without a space, and on one with.
async fn units_of_decisions() -> Result<(f64, f64)> {
    let served = store_over_tls::serve().await?;
    let credentials = seed::plant(&served).await?;
    let (store, meter) = metered(&served.plain_endpoint)?;
    let mut measured = Vec::new();
    for space in [None, Some("north".parse()?)] {
        meter.start();
        let lookup = Lookup {
            organization: credentials.names.organization,
            user: credentials.names.user,
            credential: CredentialId::ApiKey(credentials.names.key),
            space: space.as_ref(),
            policy_copy: 0,
        };
        let records = store.decision_records(&lookup).await?;
        ensure!(records.key.is_some() && records.user.is_some() && records.policy.is_some());
        measured.push(meter.stop().iter().map(|call| call.units).sum());
    }
    let [alone, in_space] = measured[..] else { bail!("two were measured") };
    Ok((alone, in_space))
}

/// Bytes of the line that a decision prints.
async fn logged(arguments: &Arguments, event: &str) -> Result<f64> {
    let store = store_over_tls::serve().await?;
    let credentials = seed::plant(&store).await?;
    let event: Arc<str> = match event {
        "API key" => seed::event(&credentials.key),
        "session token" => seed::event(&credentials.session),
        _ => seed::event_in_space(&credentials.key),
    }
    .into();
    let mut process = Running::start_and_read(&Program::binary(&arguments.ours), &store).await?;
    process.init().await?;
    process.invoke(&event).await?;
    let printed = process.end_and_read().await?;
    let line = printed.lines().find(|line| line.contains("\"decision\"")).context("no line was printed")?;
    Ok(f64::from(u32::try_from(line.len())?))
}

struct LoginCost {
    /// Seconds.
    processor: f64,
    calls: f64,
    reads: f64,
    writes: f64,
}

async fn login() -> Result<LoginCost> {
    let table = serve_plain().await?;
    let secrets = timing::secrets().await?;
    let (answer, measured) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let done = runtime.context("no runtime").and_then(|it| it.block_on(login_in_thread(table, secrets)));
        drop(answer.send(done));
    });
    measured.await?
}

async fn login_in_thread(table: std::net::SocketAddr, secrets: timing::ServedSecrets) -> Result<LoginCost> {
    let (store, meter) = metered(&format!("http://{table}"))?;
    let login = timing::login(&store, secrets).await?;
    let seed = Seed::plant(&store).await?;
    let mut times = Vec::new();
    let mut calls: Vec<Metered> = Vec::new();
    for number in 0..30 {
        let email = seed.account(&store, Kind::WrongPassword, number).await?;
        let event = serde_json::from_value(timing::event(&email, seed.text(), number))?;
        let mut ambient = Ambient::system()?;
        meter.start();
        let begun = processor_time();
        let answer = edge::answer(&login, event, &mut ambient, None).await;
        times.push((processor_time() - begun).as_secs_f64());
        calls = meter.stop();
        ensure!(answer.status() == 200, "a login was answered {}", answer.status());
    }
    times.sort_by(f64::total_cmp);
    let units = |reads: bool| -> f64 {
        let of = calls.iter().filter(|it| reads == (it.operation.contains("Get") || it.operation == "Query"));
        of.map(|it| it.units).sum()
    };
    Ok(LoginCost {
        processor: times[times.len() / 2],
        calls: f64::from(u32::try_from(calls.len())?),
        reads: units(true),
        writes: units(false),
    })
}

fn metered(endpoint: &str) -> Result<(Store, Meter)> {
    let config = Config::from_lookup(|name| {
        Some(match name {
            "TABLE_NAME" => TABLE.to_owned(),
            "AWS_ENDPOINT_URL" => endpoint.to_owned(),
            "AWS_REGION" => "us-east-1".to_owned(),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "bench".to_owned(),
            _ => return None,
        })
    })?;
    let meter = Meter::new(clients::http_client(&config)?);
    let http = aws_smithy_runtime_api::client::http::SharedHttpClient::new(meter.clone());
    let store = Store::new(clients::dynamodb(&config, http), TABLE);
    Ok((store.directly(clients::credentials(&config), config.endpoint.as_deref()), meter))
}
