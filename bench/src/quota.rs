//! A part of a processor, as Lambda gives it by memory: a control group of its own for a process.
//!
//! A function has one processor at 1,769 MB and its part of it below.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// MB at which a function has a whole processor.
pub(crate) const WHOLE: u64 = 1769;
/// Microseconds between two allotments.
const PERIOD: u64 = 20_000;

/// A control group, removed on drop.
pub(crate) struct Quota {
    folder: PathBuf,
    processes: &'static str,
}

impl Quota {
    /// Of a function with this much memory in MB. An error where control groups are not to be had.
    pub(crate) fn of(memory: u64) -> Result<Self> {
        let name = format!("qarion-bench-{}-{memory}", std::process::id());
        let quota = (PERIOD * memory / WHOLE).clamp(1000, PERIOD);
        let (first, second) = (Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup"));
        if first.join("cpu.cfs_quota_us").exists() {
            let folder = first.join(name);
            fs::create_dir(&folder).context("control groups cannot be made here")?;
            let made = Self { folder, processes: "tasks" };
            made.set("cpu.cfs_period_us", &PERIOD.to_string())?;
            made.set("cpu.cfs_quota_us", &quota.to_string())?;
            return Ok(made);
        }
        let folder = second.join(name);
        fs::create_dir(&folder).context("control groups cannot be made here")?;
        let made = Self { folder, processes: "cgroup.procs" };
        made.set("cpu.max", &format!("{quota} {PERIOD}"))?;
        Ok(made)
    }

    /// Holds all threads of a process to it from now on.
    pub(crate) fn hold(&self, process: u32) -> Result<()> {
        if self.processes == "cgroup.procs" {
            return self.set(self.processes, &process.to_string());
        }
        for thread in fs::read_dir(format!("/proc/{process}/task"))? {
            self.set(self.processes, &thread?.file_name().to_string_lossy())?;
        }
        Ok(())
    }

    fn set(&self, file: &str, value: &str) -> Result<()> {
        let path = self.folder.join(file);
        fs::write(&path, value).with_context(|| format!("{} cannot be written", path.display()))
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        let _left = fs::remove_dir(&self.folder);
    }
}
