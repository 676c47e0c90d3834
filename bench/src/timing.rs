//! Whether the time of a refused login tells why it is refused.
//!
//! Logins of every kind run in turn, in a new order each round, through the function's own handler over a table
//! that it reaches by the real SDK. Each kind's times are compared with those of a wrong password by the
//! Mann-Whitney test, which asks whether the one tends to be the greater.

mod accounts;
mod secrets;

pub(crate) use accounts::{Kind, Seed};

use crate::store_over_tls::{TABLE, serve_plain};
use anyhow::{Result, ensure};
use auth::signing::{KeyRing, SigningKey};
use edge::{Ambient, Config, Rejection, Response, clients, secrets::Secrets};
use login::Login;
use rand::seq::SliceRandom;
use serde_json::{Value, json};
use statrs::stats_tests::{
    Alternative,
    mannwhitneyu::{MannWhitneyUMethod, mannwhitneyu},
};
use std::{net::SocketAddr, time::Instant};
use store::{Published, Store, Write};

const SIGNING_SECRET: &str = "signing";
/// Below this a difference is taken for one; shared by the comparisons (Bonferroni).
const SIGNIFICANT: f64 = 0.01;
/// The first logins of a process are slower, whatever their kind.
const WARM_UP: usize = 5;

pub(crate) async fn measure(rounds: usize) -> Result<()> {
    let table = serve_plain().await?;
    let store = store(table)?;
    let login = login(&store, secrets().await?).await?;
    let seed = Seed::plant(&store).await?;
    let mut ambient = Ambient::system()?;
    let mut times: Vec<Vec<f64>> = Kind::ALL.iter().map(|_| Vec::with_capacity(rounds)).collect();
    let mut order: Vec<usize> = (0..Kind::ALL.len()).collect();
    let mut attempt = 0;
    for round in 0..rounds + WARM_UP {
        order.shuffle(&mut ambient.rng);
        for index in &order {
            // An account and an address that nobody has tried yet: no throttle is met.
            attempt += 1;
            let email = seed.account(&store, Kind::ALL[*index], attempt).await?;
            let event = serde_json::from_value(event(&email, seed.password(Kind::ALL[*index]), attempt))?;
            let mut ambient = Ambient::system()?;
            let begun = Instant::now();
            let answer = edge::answer(&login, event, &mut ambient, None).await;
            let time = begun.elapsed().as_secs_f64() * 1000.0;
            is_the_refusal(&answer)?;
            if round >= WARM_UP {
                times[*index].push(time);
            }
        }
    }
    report(&times, rounds)
}

fn report(times: &[Vec<f64>], rounds: usize) -> Result<()> {
    let attempts = rounds * Kind::ALL.len();
    println!(
        "{attempts} refused logins in turn, {rounds} of each kind; medians, and quartiles in brackets\n"
    );
    println!("| | ms | ratio to a wrong password | Mann-Whitney p |\n|---|---|---|---|");
    let baseline = &times[0];
    let mut least = 1.0_f64;
    for (kind, sample) in Kind::ALL.iter().zip(times) {
        let [lower, middle, upper] = [0.25, 0.5, 0.75].map(|part| quantile(sample, part));
        let (ratio, p) = if std::ptr::eq(sample, baseline) {
            ("1".to_owned(), String::new())
        } else {
            let p = p_value(baseline, sample)?;
            least = least.min(p);
            (format!("{:.3}", middle / quantile(baseline, 0.5)), format!("{p:.2}"))
        };
        println!("| {} | {middle:.1} ({lower:.1}–{upper:.1}) | {ratio} | {p} |", kind.name());
    }
    let comparisons = f64::from(u32::try_from(Kind::ALL.len() - 1)?);
    println!("\nthe least p, corrected for {comparisons} comparisons: {:.2}", (least * comparisons).min(1.0));
    ensure!(least * comparisons >= SIGNIFICANT, "the time of a refused login tells why it is refused");
    Ok(())
}

/// Two-sided; how likely so great a difference is where there is none.
fn p_value(a: &[f64], b: &[f64]) -> Result<f64> {
    let method = MannWhitneyUMethod::AsymptoticInclContinuityCorrection;
    let (_, p) = mannwhitneyu(a, b, method, Alternative::TwoSided)?;
    Ok(p)
}

fn quantile(sample: &[f64], part: f64) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len() - 1;
    #[allow(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index of a few thousand"
    )]
    let index = (last as f64 * part).round() as usize;
    sorted[index]
}

fn is_the_refusal(answer: &Response) -> Result<()> {
    let expected = Response::from(Rejection::Unauthorized);
    let same = answer.status() == expected.status() && answer.body() == expected.body();
    ensure!(same, "a login was answered {}", answer.status());
    Ok(())
}

/// The table, as the function's own process has it.
pub(crate) fn store(table: SocketAddr) -> Result<Store> {
    let config = config(table)?;
    let store = Store::new(clients::dynamodb(&config, clients::http_client(&config)?), TABLE);
    Ok(store.directly(clients::credentials(&config), config.endpoint.as_deref()))
}

/// A key ring, and the Secrets Manager that hands it out.
pub(crate) struct ServedSecrets {
    ring: KeyRing,
    address: SocketAddr,
}

pub(crate) async fn secrets() -> Result<ServedSecrets> {
    let ring = KeyRing { keys: vec![SigningKey::generate(Ambient::system()?.now)?] };
    let address = secrets::serve(ring.to_json().to_string()).await?;
    Ok(ServedSecrets { ring, address })
}

/// The function, with a key that it may sign with.
pub(crate) async fn login(store: &Store, secrets: ServedSecrets) -> Result<Login> {
    let keys = secrets.ring.public();
    let published = Published { base_url: "https://localhost".to_owned(), keys, version: 1 };
    ensure!(store.publish(&published, None).await? == Write::Done);
    let config = config(secrets.address)?;
    let manager = clients::secrets_manager(&config, clients::http_client(&config)?);
    Ok(Login::new(store.clone(), Secrets::new(manager), SIGNING_SECRET.to_owned()))
}

fn config(endpoint: SocketAddr) -> Result<Config> {
    Ok(Config::from_lookup(|name| {
        Some(match name {
            "TABLE_NAME" => TABLE.to_owned(),
            "AWS_ENDPOINT_URL" => format!("http://{endpoint}"),
            "AWS_REGION" => "eu-central-1".to_owned(),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "bench".to_owned(),
            _ => return None,
        })
    })?)
}

pub(crate) fn event(email: &str, password: &str, attempt: u32) -> Value {
    let [_, b, c, d] = attempt.to_be_bytes();
    let headers = json!({"Content-Type": ["application/json"]});
    json!({
        "resource": "/auth/login",
        "path": "/auth/login",
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": headers,
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": "/auth/login",
            "identity": {"sourceIp": format!("10.{b}.{c}.{d}")},
        },
        "body": json!({"email": email, "password": password}).to_string(),
        "isBase64Encoded": false,
    })
}
