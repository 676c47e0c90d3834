//! Process start → `/next` → first decision, over TLS with its read.

use crate::{
    runtime_api::{self, Step},
    store_over_tls::{self, StoreOverTls, TABLE},
};
use anyhow::{Context, Result, bail, ensure};
use auth::{
    access::OrganizationRole,
    address::Addresses,
    api_key::{ApiKey, Prefix},
    ids::{KeyId, OrganizationId, UserId},
    records::{KeySpaces, Organization, Policy, StoredKey, User, UserKind},
    signing::{KeyRing, SigningKey},
};
use edge::{Ambient, Config, clients};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};
use store::{CreateKey, Created, Published, Store, Write};
use tokio::process::Command;

/// Milliseconds of one start.
#[derive(Clone, Copy)]
struct Start {
    init: f64,
    decision: f64,
    total: f64,
}

pub(crate) async fn measure(ours: &Path, baseline: &Path, runs: usize) -> Result<()> {
    let store = store_over_tls::serve().await?;
    let key = seed(&store).await?;
    let event = event(&key).to_string();
    let (mut a, mut b) = (Vec::new(), Vec::new());
    // One of each that does not count, then in turn: what the machine does meanwhile meets both.
    for run in 0..=runs {
        let (first, second) = (start(ours, &store, &event).await?, start(baseline, &store, &event).await?);
        if run > 0 {
            a.push(first);
            b.push(second);
        }
    }
    println!(
        "process start to first decision over TLS, one BatchGetItem included; median (least–greatest) of {runs}\n"
    );
    println!("| | init, ms | first decision, ms | both, ms |\n|---|---|---|---|");
    for (name, starts) in [("ours", &a), ("SDK's default setup", &b)] {
        println!(
            "| {name} | {} | {} | {} |",
            shown(starts, |it| it.init),
            shown(starts, |it| it.decision),
            shown(starts, |it| it.total)
        );
    }
    let ratio = |of: fn(&Start) -> f64| median(&b, of) / median(&a, of);
    println!(
        "\nours is sooner by a factor of {:.1} from process start, {:.1} from the first event",
        ratio(|it| it.total),
        ratio(|it| it.decision)
    );
    ensure!(ratio(|it| it.total) >= 5.0, "the goal is a factor of 5 from process start");
    Ok(())
}

/// Starts `binary`, waits for its first answer, which must allow, and ends it.
async fn start(binary: &Path, store: &StoreOverTls, event: &str) -> Result<Start> {
    let (runtime_api, mut steps) = runtime_api::play(event.to_owned()).await?;
    let mut command = Command::new(binary);
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
        .env("AWS_LAMBDA_FUNCTION_NAME", "authorizer")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
        .env("TABLE_NAME", TABLE)
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", "bench")
        .env("AWS_SECRET_ACCESS_KEY", "bench")
        .env("AWS_ENDPOINT_URL", &store.endpoint)
        .env("AWS_CA_BUNDLE", &store.authority)
        .env("SSL_CERT_FILE", &store.all_authorities)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let begun = Instant::now();
    let mut child = command.spawn().with_context(|| format!("{} cannot be started", binary.display()))?;
    let mut ready = None;
    let outcome = loop {
        let step = tokio::time::timeout(Duration::from_secs(10), steps.recv());
        match step.await.with_context(|| format!("{} did not answer", binary.display()))? {
            Some(Step::Next(at)) => ready = Some(at),
            Some(Step::Answer(at, answer)) => break (at, answer),
            None => bail!("the runtime API ended"),
        }
    };
    child.kill().await?;
    let (at, Ok(body)) = outcome else { bail!("{} answered with an error", binary.display()) };
    let body: Value = serde_json::from_slice(&body)?;
    ensure!(body["policyDocument"]["Statement"][0]["Effect"] == "Allow", "the first decision was no Allow");
    let ready = ready.context("it answered without having asked")?;
    let millis = |from: Instant, to: Instant| (to - from).as_secs_f64() * 1000.0;
    Ok(Start { init: millis(begun, ready), decision: millis(ready, at), total: millis(begun, at) })
}

fn shown(starts: &[Start], of: fn(&Start) -> f64) -> String {
    let least = starts.iter().map(of).fold(f64::INFINITY, f64::min);
    let greatest = starts.iter().map(of).fold(0.0, f64::max);
    format!("{:.1} ({least:.1}–{greatest:.1})", median(starts, of))
}

fn median(starts: &[Start], of: fn(&Start) -> f64) -> f64 {
    let mut values: Vec<f64> = starts.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// An organization with one user and one API key; returns the key.
async fn seed(to: &StoreOverTls) -> Result<String> {
    let config = Config::from_lookup(|name| {
        Some(match name {
            "TABLE_NAME" => TABLE.to_owned(),
            "AWS_ENDPOINT_URL" => to.plain_endpoint.clone(),
            "AWS_REGION" => "eu-central-1".to_owned(),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "bench".to_owned(),
            _ => return None,
        })
    })?;
    let store = Store::new(clients::dynamodb(&config, clients::http_client(&config)?), TABLE);
    let Ambient { now, mut rng } = Ambient::system()?;
    let ring = KeyRing { keys: vec![SigningKey::generate(now)?] };
    let published = Published { base_url: "https://localhost".to_owned(), keys: ring.public(), version: 1 };
    ensure!(store.publish(&published, None).await? == Write::Done);

    let (organization, id) = (OrganizationId::generate(&mut rng), UserId::generate(&mut rng));
    let user = User {
        id,
        organization,
        email: "bench@example.test".parse()?,
        name: "Bench".to_owned(),
        kind: UserKind::ServiceAccount,
        organization_role: OrganizationRole::Member,
        disabled: false,
        session_epoch: 0,
        key_epoch: 0,
        created_at: now,
    };
    let record = Organization { id: organization, name: "Bench".to_owned(), created_at: now, admins: 0 };
    let created = store.create_organization(&record, &Policy::initial(organization), &user, None).await?;
    ensure!(created == Created::Done);
    let key = ApiKey::generate(organization, id, KeyId::generate(&mut rng), &mut rng);
    let stored = StoredKey {
        id: key.key,
        user: id,
        organization,
        name: "bench".to_owned(),
        hash: key.secret_hash(),
        hint: key.hint(&Prefix::default()),
        previous: None,
        created_at: now,
        rotated_at: None,
        expires_at: None,
        read_only: false,
        spaces: KeySpaces::All,
        created_by_key: None,
        epoch: 0,
        forwarding: None,
        revoked_at: None,
        addresses: Addresses::Any,
        version: 1,
    };
    ensure!(store.create_key(&stored).await? == CreateKey::Done);
    Ok(key.reveal(&Prefix::default()).to_string())
}

fn event(key: &str) -> Value {
    json!({
        "type": "REQUEST",
        "methodArn": "arn:aws:execute-api:eu-central-1:000000000000:bench/v1/GET/users/me",
        "resource": "/users/me",
        "path": "/users/me",
        "httpMethod": "GET",
        "headers": {"Authorization": format!("Bearer {key}")},
        "multiValueHeaders": {"Authorization": [format!("Bearer {key}")]},
        "pathParameters": null,
        "requestContext": {"identity": {"sourceIp": "192.0.2.1"}},
    })
}
