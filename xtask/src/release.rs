//! `cargo xtask build`: the functions for AWS.

use crate::steps::Steps;
use crate::{console, process, project, tools};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// Lambda fetches and unpacks the authorizer in every cold start.
const AUTHORIZER_LIMIT: u64 = 5 * 1000 * 1000;

/// The processors of Lambda.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Architecture {
    Arm64,
    #[value(name = "x86_64")]
    X86_64,
}

/// Builds all functions with cargo-lambda and zig into target/lambda, where the template looks for them.
pub(crate) fn build(architecture: Architecture) -> Result<()> {
    let mut steps = Steps::new();
    let (cargo_lambda, zig) = steps.run("tools", || Ok((tools::cargo_lambda()?, tools::zig()?)))?;
    steps.run("console", console::build)?;
    steps.run("build", || {
        let mut build = process::cargo();
        build.args(["lambda", "build", "--release"]);
        build.arg(match architecture {
            Architecture::Arm64 => "--arm64",
            Architecture::X86_64 => "--x86-64",
        });
        for name in project::functions()? {
            build.args(["--package", &name]);
        }
        // cargo-lambda finds zig as the module of the first Python.
        let path = std::env::var("PATH").unwrap_or_default();
        build.env("PATH", format!("{}:{}:{path}", zig.bin().display(), cargo_lambda.bin().display()));
        process::run(&mut build)
    })?;
    let sizes = steps.run("sizes", || {
        let work = project::target().join("lambda");
        project::functions()?
            .into_iter()
            .map(|name| {
                let size = zipped_size(&zig, &work.join(&name))?;
                Ok((name, size))
            })
            .collect::<Result<Vec<_>>>()
    })?;
    for (name, size) in &sizes {
        println!("   {name:<12} {:>5.2} MB zipped", megabytes(*size));
    }
    steps.summary();
    for (name, size) in sizes {
        if name == "authorizer" && size > AUTHORIZER_LIMIT {
            bail!("the authorizer's zip has {:.2} MB, more than the 5 MB allowed", megabytes(size));
        }
    }
    Ok(())
}

/// The size of the zip that a deployment uploads, made beside the binary.
fn zipped_size(python: &tools::Python, directory: &Path) -> Result<u64> {
    let archive = directory.join("bootstrap.zip");
    if archive.exists() {
        fs::remove_file(&archive)?;
    }
    process::output(python.command().current_dir(directory).args([
        "-m",
        "zipfile",
        "-c",
        "bootstrap.zip",
        "bootstrap",
    ]))?;
    let size = fs::metadata(&archive).with_context(|| format!("no {}", archive.display()))?.len();
    // The folder is what the template names: a zip in it would be deployed within the zip.
    fs::remove_file(&archive)?;
    Ok(size)
}

#[expect(clippy::as_conversions, reason = "a size for the eye")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
