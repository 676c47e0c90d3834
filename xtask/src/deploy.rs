//! Deploying infra/template.yaml to the local cloud: the work is in infra/local/deploy.py.

use crate::project::Place;
use crate::tools::Python;
use crate::{environment, process, project};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;

/// What deploy.py tells about the stack.
#[derive(Debug, Deserialize)]
pub(crate) struct Deployed {
    pub(crate) url: String,
    /// Where browsers find the console.
    pub(crate) console_url: String,
    pub(crate) table: String,
    /// The variables of all functions together.
    pub(crate) environment: BTreeMap<String, String>,
    /// Email of the user that `setup` makes.
    pub(crate) first_admin: String,
    /// Where the mails are shown that were sent.
    pub(crate) mails: String,
}

impl Deployed {
    /// Reads what the last deployment to this place wrote.
    pub(crate) fn read(place: &Place) -> Result<Self> {
        let path = place.deployed();
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}: run `cargo xtask up` first", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))
    }
}

/// Creates or updates the stack.
pub(crate) fn deploy(place: &Place, python: &Python) -> Result<Deployed> {
    let infra = project::root().join("infra");
    let mut deploy = python.command();
    deploy
        .arg(infra.join("local/deploy.py"))
        .args(["--endpoint", &place.endpoint(), "--stack", "qarion"])
        .arg("--template")
        .arg(infra.join("template.yaml"))
        .arg("--binaries")
        .arg(project::local_binaries())
        .arg("--output")
        .arg(place.deployed());
    environment::point_at(&mut deploy, place);
    process::run(&mut deploy)?;
    Deployed::read(place)
}
