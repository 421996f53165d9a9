//! The other end of the connection.

use core::fmt;
use core::net::{IpAddr, SocketAddr};

/// Who opened the connection to this process: the edge, or a stranger who
/// reached the service past it.
///
/// An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, what a dual-stack socket
/// reports) is the IPv4 address, whichever way the peer was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Address(IpAddr),
    Unix,
    Unknown,
}

impl Peer {
    /// A peer on a Unix domain socket, trusted only where the policy lists
    /// `unix`.
    pub const UNIX: Self = Self(Kind::Unix);

    /// A peer of which nothing is known; no rule matches it.
    pub const UNKNOWN: Self = Self(Kind::Unknown);

    /// A peer by its address, without the port.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        Self(Kind::Address(address.to_canonical()))
    }

    /// The peer's address, if it has one.
    #[must_use]
    pub fn ip(self) -> Option<IpAddr> {
        match self.0 {
            Kind::Address(address) => Some(address),
            Kind::Unix | Kind::Unknown => None,
        }
    }
}

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        Self::address(address)
    }
}

/// What `accept` and `ConnectInfo` give; the port says nothing.
impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        Self::address(address.ip())
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Address(address) => address.fmt(f),
            Kind::Unix => f.write_str("unix"),
            Kind::Unknown => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_address_is_the_ipv4_address() {
        let mapped: IpAddr = "::ffff:203.0.113.5".parse().unwrap();
        let plain: IpAddr = "203.0.113.5".parse().unwrap();
        assert_eq!(Peer::address(mapped), Peer::address(plain));
        assert_eq!(Peer::address(mapped).ip(), Some(plain));
        assert_eq!(
            Peer::from(SocketAddr::new(mapped, 40_000)),
            Peer::from(plain)
        );
    }
}
