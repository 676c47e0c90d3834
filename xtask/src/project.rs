//! Where things are.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// The port of AWS emulators by habit.
pub(crate) const DEFAULT_PORT: u16 = 4566;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Cargo's target directory.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => root().join(directory),
        None => root().join("target"),
    }
}

/// The functions' names: the folders under `functions/`, sorted.
pub(crate) fn functions() -> Result<Vec<String>> {
    let directory = root().join("functions");
    let mut names = Vec::new();
    for entry in fs::read_dir(&directory).with_context(|| format!("cannot read {}", directory.display()))? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// What the functions' binaries are copied to for the local run. `target/lambda` is for AWS.
pub(crate) fn local_binaries() -> PathBuf {
    target().join("local/lambda")
}

/// The files of the system on one port.
///
/// The documented place, `target/local`, is the default port's. Others have a folder of their own in it, so
/// that two systems share nothing but the binaries.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) port: u16,
    directory: PathBuf,
}

impl Place {
    pub(crate) fn new(port: u16) -> Self {
        let mut directory = target().join("local");
        if port != DEFAULT_PORT {
            directory.push(port.to_string());
        }
        Self { port, directory }
    }

    /// The place of a test run: a port that happens to be free, and always the same folder.
    pub(crate) fn of_tests(port: u16) -> Self {
        Self { port, directory: target().join("local/test") }
    }

    /// Makes the folder of all these files.
    pub(crate) fn create(&self) -> Result<()> {
        fs::create_dir_all(&self.directory)
            .with_context(|| format!("cannot create {}", self.directory.display()))
    }

    /// What a test run writes besides.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Where MiniStack answers.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What clients and tests read: address, table, users.
    pub(crate) fn stack(&self) -> PathBuf {
        self.directory.join("stack.json")
    }

    /// What `infra/local/deploy.py` wrote.
    pub(crate) fn deployed(&self) -> PathBuf {
        self.directory.join("deployed.json")
    }

    /// Who MiniStack is: process id and time of its start.
    pub(crate) fn process(&self) -> PathBuf {
        self.directory.join("ministack.json")
    }

    pub(crate) fn cloud_log(&self) -> PathBuf {
        self.directory.join("ministack.log")
    }

    pub(crate) fn functions_log(&self) -> PathBuf {
        self.directory.join("functions.log")
    }

    /// MiniStack's folder for temporary files: unpacked functions, mostly.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.directory.join("tmp")
    }
}

/// A lock between runs of xtask, held until the file is dropped.
pub(crate) fn lock(name: &str) -> Result<fs::File> {
    let directory = target().join("local");
    fs::create_dir_all(&directory)?;
    let path = directory.join(format!("{name}.lock"));
    let file = fs::File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
    file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}
