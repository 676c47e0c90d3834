//! Embeds what the build of `console/` left in `console/dist`.
//!
//! Without it the workspace compiles all the same, for who works on something else: the function then does not
//! start. A release is another matter, and fails here.

#[path = "src/media.rs"]
mod media;

use std::{env, error::Error, fs, path::Path, process::ExitCode};

const DIST: &str = "../../console/dist";
const INDEX: &str = "index.html";
/// What the function replaces by the path that it is served under.
const BASE: &str = r#"<base href="/console/">"#;
const NOT_BUILT: &str =
    "console/dist is empty: run `cargo xtask build`, or `npm ci && npm run build` in console/";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={DIST}");
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a build script is told everything by the environment")]
fn embed() -> Result<(), Box<dyn Error>> {
    // Of a folder that is not there Cargo thinks at each build that it has changed.
    fs::create_dir_all(DIST)?;
    let mut names = Vec::new();
    list(Path::new(DIST), "", &mut names)?;
    names.sort();
    if names.is_empty() && env::var("PROFILE")? == "release" {
        return Err(NOT_BUILT.into());
    }
    let mut source = String::from("&[\n");
    for name in &names {
        if media::media_type(name).is_none() {
            return Err(format!("console/dist/{name}: no file of this kind is served").into());
        }
        let path = fs::canonicalize(Path::new(DIST).join(name))?;
        source.push_str(&format!("    ({name:?}, include_str!({:?})),\n", path.display().to_string()));
    }
    source.push(']');
    if !names.is_empty() {
        let index = fs::read_to_string(Path::new(DIST).join(INDEX))
            .map_err(|error| format!("console/dist/{INDEX}: {error}"))?;
        if index.matches(BASE).count() != 1 {
            return Err(format!("console/dist/{INDEX}: must hold `{BASE}`, once").into());
        }
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("files.rs"), source)?;
    Ok(())
}

/// The names of all files below, with their folders.
fn list(folder: &Path, before: &str, names: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name =
            format!("{before}{}", entry.file_name().to_str().ok_or("console/dist: a name that is no text")?);
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}
