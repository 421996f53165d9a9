//! Address ranges: which peers are proxies, which clients are allowed.

use core::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

use crate::request::Peer;

/// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address as a range.
///
/// # Errors
///
/// Anything that could be read in two ways: host bits after the prefix, octets
/// with leading zeros, a zone id, an IPv4-mapped IPv6 range.
pub(crate) fn parse_network(text: &str) -> Result<IpNet, NetworkError> {
    // Not ipnet's own parser, which takes octets with leading zeros.
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| NetworkError::Syntax)?;
    let network = match prefix {
        None => IpNet::from(address),
        Some(prefix) if prefix.bytes().all(|byte| byte.is_ascii_digit()) => prefix
            .parse()
            .ok()
            .and_then(|length| IpNet::new(address, length).ok())
            .ok_or(NetworkError::Syntax)?,
        Some(_) => return Err(NetworkError::Syntax),
    };
    if network.trunc() != network {
        return Err(NetworkError::HostBits);
    }
    match network {
        IpNet::V6(v6) if is_mapped(v6.addr(), v6.prefix_len()) => Err(NetworkError::Mapped),
        _ => Ok(network),
    }
}

/// Whether a range is larger than any network of one organisation's own.
pub(crate) fn is_wide(network: &IpNet) -> bool {
    match network {
        IpNet::V4(v4) => v4.prefix_len() < 8,
        IpNet::V6(v6) => v6.prefix_len() < 16,
    }
}

/// Whether a range lies within `::ffff:0:0/96`, whose addresses are compared
/// as IPv4 and so could never meet an IPv6 rule.
fn is_mapped(address: Ipv6Addr, prefix: u8) -> bool {
    prefix >= 96 && address.to_ipv4_mapped().is_some()
}

/// Why a text is no range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum NetworkError {
    /// Neither an address nor an address, `/` and a prefix length.
    #[error("not an address or a range such as 10.0.0.0/8")]
    Syntax,
    /// Bits are set after the prefix.
    #[error("the address has bits after the prefix; write the network's own address")]
    HostBits,
    /// An IPv4-mapped IPv6 range.
    #[error("an IPv4-mapped range; write it as an IPv4 range")]
    Mapped,
}

/// A set of addresses, held as sorted ranges that do not touch, so that a
/// look-up is one binary search whatever the number of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AddressSet {
    v4: Box<[(u32, u32)]>,
    v6: Box<[(u128, u128)]>,
}

impl AddressSet {
    /// The union of `networks`.
    #[must_use]
    pub(crate) fn new(networks: impl IntoIterator<Item = IpNet>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for network in networks {
            match network {
                IpNet::V4(net) => v4.push((net.network().to_bits(), net.broadcast().to_bits())),
                IpNet::V6(net) => v6.push((net.network().to_bits(), net.broadcast().to_bits())),
            }
        }
        Self {
            v4: merge(v4, |end| end.checked_add(1)),
            v6: merge(v6, |end| end.checked_add(1)),
        }
    }

    /// Whether `address` is in the set; an IPv4-mapped address counts as the
    /// IPv4 address.
    #[must_use]
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(v4) => has(&self.v4, v4.to_bits()),
            IpAddr::V6(v6) => has(&self.v6, v6.to_bits()),
        }
    }

    /// Whether an address of the network is in the set.
    #[must_use]
    pub(crate) fn meets(&self, network: &IpNet) -> bool {
        match network {
            IpNet::V4(net) => {
                let (start, end) = (net.network().to_bits(), net.broadcast().to_bits());
                overlaps(&self.v4, start, end)
            }
            IpNet::V6(net) => {
                let (start, end) = (net.network().to_bits(), net.broadcast().to_bits());
                overlaps(&self.v6, start, end)
            }
        }
    }

    /// Whether every IPv4 address, or every IPv6 address, is in the set.
    #[must_use]
    pub(crate) fn is_everywhere(&self) -> bool {
        *self.v4 == [(0, u32::MAX)] || *self.v6 == [(0, u128::MAX)]
    }
}

fn merge<T: Ord + Copy>(mut ranges: Vec<(T, T)>, next: impl Fn(T) -> Option<T>) -> Box<[(T, T)]> {
    ranges.sort_unstable();
    let mut merged: Vec<(T, T)> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match merged.last_mut() {
            Some((_, last)) if next(*last).is_none_or(|after| start <= after) => {
                *last = (*last).max(end);
            }
            _ => merged.push((start, end)),
        }
    }
    merged.into_boxed_slice()
}

fn overlaps<T: Ord + Copy>(ranges: &[(T, T)], start: T, end: T) -> bool {
    let first = ranges.partition_point(|&(_, last)| last < start);
    ranges.get(first).is_some_and(|&(from, _)| from <= end)
}

fn has<T: Ord + Copy>(ranges: &[(T, T)], address: T) -> bool {
    let after = ranges.partition_point(|&(start, _)| start <= address);
    after
        .checked_sub(1)
        .and_then(|at| ranges.get(at))
        .is_some_and(|&(_, end)| address <= end)
}

