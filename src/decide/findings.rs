//! What was found out about a request, up to where its decision fell. An
//! audit record is made of it, whether the request was allowed or denied.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use crate::certificate::{CertInfo, Claims, ClientCertificate, Thumbprint};
use crate::edge::{ClientAddress, Verification};
use crate::identity::MappedBy;
use crate::limits::Limit;
use crate::policy::{Client, ClientId, CollectionId, Methods, Policy, Profile};
use crate::request::{CleanPath, Request};
use crate::trust::{ExpiryWarning, TrustFault};

use super::assess::{
    Assessed, Flaw, MappedClient, MappedIdentity, MappedPrincipal, MappedProfile, Presented,
    PresentedCertificate,
};
use super::facts::Facts;
use super::observe::Noted;
use super::{ObservedDenial, Reason, Step};

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
}

/// Which proof names the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedClient {
    /// The certificate, and this its client.
    Certificate(ClientName),
    /// The token.
    Token,
    /// The trusted edge, in a header of its own.
    Edge,
}

/// What names the client of a certificate's holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientName {
    /// The certificate itself; where clients are open, it may name none.
    Own,
    /// The token that is bound to it.
    Token,
    /// The trusted edge, which forwarded it.
    Edge,
}

/// What named the caller of a decision: its client, or where nothing names a
/// client, its principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NamedBy {
    /// The certificate.
    Certificate,
    /// What the edge tells about a certificate that it does not forward.
    Claims,
    /// The token.
    Token,
    /// The trusted edge, in a header of its own.
    Edge,
}

/// What names the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedProfile {
    /// The client's own, at this place.
    Own(usize),
    /// The identity rule, and the client has none of that id.
    RuleForeign,
    /// The selecting header, and the client has none of that id.
    SelectionForeign,
}

