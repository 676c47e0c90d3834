//! What a login takes of the processor: its password hash against argon2's C reference, and all the rest.
//!
//! A hash alone, a whole login through the function's own handler, and a hash of the reference in a process of its own
//! take turns, a few hundred times. The handler has a thread of its own, and what counts is that thread's processor
//! time.
//!
//! What a login takes besides its hash is a fifteenth of it, less than a hash varies by from one second to the next. So it
//! is the median of the differences of neighbours, of which each comes first in half of the turns, and not the
//! difference of two medians.

use crate::{
    hash::Computing,
    timing::{self, Kind, Seed},
};
use anyhow::{Context, Result, ensure};
use auth::password::{Hasher, Password, PasswordHash, Verification};
use edge::{Ambient, ambient::processor_time};
use std::{path::PathBuf, time::Duration};

/// Turns that do not count.
const WARM_UP: usize = 5;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// An interpreter that has argon2-cffi, compiled for this machine.
    #[arg(long)]
    python: PathBuf,
    /// The program that computes the reference's hashes.
    #[arg(long)]
    reference: PathBuf,
    /// Counted turns.
    #[arg(long, default_value_t = 300)]
    rounds: usize,
}

pub(crate) async fn measure(arguments: Arguments) -> Result<()> {
    let (answer, measured) = tokio::sync::oneshot::channel();
    let table = crate::store_over_tls::serve_plain().await?;
    let secrets = timing::secrets().await?;
    std::thread::spawn(move || {
        // As in Lambda: one thread for the handler and what it waits for.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let done = runtime.context("no runtime").and_then(|it| it.block_on(run(&arguments, table, secrets)));
        // Nobody listens where the measuring was stopped.
        drop(answer.send(done));
    });
    measured.await?
}

async fn run(
    arguments: &Arguments,
    table: std::net::SocketAddr,
    secrets: timing::ServedSecrets,
) -> Result<()> {
    let store = timing::store(table)?;
    let login = timing::login(&store, secrets).await?;
    let seed = Seed::plant(&store).await?;
    let mut hasher = Hasher::new();
    let (password, hash) = seed.right()?;
    let mut reference = reference(arguments, &hash)?;
    let (mut alone, mut whole, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    let mut besides = Vec::new();
    for round in 0..arguments.rounds + WARM_UP {
        let number = u32::try_from(round)?;
        let email = seed.account(&store, Kind::WrongPassword, number).await?;
        let event = serde_json::from_value(timing::event(&email, seed.text(), number))?;
        let mut ambient = Ambient::system()?;
        let hash_first = round % 2 == 0;
        let before = if hash_first { Some(hashed(&mut hasher, &password, &hash)?) } else { None };
        let begun = processor_time();
        let answer = edge::answer(&login, event, &mut ambient, None).await;
        let login = processor_time() - begun;
        ensure!(answer.status() == 200, "a login was answered {}", answer.status());
        let own = match before {
            Some(took) => took,
            None => hashed(&mut hasher, &password, &hash)?,
        };
        let other = reference.hash().await?;
        if round >= WARM_UP {
            whole.push(login);
            alone.push(own);
            theirs.push(other);
            besides.push(millis(login) - millis(own));
        }
    }
    reference.end().await?;
    let [alone, whole, theirs] = [alone, whole, theirs].map(median);
    println!("processor time, medians of {}\n", arguments.rounds);
    println!("| | ms | to the C reference |\n|---|---|---|");
    for (name, time) in [("argon2's C reference", theirs), ("our hash alone", alone), ("a login", whole)] {
        println!("| {name} | {:.2} | {:.2} |", millis(time), millis(time) / millis(theirs));
    }
    besides.sort_by(f64::total_cmp);
    println!("| a login without its hash | {:.2} | |", besides[besides.len() / 2]);
    Ok(())
}

fn hashed(hasher: &mut Hasher, password: &Password, hash: &PasswordHash) -> Result<Duration> {
    let begun = processor_time();
    let verified = hasher.verify(password, hash);
    let took = processor_time() - begun;
    ensure!(matches!(verified, Verification::Match { outdated: false }), "the password is another");
    Ok(took)
}

/// The process that computes the reference's hashes, at the cost of this one.
fn reference(arguments: &Arguments, hash: &PasswordHash) -> Result<Computing> {
    // `$argon2id$v=19$m=19456,t=2,p=1$…`
    let cost = hash.as_str().split('$').nth(3).context("no cost")?;
    let of = |name| cost.split(',').find_map(|part| part.strip_prefix(name)).context("no such cost");
    Computing::start([arguments.python.clone(), arguments.reference.clone()], [of("m=")?, of("t=")?])
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
