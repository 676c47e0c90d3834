//! `cargo xtask test`, the one command that judges a change, and `smoke`.
//!
//! 1. What reads the sources: format, lints, documentation, licences, infrastructure.
//! 2. What runs in one process: unit and property tests, store tests, API tests; and that they used every permission.
//! 3. The same API tests through a local cloud with the real binaries, which ends afterwards in any case; the console in a
//!    browser, and requests that nobody thought of, through the same.
//! 4. The leak canary over everything that 2 and 3 left behind.

use crate::binaries::{self, Selection};
use crate::demo::Stack;
use crate::project::{self, Place};
use crate::steps::Steps;
use crate::{browser, canary, console, fuzz, interrupt, logs, process, tools, up};
use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How long requests are sent that nobody thought of, in seconds. `cargo xtask fuzz` does it for longer.
const FUZZED: u32 = 60;
/// Where the tests find the local system; without it they call the handlers in process.
const STACK: &str = "QARION_STACK";
/// Where the tests write down which permissions the functions used.
const PERMISSIONS: &str = "QARION_PERMISSIONS";
/// Where the tests find a deployed system.
const URL: &str = "QARION_URL";
/// Where the tests find a Python with another library for tokens.
const VERIFIER: &str = "QARION_VERIFIER";

/// What has nothing to ask of a running system: to run it once more would only count as if it had. A test
/// elsewhere that needs one process says so in its output.
const IN_PROCESS_ONLY: [&str; 9] = [
    "canary::",
    "events::",
    "faults::",
    "foreign::",
    "layout::",
    "matrix::",
    "scale::",
    "setup::",
    "store::",
];

/// Runs all checks, or with `quick` those that need neither tools nor a running system.
pub(crate) fn test(quick: bool) -> Result<()> {
    interrupt::catch()?;
    let mut steps = Steps::new();
    let outcome = all(&mut steps, quick);
    steps.summary();
    outcome
}

/// All that can be judged is judged, so that one run shows all there is to do.
fn all(steps: &mut Steps, quick: bool) -> Result<()> {
    steps.check("format", || process::run(process::cargo().args(["fmt", "--all", "--check"])))?;
    steps.check("lints", || {
        let clippy = ["clippy", "--workspace", "--all-targets", "--keep-going", "--", "--deny", "warnings"];
        process::run(process::cargo().args(clippy))
    })?;
    if !quick {
        steps.check("documentation", documentation)?;
        steps.check("console", console::check)?;
        steps.check("licences and sources", || {
            let mut deny = Command::new(tools::cargo_deny()?);
            // Advisories change without us: CI asks for them, a test run must not depend on the day.
            deny.current_dir(project::root()).args(["check", "bans", "licenses", "sources"]);
            process::run(&mut deny)
        })?;
        steps.check("infrastructure", || {
            let python = tools::lint()?;
            process::run(python.command().current_dir(project::root()).arg("infra/lint/check.py"))
        })?;
    }
    let mut run = Run::new()?;
    if !quick {
        run.verifier = Some(steps.run("offline verifier", tools::verifier)?.interpreter());
    }
    steps.run("build", || binaries::build(Selection::Workspace))?;
    steps.check("tests in process", || run.in_process())?;
    steps.check("permissions", || run.permissions())?;
    if !quick {
        end_to_end(steps, &run)?;
    }
    steps.check("leak canary", || run.canary(quick))?;
    steps.finish()
}

fn documentation() -> Result<()> {
    // The functions are documented as libraries: their binaries have the same names. The whole workspace both
    // times: a part of it would see other features, and compile the AWS SDK anew.
    process::run(doc().args(["--workspace", "--lib"]))?;
    let programs = ["--bin", "xtask", "--bin", "demo", "--bin", "bench"];
    process::run(doc().arg("--workspace").args(programs).arg("--document-private-items"))
}

fn doc() -> Command {
    let mut doc = process::cargo();
    doc.args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings");
    doc
}

/// What one test run writes.
struct Run {
    place: Place,
    secrets: PathBuf,
    permissions: PathBuf,
    output: PathBuf,
    verifier: Option<PathBuf>,
    /// Two runs at once would write into each other's files.
    _lock: fs::File,
}

