//! `opinion --cases N`: asks both about N random cases, on all processors, and names those on which they differ.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

use clap::Parser;
use opinion::{Answer, Failure, Second, first, random};
use std::{collections::BTreeMap, num::NonZero, process::ExitCode, thread};

#[derive(Parser)]
struct Arguments {
    /// How many.
    #[arg(long, default_value_t = 10_000_000)]
    cases: u64,
    /// The number of the first.
    #[arg(long, default_value_t = 0)]
    from: u64,
}

/// How many cases had each answer, and those that had two.
#[derive(Default)]
struct Found {
    answers: BTreeMap<Answer, u64>,
    differences: Vec<(u64, Answer, Answer)>,
}

fn main() -> ExitCode {
    match compare(&Arguments::parse()) {
        Ok(found) => {
            println!("{:?}, {} differences", found.answers, found.differences.len());
            for (number, first, second) in found.differences.iter().take(20) {
                println!("case {number}: decide says {first:?}, Cedar {second:?}");
            }
            if found.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(arguments: &Arguments) -> Result<Found, Failure> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let end = arguments.from.saturating_add(arguments.cases);
    let mut all = Found::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let begin = arguments.from.saturating_add(u64::try_from(worker).unwrap_or_default());
                scope.spawn(move || some((begin..end).step_by(threads)))
            })
            .collect();
        for worker in workers {
            let found = worker.join().map_err(|_| "a thread has ended")??;
            found
                .answers
                .into_iter()
                .for_each(|(answer, count)| *all.answers.entry(answer).or_default() += count);
            all.differences.extend(found.differences);
        }
        Ok(all)
    })
}

fn some(numbers: impl Iterator<Item = u64>) -> Result<Found, Failure> {
    let second = Second::new()?;
    let mut found = Found::default();
    for number in numbers {
        let case = random::case(number);
        let (ours, theirs) =
            (first(&case), second.answer(&case).map_err(|error| format!("case {number}: {error}"))?);
        *found.answers.entry(ours).or_default() += 1;
        if ours != theirs {
            found.differences.push((number, ours, theirs));
        }
    }
    Ok(found)
}
