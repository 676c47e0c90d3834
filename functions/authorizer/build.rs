//! Compiles each operation's `x-qarion-access` into the static route table. An operation without one, or
//! with a role that does not exist, fails here with a message that names it.

use std::{env, error::Error, fs, path::Path, process::ExitCode};

const DOCUMENT: &str = "../../infra/openapi.yaml";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    match compile() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error=infra/openapi.yaml: {error}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a build script is told its folder by the environment")]
fn compile() -> Result<(), Box<dyn Error>> {
    let document: serde_json::Value = serde_norway::from_str(&fs::read_to_string(DOCUMENT)?)?;
    let operations = access::openapi::operations(&document)?;
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("routes.rs"), access::openapi::to_source(&operations))?;
    Ok(())
}
