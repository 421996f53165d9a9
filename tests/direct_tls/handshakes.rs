//! Whose handshake comes to a connection, and what is known of them then.

use std::sync::Arc;

use certgate::adapter::tls::rustls::ServerConnection;
use certgate::adapter::tls::{HandshakeErrorKind, TlsAcceptor, verified_connection};
use certgate::request::{Peer, PeerCertificate, PeerVerification};
use rcgen::ExtendedKeyUsagePurpose;
use tokio::net::TcpListener;

use crate::client::{Client, TLS12, TLS13};
use crate::pki::{Authority, Leaf, Pki};
use crate::server::Server;

/// A certificate by the partners' authority that differs in one thing.
fn partner(change: impl FnOnce(&mut Leaf)) -> Leaf {
    let mut leaf = Leaf::of("acme");
    change(&mut leaf);
    leaf
}

#[tokio::test]
async fn a_certificate_of_the_partners_authority_is_taken_and_no_other() {
    use HandshakeErrorKind::CertificateRefused;

    let pki = Pki::new();
    // The same name and another key.
    let impostor = Authority::new("Partner CA");
    let acme = pki.partners.client("acme");
    for settings in [Pki::required, Pki::requested] {
        let mut server = Server::start(TlsAcceptor::new(settings(&pki)).unwrap()).await;
        for version in [&TLS12, &TLS13] {
            let client = Client::with(&pki, &acme, version);
            assert_eq!(client.listen(server.address).await.unwrap(), "hello");
            assert_eq!(server.leaf().await, Ok(Some(acme.der().to_vec())));

            for (held, alert) in [
                (impostor.client("acme"), "DecryptError"),
                (Authority::new("Another CA").client("acme"), "UnknownCA"),
                (
                    pki.partners
                        .signs(&partner(|leaf| leaf.years = (2019, 2020))),
                    "CertificateExpired",
                ),
                (
                    pki.partners
                        .signs(&partner(|leaf| leaf.years = (2099, 2100))),
                    "CertificateExpired",
                ),
                (
                    pki.partners.signs(&partner(|leaf| {
                        leaf.purpose = ExtendedKeyUsagePurpose::ServerAuth;
                    })),
                    "UnsupportedCertificate",
                ),
            ] {
                let client = Client::with(&pki, &held, version);
                let refused = client.listen(server.address).await.unwrap_err();
                assert_eq!(refused, alert, "{version:?}");
                assert_eq!(server.leaf().await, Err(CertificateRefused));
            }
        }
    }
}

#[tokio::test]
async fn a_client_without_a_certificate_gets_in_where_one_is_only_requested() {
    let pki = Pki::new();
    for version in [&TLS12, &TLS13] {
        let client = Client::anonymous(&pki, version);
        let mut server = Server::start(TlsAcceptor::new(pki.requested()).unwrap()).await;
        assert_eq!(client.listen(server.address).await.unwrap(), "hello");
        let accepted = server.outcome().await.unwrap();
        let peer = accepted.connection.peer();
        assert_eq!(peer.certificate(), None);
        assert_eq!(peer.to_string(), "127.0.0.1");

        let mut server = Server::start(TlsAcceptor::new(pki.required()).unwrap()).await;
        let refused = client.listen(server.address).await.unwrap_err();
        assert_eq!(refused, "CertificateRequired");
        assert_eq!(
            server.leaf().await,
            Err(HandshakeErrorKind::CertificateMissing)
        );
    }
}

#[tokio::test]
async fn the_certificates_are_those_that_were_sent_byte_for_byte() {
    let pki = Pki::new();
    let between = pki.partners.below("Partner CA 2");
    let acme = between.client("acme").with_chain(&between);
    let mut server = Server::start(TlsAcceptor::new(pki.required()).unwrap()).await;
    for version in [&TLS12, &TLS13] {
        let client = Client::with(&pki, &acme, version);
        client.listen(server.address).await.unwrap();
        let accepted = server.outcome().await.unwrap();
        let sent = accepted.connection.peer().certificate().unwrap();
        assert_eq!(sent.leaf(), acme.chain[0]);
        assert_eq!(sent.chain(), &acme.chain[1..]);
        assert_eq!(sent.verification(), PeerVerification::Verified);
    }
    // Without the authority between there is no way to one that is known.
    let alone = between.client("acme");
    let refused = Client::with(&pki, &alone, &TLS13);
    let refused = refused.listen(server.address).await.unwrap_err();
    assert_eq!(refused, "UnknownCA");
}

#[tokio::test]
async fn an_authority_is_no_client() {
    let pki = Pki::new();
    let mut server = Server::start(TlsAcceptor::new(pki.required()).unwrap()).await;
    let authority = crate::pki::Held {
        chain: vec![pki.partners.der()],
        pem: pki.partners.pem(),
        key: rcgen::KeyPair::from_pem(&pki.partners.issuer.key().serialize_pem()).unwrap(),
    };
    for version in [&TLS12, &TLS13] {
        let client = Client::with(&pki, &authority, version);
        client.listen(server.address).await.unwrap_err();
        assert_eq!(
            server.leaf().await,
            Err(HandshakeErrorKind::CertificateRefused)
        );
    }
}

/// As actix-web does: its own accepting, and a function of the session.
#[tokio::test]
async fn a_server_that_does_its_own_accepting_asks_the_session() {
    let pki = Pki::new();
    let acme = pki.partners.client("acme");
    let config = TlsAcceptor::new(pki.requested()).unwrap().server_config();
    // A certificate that somebody says the peer has counts for nothing.
    let said = Peer::address("203.0.113.5".parse().unwrap())
        .with_certificate(PeerCertificate::verified(b"said"));
    let session = ServerConnection::new(Arc::clone(&config)).unwrap();
    let before = verified_connection(said, &session);
    assert_eq!(before.peer().certificate(), None);

    let holder = Client::with(&pki, &acme, &TLS13);
    let anonymous = Client::anonymous(&pki, &TLS13);
    for (client, expected) in [(holder, Some(acme.der())), (anonymous, None)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connecting = tokio::spawn(async move { client.connect(address).await.unwrap() });
        let (stream, from) = listener.accept().await.unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(&config));
        let stream = acceptor.accept(stream).await.unwrap();
        let session = stream.get_ref().1;
        let connection = verified_connection(from, session);
        assert_eq!(connection.peer().to_string(), "127.0.0.1");
        let connection = verified_connection(said, session);
        let peer = connection.peer();
        assert_eq!(peer.to_string(), "203.0.113.5");
        assert_eq!(peer.certificate().map(PeerCertificate::leaf), expected);
        connecting.await.unwrap();
    }
}
