//! `http`'s header map as header lines.

use http::header::CONNECTION;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::adapter::options::without_option;
use crate::gate::Granted;
use crate::policy::Policy;
use crate::request::HeaderLines;

/// A header map, every line of it, and the authority of the request's URI:
/// HTTP/2's `:authority`, or that of a target in absolute form.
pub(super) struct Lines<'m> {
    headers: &'m HeaderMap,
    authority: Option<&'m str>,
}

impl<'m> Lines<'m> {
    pub(super) fn of(parts: &'m Parts) -> Self {
        Self {
            headers: &parts.headers,
            authority: parts.uri.authority().map(Authority::as_str),
        }
    }
}

impl HeaderLines for Lines<'_> {
    fn visit<'a>(&'a self, line: &mut dyn FnMut(&'a [u8], &'a [u8])) {
        if let Some(authority) = self.authority {
            line(b":authority", authority.as_bytes());
        }
        for (name, value) in self.headers {
            line(name.as_str().as_bytes(), value.as_bytes());
        }
    }
}

/// Removes what the policy strips.
pub(super) fn strip(headers: &mut HeaderMap, policy: &Policy) {
    let stripped: Vec<HeaderName> = headers
        .keys()
        .filter(|name| policy.strips(name.as_str().as_bytes()))
        .cloned()
        .collect();
    for name in stripped {
        headers.remove(name);
    }
}

/// Writes the proven ids to where the application looks for them, if the policy
/// wants that. Names and values have been checked to be such.
pub(super) fn add_identity(headers: &mut HeaderMap, granted: &Granted) {
    for (name, value) in granted.identity_headers() {
        keep_end_to_end(headers, name);
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
}

/// Lines that the response of the application gets.
pub(super) type Added = Vec<(HeaderName, HeaderValue)>;

/// What the policy adds to the response. Names have been checked to be such.
pub(super) fn added(granted: &Granted) -> Added {
    let line = |(name, value): (&str, String)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::try_from(value).ok()?))
    };
    granted.response_headers().filter_map(line).collect()
}

/// Takes `name` out of what the caller calls a header of this connection alone:
/// a proxy behind this service would drop it.
fn keep_end_to_end(headers: &mut HeaderMap, name: &str) {
    let lines = headers.get_all(CONNECTION).iter();
    let Some(kept) = without_option(lines.map(HeaderValue::as_bytes), name) else {
        return;
    };
    headers.remove(CONNECTION);
    if let Ok(line) = HeaderValue::from_bytes(&kept)
        && !line.is_empty()
    {
        headers.insert(CONNECTION, line);
    }
}
