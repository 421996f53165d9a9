//! Extractors over the grant that the gate's layer attached.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use crate::adapter::tower::{AccessDenied, grant, proven};
use crate::certificate::CertInfo;
use crate::gate::{Granted, ProvenIdentity};

use super::AccessRejection;

/// Who is calling, proven by every stage of the decision. A request that proves
/// nobody does not reach the handler; `Option<Identity>` lets it.
///
/// Whose denials are only observed is nobody here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity(pub ProvenIdentity);

impl Deref for Identity {
    type Target = ProvenIdentity;

    fn deref(&self) -> &ProvenIdentity {
        &self.0
    }
}

/// The certificate that was accepted, as [`Granted::certificate`] tells it. A
/// request without one does not reach the handler; `Option<ClientCertificate>`
/// lets it.
#[derive(Clone, Debug)]
pub struct ClientCertificate(Arc<CertInfo>);

impl ClientCertificate {
    /// The certificate, to keep.
    #[must_use]
    pub fn into_inner(self) -> Arc<CertInfo> {
        self.0
    }
}

impl Deref for ClientCertificate {
    type Target = CertInfo;

    fn deref(&self) -> &CertInfo {
        &self.0
    }
}

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

fn certificate(granted: &Granted) -> Result<ClientCertificate, AccessDenied> {
    proven(granted)?;
    let certificate = granted.shared_certificate();
    certificate
        .map(ClientCertificate)
        .ok_or(AccessDenied::NoCertificate)
}
