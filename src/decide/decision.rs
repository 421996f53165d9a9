//! The decision itself.

use std::borrow::Cow;

use crate::limits::{Allowances, Refusal, WindowKind};

use super::facts::Exemption;
use super::{Fault, Findings, Reason};

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
}

/// Who is calling, proven by every stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<'d> {
    client: &'d str,
    profile: Option<&'d str>,
    principal: Cow<'d, str>,
}

impl Identity<'_> {
    /// The client's id.
    #[must_use]
    pub fn client(&self) -> &str {
        self.client
    }

    /// The id of the profile that applies.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.profile
    }

    /// The principal that the identity rule makes, else the certificate's
    /// subject (RFC 4514), else the client's id.
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

    /// What is left of each limit, as far as limits were asked.
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
        if self.exemption == Exemption::Exempt {
            return Grant::Exempt;
        }
        let findings = &self.findings;
        // An admission is made only with a client, so there is one here.
        let client = findings.client().unwrap_or_default();
        Grant::Proven(Identity {
            client,
            profile: findings.profile(),
            principal: findings.principal().unwrap_or(Cow::Borrowed(client)),
        })
    }

    /// What was found out about the request.
    #[must_use]
    pub fn findings(&self) -> &Findings<'a> {
        &self.findings
    }
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
        let refusal = self.refusal()?;
        let limits = self.findings.policy_client()?.limits.as_slice();
        Some((limits.get(refusal.limit)?.name(), refusal.kind))
    }

    /// The methods that would have been allowed, for 405.
    #[must_use]
    pub fn allowed_methods(&self) -> &'a [Box<str>] {
        if self.reason != Reason::MethodNotAllowed {
            return &[];
        }
        self.findings
            .policy_profile()
            .and_then(|profile| profile.methods.as_deref())
            .unwrap_or_default()
    }

    /// What was found out about the request.
    #[must_use]
    pub fn findings(&self) -> &Findings<'a> {
        &self.findings
    }
}
