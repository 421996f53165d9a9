//! Clients that take their time.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::serve::Listener;
use certgate::adapter::tls::{HandshakeErrorKind, TlsAcceptor, TlsListener};
use tokio::io::{AsyncReadExt, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use crate::client::{Client, TLS13};
use crate::pki::Pki;
use crate::server::Server;

const NEVER: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn a_handshake_that_is_not_done_in_time_is_ended() {
    let pki = Pki::new();
    let settings = pki
        .required()
        .with_handshake_limit(Duration::from_millis(50));
    let mut server = Server::start(TlsAcceptor::new(settings).unwrap()).await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(server.leaf().await, Err(HandshakeErrorKind::TimedOut));
    // The connection is closed, without a word.
    let mut answer = Vec::new();
    silent.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, b"");
}

/// On a stopped clock, over a pipe.
#[tokio::test(start_paused = true)]
async fn a_handshake_has_ten_seconds_unless_it_is_told_otherwise() {
    let pki = Pki::new();
    for (settings, limit) in [
        (pki.required(), Duration::from_secs(10)),
        (
            pki.required().with_handshake_limit(Duration::from_secs(3)),
            Duration::from_secs(3),
        ),
    ] {
        let acceptor = TlsAcceptor::new(settings).unwrap();
        let (_silent, stream) = tokio::io::duplex(1024);
        let before = tokio::time::Instant::now();
        let outcome = acceptor
            .accept(stream, certgate::request::Peer::UNKNOWN)
            .await;
        assert_eq!(outcome.err().unwrap().kind(), HandshakeErrorKind::TimedOut);
        let took = before.elapsed();
        assert!(took >= limit && took < limit + Duration::from_millis(10));
    }
}

#[tokio::test]
async fn a_slow_handshake_holds_up_nobody_else() {
    let pki = Pki::new();
    let acceptor = TlsAcceptor::new(pki.required().with_handshake_limit(NEVER)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut listener = TlsListener::new(listener, acceptor);
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    let acme = Client::with(&pki, &pki.partners.client("acme"), &TLS13);
    let (accepted, connected) = tokio::join!(listener.accept(), acme.connect(address));
    let client = connected.unwrap();
    assert_eq!(accepted.1, client.get_ref().0.local_addr().unwrap());
    drop(silent);
}

/// Connections that come when the test says so, and are counted when they are
/// accepted.
struct Pipes {
    waiting: UnboundedReceiver<DuplexStream>,
    accepted: Arc<AtomicUsize>,
}

impl Listener for Pipes {
    type Io = DuplexStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (DuplexStream, SocketAddr) {
        let stream = self.waiting.recv().await.unwrap();
        let number = self.accepted.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(number).unwrap();
        (stream, SocketAddr::from(([192, 0, 2, 1], port)))
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(SocketAddr::from(([192, 0, 2, 9], 443)))
    }
}

/// On a stopped clock, which goes on when everything waits.
#[tokio::test(start_paused = true)]
async fn as_many_handshakes_run_at_once_as_are_allowed_and_a_failed_one_makes_room() {
    const WHILE: Duration = Duration::from_secs(1);

    let pki = Pki::new();
    let acceptor = TlsAcceptor::new(pki.required()).unwrap();
    let (connect, waiting) = unbounded_channel();
    let accepted = Arc::new(AtomicUsize::new(0));
    let pipes = Pipes {
        waiting,
        accepted: Arc::clone(&accepted),
    };
    let (tell, mut failures) = unbounded_channel();
    let mut listener = TlsListener::new(pipes, acceptor)
        .at_once(NonZeroUsize::new(2).unwrap())
        .on_failure(move |error, from| tell.send((error.kind(), from.port())).unwrap());
    let mut clients = Vec::new();
    for _ in 0..4 {
        let (client, server) = tokio::io::duplex(1024);
        connect.send(server).unwrap();
        clients.push(client);
    }

    assert!(timeout(WHILE, listener.accept()).await.is_err());
    assert_eq!(accepted.load(Ordering::Relaxed), 2);
    assert!(failures.try_recv().is_err());

    // One goes away, and a third gets its turn.
    drop(clients.remove(1));
    assert!(timeout(WHILE, listener.accept()).await.is_err());
    assert_eq!(accepted.load(Ordering::Relaxed), 3);
    assert_eq!(failures.try_recv(), Ok((HandshakeErrorKind::Connection, 1)));

    // The time of those that are silent runs out, and the last gets its turn.
    assert!(timeout(9 * WHILE, listener.accept()).await.is_err());
    assert_eq!(accepted.load(Ordering::Relaxed), 4);
    assert_eq!(failures.try_recv(), Ok((HandshakeErrorKind::TimedOut, 0)));
}
