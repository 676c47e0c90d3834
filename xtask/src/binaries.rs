//! The functions' binaries for this machine.

use crate::{console, process, project};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which packages Cargo builds together. Cargo unites the features of what it builds together, so the two
/// selections share their dependencies' artefacts only where the features are the same.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// What `up` needs.
    Functions,
    /// All that the tests need, so that a test run compiles each dependency once.
    Workspace,
}

/// Builds the functions, the console that one of them embeds, and the demo with the machine's compiler.
pub(crate) fn build(selection: Selection) -> Result<()> {
    console::build()?;
    let mut cargo = process::cargo();
    cargo.arg("build");
    match selection {
        Selection::Functions => {
            for name in project::functions()? {
                cargo.args(["--package", &name]);
            }
            cargo.args(["--package", "demo"]);
        }
        Selection::Workspace => {
            cargo.args(["--workspace", "--bins", "--tests"]);
        }
    }
    process::run(&mut cargo)
}

/// The program that seeds demo data.
pub(crate) fn demo() -> PathBuf {
    project::target().join("debug/demo")
}

/// Copies each function to where the deployment takes it, without symbols: a quarter of the size.
pub(crate) fn stage() -> Result<()> {
    let _lock = project::lock("binaries")?;
    for name in project::functions()? {
        let built = project::target().join("debug").join(&name);
        let directory = project::local_binaries().join(&name);
        fs::create_dir_all(&directory)?;
        stage_one(&built, &directory.join("bootstrap"))
            .with_context(|| format!("cannot copy the binary of {name}"))?;
    }
    Ok(())
}

fn stage_one(built: &Path, staged: &Path) -> Result<()> {
    // Equal, not newer: Cargo brings back an older artefact where the selection changes.
    let modified = fs::metadata(built)?.modified()?;
    if fs::metadata(staged).and_then(|data| data.modified()).is_ok_and(|time| time == modified) {
        return Ok(());
    }
    // Renamed when it is whole: the deployment to another port may be reading.
    let partial = staged.with_extension("partial");
    let stripped = Command::new("strip").arg("-o").arg(&partial).arg(built).status();
    match stripped {
        Ok(status) if status.success() => {}
        Ok(status) => bail!("strip failed ({status})"),
        // A linker without binutils: larger files, nothing else.
        Err(_) => {
            fs::copy(built, &partial)?;
        }
    }
    fs::File::options().append(true).open(&partial)?.set_modified(modified)?;
    fs::rename(&partial, staged)?;
    Ok(())
}
