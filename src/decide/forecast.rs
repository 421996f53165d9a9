//! What a policy would decide, where nobody acts on it.

use core::fmt;

use serde::Serialize;

use crate::policy::Policy;
use crate::request::{OwnedRequest, Request};

use super::{Decision, Grant, Reason, assess, authorize, read, uncharged};

/// What a policy would decide of a request: data, from which nothing is
/// granted.
///
/// Nothing is charged for it, so it never is a denial by a limit: it tells what
/// is decided before the limits, which differ from one moment to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Forecast {
    /// How it would be decided.
    pub verdict: Verdict,
    /// The client: the proven one, or in a denial, observed or not, the one that
    /// the proofs name as far as they were checked.
    pub client: Option<Box<str>>,
    /// The profile that would apply, or that was asked for.
    pub profile: Option<Box<str>>,
    /// The principal, where an identity rule makes one.
    pub principal: Option<Box<str>>,
}

/// How a request would be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// It may go on, as its client's.
    Allow,
    /// It may go on, as nobody's: the path is exempt from authentication.
    Exempt,
    /// It may go on, though this would have denied it: the policy only observes
    /// that.
    Observed(Reason),
    /// It may not.
    Deny(Reason),
}

/// A request that two policies decide in different ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Its place among the requests that were compared, from 0.
    pub place: usize,
    /// What the old policy decides.
    pub old: Forecast,
    /// What the new one does.
    pub new: Forecast,
}

/// Decides a request as [`decide`](super::decide) does, and charges nothing.
#[must_use]
pub fn forecast(policy: &Policy, request: &Request<'_>) -> Forecast {
    let authorized = authorize(assess(read(policy, request)));
    Forecast::of(&uncharged(authorized))
}

/// The requests that `new` decides in another way than `old`, and how: who may
/// not call any more, or may from now on, and why. It answers when a stricter
/// policy can be put in force.
///
/// Requests differ by their verdict, and where both policies let one go on, by
/// its client, profile or principal. So a policy that observes is compared with
/// the same one without `observe`: what differs would be denied. Limits take no
/// part in it; see [`Forecast`].
///
/// ```
/// # #[cfg(feature = "toml")] {
/// use std::time::Duration;
///
/// use certgate::decide::{Reason, Verdict, compare};
/// use certgate::policy::Policy;
/// use certgate::request::{Now, OwnedRequest, Peer, Timestamp};
///
/// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"\n[[exemptions]]\nmethod = \"GET\"\npath = \"/healthz\"\n";
/// let old = Policy::from_toml_str(text, "policy.toml")?.policy;
/// # let text = text.replace("[[exemptions]]\nmethod = \"GET\"\npath = \"/healthz\"\n", "");
/// // The same without its exemption of `GET /healthz`.
/// let new = Policy::from_toml_str(&text, "policy.toml")?.policy;
/// let now = Now { wall: Timestamp::from_unix_seconds(0), monotonic: Duration::ZERO };
/// let traffic = ["/", "/healthz"].map(|path| OwnedRequest::new(Peer::UNKNOWN, "GET", path, now));
///
/// let differences = compare(&old, &new, &traffic);
/// assert_eq!(differences.len(), 1);
/// assert_eq!(differences[0].place, 1);
/// assert_eq!(differences[0].old.verdict, Verdict::Exempt);
/// assert_eq!(differences[0].new.verdict, Verdict::Deny(Reason::CertificateMissing));
/// # }
/// # Ok::<(), certgate::policy::PolicyErrors>(())
/// ```
#[must_use]
pub fn compare<'r>(
    old: &Policy,
    new: &Policy,
    requests: impl IntoIterator<Item = &'r OwnedRequest>,
) -> Vec<Difference> {
    let both = |request: &OwnedRequest| {
        let request = request.request();
        (forecast(old, &request), forecast(new, &request))
    };
    requests
        .into_iter()
        .map(both)
        .enumerate()
        .filter(|(_, (old, new))| old.differs_from(new))
        .map(|(place, (old, new))| Difference { place, old, new })
        .collect()
}

impl Forecast {
    pub(crate) fn of(decision: &Decision<'_>) -> Self {
        let findings = decision.findings();
        Self {
            verdict: match decision {
                Decision::Allow(allow) => match allow.grant() {
                    Grant::Proven(_) => Verdict::Allow,
                    Grant::Exempt => Verdict::Exempt,
                    Grant::Observed(observed) => Verdict::Observed(observed.reason()),
                },
                Decision::Deny(deny) => Verdict::Deny(deny.reason()),
            },
            client: findings.client().map(Into::into),
            profile: findings.profile().map(Into::into),
            principal: findings.rule_principal().map(Into::into),
        }
    }

    /// Whether the other is another outcome. For whom a request is denied that
    /// both deny for the same reason makes no difference.
    fn differs_from(&self, other: &Self) -> bool {
        let goes_on = !matches!(self.verdict, Verdict::Deny(_));
        self.verdict != other.verdict || (goes_on && self != other)
    }
}

impl Verdict {
    /// Why the request would be denied.
    #[must_use]
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Allow | Self::Exempt | Self::Observed(_) => None,
            Self::Deny(reason) => Some(reason),
        }
    }

    /// Why the request would be denied if that were not only observed.
    #[must_use]
    pub fn observed(self) -> Option<Reason> {
        match self {
            Self::Allow | Self::Exempt | Self::Deny(_) => None,
            Self::Observed(reason) => Some(reason),
        }
    }
}

/// `allow acme/prod`, `allow` where nothing names a client, `exempt`,
/// `observed ip_not_allowed` or `deny ip_not_allowed`.
impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict {
            Verdict::Allow => {
                f.write_str("allow")?;
                if let Some(client) = &self.client {
                    write!(f, " {client}")?;
                }
                match &self.profile {
                    Some(profile) => write!(f, "/{profile}"),
                    None => Ok(()),
                }
            }
            Verdict::Exempt => f.write_str("exempt"),
            Verdict::Observed(reason) => write!(f, "observed {reason}"),
            Verdict::Deny(reason) => write!(f, "deny {reason}"),
        }
    }
}
