//! Whom the proofs of a request name: client, profile and principal.

use std::borrow::Cow;

use crate::certificate::ClientCertificate;
use crate::identity::MappedBy;
use crate::policy::{Client, ClientId, Profile, RecordedCertificate};
use crate::request::codes;

use super::Findings;
use super::mapped::{MappedClient, MappedIdentity, MappedPrincipal, MappedProfile};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

codes!(NamedBy {
    Certificate = "certificate",
    Claims = "claims",
    Token = "token",
    Edge = "edge",
});

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

impl<'a> Findings<'a> {
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
                    self.certificate.read()?.subject_text().map(Cow::Borrowed)
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

    /// The principal, but for a subject that records do not tell.
    pub(super) fn principal_of_record(&self) -> Option<Cow<'_, str>> {
        match self.policy().recorded_certificate {
            RecordedCertificate::Names => self.principal(),
            RecordedCertificate::Thumbprint => self.rule_principal().map(Cow::Borrowed),
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

    pub(super) fn rule_profile(&self) -> Option<&MappedProfile> {
        if !self.is_named_by_certificate() {
            return None;
        }
        self.mapped()?.profile.as_ref()
    }
}
