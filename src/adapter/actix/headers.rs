//! actix' header map as header lines.

use actix_web::HttpRequest;
use actix_web::http::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::uri::Authority;

use crate::adapter::options::without_option;
use crate::gate::Granted;
use crate::policy::Policy;
use crate::request::HeaderLines;

/// A header map, every line of it, and the authority of the request's URI:
/// HTTP/2's `:authority`, or that of a target in absolute form.
pub(super) struct Lines<'r> {
    headers: &'r HeaderMap,
    authority: Option<&'r str>,
}

impl<'r> Lines<'r> {
    pub(super) fn of(request: &'r HttpRequest) -> Self {
        Self {
            headers: request.headers(),
            authority: request.uri().authority().map(Authority::as_str),
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
    headers.retain(|name, _| !policy.strips(name.as_str().as_bytes()));
}

/// Writes the proven ids to where the application looks for them, if the policy
/// wants that. Names and values have been checked to be such.
pub(super) fn add_identity(headers: &mut HeaderMap, granted: &Granted) {
    for (name, value) in granted.identity_headers() {
        keep_end_to_end(headers, name);
        set(headers, name, value);
    }
}

/// What the policy adds to the response. Names have been checked to be such.
pub(super) fn add_to_response(headers: &mut HeaderMap, granted: &Granted) {
    for (name, value) in granted.response_headers() {
        set(headers, name, &value);
    }
}

/// Puts one line in place of all of that name.
pub(super) fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    let name = HeaderName::from_bytes(name.as_bytes());
    let value = HeaderValue::from_bytes(value.as_bytes());
    if let (Ok(name), Ok(value)) = (name, value) {
        headers.insert(name, value);
    }
}

/// Takes `name` out of what the caller calls a header of this connection alone:
/// a proxy behind this service would drop it.
fn keep_end_to_end(headers: &mut HeaderMap, name: &str) {
    let lines = headers.get_all(CONNECTION);
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
