//! A rejection as an HTTP response.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, Response, StatusCode};

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

/// The response as a request of `method` has it: HEAD gets the head alone. hyper
/// leaves out the body in HTTP/1.1 and not in HTTP/2, where a client takes one for an
/// error of the connection, and never reads why it was denied.
pub(super) fn fitted(mut response: Response<String>, method: &Method) -> Response<String> {
    if method == Method::HEAD && !response.body().is_empty() {
        let length = HeaderValue::from(std::mem::take(response.body_mut()).len());
        let headers = response.headers_mut();
        headers.entry(CONTENT_LENGTH).or_insert(length);
    }
    response
}

/// The response to a request that the service refuses, with why in its extensions.
pub(in crate::adapter) fn refusal(
    denied: AccessDenied,
    granted: Option<&Granted>,
    request: &Parts,
) -> Response<String> {
    let response = response(&denied.rejection(granted), &request.headers);
    let mut response = fitted(response, &request.method);
    response.extensions_mut().insert(denied);
    response
}

/// The grant of the gate that the request came through last.
pub(in crate::adapter) fn grant(parts: &Parts) -> Result<&Granted, AccessDenied> {
    parts.extensions.get().ok_or(AccessDenied::NoGate)
}
