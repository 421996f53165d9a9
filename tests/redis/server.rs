//! A real redis-server, on loopback, that ends with the test.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::clock::Clock;

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
    arguments: Vec<String>,
    clock: Option<Clock>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        Self::launch(arguments, |_| None)
    }

    /// Its wall clock stands still at `micros` since 1970.
    pub(crate) fn frozen_at(micros: i64) -> Self {
        Self::launch(&[], |folder| Some(Clock::at(folder, micros)))
    }

    fn launch(arguments: &[&str], clock: impl FnOnce(&Path) -> Option<Clock>) -> Self {
        let folder = new_folder();
        let clock = clock(&folder);
        let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
        // Another program may take the port between the look and the start.
        for _ in 0..10 {
            let port = free_port();
            let mut child = spawn(port, &folder, &arguments, clock.as_ref());
            if comes_up(&mut child, port) {
                return Self {
                    child,
                    port,
                    folder,
                    arguments,
                    clock,
                };
            }
        }
        panic!("redis-server does not start");
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// A connection of the test's own.
    pub(crate) fn ask<T: redis::FromRedisValue>(&self, command: &[&str]) -> T {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_connection().unwrap();
        let mut words = redis::Cmd::new();
        for word in command {
            words.arg(*word);
        }
        words.query(&mut connection).unwrap()
    }

    pub(crate) fn set_clock(&self, micros: i64) {
        self.clock.as_ref().unwrap().set(micros);
    }

    /// SIGKILL, as when its machine is lost.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// At the same port, with what is on disk.
    pub(crate) fn start_again(&mut self) {
        self.child = spawn(
            self.port,
            &self.folder,
            &self.arguments,
            self.clock.as_ref(),
        );
        assert!(comes_up(&mut self.child, self.port));
    }

    /// It goes on listening and answers nobody.
    pub(crate) fn hang(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn spawn(port: u16, folder: &Path, arguments: &[String], clock: Option<&Clock>) -> Child {
    let mut program = Command::new("redis-server");
    program
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--dir"])
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(clock) = clock {
        clock.preload(&mut program);
    }
    program.spawn().expect(
        "these tests need redis-server, which scripts/install_edges.sh installs where it is missing",
    )
}

/// Whether it answers, whatever the answer is; false once it has ended.
fn comes_up(child: &mut Child, port: u16) -> bool {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if pings(port).is_some_and(|answer| !answer.starts_with(b"-LOADING")) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    _ = child.kill();
    _ = child.wait();
    false
}

fn pings(port: u16) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(b"PING\r\n").ok()?;
    let mut answer = vec![0; 64];
    let length = stream.read(&mut answer).ok()?;
    answer.truncate(length);
    (length > 0).then_some(answer)
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

fn new_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("certgate-redis-{}-{count}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder).unwrap();
    folder
}