/// The peers that are proxies. Empty trusts nobody; loopback and Unix sockets
/// count only where they are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Proxies {
    addresses: AddressSet,
    unix: bool,
    /// Those ranges among them that are wide.
    wide: Box<[IpNet]>,
}

impl Proxies {
    /// The proxies of a list whose entries are ranges, addresses or `unix`.
    ///
    /// # Errors
    ///
    /// The index of each entry that cannot be read, and why.
    pub(crate) fn parse<'t>(
        entries: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, Vec<(usize, NetworkError)>> {
        let (mut networks, mut errors, mut unix) = (Vec::new(), Vec::new(), false);
        for (index, entry) in entries.into_iter().enumerate() {
            if entry == "unix" {
                unix = true;
                continue;
            }
            match parse_network(entry) {
                Ok(network) => networks.push(network),
                Err(error) => errors.push((index, error)),
            }
        }
        if errors.is_empty() {
            Ok(Self {
                wide: networks.iter().copied().filter(is_wide).collect(),
                addresses: AddressSet::new(networks),
                unix,
            })
        } else {
            Err(errors)
        }
    }

    /// Whether there is none.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        !self.unix && self.addresses == AddressSet::default()
    }

    /// The wide ranges among them.
    pub(crate) fn wide(&self) -> impl Iterator<Item = &IpNet> {
        self.wide.iter()
    }

    /// Whether a connection from `peer` comes from one of them.
    #[must_use]
    pub(crate) fn include(&self, peer: Peer<'_>) -> bool {
        match peer.ip() {
            Some(address) => self.addresses.contains(address),
            None => self.unix && peer.is_unix(),
        }
    }

    /// Whether an address in a forwarding header is that of one of them.
    #[must_use]
    pub(crate) fn include_address(&self, address: IpAddr) -> bool {
        self.addresses.contains(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_that_can_be_read_two_ways_is_refused() {
        for (text, error) in [
            ("::ffff:10.0.0.0/104", NetworkError::Mapped),
            ("::ffff:10.0.0.1", NetworkError::Mapped),
            ("010.0.0.1", NetworkError::Syntax),
            ("10.0.0.01/32", NetworkError::Syntax),
            ("fe80::1%eth0", NetworkError::Syntax),
            ("10.0.0.1/8", NetworkError::HostBits),
            ("2001:db8::1/32", NetworkError::HostBits),
            ("10.0.0.0/33", NetworkError::Syntax),
            ("10.0.0.0/-1", NetworkError::Syntax),
            ("10.0.0.0/+8", NetworkError::Syntax),
            ("10.0.0", NetworkError::Syntax),
            (" 10.0.0.1", NetworkError::Syntax),
            ("", NetworkError::Syntax),
            ("localhost", NetworkError::Syntax),
        ] {
            assert_eq!(parse_network(text), Err(error), "{text}");
        }
        for text in [
            "10.0.0.0/8",
            "10.0.0.1",
            "2001:db8::/32",
            "::1",
            "::/0",
            "0.0.0.0/0",
        ] {
            assert!(parse_network(text).is_ok(), "{text}");
        }
    }

    fn set(networks: &[&str]) -> AddressSet {
        AddressSet::new(networks.iter().map(|text| parse_network(text).unwrap()))
    }

    #[test]
    fn membership_is_the_union_of_the_ranges() {
        let set = set(&[
            "10.0.0.0/24",
            "10.0.1.0/24",
            "10.0.0.128/25",
            "255.255.255.255",
            "2001:db8::/126",
        ]);
        for (address, inside) in [
            ("9.255.255.255", false),
            ("10.0.0.0", true),
            ("10.0.1.255", true),
            ("10.0.2.0", false),
            ("255.255.255.255", true),
            ("255.255.255.254", false),
            ("::ffff:10.0.0.7", true),
            ("::a00:7", false),
            ("2001:db8::3", true),
            ("2001:db8::4", false),
        ] {
            assert_eq!(set.contains(address.parse().unwrap()), inside, "{address}");
        }
    }

    #[test]
    fn nobody_is_a_proxy_unless_listed() {
        let none = Proxies::default();
        for peer in [
            Peer::address("127.0.0.1".parse().unwrap()),
            Peer::address("::1".parse().unwrap()),
            Peer::UNIX,
            Peer::UNKNOWN,
        ] {
            assert!(!none.include(peer), "{peer}");
        }
        let everyone = Proxies::parse(["0.0.0.0/0", "::/0", "unix"]).unwrap();
        assert!(everyone.include(Peer::UNIX));
        assert!(!everyone.include(Peer::UNKNOWN));
    }

    proptest::proptest! {
        #[test]
        fn a_set_agrees_with_asking_every_range(
            rules in proptest::collection::vec((0u32..64, 24u8..=32), 0..12),
            address in 0u32..16_384,
        ) {
            let networks: Vec<IpNet> = rules
                .iter()
                .map(|&(block, prefix)| IpNet::new(core::net::Ipv4Addr::from_bits(block << 8).into(), prefix).unwrap())
                .collect();
            let address = core::net::Ipv4Addr::from_bits(address).into();
            let expected = networks.iter().any(|network| network.contains(&address));
            proptest::prop_assert_eq!(AddressSet::new(networks).contains(address), expected);
        }
    }
}
