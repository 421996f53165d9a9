//! What the edge gets to read.

use certgate::gate::{Granted, ProvenIdentity};
use certgate::response::Rejection;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::json;

use super::edge::Edge;
use super::names::Names;
use super::refused::Refused;

/// The status that the client is to get, where the edge cannot read it off the
/// answer itself.
const STATUS: &str = "x-auth-status";

/// The body that the client is to get, on one line: nginx drops that of the
/// answer.
const PROBLEM: &str = "x-auth-problem";

/// 200, and who is calling. An identity is only what was proven and enforced.
///
/// # Errors
///
/// An id or principal cannot be written into a header. Without it the client's
/// own would be left.
pub(crate) fn allowed(granted: &Granted, names: &Names) -> Result<Response<String>, Refused> {
    let mut response = Response::new(String::new());
    let headers = response.headers_mut();
    for (name, value) in granted.response_headers() {
        headers.insert(header_name(name)?, header_value(&value)?);
    }
    let identity = granted.identity();
    let client = identity.and_then(ProvenIdentity::client);
    let profile = identity.and_then(ProvenIdentity::profile);
    let principal = identity.map(ProvenIdentity::principal);
    for (name, value) in [
        (&names.client, client),
        (&names.profile, profile),
        (&names.principal, principal),
        (&names.request_id, Some(granted.request_id())),
    ] {
        headers.insert(name, header_value(value.unwrap_or_default())?);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A denial by the policy. It is always one in the status, for gRPC too: what an
/// edge reads as 200 goes on to the backend.
pub(crate) fn denied(rejection: &Rejection, edge: Edge) -> Response<String> {
    let status = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::FORBIDDEN);
    let body = serde_json::to_string(rejection.problem()).unwrap_or_default();
    let mut response = problem(status, body, edge);
    for (name, value) in rejection.headers() {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A denial of what could not be decided.
pub(crate) fn refused(refused: Refused, request_id: &str, edge: Edge) -> Response<String> {
    let status = refused.status();
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "reason": refused.code(),
        "request_id": request_id,
    });
    let mut response = problem(status, body.to_string(), edge);
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response
}

fn problem(status: StatusCode, body: String, edge: Edge) -> Response<String> {
    let mut response = Response::new(body);
    *response.status_mut() = edge.denial(status);
    let in_header = HeaderValue::try_from(response.body()).ok();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(Rejection::CONTENT_TYPE),
    );
    if edge == Edge::Nginx {
        headers.insert(STATUS, HeaderValue::from(status.as_u16()));
        if let Some(line) = in_header {
            headers.insert(PROBLEM, line);
        }
    }
    response
}

fn header_name(text: &str) -> Result<HeaderName, Refused> {
    HeaderName::from_bytes(text.as_bytes()).map_err(|_| Refused::Unwritable)
}

fn header_value(text: &str) -> Result<HeaderValue, Refused> {
    HeaderValue::from_bytes(text.as_bytes()).map_err(|_| Refused::Unwritable)
}
