//! Other programs: to run one and believe its exit code, to know one again by more than its number, and to
//! end a whole group.

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const GRACE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);

/// Cargo, the one that runs us.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::project::root());
    command
}

/// Runs a program on our terminal; an error unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| missing(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs a program and returns what it printed; an error, with what it said, unless it succeeds.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| missing(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", shown(command), output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn missing(command: &Command) -> String {
    format!("cannot run `{}`", command.get_program().to_string_lossy())
}

fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(OsStr::new("?"));
    let mut words = vec![name.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// A process that we can know again after we have ended: numbers are used again, number and time of start
/// together are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pid: i32,
    started: String,
}

impl Identity {
    /// The identity of a process that runs now.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let pid = i32::try_from(pid)?;
        let started = started(pid).with_context(|| format!("process {pid} ended at once"))?;
        Ok(Self { pid, started })
    }

    pub(crate) fn is_alive(&self) -> bool {
        started(self.pid).as_deref() == Some(self.started.as_str())
    }

    /// Ends the process and the group that it leads, first politely. It must have been started as the leader
    /// of its own group.
    pub(crate) fn end_group(&self) -> Result<()> {
        let Some(group) = Pid::from_raw(self.pid) else { bail!("{} is no process id", self.pid) };
        match started(self.pid) {
            // The number is somebody else's now. It is not given away while a group of that number lives,
            // so ours is gone.
            Some(other) if other != self.started => return Ok(()),
            Some(_) => {
                // It may end between the question and the signal: then there is nothing to do.
                let _ = kill_process_group(group, Signal::TERM);
                let deadline = Instant::now() + GRACE;
                while self.is_alive() && Instant::now() < deadline {
                    std::thread::sleep(POLL);
                }
            }
            // The leader is gone, perhaps without those that it started.
            None => {}
        }
        let _ = kill_process_group(group, Signal::KILL);
        let deadline = Instant::now() + GRACE;
        while !members(self.pid).is_empty() && Instant::now() < deadline {
            std::thread::sleep(POLL);
        }
        let left = members(self.pid);
        if !left.is_empty() {
            bail!("processes {left:?} did not end");
        }
        Ok(())
    }
}

/// When a process started, in its system's own words. None for one that has ended, a zombie included.
fn started(pid: i32) -> Option<String> {
    if fs::exists("/proc/self/stat").unwrap_or(false) {
        let stat = Stat::read(pid)?;
        return (stat.state != "Z").then_some(stat.started);
    }
    let answer = Command::new("ps").args(["-o", "lstart=", "-p", &pid.to_string()]).output().ok()?;
    let text = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The living processes of a group. Known on Linux only; elsewhere we believe the signal.
fn members(group: i32) -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| Stat::read(*pid).is_some_and(|stat| stat.group == group && stat.state != "Z"))
        .collect()
}

/// The fields of `/proc/<pid>/stat` that matter here (proc_pid_stat(5)).
struct Stat {
    state: String,
    group: i32,
    started: String,
}

impl Stat {
    fn read(pid: i32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name, in parentheses, may hold anything: the rest begins after the last one.
        let mut fields = text.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?.to_owned();
        let group = fields.nth(1)?.parse().ok()?;
        // State is field 3, the group 5, the start 22.
        let started = fields.nth(16)?.to_owned();
        Some(Self { state, group, started })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::CommandExt;

    #[test]
    fn a_group_is_ended_with_all_its_members() {
        let mut child =
            Command::new("sh").args(["-c", "sleep 60 & sleep 60"]).process_group(0).spawn().unwrap();
        let identity = Identity::of(child.id()).unwrap();
        assert!(identity.is_alive());

        identity.end_group().unwrap();

        assert!(!identity.is_alive());
        assert_eq!(members(identity.pid), Vec::<i32>::new());
        child.wait().unwrap();
    }

    #[test]
    fn another_process_of_the_same_number_is_not_ours() {
        let mut child = Command::new("sleep").arg("60").process_group(0).spawn().unwrap();
        let ours = Identity::of(child.id()).unwrap();
        let other = Identity { started: format!("{}0", ours.started), ..ours.clone() };

        assert!(!other.is_alive());
        other.end_group().unwrap();
        assert!(ours.is_alive(), "a stranger was ended");

        ours.end_group().unwrap();
        child.wait().unwrap();
    }
}
