//! The cloud on this machine: one MiniStack process a port, with its state in memory.

use crate::process::Identity;
use crate::project::Place;
use crate::tools::Python;
use anyhow::{Context, Result, bail};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const START_DEADLINE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// A MiniStack that runs, and whether it is ours to end.
pub(crate) struct Cloud {
    place: Place,
    identity: Identity,
    /// Present where this process started it.
    child: Option<Child>,
    /// Whether it ends together with this value.
    owned: bool,
}

impl Cloud {
    /// The MiniStack of this place: the one that runs, or a new one.
    pub(crate) fn start(place: &Place, python: &Python) -> Result<Self> {
        if let Some(running) = Self::running(place)? {
            return Ok(running);
        }
        check_port(place)?;
        place.create()?;
        // What the last one left: its state died with it.
        for stale in [place.stack(), place.deployed(), place.functions_log()] {
            remove_file(&stale)?;
        }
        let temporary = place.temporary();
        if temporary.exists() {
            fs::remove_dir_all(&temporary)?;
        }
        fs::create_dir_all(&temporary)?;

        let log = fs::File::create(place.cloud_log())?;
        let child = command(place, python)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // Its own group, so that Ctrl-C reaches it through us, and the functions end with it.
            .process_group(0)
            .spawn()
            .context("cannot start MiniStack")?;
        let identity = Identity::of(child.id())?;
        let mut cloud = Self { place: place.clone(), identity, child: Some(child), owned: true };
        fs::write(place.process(), serde_json::to_string(&cloud.identity)?)?;
        cloud.wait_until_it_answers()?;
        Ok(cloud)
    }

    /// The MiniStack that an earlier run started in this place, if it is alive.
    pub(crate) fn running(place: &Place) -> Result<Option<Self>> {
        let Ok(text) = fs::read_to_string(place.process()) else {
            return Ok(None);
        };
        let identity: Identity = serde_json::from_str(&text)
            .with_context(|| format!("{} is damaged: remove it", place.process().display()))?;
        if !identity.is_alive() {
            // It was killed, and perhaps its functions were not.
            identity.end_group()?;
            remove_file(&place.process())?;
            return Ok(None);
        }
        Ok(Some(Self { place: place.clone(), identity, child: None, owned: false }))
    }

    /// Whether another run had started it.
    pub(crate) fn was_running(&self) -> bool {
        self.child.is_none()
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        // Only asking collects our own child's exit.
        if let Some(child) = &mut self.child
            && !matches!(child.try_wait(), Ok(None))
        {
            return false;
        }
        self.identity.is_alive()
    }

    /// Leaves it running after this process.
    pub(crate) fn leave_running(mut self) {
        self.owned = false;
    }

    /// Ends it with everything that it started.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        self.owned = false;
        self.identity.end_group()?;
        if let Some(child) = &mut self.child {
            child.wait()?;
        }
        remove_file(&self.place.process())?;
        // An address that nobody answers would only mislead.
        remove_file(&self.place.stack())?;
        if self.place.temporary().exists() {
            fs::remove_dir_all(self.place.temporary())?;
        }
        Ok(())
    }

    fn wait_until_it_answers(&mut self) -> Result<()> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.place.port));
        let deadline = Instant::now() + START_DEADLINE;
        // It listens when it is ready to serve.
        while TcpStream::connect_timeout(&address, POLL).is_err() {
            crate::interrupt::check()?;
            if !self.is_alive() || Instant::now() > deadline {
                bail!("MiniStack did not start; it says why in {}", self.place.cloud_log().display());
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        if self.owned
            && let Err(error) = self.end()
        {
            eprintln!("error: {error:#}");
        }
    }
}

/// An error where MiniStack does not run here and another program has its port.
pub(crate) fn check_port(place: &Place) -> Result<()> {
    if Cloud::running(place)?.is_none() && TcpListener::bind((Ipv4Addr::LOCALHOST, place.port)).is_err() {
        bail!("port {} is taken by another program: end it, or choose another with `--port`", place.port);
    }
    Ok(())
}

/// MiniStack with an environment of its own. The functions inherit it, so nothing of the developer's goes
/// in, real credentials least of all.
fn command(place: &Place, python: &Python) -> Command {
    let mut command = python.command();
    command
        .args(["-m", "ministack"])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", place.temporary())
        .env("TMPDIR", place.temporary())
        .env("PYTHONUNBUFFERED", "1")
        .env("GATEWAY_PORT", place.port.to_string())
        // Without these two it listens on every interface, and the functions call AWS.
        .env("BIND_HOST", "127.0.0.1")
        .env("AWS_ENDPOINT_URL", place.endpoint())
        .env("MINISTACK_REGION", crate::environment::REGION)
        // Neither listeners nor containers that nobody asked for.
        .env("IOT_MTLS_ENABLED", "0")
        .env("SFTP_ENABLED", "0")
        .env("DOCKER_HOST", "unix:///nonexistent");
    command
}

fn remove_file(path: &std::path::Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
