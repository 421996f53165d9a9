//! Finds an edge's program, and runs it as a process of its own.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::directory::Directory;

/// Where a program is, if it is installed.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let own = std::env::var_os("CERTGATE_EDGES_BIN").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/edges/bin"),
        PathBuf::from,
    );
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), own])
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
}

/// The same, for a test that is of no use without it, or without the openssl
/// that makes its RSA key.
///
/// # Panics
///
/// One of them is missing and must not be.
pub(crate) fn find_or_skip(name: &str) -> Option<PathBuf> {
    let missing = [name, "openssl"]
        .into_iter()
        .find(|name| find(name).is_none());
    let Some(missing) = missing else {
        return find(name);
    };
    let required = ["CI", "CERTGATE_REQUIRE_EDGES"]
        .iter()
        .any(|variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty()));
    assert!(!required, "{missing} is required and not installed");
    eprintln!("SKIPPED: {missing} is not installed, so nothing was tested");
    None
}

/// A port that nobody listens on. It is outside of the range from which
/// sockets are given their ports, and of a test's own process.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let offset = (std::process::id() * 16 + number) % 12_000;
        let port = u16::try_from(20_000 + offset).unwrap();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// A running program. It ends with this value.
pub(crate) struct Running {
    child: Child,
    directory: Directory,
    behind: Option<Box<Self>>,
}

const LOG: &str = "output.log";

/// How long a start may take: enough for the slowest machine, and nothing
/// waits for it to pass.
pub(crate) const START_DUE: Duration = Duration::from_secs(30);

impl Running {
    /// Starts `command` and waits until it accepts connections at `port`.
    pub(crate) fn start(command: &mut Command, directory: Directory, port: u16) -> Self {
        let log = File::create(directory.path().join(LOG)).unwrap();
        let child = command
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut running = Self {
            child,
            directory,
            behind: None,
        };
        running.wait_until_ready((Ipv4Addr::LOCALHOST, port).into());
        running
    }

    fn wait_until_ready(&mut self, address: SocketAddr) {
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = self.child.try_wait().unwrap();
            let log = self.log();
            assert!(ended.is_none(), "the edge ended with {ended:?}:\n{log}");
            assert!(begun.elapsed() < START_DUE, "the edge is not ready:\n{log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Keeps `other` running as long as this.
    #[must_use]
    pub(crate) fn before(mut self, other: Self) -> Self {
        self.behind = Some(Box::new(other));
        self
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the program wrote to its output.
    pub(crate) fn log(&self) -> String {
        self.directory.read(LOG)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            eprintln!("output of the edge:\n{}", self.log());
        }
    }
}
