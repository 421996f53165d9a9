//! What a service demands of a request that its gate let through.

use http::request::Parts;
use http::{HeaderMap, Response};

use crate::decide::Reason;
use crate::gate::{Granted, ProvenIdentity, SenderBinding};
use crate::response::Rejection;

use super::reject;

/// Why the service refuses a request that no gate denied.
///
/// A gate lets requests through that prove nobody: on exempt paths, and where
/// denials are only observed. What a handler or a route demands beyond that is
/// refused here, in the form of every other rejection: a problem body, or a gRPC
/// status. It is in the extensions of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessDenied {
    /// No gate has seen the request: the service was put together without its
    /// layer, or with the layer on the wrong side. 500 `gate_missing`.
    NoGate,
    /// The path is exempt from authentication. 401 `identity_missing`.
    NoIdentity,
    /// The request goes on only because denials are observed. 403
    /// `identity_not_proven`.
    NotProven,
    /// The caller is proven without a certificate: by a token, or by what the edge
    /// tells. 401 `certificate_missing`.
    NoCertificate,
    /// The path belongs to another collection, or to none. 403
    /// `collection_not_allowed`.
    OtherCollection,
    /// The caller is proven without a token. 401 `token_missing`.
    NoToken,
    /// The token is not bound to the caller's certificate. 401
    /// `sender_binding_missing`.
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

    /// The response to a request with these headers.
    pub(in crate::adapter) fn response(
        self,
        granted: Option<&Granted>,
        request: &HeaderMap,
    ) -> Response<String> {
        let rejection = Rejection::by_service(
            (self.status(), self.code()),
            self.challenged_as(),
            granted.map(|granted| granted.in_force().policy()),
            granted.map_or("", Granted::request_id),
        );
        let mut response = reject::response(&rejection, request);
        response.extensions_mut().insert(self);
        response
    }
}

/// The grant of the gate that the request came through last.
pub(in crate::adapter) fn grant(parts: &Parts) -> Result<&Granted, AccessDenied> {
    parts.extensions.get().ok_or(AccessDenied::NoGate)
}

/// Whom the grant proves.
pub(in crate::adapter) fn proven(granted: &Granted) -> Result<&ProvenIdentity, AccessDenied> {
    let nobody = match granted.observed() {
        Some(_) => AccessDenied::NotProven,
        None => AccessDenied::NoIdentity,
    };
    granted.identity().ok_or(nobody)
}

/// That the path belongs to this collection, which a proven caller may use.
pub(super) fn in_collection(granted: &Granted, name: &str) -> Result<(), AccessDenied> {
    proven(granted)?;
    if granted.collection() == Some(name) {
        Ok(())
    } else {
        Err(AccessDenied::OtherCollection)
    }
}

/// That a proven caller's token is bound to the caller's certificate.
pub(super) fn with_bound_token(granted: &Granted) -> Result<(), AccessDenied> {
    proven(granted)?;
    match granted.sender_binding() {
        SenderBinding::Bound => Ok(()),
        SenderBinding::Unbound => Err(AccessDenied::TokenNotBound),
        SenderBinding::NoToken => Err(AccessDenied::NoToken),
    }
}
