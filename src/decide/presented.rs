//! What a request presents as its certificate, and how far it can be believed.

use std::sync::Arc;

use crate::trust::TrustFault;

use super::Reason;
use super::assess::Assessed;
use super::denial::Denial;
use super::facts::Facts;
use super::observe::Noted;
use super::source::CertificateSource;

/// The facts of a request with what it presents as its certificate, after
/// stages 3 to 5. The two stay together, so that no request is authorized by
/// another's certificate.
#[derive(Debug)]
pub struct Presented<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) certificate: PresentedCertificate,
    pub(super) noted: Noted,
}

#[derive(Debug)]
pub(super) enum PresentedCertificate {
    None,
    Assessed(Arc<Assessed>),
    /// There is one, which the mode leaves out because the edge does not say
    /// that it verified it.
    Unverified,
    /// There is one, which the edge verified and the mode leaves out for this
    /// reason.
    Dropped(Reason, Arc<Assessed>),
    /// There is one that failed, which is only noted. It proves nobody.
    Unproven(Option<Arc<Assessed>>, Flaw),
    /// Stages 1 to 5 deny.
    Denied(Denial),
}

/// What is wrong with a certificate that failed and is looked at nevertheless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It did not pass stages 3 to 5: anyone can have written it.
    Unattested,
    /// It did not pass stage 7, for this reason.
    Distrusted(Reason),
}

impl Presented<'_> {
    /// What a cache keeps the certificate by, if one was read that may be kept.
    pub(crate) fn to_keep(&self) -> Option<(CertificateSource<'_>, &Arc<Assessed>)> {
        let assessed = self
            .assessed()
            .filter(|own| own.may_be_kept(self.facts.policy))?;
        Some((self.facts.source()?, assessed))
    }

    /// The certificate and what follows from it, if there is one that may be
    /// looked at.
    #[must_use]
    pub fn assessed(&self) -> Option<&Arc<Assessed>> {
        self.certificate.assessed()
    }
}

impl PresentedCertificate {
    pub(super) fn assessed(&self) -> Option<&Arc<Assessed>> {
        match self {
            Self::Assessed(assessed) => Some(assessed),
            Self::None
            | Self::Unverified
            | Self::Dropped(..)
            | Self::Unproven(..)
            | Self::Denied(_) => None,
        }
    }

    /// Its failing stage 7 was only noted.
    pub(super) fn distrust(&mut self, reason: Reason) {
        if let Self::Assessed(assessed) = self {
            *self = Self::Unproven(Some(Arc::clone(assessed)), Flaw::Distrusted(reason));
        }
    }

    /// Whether something counts as the request's certificate, so that none is
    /// missing.
    pub(super) fn is_there(&self) -> bool {
        matches!(self, Self::Assessed(_) | Self::Unproven(..))
    }

    /// The certificate that the checks look at, proven or not.
    pub(super) fn read(&self) -> Option<&Arc<Assessed>> {
        match self {
            Self::Assessed(assessed) => Some(assessed),
            Self::Unproven(assessed, _) => assessed.as_ref(),
            Self::None | Self::Unverified | Self::Dropped(..) | Self::Denied(_) => None,
        }
    }

    /// The certificate whose key its sender holds, as far as anybody vouches for
    /// that: the one that a token can be bound to.
    pub(super) fn held(&self) -> Option<&Arc<Assessed>> {
        match self {
            Self::Assessed(assessed) => Some(assessed),
            Self::Unproven(Some(assessed), Flaw::Distrusted(reason))
                if is_of_its_holder(*reason, assessed) =>
            {
                Some(assessed)
            }
            _ => None,
        }
    }
}

/// Whether a certificate that fails stage 7 for this reason is still its
/// sender's, so that a token that is bound to it may be. Nobody vouches for the
/// sender of an untrusted one, and a revoked one's key may be anybody's, also
/// where the dates are what was found first.
fn is_of_its_holder(reason: Reason, assessed: &Assessed) -> bool {
    let is_anybodys = matches!(
        assessed.trust.fault,
        Some(TrustFault::Revoked | TrustFault::ForeignRoute | TrustFault::Path(_))
    );
    let holder_is_known = matches!(
        reason,
        Reason::CertificateExpired
            | Reason::CertificateNotYetValid
            | Reason::IssuerNotAllowed
            | Reason::CertificateNotAllowed
    );
    holder_is_known && !is_anybodys
}
