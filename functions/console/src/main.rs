//! The process that serves the console.

use console::Console;
use std::process::ExitCode;

fn main() -> ExitCode {
    edge::serve(async |_| Ok(Console::embedded()?))
}
