//! What was found out about a request, up to where its decision fell. An
//! audit record is made of it, whether the request was allowed or denied.

use std::sync::Arc;

use crate::certificate::{CertInfo, Claims, ClientCertificate, Thumbprint, ValidityAt};
use crate::edge::{ClientAddress, Verification};
use crate::limits::{Counted, Limit};
use crate::policy::{CollectionId, Methods, Policy};
use crate::request::{CleanPath, Request, codes};
use crate::trust::{
    ExpiryWarning, Lists, PathFault, RevokedOnPath, ToleratedOnPath, VerifiedPath, Verifier,
};

use super::assess::Assessed;
use super::facts::Facts;
use super::named::{NamedClient, NamedProfile};
use super::observe::Noted;
use super::presented::{Flaw, Presented, PresentedCertificate};
use super::{ObservedDenial, Reason, Step, require};

/// What was found out about a request.
///
/// In a denial, and where denials were observed, the identity is what was
/// claimed and checked so far; only the [`Grant`](super::Grant) of an allow
/// proves one.
#[derive(Debug)]
pub struct Findings<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) certificate: PresentedCertificate,
    pub(super) client: Option<NamedClient>,
    pub(super) profile: Option<NamedProfile>,
    pub(super) collection: Option<CollectionId>,
    pub(super) noted: Noted,
    pub(super) expiry: Option<ExpiryWarning>,
    pub(super) counted: Option<Counted>,
}

/// What is known about who verified the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerificationStatus {
    /// There is no certificate, or none that may be looked at.
    None,
    /// It was verified: by the edge, by its own word or the operator's, or by
    /// whoever accepted the connection, or in this process.
    Verified,
    /// Nobody verified it: the policy knows it, or its key, by a pin.
    Pinned,
    /// There is one, and it did not pass: nobody verified it, and no pin of the
    /// policy knows it.
    Failed,
}

codes!(VerificationStatus {
    None = "none",
    Verified = "verified",
    Pinned = "pinned",
    Failed = "failed",
});

/// What is wrong with a certificate that a policy lets pass nevertheless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tolerated {
    /// It has expired: `dangerous_allow_expired`.
    Expired,
    /// Its issuer revoked it: `dangerous_allow_revoked`.
    Revoked,
    /// A revocation list of an issuer on its path is not current:
    /// `stale_lists = "warn"`.
    StaleRevocationList,
}

codes!(Tolerated {
    Expired = "expired",
    Revoked = "revoked",
    StaleRevocationList = "stale_revocation_list",
});

impl<'a> Findings<'a> {
    pub(super) fn new(presented: Presented<'a>) -> Self {
        Self {
            facts: presented.facts,
            certificate: presented.certificate,
            client: None,
            profile: None,
            collection: None,
            noted: presented.noted,
            expiry: None,
            counted: None,
        }
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &'a Request<'a> {
        self.facts.request
    }

    /// The policy that it was decided by.
    #[must_use]
    pub fn policy(&self) -> &'a Policy {
        self.facts.policy
    }

