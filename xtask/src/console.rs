//! The web console: `console/dist`, which functions/console embeds, made by npm.

use crate::npm::Project;
use crate::{process, project};
use anyhow::{Result, bail};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::Command;

const CONSOLE: Project = Project { name: "console", folder: "console" };

/// What it is made of, from the root: its own files, and the API that its types are generated from.
const SOURCES: [&str; 2] = ["console", "infra/openapi.yaml"];

/// Builds it, unless nothing has changed that it is made of.
pub(crate) fn build() -> Result<()> {
    let _lock = project::lock("console")?;
    CONSOLE.install()?;
    let sources = sources();
    let page = CONSOLE.folder().join("dist/index.html");
    let is_current =
        page.is_file() && sources.is_some_and(|now| CONSOLE.noted("built") == Some(now.to_string()));
    if is_current {
        return Ok(());
    }
    CONSOLE.run(&["run", "build"])?;
    if !page.is_file() {
        bail!("`npm run build` left no {}", page.display());
    }
    match sources {
        Some(sources) => CONSOLE.note("built", &sources.to_string()),
        None => Ok(()),
    }
}

/// Its types, lints, format and tests.
pub(crate) fn check() -> Result<()> {
    let _lock = project::lock("console")?;
    CONSOLE.install()?;
    CONSOLE.run(&["run", "check"])
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
