//! `cargo xtask`: everything a developer of Qarion Auth runs.
//!
//! - `up`, `down`, `logs`, `env`: the system on one machine ([`up`], [`cloud`], [`deploy`]).
//! - `watch`, `invoke`: one function at a time ([`emulator`]).
//! - `test`, `browser`, `fuzz`, `smoke`: what judges a change ([`mod@test`], [`canary`]).
//! - `build`: what goes to AWS ([`release`]).
//!
//! Its dependencies are few, so that the first answer of a fresh clone comes soon: what needs the AWS SDK
//! is a program of its own (`xtask/demo`), built together with the functions.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people: it reads clock and environment, and talks on the terminal"
)]

mod bench;
mod binaries;
mod browser;
mod canary;
mod cloud;
mod console;
mod demo;
mod deploy;
mod emulator;
mod environment;
mod fuzz;
mod interrupt;
mod logs;
mod npm;
mod process;
mod project;
mod release;
mod steps;
mod test;
mod tools;
mod up;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Run, test and build Qarion Auth")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the whole system on this machine, and show the functions' logs until Ctrl-C.
    Up {
        #[command(flatten)]
        port: Port,
        /// Return when it runs; `down` ends it.
        #[arg(long)]
        detach: bool,
    },
    /// End what `up --detach` left running. Does nothing where nothing runs.
    Down {
        #[command(flatten)]
        port: Port,
    },
    /// Show the functions' logs of a running system until Ctrl-C.
    Logs {
        #[command(flatten)]
        port: Port,
    },
    /// Print the environment of the functions for a shell: `eval "$(cargo xtask env)"`.
    Env {
        #[command(flatten)]
        port: Port,
    },
    /// Run single functions on the running system's table, and build them anew at each change.
    Watch {
        #[command(flatten)]
        port: Port,
    },
    /// Send an event to a function that `watch` serves, and print its answer.
    Invoke {
        /// The function, as its folder is called.
        function: String,
        /// A JSON file, as those in `events/`.
        event: std::path::PathBuf,
        /// Session token or API key, in place of the event's, which holds none that is valid.
        #[arg(long)]
        bearer: Option<String>,
    },
    /// Format, lints, documentation, licences, infrastructure, tests, and the whole system end to end.
    Test {
        /// Only format, lints and the tests that need no running system.
        #[arg(long)]
        quick: bool,
    },
    /// Try the console in a browser, on a system that `up` started.
    Browser {
        #[command(flatten)]
        port: Port,
        /// Make the pictures in docs/screenshots instead.
        #[arg(long)]
        screenshots: bool,
    },
    /// Send a local system, made for it, requests that nobody thought of.
    Fuzz {
        #[command(flatten)]
        port: Port,
        /// How long, in all.
        #[arg(long, default_value_t = 600)]
        seconds: u32,
        /// Of a run that found something.
        #[arg(long)]
        seed: Option<u32>,
    },
    /// Run the API tests that change nothing against a deployed system.
    ///
    /// Those that need a login take it from QARION_EMAIL and QARION_PASSWORD.
    Smoke {
        /// Base URL, as `https://auth.example.com` or `https://<api>.execute-api.<region>.amazonaws.com/v1`.
        #[arg(long)]
        url: String,
    },
    /// Measure again what docs/PERFORMANCE.md says.
    Bench {
        #[command(subcommand)]
        what: Measure,
    },
    /// Build the functions for AWS into target/lambda and check the size of the authorizer.
    Build {
        /// The processor that the template's parameter Architecture names.
        #[arg(long, value_enum, default_value_t = release::Architecture::Arm64)]
        architecture: release::Architecture,
    },
}

#[derive(Subcommand)]
enum Measure {
    /// Process start to the first decision over TLS, against the SDK's default setup.
    ColdStart {
        /// Counted starts of each.
        #[arg(long, default_value_t = 25)]
        runs: usize,
        /// Another authorizer's binary, to compare with instead.
        #[arg(long)]
        before: Option<std::path::PathBuf>,
    },
    /// What a decision costs the authorizer and its peers for Node and Python: processor time, waiting, memory.
    Decisions {
        /// Counted starts of each.
        #[arg(long, default_value_t = 15)]
        runs: usize,
        /// Times a hundred events for each.
        #[arg(long, default_value_t = 40)]
        rounds: usize,
    },
    /// Where the instructions of a decision are, by callgrind. Needs valgrind.
    Profile {
        /// Another authorizer's binary, to compare with.
        #[arg(long)]
        before: Option<std::path::PathBuf>,
        /// Also by crate and by function.
        #[arg(long)]
        detail: bool,
    },
    /// A login's processor time, its hash against argon2's C reference.
    Login {
        /// Counted logins.
        #[arg(long, default_value_t = 300)]
        rounds: usize,
    },
    /// A password's hash by what it is compiled for, the argon2 crate and argon2's C reference. On x86-64 alone.
    Hash {
        /// Counted hashes of each.
        #[arg(long, default_value_t = 60)]
        rounds: usize,
    },
    /// Throughput and waits by the number of connections, 1 to 64. Needs wrk.
    Load,
    /// What decisions and users cost on AWS, beside what rivals ask. Reads what `decisions` has measured.
    Cost,
    /// What requests read from the table, in an organization of 10 users and in one of 100,000.
    Scale {
        /// 1,000 users instead of 100,000: seconds instead of minutes.
        #[arg(long)]
        small: bool,
    },
    /// Whether the time of a refused login tells why it is refused.
    Timing {
        /// Rounds, each with one login of each kind.
        #[arg(long, default_value_t = 400)]
        rounds: usize,
    },
    /// What it takes to count the decisions of an hour: time, writes, dollars.
    Usage {
        /// How many decisions.
        #[arg(long, default_value_t = 1_000_000)]
        lines: u32,
    },
}

#[derive(clap::Args)]
struct Port {
    /// Port on 127.0.0.1. Systems on different ports do not disturb each other.
    #[arg(long, default_value_t = project::DEFAULT_PORT)]
    port: u16,
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Up { port, detach } => up::up(port.port, detach),
        Command::Down { port } => up::down(port.port),
        Command::Logs { port } => logs::command(port.port),
        Command::Env { port } => environment::print(port.port),
        Command::Watch { port } => emulator::watch(port.port),
        Command::Invoke { function, event, bearer } => emulator::invoke(&function, &event, bearer.as_deref()),
        Command::Test { quick } => test::test(quick),
        Command::Browser { port, screenshots } => browser::alone(port.port, screenshots),
        Command::Fuzz { port, seconds, seed } => fuzz::alone(port.port, seconds, seed),
        Command::Smoke { url } => test::smoke(&url),
        Command::Bench { what: Measure::ColdStart { runs, before } } => {
            bench::cold_start(runs, before.as_deref())
        }
        Command::Bench { what: Measure::Decisions { runs, rounds } } => bench::decisions(runs, rounds),
        Command::Bench { what: Measure::Profile { before, detail } } => {
            bench::profile(before.as_deref(), detail)
        }
        Command::Bench { what: Measure::Login { rounds } } => bench::login(rounds),
        Command::Bench { what: Measure::Hash { rounds } } => bench::hash(rounds),
        Command::Bench { what: Measure::Load } => bench::load(),
        Command::Bench { what: Measure::Cost } => bench::cost(),
        Command::Bench { what: Measure::Scale { small } } => bench::scale(small),
        Command::Bench { what: Measure::Timing { rounds } } => bench::timing(rounds),
        Command::Bench { what: Measure::Usage { lines } } => bench::usage(lines),
        Command::Build { architecture } => release::build(architecture),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
