//! What a service demands of a request that its gate let through.

use crate::decide::Reason;
use crate::gate::{Granted, ProvenIdentity};
use crate::response::Rejection;

#[cfg(any(feature = "axum", feature = "actix"))]
use super::caller::ClientCertificate;

/// Why the service refuses a request that no gate denied.
///
/// A gate lets requests through that prove nobody: on exempt paths, and where
/// denials are only observed. What a handler or a route demands beyond that is
/// refused here, in the form of every other rejection: a problem body, or a gRPC
/// status. The tower adapter puts it into the extensions of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AccessDenied {
    /// No gate has seen the request: the service was put together without it, or
    /// with it on the wrong side. 500 `gate_missing`.
    #[error("no gate has seen the request")]
    NoGate,
    /// The path is exempt from authentication. 401 `identity_missing`.
    #[error("the path is exempt, and nobody is proven to be calling")]
    NoIdentity,
    /// The request goes on only because denials are observed. 403
    /// `identity_not_proven`.
    #[error("denials are only observed, and nobody is proven to be calling")]
    NotProven,
    /// The caller is proven without a certificate: by a token, or by what the edge
    /// tells. 401 `certificate_missing`.
    #[error("the caller is proven without a certificate")]
    NoCertificate,
    /// The path belongs to another collection, or to none. 403
    /// `collection_not_allowed`.
    #[error("the path belongs to another collection")]
    OtherCollection,
    /// The caller is proven without a token. 401 `token_missing`.
    #[error("the caller is proven without a token")]
    NoToken,
    /// The token is not bound to the caller's certificate. 401
    /// `sender_binding_missing`.
    #[error("the token is not bound to the caller's certificate")]
    TokenNotBound,
}

impl AccessDenied {
    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::NoGate => 500,
            Self::NoIdentity | Self::NoCertificate | Self::NoToken | Self::TokenNotBound => 401,
            Self::NotProven | Self::OtherCollection => 403,
        }
    }

    /// The stable code, in snake case: what the caller gets to see.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoGate => "gate_missing",
            Self::NoIdentity => "identity_missing",
            Self::NotProven => "identity_not_proven",
            Self::NoCertificate => Reason::CertificateMissing.code(),
            Self::OtherCollection => Reason::CollectionNotAllowed.code(),
            Self::NoToken => Reason::TokenMissing.code(),
            Self::TokenNotBound => Reason::SenderBindingMissing.code(),
        }
    }

    /// The denial whose challenge tells how to authenticate instead.
    fn challenged_as(self) -> Option<Reason> {
        match self {
            Self::NoIdentity | Self::NoCertificate => Some(Reason::CertificateMissing),
            Self::NoToken => Some(Reason::TokenMissing),
            Self::TokenNotBound => Some(Reason::SenderBindingMissing),
            Self::NoGate | Self::NotProven | Self::OtherCollection => None,
        }
    }

    /// What the caller gets, of a request with this grant.
    pub(super) fn rejection(self, granted: Option<&Granted>) -> Rejection {
        Rejection::by_service(
            (self.status(), self.code()),
            self.challenged_as(),
            granted.map(|granted| granted.in_force().policy()),
            granted.map_or("", Granted::request_id),
        )
    }
}

/// Whom the grant proves.
pub(super) fn proven(granted: &Granted) -> Result<&ProvenIdentity, AccessDenied> {
    let nobody = match granted.observed() {
        Some(_) => AccessDenied::NotProven,
        None => AccessDenied::NoIdentity,
    };
    granted.identity().ok_or(nobody)
}

/// The certificate of whom the grant proves.
#[cfg(any(feature = "axum", feature = "actix"))]
pub(super) fn certificate(granted: &Granted) -> Result<ClientCertificate, AccessDenied> {
    proven(granted)?;
    let certificate = granted.shared_certificate();
    certificate
        .map(ClientCertificate)
        .ok_or(AccessDenied::NoCertificate)
}
