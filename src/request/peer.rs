//! The other end of the connection.

use core::fmt;
use core::net::{IpAddr, SocketAddr};

/// Who opened the connection to this process (the edge, or a stranger who
/// reached the service past it), and what the connection itself says.
///
/// An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, what a dual-stack socket
/// reports) is the IPv4 address, whichever way the peer was made.
///
/// `Display` prints the address, `unix` or `unknown`, and nothing else.
///
/// ```
/// use certgate::request::{Peer, PeerCertificate};
///
/// let (leaf, intermediates) = (b"DER".to_vec(), vec![b"DER".to_vec()]);
/// let peer = Peer::address("::ffff:192.0.2.1".parse()?)
///     .with_certificate(PeerCertificate::verified(&leaf).with_chain(&intermediates))
///     .with_proxied_address("203.0.113.5".parse()?);
/// assert_eq!(peer.to_string(), "192.0.2.1");
/// assert_eq!(peer.certificate().map(|certificate| certificate.leaf()), Some(&leaf[..]));
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer<'c> {
    kind: Kind,
    certificate: Option<PeerCertificate<'c>>,
    proxied: Option<IpAddr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Address(IpAddr),
    Unix,
    Unknown,
}

/// The certificate of the peer's own TLS connection to this process.
///
/// `Debug` shows lengths and no contents.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PeerCertificate<'c> {
    leaf: &'c [u8],
    chain: &'c [Vec<u8>],
    verification: PeerVerification,
}

/// Whether the acceptor verified the certificate of a TLS connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeerVerification {
    /// It did: the chain leads to an authority that it accepts, and the
    /// certificate was valid when the connection was made.
    Verified,
    /// It did not: the peer has proven that it holds the key, and nothing else.
    Unverified,
}

impl<'c> Peer<'c> {
    /// A peer on a Unix domain socket, trusted only where the policy lists
    /// `unix`.
    pub const UNIX: Self = Self::new(Kind::Unix);

    /// A peer of which nothing is known; no rule matches it.
    pub const UNKNOWN: Self = Self::new(Kind::Unknown);

    const fn new(kind: Kind) -> Self {
        Self {
            kind,
            certificate: None,
            proxied: None,
        }
    }

    /// A peer by its address, without the port.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        Self::new(Kind::Address(address.to_canonical()))
    }

    /// The same peer, which presented a certificate when it connected.
    #[must_use]
    pub fn with_certificate(self, certificate: PeerCertificate<'c>) -> Self {
        Self {
            certificate: Some(certificate),
            ..self
        }
    }

    /// The same peer, which sent a PROXY protocol header before anything else:
    /// `address` is the source address in it.
    ///
    /// The connection's own address stays that of the peer, because anybody
    /// can send such a header. One without an address (`LOCAL`, `UNKNOWN`) is
    /// as good as none.
    #[must_use]
    pub fn with_proxied_address(self, address: IpAddr) -> Self {
        Self {
            proxied: Some(address.to_canonical()),
            ..self
        }
    }

    /// The same peer, and nothing that is borrowed.
    pub(crate) fn without_certificate(self) -> Peer<'static> {
        Peer {
            kind: self.kind,
            certificate: None,
            proxied: self.proxied,
        }
    }

    /// The peer's address, if it has one.
    #[must_use]
    pub fn ip(self) -> Option<IpAddr> {
        match self.kind {
            Kind::Address(address) => Some(address),
            Kind::Unix | Kind::Unknown => None,
        }
    }

    /// Whether the peer is on a Unix domain socket.
    #[must_use]
    pub fn is_unix(self) -> bool {
        self.kind == Kind::Unix
    }

    /// The certificate of its own TLS connection.
    #[must_use]
    pub fn certificate(self) -> Option<PeerCertificate<'c>> {
        self.certificate
    }

    /// The client's address by a PROXY protocol header, which is worth as much
    /// as the peer's word.
    #[must_use]
    pub fn proxied_address(self) -> Option<IpAddr> {
        self.proxied
    }
}

