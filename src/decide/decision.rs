//! The decision itself.

use std::borrow::Cow;

use crate::limits::{Allowances, Refusal, WindowKind};

use super::facts::Exemption;
use super::{Fault, Findings, ObservedDenial, ObservedGrant, Reason};

/// The outcome for one request. It borrows the policy and the request; text
/// comes through accessors.
#[derive(Debug)]
#[must_use = "a decision that nobody looks at lets every request through"]
#[expect(
    clippy::large_enum_variant,
    reason = "an allow on the warm path allocates nothing"
)]
pub enum Decision<'a> {
    /// The request may go on.
    Allow(Allow<'a>),
    /// It may not.
    Deny(Deny<'a>),
}

/// A request that may go on.
#[derive(Debug)]
pub struct Allow<'a> {
    pub(super) findings: Findings<'a>,
    pub(super) allowances: Allowances,
    pub(super) exemption: Exemption,
    /// The limit whose refusal was only noted.
    pub(super) refusal: Option<Box<Refusal>>,
}

/// A request that may not go on.
#[derive(Debug)]
pub struct Deny<'a> {
    pub(super) findings: Findings<'a>,
    pub(super) reason: Reason,
    pub(super) fault: Option<Fault>,
    pub(super) refusal: Option<Box<Refusal>>,
}

/// What an allow gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Grant<'d> {
    /// The caller is proven.
    Proven(Identity<'d>),
    /// The path is exempt from authentication; nothing is known of the caller.
    Exempt,
    /// The request would have been denied, which the policy only observes.
    Observed(ObservedGrant),
}

/// Who is calling, proven by every stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<'d> {
    client: Option<&'d str>,
    profile: Option<&'d str>,
    principal: Cow<'d, str>,
}

impl Identity<'_> {
    /// The client's id. There is always one, save under a policy with
    /// `clients = "open"`: there it is a name that a proof gave, if one did.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.client
    }

    /// The id of the profile that applies.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.profile
    }

    /// The principal that the identity rule makes, else the certificate's
    /// subject (RFC 4514), else the client's id. It is never empty.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }
}

impl<'a> Decision<'a> {
    /// Why the request is denied; `None` for an allow.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Allow(_) => None,
            Self::Deny(deny) => Some(deny.reason),
        }
    }

    /// The HTTP status: 200 for an allow, else the reason's.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.reason().map_or(200, Reason::status)
    }

    /// What was found out about the request.
    #[must_use]
    pub fn findings(&self) -> &Findings<'a> {
        match self {
            Self::Allow(allow) => &allow.findings,
            Self::Deny(deny) => &deny.findings,
        }
    }

    pub(super) fn findings_mut(&mut self) -> &mut Findings<'a> {
        match self {
            Self::Allow(allow) => &mut allow.findings,
            Self::Deny(deny) => &mut deny.findings,
        }
    }

    /// What each window has left, as far as limits were asked: after a request
    /// that was charged, and without one that was refused. [`Findings::limit`] has
    /// the limits that it counts.
    #[must_use]
    pub fn allowances(&self) -> Option<&Allowances> {
        match self {
            Self::Allow(allow) => Some(&allow.allowances),
            Self::Deny(deny) => deny.refusal().map(|refusal| &refusal.allowances),
        }
    }
}

impl<'a> Allow<'a> {
    /// What the request gets.
    #[must_use]
    pub fn grant(&self) -> Grant<'_> {
        let findings = &self.findings;
        if let Some(observed) = ObservedGrant::of(findings) {
            return Grant::Observed(observed);
        }
        match (self.exemption, findings.principal()) {
            (Exemption::No, Some(principal)) => Grant::Proven(Identity {
                client: findings.client(),
                profile: findings.profile(),
                principal,
            }),
            // Stage 9 admits nobody without a principal.
            (Exemption::Exempt, _) | (Exemption::No, None) => Grant::Exempt,
        }
    }

    /// What the request would have been denied for, in the order of the checks;
    /// empty for a grant that is not [`Grant::Observed`].
    #[must_use]
    pub fn observed(&self) -> &[ObservedDenial] {
        self.findings.observed()
    }

    /// What each window has left after this request; without it, where a refusal
    /// was only noted. Empty for a request that owes nothing, and where nothing
    /// counted it.
    #[must_use]
    pub fn allowances(&self) -> &Allowances {
        &self.allowances
    }

    /// The window that would have refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_deref()
    }

    /// The name of the limit that would have refused, and which of its windows.
    #[must_use]
    pub fn limit(&self) -> Option<(&'a str, WindowKind)> {
        limit(&self.findings, self.refusal()?)
    }

    /// What was found out about the request.
    #[must_use]
    pub fn findings(&self) -> &Findings<'a> {
        &self.findings
    }
}

/// The name of the limit that refused, and which of its windows.
fn limit<'a>(findings: &Findings<'a>, refusal: &Refusal) -> Option<(&'a str, WindowKind)> {
    Some((findings.limit(refusal.limit)?.name(), refusal.kind))
}

impl<'a> Deny<'a> {
    /// Why.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// What is wrong with malformed input.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// The limit that refused, for 429.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_deref()
    }

    /// The name of the limit that refused, and which of its windows.
    #[must_use]
    pub fn limit(&self) -> Option<(&'a str, WindowKind)> {
        limit(&self.findings, self.refusal()?)
    }

    /// The methods that would have been allowed, for 405: those that the
    /// collection, the client and the profile all take, which may be none.
    #[must_use]
    pub fn allowed_methods(&self) -> Vec<&'a str> {
        if self.reason != Reason::MethodNotAllowed {
            return Vec::new();
        }
        let lists: Vec<&[Box<str>]> = self
            .findings
            .methods()
            .into_iter()
            .filter_map(|methods| methods?.listed())
            .collect();
        let Some((first, others)) = lists.split_first() else {
            return Vec::new();
        };
        first
            .iter()
            .filter(|method| others.iter().all(|other| other.contains(method)))
            .map(|method| &**method)
            .collect()
    }

    /// What was found out about the request.
    #[must_use]
    pub fn findings(&self) -> &Findings<'a> {
        &self.findings
    }
}
