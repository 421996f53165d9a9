//! The host that a request is for, and rules that are for some hosts alone.

use std::collections::HashMap;
use std::net::Ipv6Addr;

/// The longest name of a host, in bytes (RFC 1035 section 2.3.4).
const LONGEST: usize = 253;

/// The host of an authority (RFC 3986 section 3.2: `host`, or `host:port`), as
/// it is written; `None` for what can be read in two ways, or in none.
///
/// A name is of letters, digits, `-` and `_`, in labels of 1 to 63 bytes. A
/// trailing dot, escapes, user information and an empty port are refused, since
/// servers differ in what they make of them. Letter case does not count.
pub(crate) fn host_of(authority: &[u8]) -> Option<&str> {
    let authority = str::from_utf8(authority).ok()?;
    let (host, port) = match authority.split_once(']') {
        Some((literal, port)) => {
            let address = literal.strip_prefix('[')?;
            address.parse::<Ipv6Addr>().ok()?;
            let (host, _) = authority.split_at_checked(literal.len() + 1)?;
            (
                host,
                port.strip_prefix(':').or(port.is_empty().then_some("0"))?,
            )
        }
        None => {
            let (host, port) = authority.split_once(':').unwrap_or((authority, "0"));
            (is_host_name(host).then_some(host)?, port)
        }
    };
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_port.then_some(host)
}

/// Whether a text is a name such as `api.example.com`, or an IPv4 address.
pub(crate) fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(is_letter)
    };
    text.len() <= LONGEST && text.split('.').all(is_label)
}

/// The values of one path: one for every host, and others for some hosts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HostRules<T> {
    every: Option<T>,
    /// By host in lower case.
    bound: HashMap<Box<str>, T, foldhash::quality::RandomState>,
}

/// There is a value for that host already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HostTaken;

impl<T> Default for HostRules<T> {
    fn default() -> Self {
        Self {
            every: None,
            bound: HashMap::default(),
        }
    }
}

impl<T> HostRules<T> {
    /// Adds the value for a host, in lower case, or for every host.
    pub(crate) fn insert(&mut self, host: Option<&str>, value: T) -> Result<(), HostTaken> {
        match host {
            None if self.every.is_none() => self.every = Some(value),
            Some(host) if !self.bound.contains_key(host) => {
                self.bound.insert(host.into(), value);
            }
            _ => return Err(HostTaken),
        }
        Ok(())
    }

    /// The value for this host alone.
    pub(crate) fn of(&self, host: &str) -> Option<&T> {
        let mut lower = [0; LONGEST];
        let lower = lower.get_mut(..host.len())?;
        lower.copy_from_slice(host.as_bytes());
        lower.make_ascii_lowercase();
        self.bound.get(str::from_utf8(lower).ok()?)
    }

    /// The value for every host that has none of its own.
    pub(crate) fn every(&self) -> Option<&T> {
        self.every.as_ref()
    }

    /// Whether some hosts have values of their own.
    pub(crate) fn tell_hosts_apart(&self) -> bool {
        !self.bound.is_empty()
    }

    /// Every value, with its host, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Option<&str>, &T)> {
        let bound = self
            .bound
            .iter()
            .map(|(host, value)| (Some(&**host), value));
        self.every.iter().map(|value| (None, value)).chain(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_in_one_way_or_not_at_all() {
        for (authority, host) in [
            ("api.example.com", Some("api.example.com")),
            ("API.example.com:8443", Some("API.example.com")),
            ("localhost", Some("localhost")),
            ("my_service:80", Some("my_service")),
            ("192.0.2.7:1", Some("192.0.2.7")),
            ("xn--mnchen-3ya.example", Some("xn--mnchen-3ya.example")),
            ("[2001:db8::1]", Some("[2001:db8::1]")),
            ("[::1]:443", Some("[::1]")),
            ("", None),
            (":443", None),
            ("api.example.com.", None),
            (".example.com", None),
            ("api..example.com", None),
            ("api.example.com:", None),
            ("api.example.com:+1", None),
            ("api.example.com:65536", None),
            ("api.example.com:80:80", None),
            ("user@api.example.com", None),
            ("api.example.com@evil.example", None),
            ("api.example.com,evil.example", None),
            ("api.example.com evil.example", None),
            (" api.example.com", None),
            ("%61pi.example.com", None),
            ("api.example.com/", None),
            ("m\u{fc}nchen.example", None),
            ("*.example.com", None),
            ("::1", None),
            ("[::1", None),
            ("[::1]443", None),
            ("[::1]:", None),
            ("[fe80::1%25eth0]", None),
            ("[api.example.com]", None),
            ("x[::1]", None),
        ] {
            assert_eq!(host_of(authority.as_bytes()), host, "{authority:?}");
        }
        assert_eq!(host_of(b"api\xff"), None);
        let label = "a".repeat(63);
        let long = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        assert_eq!(host_of(long.as_bytes()), Some(&*long));
        assert_eq!(host_of(format!("{long}a").as_bytes()), None);
        assert_eq!(host_of(format!("{label}a").as_bytes()), None);
    }

    #[test]
    fn a_host_s_own_value_stands_beside_that_of_every_host() {
        let mut rules = HostRules::default();
        assert!(!rules.tell_hosts_apart());
        rules.insert(None, 0).unwrap();
        assert!(!rules.tell_hosts_apart());
        rules.insert(Some("a.example"), 1).unwrap();
        rules.insert(Some("b.example"), 2).unwrap();
        assert!(rules.tell_hosts_apart());
        assert_eq!(rules.insert(None, 3), Err(HostTaken));
        assert_eq!(rules.insert(Some("a.example"), 3), Err(HostTaken));
        assert_eq!(rules.of("A.example"), Some(&1));
        assert_eq!(rules.of("c.example"), None);
        assert_eq!(rules.every(), Some(&0));
        assert_eq!(rules.iter().count(), 3);
    }
}
