//! The tests of the console in a browser, `tests/browser`, against a local system.

use crate::npm::Project;
use crate::project::Place;
use crate::{canary, process, project};
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::process::Command;

const TESTS: Project = Project { name: "browser", folder: "tests/browser" };
/// Names the browser; without it, the first of [`PLACES`] that is there.
const CHROMIUM: &str = "QARION_CHROMIUM";
const PLACES: [&str; 4] =
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/opt/google/chrome/chrome"];

/// Runs them against a system that `up` started, or has them make the pictures in `docs/screenshots`.
pub(crate) fn alone(port: u16, screenshots: bool) -> Result<()> {
    let place = Place::new(port);
    if !place.stack().is_file() {
        bail!("nothing runs on port {port}: `cargo xtask up --port {port}` starts a system");
    }
    process::run(&mut command(&place, if screenshots { "screenshots" } else { "test" })?)
}

/// A script of theirs, with all that it needs.
pub(crate) fn command(place: &Place, script: &str) -> Result<Command> {
    let chromium = chromium()?;
    {
        let _lock = project::lock("browser")?;
        TESTS.install()?;
    }
    let mut npm = TESTS.command(&["run", "--silent", script]);
    npm.env("QARION_STACK", place.stack()).env(CHROMIUM, chromium);
    npm.env("QARION_PICTURES", place.file("pictures")).env_remove(canary::VARIABLE);
    Ok(npm)
}

fn chromium() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(CHROMIUM) {
        let named = PathBuf::from(named);
        if named.is_file() {
            return Ok(named);
        }
        bail!("{CHROMIUM} names {}, which is no file", named.display());
    }
    match PLACES.map(PathBuf::from).into_iter().find(|place| place.is_file()) {
        Some(found) => Ok(found),
        None => bail!(
            "the console is tested in Chromium, which is not installed: on Debian `apt install chromium` adds it, \
             and {CHROMIUM} names one that is elsewhere"
        ),
    }
}
