//! What stands between a service and Redis, and can fail.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[derive(Default)]
struct Faults {
    /// Connections before this one carry nothing any more, and stay open.
    silent_before: AtomicUsize,
    /// The next answer is lost, with its connection.
    lose_an_answer: AtomicBool,
}

/// Forwards connections for as long as the test runs.
pub(crate) struct Proxy {
    port: u16,
    accepted: Arc<AtomicUsize>,
    faults: Arc<Faults>,
}

impl Proxy {
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            accepted: Arc::default(),
            faults: Arc::default(),
        };
        let (accepted, faults) = (Arc::clone(&proxy.accepted), Arc::clone(&proxy.faults));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let number = accepted.fetch_add(1, Ordering::SeqCst);
                let client = client.unwrap();
                let redis = TcpStream::connect(("127.0.0.1", port)).unwrap();
                let (from, to) = (client.try_clone().unwrap(), redis.try_clone().unwrap());
                let of_requests = Arc::clone(&faults);
                std::thread::spawn(move || forward(from, to, number, &of_requests, false));
                let of_answers = Arc::clone(&faults);
                std::thread::spawn(move || forward(redis, client, number, &of_answers, true));
            }
        });
        proxy
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn connections(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// The connections of today carry nothing any more.
    pub(crate) fn silence(&self) {
        let all = self.connections();
        self.faults.silent_before.store(all, Ordering::SeqCst);
    }

    pub(crate) fn lose_an_answer(&self) {
        self.faults.lose_an_answer.store(true, Ordering::SeqCst);
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, number: usize, faults: &Faults, answers: bool) {
    let mut buffer = [0; 16_384];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if number < faults.silent_before.load(Ordering::SeqCst) {
            continue;
        }
        if answers && faults.lose_an_answer.swap(false, Ordering::SeqCst) {
            break;
        }
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    _ = from.shutdown(Shutdown::Both);
    _ = to.shutdown(Shutdown::Both);
}
