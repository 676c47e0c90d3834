//! The functions' logs on the screen and in a file: the work is in infra/local/logs.py.

use crate::cloud::Cloud;
use crate::project::Place;
use crate::tools::{self, Python};
use crate::{environment, interrupt, process, project};
use anyhow::{Context, Result, bail};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

const POLL: Duration = Duration::from_millis(100);

/// `cargo xtask logs`.
pub(crate) fn command(port: u16) -> Result<()> {
    let place = Place::new(port);
    let Some(mut cloud) = Cloud::running(&place)? else {
        bail!("nothing runs on port {port}: start it with `cargo xtask up --port {port}`");
    };
    interrupt::catch()?;
    follow(&place, &tools::local_cloud()?, &mut cloud)
}

/// Shows lines until an interrupt. An error where the cloud ends by itself.
pub(crate) fn follow(place: &Place, python: &Python, cloud: &mut Cloud) -> Result<()> {
    // Its own group: Ctrl-C is for us, and we end it.
    let mut child = script(place, python)
        .process_group(0)
        .stdin(Stdio::null())
        .spawn()
        .context("cannot follow the logs")?;
    let outcome = loop {
        if interrupt::asked() {
            break Ok(());
        }
        if !cloud.is_alive() {
            break Err(anyhow::anyhow!("MiniStack has ended; its log is {}", place.cloud_log().display()));
        }
        if child.try_wait()?.is_some() && cloud.is_alive() {
            break Err(anyhow::anyhow!("cannot follow the logs any longer"));
        }
        std::thread::sleep(POLL);
    };
    // It may have ended by itself.
    let _ = child.kill();
    child.wait()?;
    outcome
}

/// Fetches all lines so far into the file of the functions' logs.
pub(crate) fn fetch(place: &Place, python: &Python) -> Result<()> {
    process::run(script(place, python).arg("--once"))
}

fn script(place: &Place, python: &Python) -> Command {
    let mut command = python.command();
    command
        .arg(project::root().join("infra/local/logs.py"))
        .args(["--endpoint", &place.endpoint()])
        .arg("--deployed")
        .arg(place.deployed())
        .arg("--file")
        .arg(place.functions_log());
    environment::point_at(&mut command, place);
    command
}
