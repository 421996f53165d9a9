//! The third and fourth step: everything about this request that the
//! certificate alone does not say, and then the limits.

use crate::limits::{Allowances, ChargeOutcome, Charges, WindowKind};
use crate::request::Now;

use super::assess::{Presented, PresentedCertificate};
use super::denial::Denial;
use super::facts::Exemption;
use super::trace::Trace;
use super::{Allow, Decision, Deny, Findings, Reason, Stage, identify, permit, places, prove};

/// A request that everything but its limits allows. It shows the charges that
/// are due and nothing else; [`settle`] makes the decision of it.
#[derive(Debug)]
pub struct Admission<'a> {
    findings: Findings<'a>,
    exemption: Exemption,
}

/// Checks a request against the policy, stage by stage; the first failure
/// decides.
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
        Err(denial) => Err(deny(findings, denial)),
    }
}

/// The stages in the order of the contract.
fn check(findings: &mut Findings<'_>, trace: &mut Trace) -> Result<Exemption, Denial> {
    // So that the record of an early denial tells for what the request was, and
    // below, whose it was.
    findings.collection = permit::collection_of_path(findings);
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
    prove::mode(findings, trace)?;
    prove::trust(findings, trace)?;
    prove::binding(findings, trace)?;
    identify::identity(findings, trace)?;
    permit::client(findings, trace)?;
    permit::profile(findings, trace)?;
    permit::address(findings, trace)?;
    permit::collection(findings, trace)?;
    permit::method(findings, trace)?;
    Ok(Exemption::No)
}

fn deny<'a>(findings: Findings<'a>, denial: Denial) -> Decision<'a> {
    Decision::Deny(Deny {
        findings,
        reason: denial.reason,
        fault: denial.fault,
        refusal: None,
    })
}

impl Admission<'_> {
    /// What the request owes; `None` if it owes nothing.
    #[must_use]
    pub fn charges(&self) -> Option<Charges<'_>> {
        // An exempt request has no client.
        let slot = self.findings.client_id()?.place();
        let client = self.findings.policy_client()?;
        (!client.limits.is_empty()).then_some(Charges {
            client: &client.id,
            slot,
            limits: &client.limits,
        })
    }

    /// The time at which to charge.
    #[must_use]
    pub fn now(&self) -> Now {
        self.findings.facts.request.now
    }
}

/// Turns an admission and the outcome of charging it into the decision.
pub fn settle(admission: Admission<'_>, outcome: ChargeOutcome) -> Decision<'_> {
    let findings = &admission.findings;
    let traced = findings.facts.trace.is_recording();
    let rule = traced.then(|| places::rule_of_limits(findings, &outcome));
    let mut decision = settled(admission, outcome);
    if let Some(rule) = rule {
        let trace = &mut decision.findings_mut().facts.trace;
        trace.note_rules(|step| rule.clone().filter(|_| places::is_of_limits(step)));
    }
    decision
}

fn settled(admission: Admission<'_>, outcome: ChargeOutcome) -> Decision<'_> {
    let due = admission.charges().is_some();
    let Admission {
        mut findings,
        exemption,
    } = admission;
    let trace = &mut findings.facts.trace;
    match outcome {
        ChargeOutcome::Charged(allowances) => {
            if due {
                trace.passed(Stage::Limits, "limits", || remaining(&allowances));
            } else {
                trace.skipped(Stage::Limits, "limits", || "none apply".to_owned());
            }
            Decision::Allow(Allow {
                findings,
                allowances,
                exemption,
            })
        }
        ChargeOutcome::Refused(refusal) => {
            let reason = match refusal.kind {
                WindowKind::Rate => Reason::RateLimitExceeded,
                WindowKind::Quota => Reason::QuotaExceeded,
            };
            trace.denied(reason, "limits", || {
                format!("retry after {} s", refusal.retry_after_seconds())
            });
            Decision::Deny(Deny {
                findings,
                reason,
                fault: None,
                refusal: Some(Box::new(refusal)),
            })
        }
        ChargeOutcome::Unavailable => {
            trace.denied(Reason::LimitsUnavailable, "limits", || {
                "the store could not tell".to_owned()
            });
            deny(findings, Reason::LimitsUnavailable.into())
        }
    }
}

fn remaining(allowances: &Allowances) -> String {
    let texts: Vec<String> = allowances
        .as_slice()
        .iter()
        .map(|window| format!("{} of {} left", window.remaining, window.allowed))
        .collect();
    texts.join(", ")
}
