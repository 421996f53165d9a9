//! `http`'s header map as header lines.

use http::HeaderMap;

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
    let stripped: Vec<http::HeaderName> = headers
        .keys()
        .filter(|name| policy.strips(name.as_str().as_bytes()))
        .cloned()
        .collect();
    for name in stripped {
        headers.remove(name);
    }
}
