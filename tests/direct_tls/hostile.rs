//! What is no handshake.

use std::error::Error as _;
use std::time::Duration;

use certgate::adapter::tls::{HandshakeErrorKind, TlsAcceptor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Client, TLS13};
use crate::pki::Pki;
use crate::server::Server;

#[tokio::test]
async fn what_is_no_tls_ends_its_own_connection_and_no_other() {
    let pki = Pki::new();
    let acme = Client::with(&pki, &pki.partners.client("acme"), &TLS13);
    let mut server = Server::start(TlsAcceptor::new(pki.required()).unwrap()).await;
    // A record of the handshake (22) of 16,384 bytes, whose message (1) says that
    // it is 16 MiB long: more than any handshake is.
    let mut endless = vec![22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff];
    endless.resize(5 + 16_384, 0);
    // A record that is longer than records may be.
    let oversized = [22, 3, 1, 0xff, 0xff];
    for bytes in [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".as_slice(),
        b"\x00",
        &[0xff; 70_000],
        &endless,
        &oversized,
        // A record of application data before any handshake.
        &[23, 3, 3, 0, 1, 0],
        // SSL 2.
        &[0x80, 0x2e, 1, 0, 2],
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(bytes).await.ok();
        stream.shutdown().await.ok();
        let outcome = server.outcome().await;
        let kind = outcome.err().unwrap().kind();
        assert!(
            matches!(
                kind,
                HandshakeErrorKind::Protocol | HandshakeErrorKind::Connection
            ),
            "{kind:?}"
        );
        // The answer is an alert at most.
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok();
        assert!(answer.len() <= 7, "{}", answer.len());

        assert_eq!(acme.listen(server.address).await.unwrap(), "hello");
        server.outcome().await.unwrap();
    }
}

#[tokio::test]
async fn an_error_tells_its_kind_and_where_it_comes_from() {
    let pki = Pki::new();
    let mut server = Server::start(TlsAcceptor::new(pki.required()).unwrap()).await;
    let anonymous = Client::anonymous(&pki, &TLS13);
    anonymous.listen(server.address).await.unwrap_err();
    let error = server.outcome().await.err().unwrap();
    assert_eq!(error.to_string(), "the client has no certificate");
    assert_eq!(
        error.source().unwrap().to_string(),
        "peer sent no certificates"
    );

    let limit = Duration::from_millis(1);
    let settings = pki.required().with_handshake_limit(limit);
    let mut server = Server::start(TlsAcceptor::new(settings).unwrap()).await;
    let _silent = TcpStream::connect(server.address).await.unwrap();
    let error = server.outcome().await.err().unwrap();
    assert_eq!(error.kind(), HandshakeErrorKind::TimedOut);
    assert_eq!(error.to_string(), "the TLS handshake was not done in time");
    assert!(error.source().is_none());
}
