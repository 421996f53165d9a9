//! Extractors over the grant that the gate's layer attached.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use crate::adapter::access::{certificate, proven};
use crate::adapter::caller::{ClientCertificate, Identity};
use crate::adapter::tower::grant;
use crate::gate::Granted;

use super::AccessRejection;

impl<S: Sync> FromRequestParts<S> for Granted {
    type Rejection = AccessRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AccessRejection> {
        let granted = grant(parts).cloned();
        granted.map_err(|denied| AccessRejection::new(denied, parts))
    }
}

impl<S: Sync> FromRequestParts<S> for Identity {
    type Rejection = AccessRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AccessRejection> {
        let identity = grant(parts).and_then(proven).cloned();
        identity
            .map(Self)
            .map_err(|denied| AccessRejection::new(denied, parts))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Identity {
    type Rejection = AccessRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, AccessRejection> {
        match grant(parts) {
            Ok(granted) => Ok(granted.identity().cloned().map(Self)),
            Err(denied) => Err(AccessRejection::new(denied, parts)),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for ClientCertificate {
    type Rejection = AccessRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AccessRejection> {
        let certificate = grant(parts).and_then(certificate);
        certificate.map_err(|denied| AccessRejection::new(denied, parts))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for ClientCertificate {
    type Rejection = AccessRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, AccessRejection> {
        match grant(parts) {
            Ok(granted) => Ok(certificate(granted).ok()),
            Err(denied) => Err(AccessRejection::new(denied, parts)),
        }
    }
}
