//! `cargo xtask bench`: what `docs/PERFORMANCE.md` says, measured again.

use crate::steps::Steps;
use crate::{process, project};
use anyhow::Result;
use std::process::Command;

/// Builds both authorizers for release and starts them in turn.
pub(crate) fn cold_start(runs: usize) -> Result<()> {
    let mut steps = Steps::new();
    steps.run("build ours", || {
        let mut build = process::cargo();
        process::run(build.args(["build", "--release", "--package", "authorizer"]))
    })?;
    // A folder of its own: AWS-LC is compiled with its default entropy there, and cargo would compile it anew
    // in both directions at each change of the variable.
    let apart = project::target().join("baseline");
    steps.run("build baseline", || {
        let mut build = process::cargo();
        build.args(["build", "--release", "--package", "bench", "--bin", "baseline"]);
        build.args(["--no-default-features", "--features", "baseline", "--target-dir"]).arg(&apart);
        process::run(build.env("AWS_LC_SYS_NO_JITTER_ENTROPY", "0"))
    })?;
    steps.run("build harness", || process::run(process::cargo().args(["build", "--workspace", "--bins"])))?;
    let mut bench = Command::new(project::target().join("debug/bench"));
    bench.arg("cold-start").args(["--runs", &runs.to_string()]);
    bench.arg("--ours").arg(project::target().join("release/authorizer"));
    bench.arg("--baseline").arg(apart.join("release/baseline"));
    process::run(&mut bench)
}

/// Builds the harness and has it time refused logins.
pub(crate) fn timing(rounds: usize) -> Result<()> {
    let mut steps = Steps::new();
    steps.run("build harness", || process::run(process::cargo().args(["build", "--workspace", "--bins"])))?;
    let mut bench = Command::new(project::target().join("debug/bench"));
    process::run(bench.arg("timing").args(["--rounds", &rounds.to_string()]))
}

/// Builds the harness for release, the consumer of the log in it, and has it count lines.
pub(crate) fn usage(lines: u32) -> Result<()> {
    let mut steps = Steps::new();
    steps.run("build harness", || {
        process::run(process::cargo().args(["build", "--release", "--package", "bench", "--bin", "bench"]))
    })?;
    let mut bench = Command::new(project::target().join("release/bench"));
    process::run(bench.arg("usage").args(["--lines", &lines.to_string()]))
}

/// Fills a table with one very large organization and measures what requests read from it.
pub(crate) fn scale(small: bool) -> Result<()> {
    let mut steps = Steps::new();
    steps.run("build", || {
        process::run(process::cargo().args(["build", "--workspace", "--bins", "--tests"]))
    })?;
    let folder = project::target().join("scale");
    std::fs::create_dir_all(&folder)?;
    let database = folder.join(if small { "small.db" } else { "large.db" });
    steps.run("fill", || {
        let mut bench = Command::new(project::target().join("debug/bench"));
        bench.arg("scale").arg("--database").arg(&database).args(small.then_some("--small"));
        process::run(&mut bench)
    })?;
    // The deployment inside a test measures: it has the gateway, the functions and the table's wire.
    let mut report = process::cargo();
    report.args(["test", "--quiet", "--workspace", "--test", "tests", "--", "--exact", "scale::report"]);
    report.args(["--ignored", "--nocapture"]);
    process::run(report.env("QARION_SCALE", &database))
}
