//! The environment of programs that talk to the local cloud as the functions do.

use crate::deploy::Deployed;
use crate::project::Place;
use crate::{cloud, tools};
use anyhow::{Result, bail};
use std::process::Command;

/// Any region serves; this one is MiniStack's own.
pub(crate) const REGION: &str = "us-east-1";

/// Points a program's AWS SDK at the local cloud, and away from everything else.
pub(crate) fn point_at(command: &mut Command, place: &Place) {
    for (name, value) in aws(place) {
        command.env(name, value);
    }
    for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN"] {
        command.env_remove(name);
    }
}

fn aws(place: &Place) -> [(&'static str, String); 8] {
    [
        ("AWS_ENDPOINT_URL", place.endpoint()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_DEFAULT_REGION", REGION.to_owned()),
        // MiniStack believes anybody.
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        // A proxy of the developer's network does not know our loopback.
        ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
        ("no_proxy", "127.0.0.1,localhost".to_owned()),
    ]
}

/// What a function in the running system of this place has in its environment, and programs of ours need.
pub(crate) fn of_functions(place: &Place) -> Result<Vec<(String, String)>> {
    if cloud::Cloud::running(place)?.is_none() {
        bail!("nothing runs on port {port}: start it with `cargo xtask up --port {port}`", port = place.port);
    }
    let aws = aws(place).map(|(name, value)| (name.to_owned(), value));
    Ok(aws.into_iter().chain(Deployed::read(place)?.environment).collect())
}

/// Prints export lines: the variables that the deployed functions have, and where the pinned tools are.
pub(crate) fn print(port: u16) -> Result<()> {
    let variables = of_functions(&Place::new(port))?;
    let programs = tools::programs()?;
    for (name, value) in variables {
        println!("export {name}={}", quoted(&value));
    }
    println!("export PATH={}:\"$PATH\"", quoted(&programs.display().to_string()));
    Ok(())
}

/// A word that every shell takes as it is.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        let value = "it's $HOME `and` \"more\"";
        let script = format!("printf %s {}", quoted(value));
        let read = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8(read.stdout).unwrap(), value);
    }
}
