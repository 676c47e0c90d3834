//! `cargo xtask bench`: what `docs/PERFORMANCE.md` says, measured again.

use crate::steps::Steps;
use crate::{process, project, tools};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Builds both authorizers for release and starts them in turn; or ours and another one's binary.
pub(crate) fn cold_start(runs: usize, before: Option<&Path>) -> Result<()> {
    let mut steps = Steps::new();
    steps.run("build ours", || {
        let mut build = process::cargo();
        process::run(build.args(["build", "--release", "--package", "authorizer"]))
    })?;
    // A folder of its own: AWS-LC is compiled with its default entropy there, and cargo would compile it anew
    // in both directions at each change of the variable.
    let apart = project::target().join("baseline");
    let baseline = || {
        let mut build = process::cargo();
        build.args(["build", "--release", "--package", "bench", "--bin", "baseline"]);
        build.args(["--no-default-features", "--features", "baseline", "--target-dir"]).arg(&apart);
        process::run(build.env("AWS_LC_SYS_NO_JITTER_ENTROPY", "0"))
    };
    if before.is_none() {
        steps.run("build baseline", baseline)?;
    }
    // The table's side of the handshake is a part of what is timed.
    steps.run("build harness", harness)?;
    let mut bench = Command::new(project::target().join("release/bench"));
    bench.arg("cold-start").args(["--runs", &runs.to_string()]);
    bench.arg("--ours").arg(project::target().join("release/authorizer"));
    match before {
        Some(before) => bench.arg("--before").arg(before),
        None => bench.arg("--baseline").arg(apart.join("release/baseline")),
    };
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
    steps.run("build harness", harness)?;
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

/// Decisions of the authorizer and of its peers; with the raw numbers and plots in docs/performance.
pub(crate) fn decisions(runs: usize, rounds: usize) -> Result<()> {
    let mut steps = Steps::new();
    let python = steps.run("peers: Python", tools::peers)?;
    let bundles = project::target().join("peers");
    steps.run("peers: Node", || peers_of_node(&bundles))?;
    steps.run("build ours", || release(&["--package", "authorizer"]))?;
    steps.run("build empty handler", || {
        release(&["--package", "bench", "--bin", "empty", "--no-default-features", "--features", "empty"])
    })?;
    steps.run("build harness", harness)?;
    let release = project::target().join("release");
    let mut bench = Command::new(release.join("bench"));
    bench.arg("decisions").args(["--runs", &runs.to_string(), "--rounds", &rounds.to_string()]);
    bench.arg("--ours").arg(release.join("authorizer")).arg("--empty").arg(release.join("empty"));
    bench.arg("--peers").arg(project::root().join("bench/peers")).arg("--bundles").arg(bundles);
    bench.arg("--python").arg(python.interpreter()).arg("--out").arg(results());
    process::run(&mut bench)
}

/// Where a decision's instructions are, under valgrind.
pub(crate) fn profile(before: Option<&Path>, detail: bool) -> Result<()> {
    let mut steps = Steps::new();
    // With symbols and lines, in a folder of its own: other flags would compile everything anew in both directions.
    let apart = project::target().join("profile");
    let with_lines = |what: &[&str]| {
        let mut build = process::cargo();
        build.args(["build", "--release"]).args(what).arg("--target-dir").arg(&apart);
        build
            .env("CARGO_PROFILE_RELEASE_STRIP", "none")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only");
        process::run(&mut build)
    };
    steps.run("build ours", || with_lines(&["--package", "authorizer"]))?;
    steps.run("build empty handler", || {
        with_lines(&["--package", "bench", "--bin", "empty", "--no-default-features", "--features", "empty"])
    })?;
    steps.run("build harness", || process::run(process::cargo().args(["build", "--workspace", "--bins"])))?;
    let mut bench = Command::new(project::target().join("debug/bench"));
    bench.arg("profile").arg("--ours").arg(apart.join("release/authorizer"));
    bench.arg("--empty").arg(apart.join("release/empty")).args(detail.then_some("--detail"));
    if let Some(before) = before {
        bench.arg("--before").arg(before);
    }
    process::run(&mut bench)
}

/// A login's processor time, its hash against argon2's C reference.
pub(crate) fn login(rounds: usize) -> Result<()> {
    let mut steps = Steps::new();
    let python = steps.run("C reference", || tools::argon2_reference("native"))?;
    steps.run("build harness", harness)?;
    let mut bench = Command::new(project::target().join("release/bench"));
    bench.arg("login").args(["--rounds", &rounds.to_string()]).arg("--python").arg(python.interpreter());
    bench.arg("--reference").arg(reference());
    process::run(&mut bench)
}

/// A password's hash, by what it is compiled for: this machine, AVX-512, AVX2, and less. The crate looks for AVX2 when
/// it runs, so it is compiled for every x86-64 as it is for AWS.
pub(crate) fn hash(rounds: usize) -> Result<()> {
    let mut steps = Steps::new();
    let mut contenders = Vec::new();
    for processor in ["native", "x86-64-v4", "x86-64-v3", "x86-64-v2"] {
        let python =
            steps.run(&format!("C reference, {processor}"), || tools::argon2_reference(processor))?;
        contenders.push(contender("C reference", processor, &[python.interpreter(), reference()])?);
    }
    for processor in ["native", "x86-64-v4", "x86-64-v3", "x86-64"] {
        // A folder each: other flags would compile everything anew.
        let apart = project::target().join("hash").join(processor);
        steps.run(&format!("argon2 crate, {processor}"), || {
            let mut build = process::cargo();
            build.args(["build", "--release", "--package", "hash", "--target-dir"]).arg(&apart);
            process::run(build.env("RUSTFLAGS", format!("-C target-cpu={processor}")))
        })?;
        contenders.push(contender("argon2 crate", processor, &[apart.join("release/hash")])?);
    }
    steps.run("build harness", harness)?;
    let mut bench = Command::new(project::target().join("release/bench"));
    bench.arg("hash").args(["--rounds", &rounds.to_string()]);
    for contender in contenders {
        bench.arg("--contender").arg(contender);
    }
    process::run(&mut bench)
}

/// `name=program:argument`.
fn contender(name: &str, processor: &str, line: &[PathBuf]) -> Result<std::ffi::OsString> {
    let mut contender = std::ffi::OsString::from(format!("{name}, {processor}="));
    contender.push(std::env::join_paths(line)?);
    Ok(contender)
}

/// The program that computes hashes of the C reference.
fn reference() -> PathBuf {
    project::root().join("bench/peers/src/argon2_reference.py")
}

/// What decisions and users cost, by the raw numbers of [`decisions`] and `bench/prices.yaml`.
pub(crate) fn cost() -> Result<()> {
    let mut steps = Steps::new();
    steps.run("build ours", || release(&["--package", "authorizer"]))?;
    steps.run("build harness", harness)?;
    let release = project::target().join("release");
    let mut bench = Command::new(release.join("bench"));
    bench.arg("cost").arg("--ours").arg(release.join("authorizer"));
    process::run(bench.arg("--decisions").arg(results().join("decisions.json")))
}

/// Throughput and tail by the number of connections.
pub(crate) fn load() -> Result<()> {
    let mut steps = Steps::new();
    let raw = results().join("load.json");
    steps.run("load", || {
        let mut load = process::cargo();
        load.args(["test", "--release", "--workspace", "--test", "tests", "--", "--exact", "load::curve"]);
        // The functions log there, a million lines. The table comes on the other stream.
        let load = load.args(["--ignored", "--nocapture"]).stdout(Stdio::null());
        process::run(load.env("QARION_LOAD", &raw))
    })?;
    steps.run("build harness", harness)?;
    let mut bench = Command::new(project::target().join("release/bench"));
    process::run(bench.arg("curve").arg("--raw").arg(raw).arg("--out").arg(results()))
}

/// Where raw numbers and plots are kept.
fn results() -> PathBuf {
    project::root().join("docs/performance")
}

fn release(what: &[&str]) -> Result<()> {
    process::run(process::cargo().args(["build", "--release"]).args(what))
}

fn harness() -> Result<()> {
    release(&["--package", "bench", "--bin", "bench"])
}

/// Installs what the peers' lock names, and bundles them.
fn peers_of_node(bundles: &Path) -> Result<()> {
    let npm = |arguments: &[&str]| {
        let mut npm = Command::new("npm");
        npm.current_dir(project::root().join("bench/peers")).args(arguments);
        npm
    };
    process::run(&mut npm(&["ci", "--no-audit", "--no-fund"]))?;
    let mut outdir = std::ffi::OsString::from("--outdir=");
    outdir.push(bundles);
    process::run(npm(&["run", "build", "--"]).arg(outdir))
}
