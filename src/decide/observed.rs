//! What an allow gives where denials were only noted: types apart from those of
//! a proven caller.

use core::fmt;
use std::sync::Arc;

use crate::certificate::{CertInfo, Claims};

use super::{Assessed, Findings, ObservedDenial, Reason};

/// What a request gets that goes on although it would have been denied.
///
/// It is no proof of anything that the policy asks for. Nothing here turns into
/// an [`Identity`](super::Identity).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedGrant {
    reason: Reason,
    denials: Box<[ObservedDenial]>,
    identity: Option<ObservedIdentity>,
    certificate: Option<UnprovenCertificate>,
}

/// Who is calling, where that is proven and something else would have denied:
/// the address, the collection, the method or a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedIdentity {
    client: Option<Box<str>>,
    profile: Option<Box<str>>,
    principal: Box<str>,
}

/// The certificate of a request that would have been denied, as it was read.
///
/// Nobody need have verified it, and its sender need not hold its key: what it
/// says is for records and proves nobody.
#[derive(Clone)]
pub struct UnprovenCertificate(Arc<Assessed>);

impl ObservedGrant {
    /// What observed denials leave of `findings`, if there are any.
    pub(super) fn of(findings: &Findings<'_>) -> Option<Self> {
        let denials = findings.observed();
        let reason = denials.first()?.reason;
        let identity = findings
            .noted
            .leaves_caller_proven()
            .then(|| ObservedIdentity::of(findings))
            .flatten();
        Some(Self {
            reason,
            denials: denials.into(),
            identity,
            certificate: findings
                .certificate
                .read()
                .cloned()
                .map(UnprovenCertificate),
        })
    }

    /// Why the policy would deny the request if it observed nothing: the first of
    /// the denials.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// What the request would have been denied for, in the order of the checks.
    #[must_use]
    pub fn denials(&self) -> &[ObservedDenial] {
        &self.denials
    }

    /// Who is calling; only if all of the denials are about the address, the
    /// collection, the method or a limit.
    #[must_use]
    pub fn identity(&self) -> Option<&ObservedIdentity> {
        self.identity.as_ref()
    }

    /// The certificate that the request came with, if it could be read.
    #[must_use]
    pub fn certificate(&self) -> Option<&UnprovenCertificate> {
        self.certificate.as_ref()
    }
}

impl ObservedIdentity {
    fn of(findings: &Findings<'_>) -> Option<Self> {
        Some(Self {
            client: findings.client().map(Into::into),
            profile: findings.profile().map(Into::into),
            principal: findings.principal()?.as_ref().into(),
        })
    }

    /// The client's id; none where clients are open and nothing names one.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// The id of the profile that applies.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// The principal that the identity rule makes, else the certificate's
    /// subject (RFC 4514), else the client's id.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }
}

impl UnprovenCertificate {
    /// What it says, unless the edge only tells about it.
    #[must_use]
    pub fn metadata(&self) -> Option<&CertInfo> {
        self.0.certificate()
    }

    /// What the edge tells about a certificate that it does not forward.
    #[must_use]
    pub fn claims(&self) -> Option<&Claims> {
        self.0.client_certificate().claims()
    }
}

/// Two certificates are the same if their bytes are. What an edge tells is equal
/// to itself alone.
impl PartialEq for UnprovenCertificate {
    fn eq(&self, other: &Self) -> bool {
        match (self.metadata(), other.metadata()) {
            (Some(own), Some(other)) => own == other,
            _ => Arc::ptr_eq(&self.0, &other.0),
        }
    }
}

impl Eq for UnprovenCertificate {}

impl fmt::Debug for UnprovenCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certificate = self.0.client_certificate();
        f.debug_tuple("UnprovenCertificate")
            .field(certificate)
            .finish()
    }
}
