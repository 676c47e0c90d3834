//! `cargo xtask fuzz`: requests that nobody thought of, made of `infra/openapi.yaml` by Schemathesis, against a local
//! system. No answer is a fault of the service, each is one that the document has, and nothing is answered without a
//! credential.

use crate::binaries::{self, Selection};
use crate::project::Place;
use crate::steps::Steps;
use crate::{process, project, tools, up};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// Of our own: not whether what fits the document is accepted (a password may be weak, a name taken), and not what the
/// gateway says of methods that the document has not.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,ignored_auth,use_after_free";

/// Whose sessions are used, and the share of the time that each gets.
const CREDENTIALS: [(&str, &str, u32); 2] =
    [("API fuzz: admin", "admin", 2), ("API fuzz: viewer", "viewer", 1)];

/// Starts a system of its own, sends requests to it, and ends it.
pub(crate) fn alone(port: u16, seconds: u32, seed: Option<u32>) -> Result<()> {
    let mut steps = Steps::new();
    let python = steps.run("local cloud: tools", tools::local_cloud)?;
    steps.run("binaries", || {
        binaries::build(Selection::Functions)?;
        binaries::stage()
    })?;
    let place = Place::new(port);
    place.create()?;
    let (cloud, stack) = up::start(&place, &python, &mut steps)?;
    let done = commands(&stack.url, &place.stack(), seconds, seed).and_then(|runs| {
        runs.into_iter().try_for_each(|(name, mut run)| steps.check(name, || process::run(&mut run)))
    });
    cloud.stop()?;
    done?;
    steps.finish()
}

/// What sends requests to the system of this `stack.json`, for so many seconds in all.
pub(crate) fn commands(
    url: &str,
    stack: &Path,
    seconds: u32,
    seed: Option<u32>,
) -> Result<Vec<(&'static str, Command)>> {
    let python = tools::fuzzer()?;
    let shares: u32 = CREDENTIALS.iter().map(|(_, _, share)| share).sum();
    let command = |(name, credential, share): (&'static str, &str, u32)| {
        let mut run = Command::new(python.bin().join("schemathesis"));
        run.arg("run").arg(project::root().join("infra/openapi.yaml")).args(["--url", url]);
        run.args(["--phases", "coverage,fuzzing,stateful", "--checks", CHECKS, "--continue-on-failure"]);
        // A preflight is answered by the gateway, whatever the path.
        run.args(["--exclude-method", "OPTIONS"]);
        // Wrong guesses of one's own password disable it, and with it the rest of the run.
        run.args(["--exclude-operation-id", "changePassword"]);
        run.args(["--max-time", &(seconds * share / shares).max(1).to_string()]);
        if let Some(seed) = seed {
            run.args(["--seed", &seed.to_string()]);
        }
        run.env("SCHEMATHESIS_HOOKS", "hooks").env("PYTHONPATH", project::root().join("tests/fuzz"));
        run.env("PYTHONDONTWRITEBYTECODE", "1").env("QARION_STACK", stack);
        run.env("QARION_CREDENTIAL", credential).current_dir(project::target());
        (name, run)
    };
    Ok(CREDENTIALS.map(command).into())
}