impl Run {
    fn new() -> Result<Self> {
        let lock = project::lock("test")?;
        let place = Place::of_tests(free_port()?);
        place.create()?;
        let run = Self {
            secrets: place.file("secrets.txt"),
            permissions: place.file("permissions.txt"),
            output: place.file("output.log"),
            verifier: None,
            place,
            _lock: lock,
        };
        for path in [&run.secrets, &run.permissions, &run.output] {
            fs::write(path, "").with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(run)
    }

    fn add_secrets(&self, stack: &Stack) -> Result<()> {
        let mut secrets = fs::File::options().append(true).open(&self.secrets)?;
        for user in &stack.users {
            writeln!(secrets, "{}", user.password)?;
        }
        Ok(())
    }

    fn in_process(&self) -> Result<()> {
        let mut tests = runner(&["--workspace"]);
        self.teed(tests.env_remove(STACK).env_remove(URL).env(PERMISSIONS, &self.permissions))?;
        // nextest knows no tests in documentation.
        if tools::has_nextest() {
            self.teed(process::cargo().args(["test", "--quiet", "--workspace", "--doc"]))?;
        }
        Ok(())
    }

    /// That every permission of the template was used by the tests that just ran.
    fn permissions(&self) -> Result<()> {
        let mut unused = process::cargo();
        unused.args(["test", "--quiet", "--workspace", "--test", "tests", "--", "--ignored", "--exact"]);
        unused.arg("support::roles::no_permission_is_unused");
        self.teed(unused.env_remove(STACK).env_remove(URL).env(PERMISSIONS, &self.permissions))
    }

    fn through_the_cloud(&self) -> Result<()> {
        // The whole workspace, where only one package has something to do: the features, and with them all
        // that was built, stay the same.
        let mut tests = runner(&["--workspace", "--test", "tests", "--"]);
        for module in IN_PROCESS_ONLY {
            tests.args(["--skip", module]);
        }
        self.teed(tests.env(STACK, self.place.stack()).env_remove(URL))
    }

    fn canary(&self, quick: bool) -> Result<()> {
        let mut files = vec![self.output.clone()];
        if !quick {
            files.extend([self.place.cloud_log(), self.place.functions_log()]);
        }
        snapshots(&project::root().join("tests"), &mut files)?;
        canary::check(&self.secrets, &files)
    }

    /// Runs a program whose output goes to the screen and to the file that the canary searches.
    fn teed(&self, command: &mut Command) -> Result<()> {
        let mut kept = fs::File::options().append(true).open(&self.output)?;
        let (reader, writer) = std::io::pipe()?;
        command.env(canary::VARIABLE, &self.secrets).stdin(Stdio::null());
        if let Some(python) = &self.verifier {
            command.env(VERIFIER, python);
        }
        command.stdout(writer.try_clone()?).stderr(writer);
        let mut child = command.spawn().context("cannot run the tests")?;
        // Our copies of the writing end must go, or the end is never read.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 {
            kept.write_all(&line)?;
            std::io::stdout().write_all(&line)?;
            line.clear();
        }
        let status = child.wait()?;
        if !status.success() {
            bail!("failed ({status}); the output is in {}", self.output.display());
        }
        Ok(())
    }
}

fn end_to_end(steps: &mut Steps, run: &Run) -> Result<()> {
    let place = &run.place;
    let python = steps.run("local cloud: tools", tools::local_cloud)?;
    steps.run("local cloud: binaries", binaries::stage)?;
    let (cloud, stack) = up::start(place, &python, steps)?;
    run.add_secrets(&stack)?;
    steps.check("tests end to end", || run.through_the_cloud())?;
    steps.check("tests in a browser", || run.teed(&mut browser::command(place, "test")?))?;
    for (name, mut command) in fuzz::commands(&stack.url, &place.stack(), FUZZED, None)? {
        steps.check(name, || run.teed(&mut command))?;
    }
    // Whatever the tests say, the logs are of interest, and the cloud ends.
    steps.check("local cloud: logs", || {
        logs::fetch(place, &python)?;
        if fs::metadata(place.functions_log())?.len() == 0 {
            bail!("the functions logged nothing: the leak canary would prove nothing");
        }
        Ok(())
    })?;
    steps.check("local cloud: end", || {
        cloud.stop()?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, place.port)).is_err() {
            bail!("something still listens on port {}", place.port);
        }
        Ok(())
    })
}

/// The API tests that change nothing, against a deployed system.
pub(crate) fn smoke(url: &str) -> Result<()> {
    if !(url.starts_with("https://") || url.starts_with("http://127.0.0.1")) {
        bail!("`{url}` is no https address");
    }
    let mut tests = runner(&["--workspace", "--test", "tests", "smoke::"]);
    process::run(tests.env(URL, url.trim_end_matches('/')).env_remove(STACK))
}

/// nextest where the machine has it, Cargo's own runner elsewhere.
fn runner(selection: &[&str]) -> Command {
    let mut cargo = process::cargo();
    if tools::has_nextest() {
        cargo.args(["nextest", "run", "--no-fail-fast"]);
    } else {
        cargo.args(["test", "--no-fail-fast"]);
    }
    cargo.args(selection);
    cargo
}

/// A port that nobody listens on, so that a test run disturbs no running system.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn snapshots(directory: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            snapshots(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "snap") {
            found.push(path);
        }
    }
    Ok(())
}