/// What is known about who verified the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VerificationStatus {
    /// There is no certificate, or none that may be looked at.
    None,
    /// The edge verified it, by its own word or the operator's.
    Verified,
    /// Nobody verified it: the policy knows it, or its key, by a pin.
    Pinned,
    /// There is one, and it did not pass: nobody verified it, and no pin of the
    /// policy knows it.
    Failed,
}

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

    /// The SHA-256 of the certificate that takes part in the decision.
    pub(super) fn presented_thumbprint(&self) -> Option<Thumbprint> {
        let certificate = match &self.certificate {
            PresentedCertificate::Assessed(assessed) => Some(assessed),
            PresentedCertificate::Unproven(assessed, Flaw::Distrusted(reason))
                if is_of_its_holder(*reason, assessed.as_ref()) =>
            {
                assessed.as_ref()
            }
            _ => None,
        };
        certificate?.client_certificate().thumbprint()
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
    /// passed the checks of stage 7, and of no other.
    #[must_use]
    pub fn expiry_warning(&self) -> Option<ExpiryWarning> {
        self.expiry
    }

    /// The id of the client that the proofs name. It need not be one of the
    /// policy's.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        match self.client? {
            NamedClient::Token | NamedClient::Certificate(ClientName::Token) => {
                self.facts.request.token?.client()
            }
            NamedClient::Edge | NamedClient::Certificate(ClientName::Edge) => {
                self.facts.client_of_edge()
            }
            NamedClient::Certificate(ClientName::Own) => match self.mapped()?.client.as_ref()? {
                MappedClient::Known(id) => self.policy().client(*id).map(|client| &*client.id),
                MappedClient::Unknown(id) => Some(id),
            },
        }
    }

    /// What names that client; where clients are open and nothing names one, the
    /// principal.
    #[must_use]
    pub fn named_by(&self) -> Option<NamedBy> {
        Some(match self.client? {
            NamedClient::Token | NamedClient::Certificate(ClientName::Token) => NamedBy::Token,
            NamedClient::Edge | NamedClient::Certificate(ClientName::Edge) => NamedBy::Edge,
            NamedClient::Certificate(ClientName::Own) => {
                match self.certificate.read()?.client_certificate() {
                    ClientCertificate::Whole(_) => NamedBy::Certificate,
                    ClientCertificate::Claimed(_) => NamedBy::Claims,
                }
            }
        })
    }

    /// The id of the profile that applies, or was asked for.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        match self.profile? {
            NamedProfile::Own(_) => self.policy_profile().map(|profile| &*profile.id),
            NamedProfile::SelectionForeign => self.facts.selected_profile.id(),
            NamedProfile::RuleForeign => match self.mapped()?.profile.as_ref()? {
                MappedProfile::Foreign(id) => Some(id),
                MappedProfile::Own(_) => None,
            },
        }
    }

    /// The principal: what the identity rule makes, else the certificate's
    /// subject, else the client's id. It is never empty.
    #[must_use]
    pub fn principal(&self) -> Option<Cow<'_, str>> {
        match self.client? {
            NamedClient::Token | NamedClient::Edge => self.client().map(Cow::Borrowed),
            NamedClient::Certificate(_) => match &self.mapped()?.principal {
                MappedPrincipal::Rule(principal) => Some(Cow::Borrowed(principal)),
                MappedPrincipal::Subject => {
                    let certificate = self.certificate.read()?.client_certificate();
                    certificate.subject_text().map(Cow::Owned)
                }
                MappedPrincipal::Client => self.client().map(Cow::Borrowed),
            },
        }
    }

    /// Whether there is a principal, without making its text.
    pub(super) fn has_principal(&self) -> bool {
        match self.client {
            None => false,
            Some(NamedClient::Token | NamedClient::Edge) => self.client().is_some(),
            Some(NamedClient::Certificate(_)) => {
                match self.mapped().map(|mapped| &mapped.principal) {
                    Some(MappedPrincipal::Rule(_)) => true,
                    Some(MappedPrincipal::Subject) => self
                        .certificate
                        .read()
                        .is_some_and(|assessed| assessed.certificate.has_subject()),
                    Some(MappedPrincipal::Client) => self.client().is_some(),
                    None => false,
                }
            }
        }
    }

    /// The principal that the identity rule makes, if it makes one.
    #[must_use]
    pub fn rule_principal(&self) -> Option<&str> {
        match (self.client?, &self.mapped()?.principal) {
            (NamedClient::Certificate(_), MappedPrincipal::Rule(principal)) => Some(principal),
            _ => None,
        }
    }

    /// The collection of the path.
    #[must_use]
    pub fn collection(&self) -> Option<&'a str> {
        self.collection
            .map(|id| self.facts.policy.collection_name(id))
    }

    /// The identity rule that named the caller: its name, `listed` where the
    /// client itself lists the certificate, its key or its SPIFFE ID, or `open`
    /// where no rule is needed.
    #[must_use]
    pub fn identity_rule(&self) -> Option<&str> {
        if !self.is_named_by_certificate() {
            return None;
        }
        match self.mapped()?.by {
            MappedBy::Listing(_) => Some("listed"),
            MappedBy::Subject => Some("open"),
            MappedBy::Rule(place) => self.policy().identity.rule(place).map(|rule| &*rule.name),
        }
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

    /// How the certificate's client was found.
    pub(super) fn mapped_by(&self) -> Option<MappedBy> {
        Some(self.mapped()?.by)
    }

    fn mapped(&self) -> Option<&MappedIdentity> {
        self.certificate.read()?.mapping.as_ref().ok()
    }

    /// What the certificate proves, where it is what names the client.
    pub(super) fn mapped_client(&self) -> Option<&MappedIdentity> {
        self.mapped().filter(|_| self.is_named_by_certificate())
    }

    /// Whether the caller is the holder of the certificate, as the policy knows
    /// it.
    pub(super) fn is_named_by_certificate(&self) -> bool {
        matches!(self.client, Some(NamedClient::Certificate(_)))
    }

    /// The named client's place in the policy, if it has one.
    pub(super) fn client_id(&self) -> Option<ClientId> {
        match self.client? {
            NamedClient::Certificate(ClientName::Own) => match self.mapped()?.client.as_ref()? {
                MappedClient::Known(id) => Some(*id),
                MappedClient::Unknown(_) => None,
            },
            _ => self.policy().find_client(self.client()?),
        }
    }

    pub(super) fn policy_client(&self) -> Option<&'a Client> {
        self.facts.policy.client(self.client_id()?)
    }

    pub(super) fn policy_profile(&self) -> Option<&'a Profile> {
        match self.profile? {
            NamedProfile::Own(place) => self.policy_client()?.profiles.get(place),
            NamedProfile::RuleForeign | NamedProfile::SelectionForeign => None,
        }
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
    pub(super) fn limits(&self) -> [&'a [Limit]; 3] {
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

    pub(super) fn rule_profile(&self) -> Option<&MappedProfile> {
        if !self.is_named_by_certificate() {
            return None;
        }
        self.mapped()?.profile.as_ref()
    }
}

/// Whether a certificate that fails stage 7 for this reason is still its
/// sender's, so that a token that is bound to it may be. Nobody vouches for the
/// sender of an untrusted one, and a revoked one's key may be anybody's, also
/// where the dates are what was found first.
fn is_of_its_holder(reason: Reason, assessed: Option<&Arc<Assessed>>) -> bool {
    let fault = assessed.and_then(|assessed| assessed.trust.fault);
    let is_anybodys = matches!(fault, Some(TrustFault::Revoked | TrustFault::Untrusted));
    let holder_is_known = matches!(
        reason,
        Reason::CertificateExpired
            | Reason::CertificateNotYetValid
            | Reason::IssuerNotAllowed
            | Reason::CertificateNotAllowed
    );
    holder_is_known && !is_anybodys
}
