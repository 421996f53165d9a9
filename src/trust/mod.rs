//! Is this certificate acceptable, whomever it proves: a path to an authority,
//! issuer, revocation, constraints and validity.
//!
//! An edge has checked the signature chain, or it is checked here, with feature
//! `verify`. What is checked whoever verified is what a policy says about
//! certificates, and what the clock says about their dates.

mod constraints;
mod expiry;
mod issuers;
mod path;
mod revoked;
#[cfg(feature = "verify")]
mod verify;
#[cfg(not(feature = "verify"))]
#[path = "not_verify.rs"]
mod verify;

use crate::certificate::{ClientCertificate, ValidityAt};
use crate::edge::Route;
use crate::request::Timestamp;

pub(crate) use constraints::{Compliance, Constraints, IssuerKey};
pub(crate) use expiry::ExpiryThresholds;
pub use expiry::ExpiryWarning;
pub use issuers::{IssuerId, IssuerVerdict, Issuers};
pub use path::PathFault;
pub(crate) use path::{Lists, RevokedOnPath, ToleratedOnPath, VerifiedPath};
pub(crate) use revoked::{Revocation, Revoked};
#[cfg(not(feature = "verify"))]
pub(crate) use verify::RevocationLists;
pub(crate) use verify::Verifier;
#[cfg(feature = "verify")]
pub use verify::{
    Authority, AuthorityDescription, AuthorityError, AuthorityStore, RevocationListError,
    RevocationLists,
};
#[cfg(feature = "verify")]
pub(crate) use verify::{ChainRules, Fault, StaleLists, WantedLists};

/// What a policy asks of every certificate.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustRules {
    pub(crate) issuers: Issuers,
    pub(crate) revoked: Revoked,
    pub(crate) constraints: Constraints,
    /// Verifies certificates in this process; whoever else does if absent.
    pub(crate) verifier: Option<Verifier>,
}

/// What a certificate came with, and when.
#[derive(Clone, Copy)]
pub(crate) struct Arrival<'r> {
    pub(crate) route: Route,
    /// The other certificates, which are evidence of nothing.
    pub(crate) chain: &'r [Vec<u8>],
    /// The revocation lists at hand.
    pub(crate) lists: &'r RevocationLists,
    pub(crate) now: Timestamp,
}

/// What follows about a certificate from its bytes, the way it came and the
/// policy. Its dates are not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TrustVerdict {
    /// Which of the policy's issuers it names.
    pub(crate) issuer: IssuerVerdict,
    /// Its path to an authority, or why it has none; `None` where the policy does
    /// not verify in this process.
    pub(crate) path: Result<Option<VerifiedPath>, PathFault>,
    /// What is wrong with it: the first in the order of [`TrustFault`].
    pub(crate) fault: Option<TrustFault>,
}

/// What makes a certificate unacceptable, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrustFault {
    /// The policy lists it as revoked.
    Revoked,
    /// A proxy on its way is not the pinned one.
    ForeignRoute,
    /// It has no path to an authority of the policy.
    Path(PathFault),
    /// Its issuer is not among those allowed.
    IssuerNotAllowed,
    /// It does not have what the policy demands; or what the policy demands, or
    /// lists as revoked, is not told of it.
    NotAllowed,
}

impl TrustRules {
    /// Judges a certificate.
    pub(crate) fn judge(
        &self,
        certificate: &ClientCertificate,
        arrival: Arrival<'_>,
    ) -> TrustVerdict {
        let issuer = self.issuers.judge(certificate);
        let revocation = self.revoked.judge(certificate);
        let path = self.verify(certificate, arrival);
        let fault = if revocation == Revocation::Revoked {
            Some(TrustFault::Revoked)
        } else if arrival.route == Route::Foreign {
            Some(TrustFault::ForeignRoute)
        } else if let Err(fault) = path {
            Some(TrustFault::Path(fault))
        } else if issuer == IssuerVerdict::NotAllowed {
            Some(TrustFault::IssuerNotAllowed)
        } else if revocation == Revocation::Untold
            || self.constraints.judge(certificate, issuer_key(&path)) == Compliance::NotMet
        {
            Some(TrustFault::NotAllowed)
        } else {
            None
        };
        TrustVerdict {
            issuer,
            path,
            fault,
        }
    }

    /// A path, where the policy wants one.
    fn verify(
        &self,
        certificate: &ClientCertificate,
        arrival: Arrival<'_>,
    ) -> Result<Option<VerifiedPath>, PathFault> {
        let Some(verifier) = &self.verifier else {
            return Ok(None);
        };
        let Arrival {
            chain, lists, now, ..
        } = arrival;
        verifier.verify(certificate, chain, lists, now).map(Some)
    }

    /// What is wrong with a certificate of which nothing is told.
    pub(crate) fn judge_nothing(&self) -> Option<TrustFault> {
        if self.verifier.is_some() {
            Some(TrustFault::Path(PathFault::NothingToVerify))
        } else if !self.issuers.is_empty() {
            Some(TrustFault::IssuerNotAllowed)
        } else if !self.revoked.is_empty() || !self.constraints.is_empty() {
            Some(TrustFault::NotAllowed)
        } else {
            None
        }
    }
}

impl TrustVerdict {
    /// Its path to an authority, where one was looked for and found.
    pub(crate) fn verified_path(&self) -> Option<VerifiedPath> {
        self.path.ok().flatten()
    }

    /// The key that verified the certificate's own signature, if that was done here.
    pub(crate) fn issuer_key(&self) -> IssuerKey<'_> {
        issuer_key(&self.path)
    }

    /// Whether its signature was to be verified here and was not, whatever else is
    /// wrong with it: of one that its issuer revoked it was.
    pub(crate) fn is_written_by_anybody(&self) -> bool {
        self.path.is_err_and(|fault| fault != PathFault::Revoked)
    }

    /// Whether the same would be found at this moment.
    pub(crate) fn holds_at(&self, now: Timestamp) -> bool {
        self.verified_path()
            .is_none_or(|path| path.holds.at(now) == ValidityAt::Valid)
    }
}

fn issuer_key(path: &Result<Option<VerifiedPath>, PathFault>) -> IssuerKey<'_> {
    let path = path.as_ref().ok()?.as_ref()?;
    Some(&path.issuer_key)
}
