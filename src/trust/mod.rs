//! Is this certificate acceptable, whomever it proves: issuer, revocation,
//! constraints and validity.
//!
//! The edge checked the signature chain. What is checked here whoever verified
//! is what a policy says about certificates, and what the clock says about
//! their dates.

mod constraints;
mod expiry;
mod issuers;
mod revoked;

use crate::certificate::ClientCertificate;
use crate::edge::Route;

pub(crate) use constraints::{Compliance, Constraints};
pub(crate) use expiry::ExpiryThresholds;
pub use expiry::ExpiryWarning;
pub use issuers::{IssuerId, IssuerVerdict, Issuers};
pub(crate) use revoked::{Revocation, Revoked};

/// What a policy asks of every certificate.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustRules {
    pub(crate) issuers: Issuers,
    pub(crate) revoked: Revoked,
    pub(crate) constraints: Constraints,
}

/// What follows about a certificate from its bytes, the way it came and the
/// policy. Its dates are not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TrustVerdict {
    /// Which of the policy's issuers it names.
    pub(crate) issuer: IssuerVerdict,
    /// What is wrong with it: the first in the order of [`TrustFault`].
    pub(crate) fault: Option<TrustFault>,
}

/// What makes a certificate unacceptable, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrustFault {
    /// The policy lists it as revoked.
    Revoked,
    /// A proxy on its way is not the pinned one.
    Untrusted,
    /// Its issuer is not among those allowed.
    IssuerNotAllowed,
    /// It does not have what the policy demands; or what the policy demands, or
    /// lists as revoked, is not told of it.
    NotAllowed,
}

impl TrustRules {
    /// Judges a certificate that came by `route`.
    pub(crate) fn judge(&self, certificate: &ClientCertificate, route: Route) -> TrustVerdict {
        let issuer = self.issuers.judge(certificate);
        let revocation = self.revoked.judge(certificate);
        let fault = if revocation == Revocation::Revoked {
            Some(TrustFault::Revoked)
        } else if route == Route::Foreign {
            Some(TrustFault::Untrusted)
        } else if issuer == IssuerVerdict::NotAllowed {
            Some(TrustFault::IssuerNotAllowed)
        } else if revocation == Revocation::Untold
            || self.constraints.judge(certificate) == Compliance::NotMet
        {
            Some(TrustFault::NotAllowed)
        } else {
            None
        };
        TrustVerdict { issuer, fault }
    }

    /// What is wrong with a certificate of which nothing is told.
    pub(crate) fn judge_nothing(&self) -> Option<TrustFault> {
        if !self.issuers.is_empty() {
            Some(TrustFault::IssuerNotAllowed)
        } else if !self.revoked.is_empty() || !self.constraints.is_empty() {
            Some(TrustFault::NotAllowed)
        } else {
            None
        }
    }
}
