//! What the screen shows of the work: a line when a step begins, one with the time it took when it ends.

use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};

/// The steps of one command.
pub(crate) struct Steps {
    begun: Instant,
    done: Vec<(String, Duration)>,
    failed: Vec<String>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), done: Vec::new(), failed: Vec::new() }
    }

    /// Does one step. Its name stands in front of its error.
    pub(crate) fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("-> {name}");
        let begun = Instant::now();
        let outcome = work();
        let took = begun.elapsed();
        self.done.push((name.to_owned(), took));
        crate::interrupt::check()?;
        let value = outcome.with_context(|| name.to_owned())?;
        println!("   {name}: {}", seconds(took));
        Ok(value)
    }

    /// Does a step that no later one needs: a failure is shown, remembered for [`Steps::finish`], and the
    /// work goes on.
    pub(crate) fn check(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        if let Err(error) = self.run(name, work) {
            crate::interrupt::check()?;
            eprintln!("   FAILED: {error:#}");
            self.failed.push(name.to_owned());
        }
        Ok(())
    }

    /// An error that names what failed in [`Steps::check`].
    pub(crate) fn finish(&self) -> Result<()> {
        if self.failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", self.failed.join(", "))
    }

    /// One line a step, then the sum.
    pub(crate) fn summary(&self) {
        println!();
        for (name, took) in &self.done {
            let mark = if self.failed.contains(name) { "  FAILED" } else { "" };
            println!("{:>9}  {name}{mark}", seconds(*took));
        }
        println!("{:>9}  in all", seconds(self.begun.elapsed()));
    }

    pub(crate) fn elapsed(&self) -> String {
        seconds(self.begun.elapsed())
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
