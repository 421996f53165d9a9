//! The decision: from the facts of a request to a typed allow or deny.
//!
//! [`decide`] is four steps in a row, each of which can be used alone:
//!
//! 1. [`read`] collects the facts and judges the peer;
//! 2. [`assess`] turns the forwarded certificate into an [`Assessed`], which
//!    follows from its bytes and the policy alone: what a gate caches;
//! 3. [`authorize`] adds what belongs to this request, and gives an
//!    [`Admission`] that shows nothing but the charges that are due;
//! 4. [`settle`] turns the admission and the outcome of charging into the
//!    [`Decision`].
//!
//! A step takes what only the step before can make; the outcome of charging
//! alone is the word of the store that was asked.
//!
//! Where the policy observes a stage ([`Observe`](crate::policy::Observe)), its
//! denials are noted and the checks go on: the allow then gives an
//! [`ObservedGrant`] in place of an identity.
//!
//! A [`forecast`] is what a policy would decide, where nobody acts on it and
//! nothing is charged: [`compare`] holds two policies against each other, and
//! [`run_trials`] one against what is expected of it.

mod assess;
mod authorize;
mod decision;
mod denial;
mod describe;
mod facts;
mod findings;
mod forecast;
mod host;
mod identify;
mod mapped;
mod named;
mod own_certificate;
mod observe;
mod observed;
mod permit;
mod places;
mod presented;
mod prove;
mod reason;
mod require;
mod settle;
mod source;
mod trace;
mod trial;

pub(crate) use assess::assess_with;
pub use assess::{Assessed, assess};
pub use authorize::{Admission, authorize};
pub use decision::{Allow, Decision, Deny, Grant, Identity};
pub use denial::Fault;
pub(crate) use facts::read_with;
pub use facts::{Facts, read, read_traced};
pub use findings::{Findings, Tolerated, VerificationStatus};
pub use forecast::{Difference, Forecast, Verdict, compare, forecast};
pub use named::NamedBy;
pub use observe::ObservedDenial;
pub use observed::{ObservedGrant, ObservedIdentity, UnprovenCertificate};
pub use presented::Presented;
pub use reason::{Reason, Stage};
pub use settle::{settle, settle_away};
#[cfg(all(test, feature = "toml"))]
pub(crate) use source::SourceRest;
pub(crate) use source::{CertificateSource, SourceKind};
pub use trace::{Step, StepResult};
pub(crate) use trial::run_trials_with;
pub use trial::{Expected, Mismatch, Trial, run_trials};

use crate::limits::{ChargeOutcome, Limits};
use crate::policy::Policy;
use crate::request::Request;

/// Decides a request.
///
/// ```
/// use std::time::Duration;
///
/// use certgate::decide::{decide, Reason};
/// use certgate::limits::MemoryLimits;
/// use certgate::policy::Policy;
/// use certgate::request::{Now, Peer, Request, Timestamp};
///
/// # #[cfg(feature = "toml")] {
/// # let text = r#"
/// # version = 1
/// # [edge]
/// # preset = "nginx"
/// # trusted_proxies = ["10.0.0.0/8"]
/// # [authentication]
/// # mode = "mtls"
/// # [[identity]]
/// # client = "{subject.cn}"
/// # "#;
/// let policy = Policy::from_toml_str(text, "policy.toml")?.policy;
/// let limits = MemoryLimits::new(policy.limits())?;
/// let headers = [("Host", "api.example.com")];
/// let request = Request {
///     peer: Peer::address("10.0.0.7".parse()?),
///     method: "GET",
///     target: "/payments/v1/charges",
///     headers: &headers,
///     token: None,
///     now: Now {
///         wall: Timestamp::from_unix_seconds(1_776_330_562),
///         monotonic: Duration::ZERO,
///     },
/// };
/// let decision = decide(&policy, &request, &limits);
/// assert_eq!(decision.reason(), Some(Reason::CertificateMissing));
/// assert_eq!(decision.status(), 401);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decide<'a>(
    policy: &'a Policy,
    request: &'a Request<'a>,
    limits: &(impl Limits + ?Sized),
) -> Decision<'a> {
    conclude(read(policy, request), limits)
}

/// Decides a request and keeps every check that was made, in order, in
/// [`Findings::trace`].
pub fn explain<'a>(
    policy: &'a Policy,
    request: &'a Request<'a>,
    limits: &(impl Limits + ?Sized),
) -> Decision<'a> {
    conclude(read_traced(policy, request), limits)
}

fn conclude<'a>(facts: Facts<'a>, limits: &(impl Limits + ?Sized)) -> Decision<'a> {
    charge(authorize(assess(facts)), limits)
}

/// Charges what an authorized request owes, and settles it.
pub(crate) fn charge<'a>(
    authorized: Result<Admission<'a>, Decision<'a>>,
    limits: &(impl Limits + ?Sized),
) -> Decision<'a> {
    match authorized {
        Ok(admission) => {
            let outcome = match admission.charges() {
                Some(charges) => limits.charge(&charges, &admission.now()),
                None => ChargeOutcome::Charged(Default::default()),
            };
            settle(admission, outcome)
        }
        Err(denied) => denied,
    }
}

/// Settles an authorized request as if there were no limits: for decisions that
/// nobody acts on.
pub(crate) fn uncharged<'a>(authorized: Result<Admission<'a>, Decision<'a>>) -> Decision<'a> {
    let outcome = ChargeOutcome::Charged(Default::default());
    authorized.map_or_else(|denied| denied, |admission| settle(admission, outcome))
}
