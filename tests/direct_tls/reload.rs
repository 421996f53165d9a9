//! Other certificates while connections come.

use certgate::adapter::tls::rustls::HandshakeKind;
use certgate::adapter::tls::{
    Authorities, ClientCertificates, HandshakeErrorKind, TlsAcceptor, TlsCredential, TlsError,
    TlsSettings,
};
use certgate::request::PeerCertificate;

use crate::client::{Client, TLS12, TLS13};
use crate::pki::{Authority, Pki, provider};
use crate::server::Server;

const FULL: HandshakeKind = HandshakeKind::Full;
const RESUMED: HandshakeKind = HandshakeKind::Resumed;

async fn handshake(client: &Client, server: &mut Server) -> HandshakeKind {
    assert_eq!(client.listen(server.address).await.unwrap(), "hello");
    server.outcome().await.unwrap().handshake
}

#[tokio::test]
async fn new_handshakes_are_under_the_new_settings() {
    let pki = Pki::new();
    let others = Authority::new("Other partners' CA");
    let (acme, globex) = (pki.partners.client("acme"), others.client("globex"));
    let mut server = Server::start(TlsAcceptor::new(pki.required()).unwrap()).await;
    for version in [&TLS12, &TLS13] {
        let acme = Client::with(&pki, &acme, version).with_fresh_sessions();
        let globex = Client::with(&pki, &globex, version).with_fresh_sessions();
        server.acceptor.reload(pki.required()).unwrap();
        assert_eq!(handshake(&acme, &mut server).await, FULL);
        assert_eq!(
            globex.listen(server.address).await.unwrap_err(),
            "UnknownCA"
        );
        server.outcome().await.err().unwrap();

        let renewed = pki.ours.server();
        let authorities = Authorities::from_der([others.der()]).unwrap();
        let settings = TlsSettings::new(
            renewed.credential(),
            ClientCertificates::Required(authorities),
        );
        let settings = settings.with_provider(provider());
        server.acceptor.reload(settings).unwrap();
        let shown = globex.connect(server.address).await.unwrap();
        let shown = shown.get_ref().1.peer_certificates().unwrap();
        assert_eq!(&*shown[0], renewed.der());
        server.outcome().await.unwrap();

        // Acme has a session that was made when its authority was known. Nobody
        // takes it up.
        assert_eq!(acme.listen(server.address).await.unwrap_err(), "UnknownCA");
        assert_eq!(
            server.leaf().await,
            Err(HandshakeErrorKind::CertificateRefused)
        );
    }
}

#[tokio::test]
async fn a_session_is_resumed_until_the_next_reload() {
    let pki = Pki::new();
    let held = pki.partners.client("acme");
    let mut server = Server::start(TlsAcceptor::new(pki.required()).unwrap()).await;
    for version in [&TLS12, &TLS13] {
        let acme = Client::with(&pki, &held, version).with_fresh_sessions();
        assert_eq!(handshake(&acme, &mut server).await, FULL);
        // A resumed session is still acme's.
        assert_eq!(acme.listen(server.address).await.unwrap(), "hello");
        let resumed = server.outcome().await.unwrap();
        assert_eq!(resumed.handshake, RESUMED);
        let sent = resumed.connection.peer().certificate();
        assert_eq!(sent.map(PeerCertificate::leaf), Some(held.der()));

        // The same settings all over: a certificate could have been revoked.
        server.acceptor.reload(pki.required()).unwrap();
        assert_eq!(handshake(&acme, &mut server).await, FULL);
        assert_eq!(handshake(&acme, &mut server).await, RESUMED);
    }
}

#[tokio::test]
async fn who_had_no_certificate_needs_one_when_it_is_required() {
    let pki = Pki::new();
    for version in [&TLS12, &TLS13] {
        let anonymous = Client::anonymous(&pki, version).with_fresh_sessions();
        let mut server = Server::start(TlsAcceptor::new(pki.requested()).unwrap()).await;
        assert_eq!(handshake(&anonymous, &mut server).await, FULL);
        assert_eq!(handshake(&anonymous, &mut server).await, RESUMED);
        server.acceptor.reload(pki.required()).unwrap();
        let refused = anonymous.listen(server.address).await.unwrap_err();
        assert_eq!(refused, "CertificateRequired");
        assert_eq!(
            server.leaf().await,
            Err(HandshakeErrorKind::CertificateMissing)
        );
    }
}

#[tokio::test]
async fn settings_with_a_mistake_leave_those_before() {
    let pki = Pki::new();
    let acme = Client::with(&pki, &pki.partners.client("acme"), &TLS13);
    let mut server = Server::start(TlsAcceptor::new(pki.required()).unwrap()).await;
    assert_eq!(handshake(&acme, &mut server).await, FULL);
    let other = pki.ours.server();
    let mixed =
        TlsCredential::from_der(pki.server.chain.clone(), other.key.serialize_der()).unwrap();
    let clients = ClientCertificates::Required(pki.partners());
    let settings = TlsSettings::new(mixed, clients).with_provider(provider());
    assert_eq!(server.acceptor.reload(settings), Err(TlsError::KeyMismatch));
    assert_eq!(handshake(&acme, &mut server).await, RESUMED);
}
