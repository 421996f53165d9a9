//! A peer that is kept for as long as its connection lasts.

use core::fmt;
use std::sync::Arc;

use super::{Peer, PeerCertificate, PeerVerification};

/// What an acceptor keeps of a connection: a [`Peer`] with certificates of its
/// own, cheap to clone into each request on it.
///
/// `Debug` shows no certificate.
///
/// ```
/// use certgate::request::{Connection, Peer, PeerCertificate};
///
/// let connection = {
///     // What the TLS library gives, borrowed from its session.
///     let leaf = b"DER".to_vec();
///     let peer = Peer::address("192.0.2.1".parse()?);
///     Connection::from(peer.with_certificate(PeerCertificate::verified(&leaf)))
/// };
/// assert_eq!(connection.peer().to_string(), "192.0.2.1");
/// assert!(connection.peer().certificate().is_some());
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Clone)]
pub struct Connection {
    /// Without a certificate.
    peer: Peer<'static>,
    certificate: Option<Arc<Certificate>>,
}

struct Certificate {
    leaf: Box<[u8]>,
    chain: Box<[Vec<u8>]>,
    verification: PeerVerification,
}

impl Connection {
    /// The peer, as it was when the connection was made.
    #[must_use]
    pub fn peer(&self) -> Peer<'_> {
        match &self.certificate {
            Some(certificate) => self.peer.with_certificate(certificate.borrowed()),
            None => self.peer,
        }
    }
}

impl Certificate {
    fn borrowed(&self) -> PeerCertificate<'_> {
        match self.verification {
            PeerVerification::Verified => PeerCertificate::verified(&self.leaf),
            PeerVerification::Unverified => PeerCertificate::unverified(&self.leaf),
        }
        .with_chain(&self.chain)
    }
}

/// Copies the certificates; to be made once a connection, not once a request.
impl From<Peer<'_>> for Connection {
    fn from(peer: Peer<'_>) -> Self {
        Self {
            peer: peer.without_certificate(),
            certificate: peer.certificate().map(|certificate| {
                Arc::new(Certificate {
                    leaf: certificate.leaf().into(),
                    chain: certificate.chain().into(),
                    verification: certificate.verification(),
                })
            }),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connection").field(&self.peer()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_gives_back_the_peer_that_it_was_made_of() {
        let chain = [b"issuer".to_vec(), b"root".to_vec()];
        let address = Peer::address("192.0.2.1".parse().unwrap());
        let proxied = "203.0.113.5".parse().unwrap();
        for peer in [
            Peer::UNIX,
            Peer::UNKNOWN,
            address,
            address.with_proxied_address(proxied),
            address.with_certificate(PeerCertificate::unverified(b"leaf")),
            Peer::UNIX
                .with_proxied_address(proxied)
                .with_certificate(PeerCertificate::verified(b"leaf").with_chain(&chain)),
        ] {
            let connection = Connection::from(peer);
            assert_eq!(connection.peer(), peer);
            assert_eq!(connection.clone().peer(), peer);
        }
    }

    #[test]
    fn debug_shows_no_contents() {
        let peer = Peer::UNKNOWN.with_certificate(PeerCertificate::verified(b"leaf"));
        let shown = format!("{:?}", Connection::from(peer));
        assert!(shown.contains("leaf_bytes: 4"), "{shown}");
        assert!(!shown.contains("108, 101, 97, 102"), "{shown}");
    }
}
