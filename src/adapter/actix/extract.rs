//! What handlers ask for.

use std::fmt;
use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, ResponseError};

use crate::adapter::answer::Answer;
use crate::certificate::CertInfo;
use crate::decide::Reason;
use crate::gate::{Granted, ProvenIdentity};
use crate::response::Rejection;

use super::reject;

/// Who is calling, proven.
///
/// A handler that takes it is not called for anybody else: on a path that is exempt,
/// and where denials are only observed, the answer is a 403 `identity_unmapped`, and
/// without a gate around the handler a 500. `Option<Identity>` is `None` in all three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity(pub ProvenIdentity);

/// The certificate that was accepted, and belongs to the caller who is proven.
///
/// A handler that takes it is not called without one: where a token alone proved who
/// is calling, the answer is a 401 `certificate_missing`; where nobody is proven, as
/// with [`Identity`]. It is a copy; [`Granted::certificate`] has it without one.
#[derive(Clone, Debug)]
pub struct ClientCertificate(pub CertInfo);

/// Why a handler was not called: what it asks for was not proven, or there is no gate
/// around it. Its response is a problem body, as those of the gate.
#[derive(Clone, Debug)]
pub struct Unproven {
    kind: UnprovenKind,
    answer: Answer,
}

/// The kinds of [`Unproven`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnprovenKind {
    /// No [`GateMiddleware`](super::GateMiddleware) stands around the handler: a
    /// mistake of the service, and a 500.
    NoGate,
    /// The request goes on, and nobody is proven: 403.
    NoIdentity,
    /// Who is calling is proven, without a certificate: 401.
    NoCertificate,
}

impl FromRequest for Granted {
    type Error = Unproven;
    type Future = Ready<Result<Self, Unproven>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(granted(request))
    }
}

impl FromRequest for Identity {
    type Error = Unproven;
    type Future = Ready<Result<Self, Unproven>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(granted(request).and_then(|granted| {
            let identity = proven(request, &granted)?;
            Ok(Self(identity.clone()))
        }))
    }
}

impl FromRequest for ClientCertificate {
    type Error = Unproven;
    type Future = Ready<Result<Self, Unproven>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(granted(request).and_then(|granted| {
            proven(request, &granted)?;
            let certificate = granted.certificate().ok_or_else(|| {
                let kind = UnprovenKind::NoCertificate;
                Unproven::of(request, &granted, kind, Reason::CertificateMissing)
            })?;
            Ok(Self(certificate.clone()))
        }))
    }
}

fn granted(request: &HttpRequest) -> Result<Granted, Unproven> {
    let granted = request.extensions().get::<Granted>().cloned();
    granted.ok_or_else(|| Unproven {
        kind: UnprovenKind::NoGate,
        answer: reject::answer(&Rejection::unguarded(), request.headers()),
    })
}

fn proven<'g>(request: &HttpRequest, granted: &'g Granted) -> Result<&'g ProvenIdentity, Unproven> {
    granted.identity().ok_or_else(|| {
        let kind = UnprovenKind::NoIdentity;
        Unproven::of(request, granted, kind, Reason::IdentityUnmapped)
    })
}

impl Unproven {
    fn of(request: &HttpRequest, granted: &Granted, kind: UnprovenKind, reason: Reason) -> Self {
        let policy = granted.in_force().policy();
        let rejection = Rejection::unproven(reason, policy, granted.request_id());
        Self {
            kind,
            answer: reject::answer(&rejection, request.headers()),
        }
    }

    /// What is missing.
    #[must_use]
    pub fn kind(&self) -> UnprovenKind {
        self.kind
    }
}

impl ResponseError for Unproven {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.answer.status).unwrap_or(StatusCode::FORBIDDEN)
    }

    fn error_response(&self) -> HttpResponse {
        reject::written(&self.answer)
    }
}

impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            UnprovenKind::NoGate => "no gate stands around this handler",
            UnprovenKind::NoIdentity => "nobody is proven to be calling",
            UnprovenKind::NoCertificate => "the caller is proven without a certificate",
        })
    }
}

impl std::error::Error for Unproven {}

impl Deref for Identity {
    type Target = ProvenIdentity;

    fn deref(&self) -> &ProvenIdentity {
        &self.0
    }
}

impl Deref for ClientCertificate {
    type Target = CertInfo;

    fn deref(&self) -> &CertInfo {
        &self.0
    }
}
