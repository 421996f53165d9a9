//! A rejection as an HTTP response.

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Response, StatusCode};

use crate::adapter::answer::Answer;
use crate::response::Rejection;

/// What the caller of these headers reads.
pub(in crate::adapter) fn response(rejection: &Rejection, request: &HeaderMap) -> Response<String> {
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
