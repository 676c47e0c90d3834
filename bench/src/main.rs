//! Measures what `docs/PERFORMANCE.md` says.
//!
//! - `cold-start`: real `bootstrap` binaries, to which it plays the Lambda Runtime API, with a DynamoDB behind TLS
//! - `decisions`: the same binaries and their peers for Node and Python, warm: processor time, waiting, memory
//! - `profile`: where the instructions of a decision are
//! - `cost`: what decisions and users cost on AWS, beside what rivals ask
//! - `hash`: a password's hash by what it is compiled for
//! - `login`: a login's processor time, its hash against argon2's C reference
//! - `scale`: fills a large table, which `tests/scale.rs` then measures by what it reads
//! - `usage`: counts a million decision lines
//! - `timing`: whether the time of a refused login tells why it is refused
//!
//! Every time is a ratio of medians against something measured in the same run.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a program for people: it reads the clock, prints, and stops at the first surprise"
)]

mod cold_start;
mod contender;
mod cost;
mod decisions;
mod hash;
mod login;
mod plot;
mod prices;
mod profile;
mod quota;
mod runtime_api;
mod scale;
mod seed;
mod store_over_tls;
mod timing;
mod usage;

use clap::{Parser, Subcommand};
use std::path::PathBuf;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// Process start to first decision: our authorizer against the same code on the SDK's default setup.
    ColdStart {
        /// The authorizer's binary, built for release.
        #[arg(long)]
        ours: PathBuf,
        /// The baseline's binary, built for release with AWS-LC's defaults.
        #[arg(long, required_unless_present = "before")]
        baseline: Option<PathBuf>,
        /// Another authorizer, to compare with in the place of the baseline.
        #[arg(long, conflicts_with = "baseline")]
        before: Option<PathBuf>,
        /// Counted starts of each, in turn.
        #[arg(long, default_value_t = 25)]
        runs: usize,
    },
    /// What a decision costs the authorizer and its peers.
    Decisions(decisions::Arguments),
    /// Where the instructions of a decision are.
    Profile(profile::Arguments),
    /// What decisions and users cost.
    Cost(cost::Arguments),
    /// Draw what `cargo xtask bench load` has measured.
    Curve {
        /// The raw numbers.
        #[arg(long)]
        raw: PathBuf,
        /// The folder of the plots.
        #[arg(long)]
        out: PathBuf,
    },
    /// What a password's hash takes, by what it is compiled for.
    Hash(hash::Arguments),
    /// What a login takes of the processor.
    Login(login::Arguments),
    /// Fill a table: 100 organizations, one of them large.
    Scale {
        /// The SQLite database to write. It is written anew.
        #[arg(long)]
        database: PathBuf,
        /// A large organization of 1,000 users instead of 100,000.
        #[arg(long)]
        small: bool,
    },
    /// Refused logins of every kind, in turn, through the real handler: does the time tell one from another?
    Timing {
        /// Rounds, each with one login of each kind.
        #[arg(long, default_value_t = 400)]
        rounds: usize,
    },
    /// Count the decision lines of an hour, of few keys and of many.
    Usage {
        /// How many lines.
        #[arg(long, default_value_t = 1_000_000)]
        lines: u32,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().bench {
        Bench::ColdStart { ours, baseline, before, runs } => {
            cold_start::measure(&ours, baseline.as_deref(), before.as_deref(), runs).await
        }
        Bench::Decisions(arguments) => decisions::measure(arguments).await,
        Bench::Profile(arguments) => profile::measure(arguments).await,
        Bench::Cost(arguments) => cost::measure(arguments).await,
        Bench::Curve { raw, out } => plot::curve(&raw, &out),
        Bench::Hash(arguments) => hash::measure(arguments).await,
        Bench::Login(arguments) => login::measure(arguments).await,
        Bench::Scale { database, small } => scale::fill(&database, small).await,
        Bench::Timing { rounds } => timing::measure(rounds).await,
        Bench::Usage { lines } => usage::measure(lines).await,
    }
}
