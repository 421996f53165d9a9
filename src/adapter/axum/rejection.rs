//! The response in place of a handler.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use crate::adapter::tower::{AccessDenied, refusal};
use crate::gate::Granted;

/// What a request gets whose handler demands more than it proves: a problem body,
/// or a gRPC status where the request is one of gRPC.
#[derive(Debug)]
pub struct AccessRejection {
    denied: AccessDenied,
    response: Box<http::Response<String>>,
}

impl AccessRejection {
    pub(super) fn new(denied: AccessDenied, parts: &Parts) -> Self {
        let granted = parts.extensions.get::<Granted>();
        Self {
            denied,
            response: Box::new(refusal(denied, granted, parts)),
        }
    }

    /// Why.
    #[must_use]
    pub fn denied(&self) -> AccessDenied {
        self.denied
    }
}

impl IntoResponse for AccessRejection {
    fn into_response(self) -> Response {
        self.response.map(Body::from)
    }
}
