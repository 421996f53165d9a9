//! Extractors over the grant that the middleware attached.

use std::fmt;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, ResponseError};

use crate::adapter::access::{AccessDenied, certificate, proven};
use crate::adapter::answer::Answer;
use crate::adapter::caller::{ClientCertificate, Identity};
use crate::gate::Granted;

use super::reject;

/// What a request gets whose handler demands more than it proves: a problem body,
/// or a gRPC status where the request is one of gRPC.
///
/// actix makes `None` of it for a handler that takes an `Option`, also where the
/// gate is missing.
#[derive(Clone, Debug)]
pub struct AccessRejection {
    denied: AccessDenied,
    answer: Answer,
}

impl AccessRejection {
    fn new(denied: AccessDenied, granted: Option<&Granted>, request: &HttpRequest) -> Self {
        Self {
            denied,
            answer: reject::answer(&denied.rejection(granted), request.headers()),
        }
    }

    /// Why.
    #[must_use]
    pub fn denied(&self) -> AccessDenied {
        self.denied
    }
}

/// What `of` takes of the request's grant.
fn extracted<T>(
    request: &HttpRequest,
    of: impl FnOnce(&Granted) -> Result<T, AccessDenied>,
) -> Ready<Result<T, AccessRejection>> {
    let granted = request.extensions().get::<Granted>().cloned();
    let extracted = granted.as_ref().ok_or(AccessDenied::NoGate).and_then(of);
    ready(extracted.map_err(|denied| AccessRejection::new(denied, granted.as_ref(), request)))
}

impl FromRequest for Granted {
    type Error = AccessRejection;
    type Future = Ready<Result<Self, AccessRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        extracted(request, |granted| Ok(granted.clone()))
    }
}

impl FromRequest for Identity {
    type Error = AccessRejection;
    type Future = Ready<Result<Self, AccessRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        extracted(request, |granted| Ok(Self(proven(granted)?.clone())))
    }
}

impl FromRequest for ClientCertificate {
    type Error = AccessRejection;
    type Future = Ready<Result<Self, AccessRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        extracted(request, certificate)
    }
}

impl ResponseError for AccessRejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.answer.status).unwrap_or(StatusCode::FORBIDDEN)
    }

    fn error_response(&self) -> HttpResponse {
        reject::written(&self.answer)
    }
}

impl fmt::Display for AccessRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.denied.fmt(f)
    }
}

impl std::error::Error for AccessRejection {}
