//! A rejection as an HTTP response.

use http::header::{CONTENT_TYPE, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};

use crate::adapter::access::AccessDenied;
use crate::adapter::answer::Answer;
use crate::gate::Granted;
use crate::response::Rejection;

/// What the caller of these headers reads.
pub(super) fn response(rejection: &Rejection, request: &HeaderMap) -> Response<String> {
    let content_type = request.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let Answer {
        status,
        headers,
        body,
    } = Answer::new(rejection, content_type);
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The response to a request that the service refuses, with why in its extensions.
pub(in crate::adapter) fn refusal(
    denied: AccessDenied,
    granted: Option<&Granted>,
    request: &HeaderMap,
) -> Response<String> {
    let mut response = response(&denied.rejection(granted), request);
    response.extensions_mut().insert(denied);
    response
}

/// The grant of the gate that the request came through last.
pub(in crate::adapter) fn grant(parts: &Parts) -> Result<&Granted, AccessDenied> {
    parts.extensions.get().ok_or(AccessDenied::NoGate)
}
