//! What was found out about a request, up to where its decision fell. An
//! audit record is made of it, whether the request was allowed or denied.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use crate::certificate::{CertInfo, Claims, ClientCertificate, Thumbprint};
use crate::edge::{ClientAddress, Verification};
use crate::identity::MappedBy;
use crate::policy::{Client, ClientId, CollectionId, Policy, Profile};
use crate::request::{CleanPath, Request};
use crate::trust::ExpiryWarning;

use super::assess::{
    Assessed, MappedClient, MappedIdentity, MappedProfile, Presented, PresentedCertificate,
};
use super::facts::Facts;
use super::{Reason, Step};

/// What was found out about a request.
///
/// In a denial, the identity is what was claimed and checked so far; only the
/// [`Grant`](super::Grant) of an allow proves one.
#[derive(Debug)]
pub struct Findings<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) certificate: PresentedCertificate,
    pub(super) client: Option<NamedClient>,
    pub(super) profile: Option<NamedProfile>,
    pub(super) collection: Option<CollectionId>,
    pub(super) expiry: Option<ExpiryWarning>,
}

/// Which proof names the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamedClient {
    /// The certificate.
    Certificate,
    /// The token.
    Token,
    /// The trusted edge, in a header of its own.
    Edge,
}

/// What named the client of a decision.
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
    /// proven: of a pinned one what the identity rule pins, of a failed one
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
        self.assessed()?.client_certificate().thumbprint()
    }

    /// Who verified the certificate, as far as the decision came.
    #[must_use]
    pub fn verification(&self) -> VerificationStatus {
        match &self.certificate {
            PresentedCertificate::Assessed(assessed)
            | PresentedCertificate::Dropped(_, assessed) => {
                let verification = self.facts.policy.edge().verification();
                let by_pins = self.peer_is_trusted() && *verification == Verification::Pinned;
                // Every rule pins, so that one applies to known certificates alone.
                match (by_pins, &assessed.mapping) {
                    (false, _) => VerificationStatus::Verified,
                    (true, Ok(_)) => VerificationStatus::Pinned,
                    (true, Err(_)) => VerificationStatus::Failed,
                }
            }
            PresentedCertificate::Unverified => VerificationStatus::Failed,
            PresentedCertificate::Denied(denial)
                if denial.reason == Reason::CertificateUnverified =>
            {
                VerificationStatus::Failed
            }
            PresentedCertificate::None | PresentedCertificate::Denied(_) => {
                VerificationStatus::None
            }
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

    /// The certificate that was read, whether or not it was left out.
    pub(crate) fn certificate_read(&self) -> Option<&ClientCertificate> {
        match &self.certificate {
            PresentedCertificate::Assessed(assessed)
            | PresentedCertificate::Dropped(_, assessed) => Some(&assessed.certificate),
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
    /// passed the checks of its validity and issuer, and of no other.
    #[must_use]
    pub fn expiry_warning(&self) -> Option<ExpiryWarning> {
        self.expiry
    }

    /// The id of the client that the proofs name. It need not be one of the
    /// policy's.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        match self.client? {
            NamedClient::Token => self.facts.request.token?.client(),
            NamedClient::Edge => self.facts.client_of_edge(),
            NamedClient::Certificate => match &self.mapped()?.client {
                MappedClient::Known(id) => self.policy().client(*id).map(|client| &*client.id),
                MappedClient::Unknown(id) => Some(id),
            },
        }
    }

    /// What names that client.
    #[must_use]
    pub fn named_by(&self) -> Option<NamedBy> {
        Some(match self.client? {
            NamedClient::Token => NamedBy::Token,
            NamedClient::Edge => NamedBy::Edge,
            NamedClient::Certificate if self.claims().is_some() => NamedBy::Claims,
            NamedClient::Certificate => NamedBy::Certificate,
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
    /// subject, else the token's client.
    #[must_use]
    pub fn principal(&self) -> Option<Cow<'_, str>> {
        match self.client? {
            NamedClient::Token | NamedClient::Edge => self.client().map(Cow::Borrowed),
            NamedClient::Certificate => match self.rule_principal() {
                Some(principal) => Some(Cow::Borrowed(principal)),
                None => {
                    let certificate = self.assessed()?.client_certificate();
                    certificate.subject_text().map(Cow::Owned)
                }
            },
        }
    }

    /// The principal that the identity rule makes, if it makes one.
    #[must_use]
    pub fn rule_principal(&self) -> Option<&str> {
        match self.client? {
            NamedClient::Token | NamedClient::Edge => None,
            NamedClient::Certificate => self.mapped()?.principal.as_deref(),
        }
    }

    /// The collection of the path.
    #[must_use]
    pub fn collection(&self) -> Option<&'a str> {
        self.collection
            .map(|id| self.facts.policy.collection_name(id))
    }

    /// The identity rule that named the client: its name, or `listed` where
    /// the client itself lists the certificate.
    #[must_use]
    pub fn identity_rule(&self) -> Option<&str> {
        if self.client? != NamedClient::Certificate {
            return None;
        }
        match self.mapped()?.by {
            MappedBy::Listing => Some("listed"),
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

    /// How the certificate's client was found.
    pub(super) fn mapped_by(&self) -> Option<MappedBy> {
        Some(self.mapped()?.by)
    }

    fn mapped(&self) -> Option<&MappedIdentity> {
        self.assessed()?.mapping.as_ref().ok()
    }

    /// The named client's place in the policy, if it has one.
    pub(super) fn client_id(&self) -> Option<ClientId> {
        match self.client? {
            NamedClient::Token | NamedClient::Edge => self.policy().find_client(self.client()?),
            NamedClient::Certificate => match self.mapped()?.client {
                MappedClient::Known(id) => Some(id),
                MappedClient::Unknown(_) => None,
            },
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

    pub(super) fn rule_profile(&self) -> Option<&MappedProfile> {
        if self.client? != NamedClient::Certificate {
            return None;
        }
        self.mapped()?.profile.as_ref()
    }
}
