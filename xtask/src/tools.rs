//! The pinned tools, each in a folder of its own under `target/tools`: Python environments made of a lock
//! with hashes, and programs from crates.io.

use crate::process;
use anyhow::{Context, Result, bail};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

const OLDEST_PYTHON: (u32, u32) = (3, 11);
const CARGO_DENY: &str = "0.20.2";

/// The local cloud and what deploys to it.
pub(crate) fn local_cloud() -> Result<Python> {
    Python::install("local cloud", "infra/local/requirements.txt", &[])
}

/// What judges the infrastructure.
pub(crate) fn lint() -> Result<Python> {
    Python::install("infrastructure lints", "infra/lint/requirements.txt", &[])
}

/// What verifies a session token elsewhere: a JOSE library that has nothing in common with ours.
pub(crate) fn verifier() -> Result<Python> {
    Python::install("offline verifier", "tests/offline/requirements.txt", &[])
}

/// What sends requests that nobody thought of.
pub(crate) fn fuzzer() -> Result<Python> {
    Python::install("Schemathesis", "tests/fuzz/requirements.txt", &[])
}

/// What the authorizer's peers for Python need.
pub(crate) fn peers() -> Result<Python> {
    Python::install("peers", "bench/peers/requirements.txt", &[])
}

/// argon2's C reference, compiled here for this kind of processor, as `-march` has it.
pub(crate) fn argon2_reference(processor: &str) -> Result<Python> {
    let optimized = format!("-O3 -march={processor}");
    // What pip keeps is not named after the flags.
    let options = ["--no-binary", "argon2-cffi-bindings", "--no-cache-dir"];
    Python::compiled("argon2's C reference", "bench/peers/argon2.txt", &options, &optimized)
}

/// cargo-lambda, without the zig that it names as a dependency.
pub(crate) fn cargo_lambda() -> Result<Python> {
    Python::install("cargo-lambda", "infra/local/cargo-lambda.txt", &["--no-deps"])
}

/// The linker of the builds for AWS.
pub(crate) fn zig() -> Result<Python> {
    Python::install("zig", "infra/local/zig.txt", &[])
}

/// A folder for the `PATH`, with the programs that developers call themselves, and no `python` that would
/// hide theirs.
pub(crate) fn programs() -> Result<PathBuf> {
    let programs = [(cargo_lambda()?, "cargo-lambda"), (local_cloud()?, "aws")];
    let directory = crate::project::target().join("tools/bin");
    fs::create_dir_all(&directory)?;
    for (environment, name) in programs {
        let link = directory.join(name);
        if fs::symlink_metadata(&link).is_ok() {
            fs::remove_file(&link)?;
        }
        symlink(environment.bin.join(name), &link)
            .with_context(|| format!("cannot make {}", link.display()))?;
    }
    Ok(directory)
}

/// A Python environment that holds exactly what its lock names.
pub(crate) struct Python {
    bin: PathBuf,
}

impl Python {
    /// A command that runs the environment's interpreter.
    pub(crate) fn command(&self) -> Command {
        Command::new(self.interpreter())
    }

    pub(crate) fn interpreter(&self) -> PathBuf {
        self.bin.join("python")
    }

    /// The folder of its programs.
    pub(crate) fn bin(&self) -> &Path {
        &self.bin
    }

    /// Makes the environment, once: its folder is named after the lock and the interpreter, so that another
    /// lock is another folder, and going back to an older commit installs nothing.
    fn install(what: &str, lock: &str, options: &[&str]) -> Result<Self> {
        Self::compiled(what, lock, options, "")
    }

    /// With these flags for the C compiler, where something is compiled: another folder for others.
    fn compiled(what: &str, lock: &str, options: &[&str], flags: &str) -> Result<Self> {
        let lock = crate::project::root().join(lock);
        let content = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
        let python = interpreter()?;
        let mut hasher = DefaultHasher::new();
        (&content, &python.version, options).hash(&mut hasher);
        if !flags.is_empty() {
            flags.hash(&mut hasher);
        }
        let directory = crate::project::target().join(format!("tools/{:016x}", hasher.finish()));
        let bin = directory.join("bin");
        let complete = directory.join(".complete");

        let _lock = crate::project::lock("tools")?;
        if complete.is_file() {
            return Ok(Self { bin });
        }
        eprintln!("   installing {what}, once");
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        let mut venv = Command::new(&python.program);
        venv.args(["-m", "venv"]).arg(&directory);
        if let Err(error) = process::output(&mut venv) {
            bail!(
                "python3 cannot make a virtual environment; on Debian and Ubuntu \
                 `apt install python3-venv` adds the missing part ({error:#})"
            );
        }
        let mut pip = Command::new(bin.join("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"])
            // A wheel is unpacked; a source distribution would run its author's code here. Bytecode is
            // written when a module is first used, which most of them never are.
            .args(["--require-hashes", "--only-binary", ":all:", "--no-compile"])
            .args(options)
            .env("CFLAGS", flags)
            .arg("--requirement")
            .arg(&lock);
        process::run(&mut pip).with_context(|| format!("cannot install {what}"))?;
        fs::write(&complete, "")?;
        Ok(Self { bin })
    }
}

struct Interpreter {
    program: String,
    version: String,
}

/// The machine's Python, from `PYTHON` or as `python3`.
fn interpreter() -> Result<Interpreter> {
    let program = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let (major, minor) = OLDEST_PYTHON;
    let remedy = format!("install Python {major}.{minor} or newer, or name one in the variable PYTHON");
    let code = "import sys; print(*sys.version_info[:2], sys.version, sys.executable)";
    let Ok(version) = process::output(Command::new(&program).args(["-c", code])) else {
        bail!("`{program}` does not run: {remedy}");
    };
    let mut words = version.split_whitespace().map(|word| word.parse().unwrap_or(0));
    let found = (words.next().unwrap_or(0), words.next().unwrap_or(0));
    if found < OLDEST_PYTHON {
        bail!("`{program}` is Python {}.{}: {remedy}", found.0, found.1);
    }
    Ok(Interpreter { program, version })
}

/// cargo-deny of the pinned version: the machine's, or built once into `target/tools`.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    let is_pinned = |program: &Path| {
        process::output(Command::new(program).arg("--version"))
            .is_ok_and(|version| version.split_whitespace().any(|word| word == CARGO_DENY))
    };
    let machines = PathBuf::from("cargo-deny");
    if is_pinned(&machines) {
        return Ok(machines);
    }
    let root = crate::project::target().join(format!("tools/cargo-deny-{CARGO_DENY}"));
    let program = root.join("bin/cargo-deny");
    let _lock = crate::project::lock("tools")?;
    if !is_pinned(&program) {
        eprintln!("   building cargo-deny {CARGO_DENY}, once; takes some minutes");
        let mut install = process::cargo();
        // Unoptimized: it builds in half the time, and runs for seconds.
        install.args(["install", "--debug", "--quiet", "--locked"]).env("CARGO_PROFILE_DEV_DEBUG", "0");
        install.args(["cargo-deny", "--version", CARGO_DENY, "--root"]).arg(&root);
        process::run(&mut install)?;
    }
    Ok(program)
}

/// Whether the machine has cargo-nextest.
pub(crate) fn has_nextest() -> bool {
    process::output(process::cargo().args(["nextest", "--version"])).is_ok()
}
