//! Whom a certificate proves, in terms of the policy.

use crate::certificate::ClientCertificate;
use crate::identity::{Mapped, MappedBy, NotMapped};
use crate::policy::{Admits, ClientId, Policy, Reach};
use crate::trust::{Compliance, IssuerKey, TrustVerdict};

/// Whom a certificate proves.
#[derive(Debug)]
pub(super) struct MappedIdentity {
    pub(super) by: MappedBy,
    /// `None` only where clients are open.
    pub(super) client: Option<MappedClient>,
    pub(super) profile: Option<MappedProfile>,
    pub(super) principal: MappedPrincipal,
    /// Whether the certificate has what the client demands of its own.
    pub(super) compliance: Compliance,
}

/// What the certificate's holder is called. There is none without.
#[derive(Debug)]
pub(super) enum MappedPrincipal {
    /// What the identity rule makes.
    Rule(Box<str>),
    /// The subject, which is not empty.
    Subject,
    /// The client that the certificate names; its subject is empty.
    Client,
}

/// The client that a certificate names.
#[derive(Debug)]
pub(super) enum MappedClient {
    Known(ClientId),
    /// The policy has no client of this id.
    Unknown(Box<str>),
}

/// The profile that an identity rule makes.
#[derive(Debug)]
pub(super) enum MappedProfile {
    /// The client's profile at this place.
    Own(usize),
    /// The client has no profile of this id.
    Foreign(Box<str>),
}

impl MappedIdentity {
    /// Whom the certificate proves, being judged.
    pub(super) fn of(
        policy: &Policy,
        certificate: &ClientCertificate,
        trust: &TrustVerdict,
    ) -> Result<Self, NotMapped> {
        match policy.identity.map(certificate, trust.issuer) {
            Ok(mapped) => Self::new(policy, mapped, certificate, trust.issuer_key()),
            Err(NotMapped::Unmapped) if needs_no_rule(policy) => Self::by_subject(certificate),
            Err(why) => Err(why),
        }
    }

    fn new(
        policy: &Policy,
        mapped: Mapped<'_>,
        certificate: &ClientCertificate,
        issuer_key: IssuerKey<'_>,
    ) -> Result<Self, NotMapped> {
        let named = mapped.client;
        let id = named.as_ref().and_then(|named| policy.find_client(named));
        let client = id.and_then(|id| policy.client(id));
        if matches!(mapped.by, MappedBy::Rule(_))
            && client.is_some_and(|known| known.reach == Reach::Listed)
        {
            return Err(NotMapped::Unmapped);
        }
        let demanded = client.and_then(|known| known.constraints.as_ref());
        let compliance = demanded.map_or(Compliance::Met, |demanded| {
            demanded.judge(certificate, issuer_key)
        });
        let profile = mapped.profile.map(|profile| {
            match client.and_then(|known| known.find_profile(&profile)) {
                Some(place) => MappedProfile::Own(place),
                None => MappedProfile::Foreign(profile.into()),
            }
        });
        let principal = match mapped.principal {
            Some(principal) => MappedPrincipal::Rule(principal.into()),
            None if certificate.has_subject() => MappedPrincipal::Subject,
            None if named.is_some() => MappedPrincipal::Client,
            None => return Err(NotMapped::Unmapped),
        };
        Ok(Self {
            by: mapped.by,
            client: named.map(|named| match id {
                Some(id) => MappedClient::Known(id),
                None => MappedClient::Unknown(named.into()),
            }),
            profile,
            principal,
            compliance,
        })
    }

    /// The holder of a certificate that needs no rule.
    fn by_subject(certificate: &ClientCertificate) -> Result<Self, NotMapped> {
        if !certificate.has_subject() {
            return Err(NotMapped::Unmapped);
        }
        Ok(Self {
            by: MappedBy::Subject,
            client: None,
            profile: None,
            principal: MappedPrincipal::Subject,
            compliance: Compliance::Met,
        })
    }
}

/// Whether a certificate proves its subject by itself: where clients are open
/// and no rule says which certificates are meant.
fn needs_no_rule(policy: &Policy) -> bool {
    policy.admits == Admits::Principals && !policy.identity.has_rules()
}
