//! The web console: `console/dist`, which functions/console embeds, made by npm.

use crate::{process, project};
use anyhow::{Context, Result, bail};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::process::Command;

/// What it is made of, from the root: its own files, and the API that its types are generated from.
const SOURCES: [&str; 2] = ["console", "infra/openapi.yaml"];

/// Builds it, unless nothing has changed that it is made of.
pub(crate) fn build() -> Result<()> {
    let _lock = project::lock("console")?;
    install()?;
    let sources = sources();
    let page = folder().join("dist/index.html");
    let is_current = page.is_file() && sources.is_some_and(|now| noted("built") == Some(now.to_string()));
    if is_current {
        return Ok(());
    }
    npm(&["run", "build"])?;
    if !page.is_file() {
        bail!("`npm run build` left no {}", page.display());
    }
    match sources {
        Some(sources) => note("built", &sources.to_string()),
        None => Ok(()),
    }
}

/// Its types, lints, format and tests.
pub(crate) fn check() -> Result<()> {
    let _lock = project::lock("console")?;
    install()?;
    npm(&["run", "check"])
}

/// Installs what package-lock.json names, where that is not what is there.
fn install() -> Result<()> {
    let lock = folder().join("package-lock.json");
    let lock = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    if folder().join("node_modules").is_dir() && noted("installed").as_ref() == Some(&lock) {
        return Ok(());
    }
    // No package runs anything of its own here: none needs to, and a hijacked one would.
    npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
    note("installed", &lock)
}

fn folder() -> PathBuf {
    project::root().join("console")
}

fn npm(arguments: &[&str]) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.current_dir(folder()).args(arguments);
    process::run(&mut npm).context("the console is built with npm, which comes with Node.js 20 or newer")
}

/// A number that changes with the files that git knows or would know. `None` where there is no git to ask.
fn sources() -> Option<u64> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"];
    let mut git = Command::new("git");
    let names = process::output(git.current_dir(project::root()).args(list).args(SOURCES)).ok()?;
    let mut hasher = DefaultHasher::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        // One that is deleted and not committed has no contents.
        (name, fs::read(project::root().join(name)).ok()).hash(&mut hasher);
    }
    Some(hasher.finish())
}

fn noted(what: &str) -> Option<String> {
    fs::read_to_string(project::target().join("console").join(what)).ok()
}

fn note(what: &str, text: &str) -> Result<()> {
    let notes = project::target().join("console");
    fs::create_dir_all(&notes)?;
    fs::write(notes.join(what), text).with_context(|| format!("cannot write into {}", notes.display()))
}
