//! A password's hash, by what it is compiled for: the `argon2` crate and argon2's C reference, each in a process of its
//! own, in turn.
//!
//! `login` compares what is shipped with the reference at its best on this machine. This says how much of the
//! difference is the processor that a compiler may count on.

use anyhow::{Context, Result, ensure};
use std::{path::PathBuf, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// OWASP's first choice, as `auth` has it: KiB, passes.
const COST: [&str; 2] = ["19456", "2"];
/// Turns that do not count.
const WARM_UP: usize = 5;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The name of a row, and the program of it with its first argument, as `PATH` lists folders:
    /// `name=program:argument`. The first is what the others are compared with.
    #[arg(long = "contender", required = true)]
    contenders: Vec<String>,
    /// Counted turns.
    #[arg(long, default_value_t = 60)]
    rounds: usize,
}

pub(crate) async fn measure(arguments: Arguments) -> Result<()> {
    let mut running = Vec::new();
    for contender in &arguments.contenders {
        let (name, line) = contender.split_once('=').context("name=program")?;
        running.push((name, Computing::start(std::env::split_paths(line), COST)?, Vec::new()));
    }
    for round in 0..arguments.rounds + WARM_UP {
        for (_, process, times) in &mut running {
            let time = process.hash().await?;
            if round >= WARM_UP {
                times.push(time);
            }
        }
    }
    println!("processor time of one hash, medians of {}\n", arguments.rounds);
    println!("| | ms | least | to the first |\n|---|---|---|---|");
    let mut first = None;
    for (name, process, mut times) in running {
        process.end().await?;
        times.sort();
        let [least, middle] = [times[0], times[times.len() / 2]].map(|it| it.as_secs_f64() * 1e3);
        println!("| {name} | {middle:.2} | {least:.2} | {:.2} |", middle / *first.get_or_insert(middle));
    }
    Ok(())
}

/// A process that computes hashes, one for each line.
pub(crate) struct Computing {
    child: Child,
    asked: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Computing {
    /// Of this program and its first arguments, at this cost: KiB and passes.
    pub(crate) fn start(line: impl IntoIterator<Item = PathBuf>, cost: [&str; 2]) -> Result<Self> {
        let mut line = line.into_iter();
        let mut command = Command::new(line.next().context("no program")?);
        command.args(line).args(cost).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let asked = child.stdin.take().context("no input")?;
        let answers = BufReader::new(child.stdout.take().context("no output")?).lines();
        Ok(Self { child, asked, answers })
    }

    /// Its processor time.
    pub(crate) async fn hash(&mut self) -> Result<Duration> {
        self.asked.write_all(b"\n").await?;
        let line = self.answers.next_line().await?.context("it has ended")?;
        let took = Duration::from_secs_f64(line.parse()?);
        ensure!(!took.is_zero(), "a hash that takes no time");
        Ok(took)
    }

    pub(crate) async fn end(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}
