//! `http`'s header map as header lines.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::gate::Granted;
use crate::policy::Policy;
use crate::request::HeaderLines;

/// A header map, every line of it.
pub(super) struct Lines<'m>(pub(super) &'m HeaderMap);

impl HeaderLines for Lines<'_> {
    fn visit<'a>(&'a self, line: &mut dyn FnMut(&'a [u8], &'a [u8])) {
        for (name, value) in self.0 {
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
pub(super) fn replace(headers: &mut HeaderMap, granted: &Granted) {
    for (name, value) in granted.identity_headers() {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
}
