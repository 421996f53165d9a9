//! What a connection says of its peer.

use tokio_rustls::rustls::ServerConnection;

use crate::request::{Connection, Peer, PeerCertificate};

/// The peer of a TLS connection, with the certificate that it was accepted by:
/// **verified**, so this is for connections under a configuration that verifies
/// what clients send, as [`TlsAcceptor::server_config`](super::TlsAcceptor::server_config)
/// does and no verifier under rustls' `dangerous()` may.
///
/// For servers that do their own accepting, such as actix-web in `on_connect`;
/// [`TlsAcceptor::accept`](super::TlsAcceptor::accept) gives the same. `peer` is the
/// other end of the connection: an address, or a [`Peer`] with the address of a
/// PROXY protocol header. A session whose handshake is not done says nothing of a
/// certificate.
///
/// It copies the certificates; to be called once a connection.
#[must_use]
pub fn verified_connection<'p>(
    peer: impl Into<Peer<'p>>,
    session: &ServerConnection,
) -> Connection {
    let peer = peer.into().without_certificate();
    let sent = match session.is_handshaking() {
        true => None,
        false => session.peer_certificates(),
    };
    let Some((leaf, chain)) = sent.and_then(<[_]>::split_first) else {
        return Connection::from(peer);
    };
    let chain: Vec<Vec<u8>> = chain.iter().map(|der| der.to_vec()).collect();
    let certificate = PeerCertificate::verified(leaf).with_chain(&chain);
    Connection::from(peer.with_certificate(certificate))
}
