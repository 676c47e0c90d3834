//! The inner loop: cargo-lambda runs a function from its sources, on the table of a running system.

use crate::project::Place;
use crate::{environment, interrupt, process, tools};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// Given each time: of itself cargo-lambda serves every interface.
const ADDRESS: [&str; 2] = ["--invoke-address", "127.0.0.1"];

/// Serves every function until Ctrl-C; each one is built when it is first called.
pub(crate) fn watch(port: u16) -> Result<()> {
    let variables = environment::of_functions(&Place::new(port)?)?;
    // Ctrl-C reaches cargo-lambda as well: it ends its functions, and we wait for that.
    interrupt::catch()?;
    process::run(cargo_lambda("watch")?.args(ADDRESS).envs(variables))
}

/// Calls a function with the event in a file.
pub(crate) fn invoke(function: &str, event: &Path) -> Result<()> {
    // cargo-lambda would take the path relative to the root.
    let Ok(event) = event.canonicalize() else {
        bail!("there is no file {}", event.display())
    };
    process::run(
        cargo_lambda("invoke")?
            .args(ADDRESS)
            .arg(function)
            .arg("--data-file")
            .arg(event),
    )
}

fn cargo_lambda(command: &str) -> Result<Command> {
    let bin = tools::cargo_lambda()?.bin().display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut cargo = process::cargo();
    cargo
        .args(["lambda", command])
        .env("PATH", format!("{bin}:{path}"));
    Ok(cargo)
}
