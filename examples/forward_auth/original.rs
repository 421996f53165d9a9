//! The request that the edge asks about, read from the one that it sends.

use std::net::{IpAddr, SocketAddr};

use certgate::request::HeaderLines;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, Method};

use super::edge::{Edge, Table};
use super::refused::{Fault, Refused};

/// What the edge says that the client sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Original<'r> {
    pub(crate) method: &'r str,
    /// In origin form, with any query.
    pub(crate) target: &'r str,
    pub(crate) host: &'r str,
}

impl<'r> Original<'r> {
    /// Of which nothing is known. The empty target is `path_malformed`, which
    /// every policy denies.
    pub(crate) const UNCLEAR: Self = Self {
        method: "",
        target: "",
        host: "",
    };

    /// Reads what this edge says, from its own headers and nowhere else.
    pub(crate) fn read(edge: Edge, head: &'r Parts) -> Result<Self, Refused> {
        check_address(&head.headers)?;
        let table = edge.table();
        let original = match table {
            Table::Lines {
                method,
                target,
                host,
            } => Self {
                method: only_line(&head.headers, method)?,
                target: only_line(&head.headers, target)?,
                host: only_line(&head.headers, host)?,
            },
            Table::Own { prefix } => Self {
                method: head.method.as_str(),
                target: own_target(head, prefix).ok_or(table.bad_target())?,
                host: only_line(&head.headers, "host")?,
            },
        };
        let [method, _, host] = table.names();
        if Method::from_bytes(original.method.as_bytes()).is_err() {
            return Err(Refused::Line(method, Fault::Malformed));
        }
        if !original.target.starts_with('/') {
            return Err(table.bad_target());
        }
        if !is_host(original.host) {
            return Err(Refused::Line(host, Fault::Malformed));
        }
        Ok(original)
    }
}

/// The value of the only line of this name: visible ASCII, and not empty.
fn only_line<'r>(headers: &'r HeaderMap, name: &'static str) -> Result<&'r str, Refused> {
    let refused = |fault| Refused::Line(name, fault);
    let mut lines = headers.get_all(name).iter();
    let line = lines.next().ok_or(refused(Fault::Absent))?;
    if lines.next().is_some() {
        return Err(refused(Fault::Repeated));
    }
    match line.to_str() {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err(refused(Fault::Malformed)),
    }
}

/// What stands behind the prefix. An absolute form has a host of its own.
fn own_target<'r>(head: &'r Parts, prefix: &str) -> Option<&'r str> {
    if head.uri.authority().is_some() {
        return None;
    }
    head.uri.path_and_query()?.as_str().strip_prefix(prefix)
}

/// A host and maybe a port, in the characters of names and addresses.
fn is_host(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    text.bytes().all(is_plain) && text.parse::<Authority>().is_ok()
}

/// The rightmost address is the one that the edge itself wrote. Which one is the
/// client's is for the policy to say.
fn check_address(headers: &HeaderMap) -> Result<(), Refused> {
    let line = only_line(headers, Edge::ADDRESS)?;
    let last = line.rsplit(',').next().unwrap_or_default().trim();
    let is_address = last.parse::<IpAddr>().is_ok() || last.parse::<SocketAddr>().is_ok();
    if is_address {
        Ok(())
    } else {
        Err(Refused::Line(Edge::ADDRESS, Fault::Malformed))
    }
}

/// The header lines of the original request, as far as the edge passes them on.
/// The host that the question was sent to is none of them.
pub(crate) struct Lines<'r> {
    headers: &'r HeaderMap,
    host: &'r str,
}

impl<'r> Lines<'r> {
    pub(crate) fn new(headers: &'r HeaderMap, original: &Original<'r>) -> Self {
        Self {
            headers,
            host: original.host,
        }
    }
}

impl HeaderLines for Lines<'_> {
    fn visit<'a>(&'a self, line: &mut dyn FnMut(&'a [u8], &'a [u8])) {
        line(b"host", self.host.as_bytes());
        for (name, value) in self.headers {
            if name != http::header::HOST {
                line(name.as_str().as_bytes(), value.as_bytes());
            }
        }
    }
}
