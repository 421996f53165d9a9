//! Whose address counts as the client's.

use core::fmt;
use core::net::{IpAddr, SocketAddr};

use super::Lines;

/// The client's address as far as it is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAddress {
    /// A trusted proxy, or the connection itself, says so.
    Known(IpAddr),
    /// Nobody who may be believed says. An allowlist denies it.
    Unknown,
}

impl ClientAddress {
    /// The header that proxies append addresses to.
    pub(super) const FORWARDED_FOR: &'static str = "x-forwarded-for";

    /// The address, if it is known.
    #[must_use]
    pub fn ip(self) -> Option<IpAddr> {
        match self {
            Self::Known(address) => Some(address),
            Self::Unknown => None,
        }
    }

    /// Walks `X-Forwarded-For` from the right, past proxies that are trusted
    /// to have appended to it (`passed`), to the first address that is not one.
    ///
    /// A hop that is no address ends the walk, and so does the end of the
    /// list: what stands further left was written by somebody nobody vouches
    /// for.
    pub(super) fn forwarded_for(lines: &Lines<'_>, passed: impl Fn(IpAddr) -> bool) -> Self {
        let hops = lines
            .as_slice()
            .iter()
            .rev()
            .flat_map(|line| line.rsplit(|&byte| byte == b','));
        for hop in hops {
            let Some(address) = parse_hop(hop.trim_ascii()) else {
                return Self::Unknown;
            };
            if !passed(address) {
                return Self::Known(address);
            }
        }
        Self::Unknown
    }
}

impl From<Option<IpAddr>> for ClientAddress {
    fn from(address: Option<IpAddr>) -> Self {
        address.map_or(Self::Unknown, Self::Known)
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(address) => address.fmt(f),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// An address, or an address with a port as some load balancers write it.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(hop).ok()?;
    let address = match text.parse::<IpAddr>() {
        Ok(address) => address,
        Err(_) => match text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            Some(inner) => IpAddr::V6(inner.parse().ok()?),
            None if text.contains('%') => return None,
            None => text.parse::<SocketAddr>().ok()?.ip(),
        },
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::Proxies;

    fn walk(lines: &[&str]) -> Option<String> {
        let trusted = Proxies::parse(["10.0.0.0/8"]).unwrap();
        let passed = Proxies::parse(["172.16.0.1", "2001:db8::1"]).unwrap();
        let mut collected = Lines::default();
        for line in lines {
            collected.push(line.as_bytes());
        }
        ClientAddress::forwarded_for(&collected, |address| {
            trusted.include_address(address) || passed.include_address(address)
        })
        .ip()
        .map(|address| address.to_string())
    }

    #[test]
    fn the_rightmost_address_that_is_no_proxy_is_the_client() {
        for (lines, client) in [
            (&["203.0.113.5"] as &[&str], Some("203.0.113.5")),
            (&["198.51.100.9, 203.0.113.5"], Some("203.0.113.5")),
            (&["203.0.113.5, 10.1.1.1"], Some("203.0.113.5")),
            (&["203.0.113.5,172.16.0.1 , 10.1.1.1"], Some("203.0.113.5")),
            (
                &["198.51.100.9", "203.0.113.5", "10.1.1.1"],
                Some("203.0.113.5"),
            ),
            (&["::ffff:203.0.113.5"], Some("203.0.113.5")),
            (&["203.0.113.5:4711"], Some("203.0.113.5")),
            (&["[2001:db8::7]:4711"], Some("2001:db8::7")),
            (&["[2001:db8::7]"], Some("2001:db8::7")),
            (&["203.0.113.5, [2001:db8::1]:1"], Some("203.0.113.5")),
        ] {
            assert_eq!(walk(lines).as_deref(), client, "{lines:?}");
        }
    }

    #[test]
    fn a_hop_that_is_no_address_stops_the_walk() {
        for lines in [
            &[] as &[&str],
            &[""],
            &["10.0.0.1"],
            &["203.0.113.5, unknown"],
            &["203.0.113.5, "],
            &["203.0.113.5,,10.0.0.1"],
            &["203.0.113.5, 010.0.0.1"],
            &["203.0.113.5, fe80::1%eth0"],
            &["203.0.113.5, [fe80::1%1]:80"],
            &["203.0.113.5", "junk", "10.0.0.1"],
            &["203.0.113.5 10.0.0.1"],
            &["203.0.113.5:99999"],
            &["[203.0.113.5]"],
        ] {
            assert_eq!(walk(lines), None, "{lines:?}");
        }
    }
}
