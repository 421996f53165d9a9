//! The fourth step: what came of charging the request.

use crate::limits::{Allowances, Away, ChargeOutcome, Counted, MemoryLimits, WindowKind};

use super::authorize::{Admission, deny};
use super::observe::Part;
use super::{Allow, Decision, Deny, Reason, Stage, places};

/// Turns an admission and the outcome of charging it into the decision.
///
/// A store that cannot tell denies. Where that is a
/// [`SharedLimits`](crate::limits::SharedLimits), [`settle_away`] does what the
/// policy says instead.
pub fn settle(admission: Admission<'_>, outcome: ChargeOutcome) -> Decision<'_> {
    let counted = match outcome {
        ChargeOutcome::Charged(_) | ChargeOutcome::Refused(_) => Counted::Store,
        ChargeOutcome::Unavailable => Counted::Nowhere,
    };
    settle_as(admission, outcome, counted)
}

/// Turns an admission whose shared store does not answer into what the policy
/// says of that: a denial, unless it says otherwise. `local` counts where the
/// policy has this process do so, and was made for [the same
/// policy](crate::policy::Policy::limits).
pub fn settle_away<'a>(admission: Admission<'a>, local: &MemoryLimits) -> Decision<'a> {
    let outcome = match (admission.findings.policy().away, admission.charges()) {
        (_, None) => return settle(admission, ChargeOutcome::Charged(Allowances::new())),
        (Away::Deny, Some(_)) => ChargeOutcome::Unavailable,
        (Away::Allow, Some(_)) => ChargeOutcome::Charged(Allowances::new()),
        (Away::Local(share), Some(due)) => {
            let outcome = local.charge_share(&due, &admission.now(), share);
            if outcome != ChargeOutcome::Unavailable {
                return settle_as(admission, outcome, Counted::LocalShare);
            }
            outcome
        }
    };
    settle_as(admission, outcome, Counted::Nowhere)
}

fn settle_as(admission: Admission<'_>, outcome: ChargeOutcome, counted: Counted) -> Decision<'_> {
    let findings = &admission.findings;
    let traced = findings.facts.trace.is_recording();
    let rule = traced.then(|| places::rule_of_limits(findings, &outcome));
    let mut decision = settled(admission, outcome, counted);
    if let Some(rule) = rule {
        let trace = &mut decision.findings_mut().facts.trace;
        trace.note_rules(|step| rule.clone().filter(|_| places::is_of_limits(step)));
    }
    decision
}

fn settled(admission: Admission<'_>, outcome: ChargeOutcome, counted: Counted) -> Decision<'_> {
    let due = admission.charges().is_some();
    let Admission {
        mut findings,
        exemption,
    } = admission;
    findings.counted = due.then_some(counted);
    let (reason, refusal) = match outcome {
        ChargeOutcome::Charged(allowances) => {
            let trace = &mut findings.facts.trace;
            if due {
                trace.passed(Stage::Limits, "limits", || match counted {
                    Counted::Store => remaining(&allowances),
                    Counted::LocalShare => {
                        format!("{} of this process's share", remaining(&allowances))
                    }
                    Counted::Nowhere => "the store is away, and nothing counts".to_owned(),
                });
            } else {
                trace.skipped(Stage::Limits, "limits", || "none apply".to_owned());
            }
            return Decision::Allow(Allow {
                findings,
                allowances,
                exemption,
                refusal: None,
            });
        }
        ChargeOutcome::Refused(refusal) => {
            let reason = match refusal.kind {
                WindowKind::Rate => Reason::RateLimitExceeded,
                WindowKind::Quota => Reason::QuotaExceeded,
            };
            (reason, Some(Box::new(refusal)))
        }
        ChargeOutcome::Unavailable => (Reason::LimitsUnavailable, None),
    };
    let mut trace = core::mem::take(&mut findings.facts.trace);
    trace.denied(reason, "limits", || match &refusal {
        Some(refusal) => format!("retry after {} s", refusal.retry_after_seconds()),
        None => "the store could not tell".to_owned(),
    });
    let weighed = findings.weigh(Part::Limits, &mut trace, Err(reason.into()));
    findings.facts.trace = trace;
    match weighed {
        Ok(_) => Decision::Allow(Allow {
            findings,
            allowances: refusal
                .as_ref()
                .map(|refusal| refusal.allowances.clone())
                .unwrap_or_default(),
            exemption,
            refusal,
        }),
        Err(denial) => Decision::Deny(Deny {
            refusal,
            ..deny(findings, denial)
        }),
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
