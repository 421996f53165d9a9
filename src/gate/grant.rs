//! What an allowed request carries on into the service.

use std::sync::Arc;

use crate::certificate::{CertInfo, Claims};
use crate::decide::{Allow, Assessed, Findings, Grant, ObservedGrant};
use crate::policy::{CollectionId, IdentityHeaders};
use crate::response::{self, Lines};
use crate::trust::ExpiryWarning;

use super::PolicyInForce;

/// The grant of an allowed request, owned and cheap to clone: what an adapter
/// attaches to the request that it hands on.
///
/// An identity is here only if it is proven, and what it may do was enforced.
/// Where denials are only observed, [`observed`](Self::observed) alone tells
/// something.
#[derive(Clone, Debug)]
pub struct Granted(Arc<Contents>);

#[derive(Debug)]
struct Contents {
    given: Given,
    collection: Option<CollectionId>,
    binding: SenderBinding,
    in_force: PolicyInForce,
    request_id: Box<str>,
    expiry: Option<ExpiryWarning>,
    limits: Lines,
}

/// What the decision gave.
#[derive(Debug)]
enum Given {
    Proven(ProvenIdentity, Option<Arc<Assessed>>),
    Exempt,
    Observed(ObservedGrant),
}

/// Whether the caller's token is bound to the caller's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SenderBinding {
    /// The request came without a verified token.
    NoToken,
    /// The token names no certificate: whoever has it can use it, unless the
    /// service checked another method of its `cnf` itself.
    Unbound,
    /// The token is bound to the certificate that was accepted with it (RFC 8705).
    Bound,
}

/// Who is calling, proven by every stage of the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenIdentity {
    client: Option<Box<str>>,
    profile: Option<Box<str>>,
    principal: Box<str>,
}

impl Granted {
    pub(super) fn new(allow: &Allow<'_>, request_id: &str, in_force: PolicyInForce) -> Self {
        let given = match allow.grant() {
            Grant::Proven(identity) => Given::Proven(
                ProvenIdentity {
                    client: identity.client().map(Into::into),
                    profile: identity.profile().map(Into::into),
                    principal: identity.principal().into(),
                },
                allow.findings().assessed().cloned(),
            ),
            Grant::Exempt => Given::Exempt,
            Grant::Observed(observed) => Given::Observed(observed),
        };
        let findings = allow.findings();
        let (expiry, collection, binding) = match given {
            Given::Proven(..) => (
                findings.expiry_warning(),
                findings.collection_id(),
                SenderBinding::of(findings),
            ),
            Given::Exempt | Given::Observed(_) => (None, None, SenderBinding::NoToken),
        };
        Self(Arc::new(Contents {
            given,
            collection,
            binding,
            in_force,
            request_id: request_id.into(),
            expiry,
            limits: response::limit_headers(allow),
        }))
    }

    /// Who is calling; `None` on a path that is exempt from authentication, and
    /// for a request that goes on only because denials are observed.
    #[must_use]
    pub fn identity(&self) -> Option<&ProvenIdentity> {
        match &self.0.given {
            Given::Proven(identity, _) => Some(identity),
            Given::Exempt | Given::Observed(_) => None,
        }
    }

    /// What there is to know of a request that goes on only because denials are
    /// observed. It proves nothing that the policy asks for.
    #[must_use]
    pub fn observed(&self) -> Option<&ObservedGrant> {
        match &self.0.given {
            Given::Proven(..) | Given::Exempt => None,
            Given::Observed(observed) => Some(observed),
        }
    }

    fn assessed(&self) -> Option<&Assessed> {
        match &self.0.given {
            Given::Proven(_, assessed) => assessed.as_deref(),
            Given::Exempt | Given::Observed(_) => None,
        }
    }

    /// The certificate that was accepted, if the request had one. Behind an edge
    /// that verifies nothing, only what the identity rule pins of it is proven:
    /// the holder of a pinned key wrote the rest.
    #[must_use]
    pub fn certificate(&self) -> Option<&CertInfo> {
        self.assessed()?.certificate()
    }

    /// [`certificate`](Self::certificate) for whoever keeps it longer than the
    /// grant: copied once, and shared by the requests that come with it.
    #[must_use]
    pub fn shared_certificate(&self) -> Option<Arc<CertInfo>> {
        self.assessed()?.shared_certificate()
    }

    /// The name of the collection that the path belongs to, which the caller may
    /// use. `None` for a path in no collection, and without a proven identity.
    #[must_use]
    pub fn collection(&self) -> Option<&str> {
        let id = self.0.collection?;
        Some(self.0.in_force.policy().collection_name(id))
    }

    /// Whether the caller's token is bound to the caller's certificate. Without a
    /// proven identity no token counts: [`SenderBinding::NoToken`].
    #[must_use]
    pub fn sender_binding(&self) -> SenderBinding {
        self.0.binding
    }

    /// What the edge told about a certificate that it did not forward.
    #[must_use]
    pub fn claims(&self) -> Option<&Claims> {
        self.assessed()?.client_certificate().claims()
    }

    /// The header lines to write, once what the policy
    /// [`strips`](crate::policy::Policy::strips) is gone: names in lower case,
    /// and the proven ids. There are some only for a proven identity under
    /// `identity_headers = "replace"`, and none for a profile where none
    /// applies, nor for a client where nothing names one.
    ///
    /// A value is 1 to 128 bytes of UTF-8, not always ASCII, without spaces and
    /// control characters.
    pub fn identity_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let policy = self.0.in_force.policy();
        let identity = match policy.identity_headers {
            IdentityHeaders::Replace => self.identity(),
            IdentityHeaders::Strip => None,
        };
        let names = &policy.selectors;
        identity.into_iter().flat_map(|identity| {
            let client = identity.client().map(|id| (&*names.client, id));
            let profile = identity.profile().map(|id| (&*names.profile, id));
            client.into_iter().chain(profile)
        })
    }

    /// That the caller's certificate ends soon, as the policy counts soon.
    #[must_use]
    pub fn expiry_warning(&self) -> Option<ExpiryWarning> {
        self.0.expiry
    }

    /// The header lines to put on the response, in place of lines of the same
    /// name; names in lower case, values in printable ASCII.
    ///
    /// - Where the policy has a `header` under `[expiry]` and the caller's
    ///   certificate ends soon: the whole days that are left, in decimal.
    /// - Where it has `headers` under `[limiting]` and the request was counted: how
    ///   the caller's limits stand, this request included. One that goes on only
    ///   because a limit's refusal is observed was not counted, and is told how the
    ///   limits stand without it.
    pub fn response_headers(&self) -> impl Iterator<Item = (&str, String)> {
        let name = self.0.in_force.policy().expiry_header.as_deref();
        let days_left = self.0.expiry.map(|warning| warning.days_left.to_string());
        let limits = self.0.limits.iter().cloned();
        name.zip(days_left).into_iter().chain(limits)
    }

    /// The policy that granted it, which need not be in force any more. What
    /// has to be stripped from the request is said by this one.
    #[must_use]
    pub fn in_force(&self) -> &PolicyInForce {
        &self.0.in_force
    }

    /// The request's id.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }
}

impl SenderBinding {
    fn of(findings: &Findings<'_>) -> Self {
        match findings.request().token {
            None => Self::NoToken,
            Some(_) if findings.has_bound_token() => Self::Bound,
            Some(_) => Self::Unbound,
        }
    }
}

impl ProvenIdentity {
    /// The client's id. There is always one, save under a policy with
    /// `clients = "open"`: there it is a name that a proof gave, if one did.
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
    /// subject (RFC 4514), else the client's id. It is never empty.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }
}
