//! stack.json, and the users in it.

use crate::deploy::Deployed;
use crate::project::Place;
use crate::{binaries, environment, process};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;

/// What clients and tests of the local system read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Stack {
    pub(crate) url: String,
    /// Where the console is: an address for browsers.
    pub(crate) console_url: String,
    pub(crate) aws_endpoint_url: String,
    pub(crate) table: String,
    /// Where the mails are shown that were sent.
    pub(crate) mails: String,
    pub(crate) users: Vec<User>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) role: String,
}

/// Seeds demo data and writes stack.json. Users that stack.json already has keep their passwords.
pub(crate) fn seed(place: &Place, deployed: &Deployed) -> Result<Stack> {
    let mut demo = Command::new(binaries::demo());
    demo.arg("--known").arg(place.stack()).args(["--first-admin", &deployed.first_admin]);
    demo.args(["--url", &deployed.url]);
    demo.env("TABLE_NAME", &deployed.table);
    environment::point_at(&mut demo, place);
    let printed = process::output(&mut demo)?;
    let users = serde_json::from_str(&printed).context("cannot understand what demo printed")?;
    let stack = Stack {
        url: deployed.url.clone(),
        console_url: deployed.console_url.clone(),
        aws_endpoint_url: place.endpoint(),
        table: deployed.table.clone(),
        mails: deployed.mails.clone(),
        users,
    };
    write(place, &stack)?;
    Ok(stack)
}

/// Written beside and renamed, so that a reader sees the old one or the new one; for the developer's eyes
/// only, since there are passwords in it.
fn write(place: &Place, stack: &Stack) -> Result<()> {
    let path = place.stack();
    let partial = path.with_extension("partial");
    let mut file = fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
    serde_json::to_writer_pretty(&mut file, stack)?;
    file.write_all(b"\n")?;
    fs::rename(&partial, &path).with_context(|| format!("cannot write {}", path.display()))
}
