//! A rejection as an HTTP response.

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Response, StatusCode};

use crate::response::{Rejection, is_grpc};

/// What the caller of these headers reads: a problem body, or for gRPC a
/// status in the head of a response without a body ("Trailers-Only").
pub(in crate::adapter) fn response(rejection: &Rejection, request: &HeaderMap) -> Response<String> {
    let grpc = request
        .get(CONTENT_TYPE)
        .is_some_and(|kind| is_grpc(kind.as_bytes()));
    if grpc {
        return grpc_response(rejection);
    }
    let body = serde_json::to_string(rejection.problem()).unwrap_or_default();
    let mut response = Response::new(body);
    *response.status_mut() = status(rejection);
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(Rejection::CONTENT_TYPE),
    );
    add_headers(rejection, headers);
    response
}

fn grpc_response(rejection: &Rejection) -> Response<String> {
    let mut response = Response::new(String::new());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(
        "grpc-status",
        HeaderValue::from(u16::from(rejection.grpc_status())),
    );
    headers.insert(
        "grpc-message",
        HeaderValue::from_static(rejection.problem().reason),
    );
    add_headers(rejection, headers);
    response
}

/// Values are made of codes, numbers, methods, the realm and the names of limits,
/// all of them printable ASCII by their own rules.
fn add_headers(rejection: &Rejection, headers: &mut HeaderMap) {
    for (name, value) in rejection.headers() {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

fn status(rejection: &Rejection) -> StatusCode {
    StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::FORBIDDEN)
}
