//! The third step: everything about this request that the
//! certificate alone does not say.

use std::num::NonZeroU32;

use crate::limits::Charges;
use crate::request::Now;

use super::denial::Denial;
use super::facts::Exemption;
use super::observe::{Part, Weighed};
use super::presented::{Presented, PresentedCertificate};
use super::trace::Trace;
use super::{
    Decision, Deny, Findings, Stage, identify, own_certificate, permit, places, prove, require,
};

/// A request that everything but its limits allows. It shows the charges that
/// are due and nothing else; [`settle`](super::settle) makes the decision of it.
#[derive(Debug)]
pub struct Admission<'a> {
    pub(super) findings: Findings<'a>,
    pub(super) exemption: Exemption,
}

/// Checks a request against the policy, stage by stage; the first failure
/// decides, unless the policy only observes it.
///
/// # Errors
///
/// The denial, if a stage before the limits denies.
#[expect(
    clippy::result_large_err,
    reason = "a box would cost every denial an allocation"
)]
pub fn authorize<'a>(presented: Presented<'a>) -> Result<Admission<'a>, Decision<'a>> {
    let mut findings = Findings::new(presented);
    let mut trace = core::mem::take(&mut findings.facts.trace);
    let outcome = check(&mut findings, &mut trace);
    trace.note_rules(|step| places::rule_of(step, &findings));
    findings.facts.trace = trace;
    match outcome {
        Ok(exemption) => Ok(Admission {
            findings,
            exemption,
        }),
        Err(denial) => Err(Decision::Deny(deny(findings, denial))),
    }
}

/// The stages in the order of the contract.
fn check(findings: &mut Findings<'_>, trace: &mut Trace) -> Result<Exemption, Denial> {
    // So that the record of an early denial tells for what the request was, and
    // below, whose it was.
    findings.collection = permit::collection_of_path(&findings.facts);
    if let PresentedCertificate::Denied(denial) = findings.certificate {
        return Err(denial);
    }
    if findings.facts.exemption == Exemption::Exempt {
        trace.passed(Stage::Request, "exemption", || {
            "exact method and path".to_owned()
        });
        return Ok(Exemption::Exempt);
    }
    findings.client = identify::claimed_client(findings);
    findings.profile = permit::claimed_profile(findings);
    prove(findings, trace)?;
    let caller = identify(findings, trace)?;
    permit(findings, trace, caller)?;
    Ok(Exemption::No)
}

/// Stages 6 to 8. What is about the token is never only observed.
fn prove(findings: &mut Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let certificate = prove::certificate(findings, trace);
    findings.weigh(Part::Certificates, trace, certificate)?;
    prove::token(findings, trace)?;
    let trust = prove::trust(findings, trace);
    if let Weighed::Noted(reason) = findings.weigh(Part::Certificates, trace, trust)? {
        findings.certificate.distrust(reason);
    }
    prove::binding(findings, trace)
}

/// Whether there is somebody whom rules about clients can be held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Named,
    Nobody,
}

/// Stage 9.
fn identify(findings: &mut Findings<'_>, trace: &mut Trace) -> Result<Caller, Denial> {
    // Why nothing names a client has been noted.
    if findings.is_without_proof() {
        trace.skipped(Stage::Identity, "identity", || {
            "nothing names a client".to_owned()
        });
        return Ok(Caller::Nobody);
    }
    let identity = identify::identity(findings, trace);
    Ok(match findings.weigh(Part::Identity, trace, identity)? {
        Weighed::Held => Caller::Named,
        Weighed::Noted(_) => Caller::Nobody,
    })
}

/// Stages 10 to 13. Where an observed denial left nobody to hold them against,
/// what is left is whether the path is in a collection at all.
fn permit(
    findings: &mut Findings<'_>,
    trace: &mut Trace,
    mut caller: Caller,
) -> Result<(), Denial> {
    if caller == Caller::Named {
        let client = permit::client(findings, trace);
        let client = findings.weigh(Part::Client, trace, client)?;
        if client != Weighed::Held && findings.policy_client().is_none() {
            caller = Caller::Nobody;
        }
    }
    if caller == Caller::Named {
        let certificate = own_certificate::check(findings, trace);
        findings.weigh(Part::Client, trace, certificate)?;
        let profile = permit::profile(findings, trace);
        findings.weigh(Part::Client, trace, profile)?;
        let certificate = require::certificate(findings, trace);
        findings.weigh(Part::Client, trace, certificate)?;
        let binding = require::binding(findings, trace);
        findings.weigh(Part::Client, trace, binding)?;
        let address = permit::address(findings, trace);
        findings.weigh(Part::Access, trace, address)?;
    }
    if caller == Caller::Named || findings.collection.is_none() {
        let collection = permit::collection(findings, trace);
        findings.weigh(Part::Access, trace, collection)?;
    }
    if caller == Caller::Named {
        let method = permit::method(findings, trace);
        findings.weigh(Part::Access, trace, method)?;
    }
    Ok(())
}

pub(super) fn deny<'a>(findings: Findings<'a>, denial: Denial) -> Deny<'a> {
    Deny {
        findings,
        reason: denial.reason,
        fault: denial.fault,
        refusal: None,
    }
}

impl Admission<'_> {
    /// What the request owes; `None` if it owes nothing. An observed denial of
    /// stages 3 to 10 leaves nobody to charge.
    #[must_use]
    pub fn charges(&self) -> Option<Charges<'_>> {
        if !self.findings.noted.leaves_caller_proven() {
            return None;
        }
        // An exempt request has no client.
        let slot = self.findings.client_id()?.place();
        let client = self.findings.policy_client()?;
        let limits = self.findings.limits();
        limits
            .iter()
            .any(|limits| !limits.is_empty())
            .then_some(Charges {
                client: &client.id,
                slot,
                limits,
                cost: self.cost(),
            })
    }

    /// What the collection says; 1 for a path in none.
    fn cost(&self) -> NonZeroU32 {
        let collection = self.findings.collection;
        let policy = self.findings.policy();
        collection
            .and_then(|id| policy.collection(id))
            .map_or(NonZeroU32::MIN, |collection| collection.cost)
    }

    /// The time at which to charge.
    #[must_use]
    pub fn now(&self) -> Now {
        self.findings.facts.request.now
    }
}