impl<'c> PeerCertificate<'c> {
    /// A certificate that the acceptor verified. `leaf` is its DER.
    #[must_use]
    pub const fn verified(leaf: &'c [u8]) -> Self {
        Self::new(leaf, PeerVerification::Verified)
    }

    /// A certificate that the acceptor took without verifying it. `leaf` is
    /// its DER.
    #[must_use]
    pub const fn unverified(leaf: &'c [u8]) -> Self {
        Self::new(leaf, PeerVerification::Unverified)
    }

    const fn new(leaf: &'c [u8], verification: PeerVerification) -> Self {
        Self {
            leaf,
            chain: &[],
            verification,
        }
    }

    /// The same certificate, with the others that the peer sent after it, each
    /// as DER and in the order received.
    #[must_use]
    pub const fn with_chain(self, chain: &'c [Vec<u8>]) -> Self {
        Self { chain, ..self }
    }

    /// The DER of the certificate.
    #[must_use]
    pub const fn leaf(self) -> &'c [u8] {
        self.leaf
    }

    /// The DER of each other certificate that the peer sent: candidates for a
    /// path, and no evidence.
    #[must_use]
    pub const fn chain(self) -> &'c [Vec<u8>] {
        self.chain
    }

    /// Whether the acceptor verified it.
    #[must_use]
    pub const fn verification(self) -> PeerVerification {
        self.verification
    }
}

impl From<IpAddr> for Peer<'_> {
    fn from(address: IpAddr) -> Self {
        Self::address(address)
    }
}

/// What `accept` and `ConnectInfo` give; the port says nothing.
impl From<SocketAddr> for Peer<'_> {
    fn from(address: SocketAddr) -> Self {
        Self::address(address.ip())
    }
}

impl fmt::Display for Peer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Address(address) => address.fmt(f),
            Kind::Unix => f.write_str("unix"),
            Kind::Unknown => f.write_str("unknown"),
        }
    }
}

impl fmt::Debug for PeerCertificate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerCertificate")
            .field("verification", &self.verification)
            .field("leaf_bytes", &self.leaf.len())
            .field("chain", &self.chain.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_mapped_address_is_the_ipv4_address() {
        let (mapped, plain) = (ip("::ffff:203.0.113.5"), ip("203.0.113.5"));
        assert_eq!(Peer::address(mapped), Peer::address(plain));
        assert_eq!(Peer::address(mapped).ip(), Some(plain));
        assert_eq!(
            Peer::from(SocketAddr::new(mapped, 40_000)),
            Peer::from(plain)
        );
        let proxied = Peer::UNIX.with_proxied_address(mapped);
        assert_eq!(proxied.proxied_address(), Some(plain));
    }

    #[test]
    fn what_the_connection_says_leaves_the_peer_who_it_is() {
        let chain = [b"issuer".to_vec()];
        let certificate = PeerCertificate::unverified(b"leaf").with_chain(&chain);
        let peer = Peer::UNIX
            .with_certificate(certificate)
            .with_proxied_address(ip("203.0.113.5"));
        assert!(peer.is_unix());
        assert_eq!(peer.ip(), None);
        assert_eq!(peer.to_string(), "unix");
        assert_ne!(peer, Peer::UNIX);
        assert_eq!(peer.certificate(), Some(certificate));
        assert_eq!(certificate.leaf(), b"leaf");
        assert_eq!(certificate.chain(), chain);
        assert_eq!(certificate.verification(), PeerVerification::Unverified);
        assert_ne!(
            certificate,
            PeerCertificate::verified(b"leaf").with_chain(&chain)
        );
        assert!(!Peer::UNKNOWN.is_unix());
        assert_eq!(Peer::UNKNOWN.certificate(), None);
        assert_eq!(Peer::UNKNOWN.proxied_address(), None);
    }

    #[test]
    fn debug_shows_no_contents() {
        assert_eq!(
            format!("{:?}", PeerCertificate::verified(b"leaf")),
            "PeerCertificate { verification: Verified, leaf_bytes: 4, chain: 0 }"
        );
    }
}