    /// The path in canonical form, if it has one.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.facts.path.as_ref().ok().map(CleanPath::as_str)
    }

    /// The client's address as far as it is proven.
    #[must_use]
    pub fn client_address(&self) -> ClientAddress {
        self.facts.client_address
    }

    /// The request id that a trusted edge gave.
    #[must_use]
    pub fn request_id(&self) -> Option<&'a str> {
        self.facts.trusted()?.request_id()
    }

    /// Whether the peer is a trusted proxy.
    #[must_use]
    pub fn peer_is_trusted(&self) -> bool {
        self.facts.trusted().is_some()
    }

    /// The certificate, if it was accepted so far. What
    /// [`verification`](Self::verification) says of it tells how much of it is
    /// proven: of a pinned one what the identity rule or listing pins, of a failed one
    /// nothing.
    #[must_use]
    pub fn certificate(&self) -> Option<&CertInfo> {
        self.assessed()?.certificate()
    }

    /// What the edge tells about a certificate that it does not forward.
    #[must_use]
    pub fn claims(&self) -> Option<&Claims> {
        self.assessed()?.client_certificate().claims()
    }

    /// The SHA-256 of the certificate that a token can be bound to.
    pub(super) fn presented_thumbprint(&self) -> Option<Thumbprint> {
        self.certificate.held()?.client_certificate().thumbprint()
    }

    /// Who verified the certificate, as far as the decision came.
    #[must_use]
    pub fn verification(&self) -> VerificationStatus {
        match &self.certificate {
            PresentedCertificate::Assessed(assessed)
            | PresentedCertificate::Dropped(_, assessed)
            | PresentedCertificate::Unproven(Some(assessed), Flaw::Distrusted(_)) => {
                let verification = self.facts.policy.edge().verification();
                let by_pins = self.peer_is_trusted() && *verification == Verification::Pinned;
                // Every rule and listing pins, so that one applies to known
                // certificates alone.
                match (by_pins, &assessed.mapping) {
                    (false, _) if !self.is_verified(assessed) => VerificationStatus::Failed,
                    (false, _) => VerificationStatus::Verified,
                    (true, Ok(_)) => VerificationStatus::Pinned,
                    (true, Err(_)) => VerificationStatus::Failed,
                }
            }
            PresentedCertificate::Unverified | PresentedCertificate::Unproven(Some(_), _) => {
                VerificationStatus::Failed
            }
            PresentedCertificate::Unproven(None, _) if self.is_noted_as_unverified() => {
                VerificationStatus::Failed
            }
            PresentedCertificate::Denied(denial)
                if denial.reason == Reason::CertificateUnverified =>
            {
                VerificationStatus::Failed
            }
            PresentedCertificate::None
            | PresentedCertificate::Unproven(None, _)
            | PresentedCertificate::Denied(_) => VerificationStatus::None,
        }
    }

    /// Whether a path was found where the policy wants one; elsewhere, whoever
    /// vouched for the certificate has seen to that.
    fn is_verified(&self, assessed: &Assessed) -> bool {
        self.policy().trust.verifier.is_none() || assessed.trust.verified_path().is_some()
    }

    /// Whether it would not matter that the certificate has expired: the policy
    /// says so, and everything else about it is verified and right.
    pub(super) fn is_expiry_tolerated(&self) -> bool {
        let verifier = self.policy().trust.verifier.as_ref();
        let path = self
            .certificate
            .read()
            .and_then(|assessed| assessed.trust.verified_path());
        verifier.is_some_and(Verifier::allows_expired)
            && path.is_some_and(|path| path.tolerated == ToleratedOnPath::default())
    }

    /// The authority of the policy to which the certificate's path leads, where it
    /// is verified in this process.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        let path = self.verified_path()?;
        self.policy()
            .trust
            .verifier
            .as_ref()?
            .name_of(path.authority)
    }

    /// Why the certificate has no path to an authority of the policy, where it is
    /// verified in this process; also of one that is denied for something else.
    #[must_use]
    pub fn path_fault(&self) -> Option<PathFault> {
        let read = match &self.certificate {
            PresentedCertificate::Dropped(_, assessed) => Some(assessed),
            other => other.read(),
        };
        read?.trust.path.err()
    }

    /// What is wrong with the certificate, and let pass because the policy says so.
    pub fn tolerated(&self) -> impl Iterator<Item = Tolerated> {
        let path = self.verified_path().map(|path| path.tolerated);
        let has_expired = self.assessed().is_some_and(|assessed| {
            let now = self.request().now.wall;
            assessed.certificate.validity_at(now) == ValidityAt::Expired
        });
        let of_path = path.unwrap_or_default();
        [
            (
                has_expired && self.is_expiry_tolerated(),
                Tolerated::Expired,
            ),
            (of_path.revoked == RevokedOnPath::Yes, Tolerated::Revoked),
            (
                of_path.lists == Lists::Stale,
                Tolerated::StaleRevocationList,
            ),
        ]
        .into_iter()
        .filter_map(|(is_so, what)| is_so.then_some(what))
    }

    fn verified_path(&self) -> Option<VerifiedPath> {
        self.assessed()?.trust.verified_path()
    }

    /// Why mode `bearer` left the certificate out.
    #[must_use]
    pub fn dropped_certificate(&self) -> Option<Reason> {
        match self.certificate {
            PresentedCertificate::Unverified => Some(Reason::CertificateUnverified),
            PresentedCertificate::Dropped(reason, _) => Some(reason),
            _ => None,
        }
    }

    /// What would have denied the request and was only noted, in the order of the
    /// checks: [`observe`](crate::policy::Observe). In a denial, what was noted
    /// before it.
    #[must_use]
    pub fn observed(&self) -> &[ObservedDenial] {
        self.noted.denials()
    }

    fn is_noted_as_unverified(&self) -> bool {
        let mut noted = self.observed().iter();
        noted.any(|denial| denial.reason == Reason::CertificateUnverified)
    }

    /// The certificate that was read, whether or not it was left out.
    pub(crate) fn certificate_read(&self) -> Option<&ClientCertificate> {
        match &self.certificate {
            PresentedCertificate::Assessed(assessed)
            | PresentedCertificate::Dropped(_, assessed)
            | PresentedCertificate::Unproven(Some(assessed), _) => Some(&assessed.certificate),
            _ => None,
        }
    }

    /// The SHA-256 of the certificate that was read, whether or not it was left
    /// out. Behind an edge that verifies nothing it may be anybody's;
    /// [`verification`](Self::verification) tells.
    #[must_use]
    pub fn thumbprint(&self) -> Option<Thumbprint> {
        self.certificate_read()?.thumbprint()
    }

    /// That the certificate ends soon, as the policy counts soon: of one that
    /// passed the checks of [`Stage::Trust`](super::Stage::Trust), and of no other.
    #[must_use]
    pub fn expiry_warning(&self) -> Option<ExpiryWarning> {
        self.expiry
    }

    /// The collection of the path.
    #[must_use]
    pub fn collection(&self) -> Option<&'a str> {
        self.collection
            .map(|id| self.facts.policy.collection_name(id))
    }

    pub(crate) fn collection_id(&self) -> Option<CollectionId> {
        self.collection
    }

    /// Whether the token is bound to the certificate that was accepted.
    pub(crate) fn has_bound_token(&self) -> bool {
        require::is_bound(self)
    }

    /// How the request was counted; `None` where it owes nothing, or was denied
    /// before its limits were asked.
    #[must_use]
    pub fn counted(&self) -> Option<Counted> {
        self.counted
    }

    /// The limit that an [`Allowance`](crate::limits::Allowance) or a
    /// [`Refusal`](crate::limits::Refusal) of this decision counts as this.
    #[must_use]
    pub fn limit(&self, index: usize) -> Option<&'a Limit> {
        self.limits().into_iter().flatten().nth(index)
    }

    /// Every check that was made, in order, if that was asked for.
    #[must_use]
    pub fn trace(&self) -> &[Step] {
        self.facts.trace.steps()
    }

    /// The certificate and what the policy makes of it, shared.
    #[must_use]
    pub fn assessed(&self) -> Option<&Arc<Assessed>> {
        self.certificate.assessed()
    }

    /// Whether nothing that could name a client came with the request, which
    /// was noted of its certificate.
    pub(super) fn is_without_proof(&self) -> bool {
        !self.noted.is_empty() && self.certificate.read().is_none() && self.client.is_none()
    }

    /// The methods that the collection, the client and the profile take.
    pub(super) fn methods(&self) -> [Option<&'a Methods>; 3] {
        let policy = self.facts.policy;
        let collection = self.collection.and_then(|id| policy.collection(id));
        [
            collection.map(|collection| &collection.methods),
            self.policy_client().map(|client| &client.methods),
            self.policy_profile().map(|profile| &profile.methods),
        ]
    }

    /// What the request owes: the limits of the client, of its profile, and of
    /// the collection, if that is one of the client's.
    pub(crate) fn limits(&self) -> [&'a [Limit]; 3] {
        let Some(client) = self.policy_client() else {
            return [&[]; 3];
        };
        let own = |id: &CollectionId| client.collections.binary_search(id).is_ok();
        let collection = self.collection.filter(own);
        let collection = collection.and_then(|id| self.facts.policy.collection(id));
        [
            client.limits.as_slice(),
            self.policy_profile()
                .map_or(&[], |profile| profile.limits.as_slice()),
            collection.map_or(&[], |collection| collection.limits.as_slice()),
        ]
    }
}
