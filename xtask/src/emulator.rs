//! The inner loop: cargo-lambda runs a function from its sources, on the table of a running system.

use crate::project::Place;
use crate::{environment, interrupt, process, project, tools};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;

/// Given each time: of itself cargo-lambda serves every interface.
const ADDRESS: [&str; 2] = ["--invoke-address", "127.0.0.1"];

/// Serves every function until Ctrl-C; each one is built when it is first called.
pub(crate) fn watch(port: u16) -> Result<()> {
    let variables = environment::of_functions(&Place::new(port))?;
    // Ctrl-C reaches cargo-lambda as well: it ends its functions, and we wait for that.
    interrupt::catch()?;
    process::run(cargo_lambda("watch")?.args(ADDRESS).envs(variables))
}

/// Calls a function with the event in a file; with `bearer` as its credential, if there is one.
pub(crate) fn invoke(function: &str, event: &Path, bearer: Option<&str>) -> Result<()> {
    let text = fs::read_to_string(event).with_context(|| format!("cannot read {}", event.display()))?;
    let mut event: Value = serde_json::from_str(&text).context("the event is no JSON")?;
    if let Some(bearer) = bearer {
        authorize(&mut event, bearer);
    }
    // In a file and not on the command line, where an error would repeat it and anybody's `ps` shows it.
    let path = project::target().join("local/event.json");
    let mut file = fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    file.write_all(event.to_string().as_bytes())?;
    let called =
        process::run(cargo_lambda("invoke")?.args(ADDRESS).args([function, "--data-file"]).arg(&path));
    fs::remove_file(&path)?;
    called
}

fn authorize(event: &mut Value, bearer: &str) {
    let value = format!("Bearer {bearer}");
    if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
        headers.insert("Authorization".to_owned(), json!(value));
    }
    if let Some(headers) = event.get_mut("multiValueHeaders").and_then(Value::as_object_mut) {
        headers.insert("Authorization".to_owned(), json!([value]));
    }
}

fn cargo_lambda(command: &str) -> Result<Command> {
    let bin = tools::cargo_lambda()?.bin().display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut cargo = process::cargo();
    cargo.args(["lambda", command]).env("PATH", format!("{bin}:{path}"));
    Ok(cargo)
}
