//! Projects of npm: their packages as package-lock.json names them, and their scripts.

use crate::{process, project};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with a package.json.
#[derive(Clone, Copy)]
pub(crate) struct Project {
    /// What its notes under `target/npm` are called.
    pub(crate) name: &'static str,
    /// From the root.
    pub(crate) folder: &'static str,
}

impl Project {
    pub(crate) fn folder(self) -> PathBuf {
        project::root().join(self.folder)
    }

    /// Installs what package-lock.json names, where that is not what is there.
    pub(crate) fn install(self) -> Result<()> {
        let lock = self.folder().join("package-lock.json");
        let lock = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
        if self.folder().join("node_modules").is_dir() && self.noted("installed").as_ref() == Some(&lock) {
            return Ok(());
        }
        // No package runs anything of its own here: none needs to, and a hijacked one would.
        self.run(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
        self.note("installed", &lock)
    }

    /// npm, in the project's folder.
    pub(crate) fn command(self, arguments: &[&str]) -> Command {
        let mut npm = Command::new("npm");
        npm.current_dir(self.folder()).args(arguments);
        npm
    }

    pub(crate) fn run(self, arguments: &[&str]) -> Result<()> {
        let what = || format!("{} needs npm, which comes with Node.js 20 or newer", self.folder);
        process::run(&mut self.command(arguments)).with_context(what)
    }

    /// What was noted about it, under that name.
    pub(crate) fn noted(self, what: &str) -> Option<String> {
        fs::read_to_string(self.notes().join(what)).ok()
    }

    pub(crate) fn note(self, what: &str, text: &str) -> Result<()> {
        let notes = self.notes();
        fs::create_dir_all(&notes)?;
        write(&notes.join(what), text)
    }

    fn notes(self) -> PathBuf {
        project::target().join("npm").join(self.name)
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
