//! Denials that are only noted: the request goes on, and what it would have
//! been denied for stands in its record.

use serde::Serialize;

use crate::policy::Enforcement;

use super::denial::Denial;
use super::trace::Trace;
use super::{Fault, Findings, Reason, Stage};

/// A denial that was only noted, because the policy observes its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ObservedDenial {
    /// Why the request would have been denied.
    pub reason: Reason,
    /// What is wrong with malformed input.
    pub fault: Option<Fault>,
}

/// What a check is about, in the order of the checks. A reason does not tell:
/// what one client alone demands of its certificate is a matter of that client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Stages 3 to 7.
    Certificates,
    /// Stage 9.
    Identity,
    /// Stage 10.
    Client,
    /// Stages 11 to 13.
    Access,
    /// Stage 14.
    Limits,
}

/// What was noted, in order. Where nothing is, it takes no heap memory.
#[derive(Debug, Default)]
pub(super) struct Noted {
    first: Option<Part>,
    denials: Vec<ObservedDenial>,
}

/// What came of a check that does not end the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weighed {
    /// It holds.
    Held,
    /// It does not, which is only noted.
    Noted(Reason),
}

impl Noted {
    /// Notes a denial if its part is observed.
    ///
    /// # Errors
    ///
    /// The denial, if it is not, or is one of those that always deny.
    pub(super) fn weigh(
        &mut self,
        denial: Denial,
        part: Part,
        enforcement: Enforcement,
    ) -> Result<(), Denial> {
        if enforcement == Enforcement::Enforced || always_denies(denial.reason) {
            return Err(denial);
        }
        self.first.get_or_insert(part);
        self.denials.push(ObservedDenial {
            reason: denial.reason,
            fault: denial.fault,
        });
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.denials.is_empty()
    }

    pub(super) fn denials(&self) -> &[ObservedDenial] {
        &self.denials
    }

    /// What the first of them is about. Everything before it holds.
    pub(super) fn first(&self) -> Option<Part> {
        self.first
    }

    /// Whether it is proven who calls, and that the policy knows the caller:
    /// nothing of stages 3 to 10 was noted.
    pub(super) fn leaves_caller_proven(&self) -> bool {
        self.first.is_none_or(|part| part > Part::Client)
    }
}

/// The path decides which rules apply, and a token that somebody else holds, or
/// none, is no caller's own: these are no denials that can be tried out.
fn always_denies(reason: Reason) -> bool {
    reason == Reason::TokenMissing || matches!(reason.stage(), Stage::Request | Stage::Binding)
}

impl Findings<'_> {
    /// What becomes of a check of `part`: the end of the decision, unless it
    /// holds or is observed.
    pub(super) fn weigh(
        &mut self,
        part: Part,
        trace: &mut Trace,
        outcome: Result<(), Denial>,
    ) -> Result<Weighed, Denial> {
        let Err(denial) = outcome else {
            return Ok(Weighed::Held);
        };
        let enforcement = self.enforcement(part);
        self.noted.weigh(denial, part, enforcement)?;
        trace.observe_last();
        Ok(Weighed::Noted(denial.reason))
    }

    fn enforcement(&self, part: Part) -> Enforcement {
        let policy = self.policy();
        let switches = policy.observing.switches(self.collection);
        match (self.noted.first(), part) {
            (_, Part::Certificates) => switches.certificates,
            // Whoever is let through without a certificate is nobody, to whom
            // no rule about clients could be applied.
            (Some(Part::Certificates), _) => Enforcement::Observed,
            (_, Part::Identity) | (Some(Part::Identity), _) => switches.policy,
            // From here on the client is proven, and its own switch counts.
            (_, Part::Client | Part::Access | Part::Limits) => {
                let own = self.policy_client().map(|client| client.policy_checks);
                switches.policy.or(own.unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: [Part; 5] = [
        Part::Certificates,
        Part::Identity,
        Part::Client,
        Part::Access,
        Part::Limits,
    ];

    #[test]
    fn what_always_denies_is_not_noted_wherever_it_is_found() {
        let always = [
            Reason::PathMalformed,
            Reason::TokenMissing,
            Reason::SenderBindingMissing,
            Reason::SenderBindingMismatch,
            Reason::SenderBindingMalformed,
            Reason::SenderBindingUnsupported,
        ];
        for (part, reason) in PARTS.iter().flat_map(|part| {
            let each = Reason::ALL.iter();
            each.map(move |reason| (*part, *reason))
        }) {
            let mut noted = Noted::default();
            let enforced = noted.weigh(reason.into(), part, Enforcement::Enforced);
            assert_eq!(enforced, Err(reason.into()), "{reason}");
            assert!(noted.is_empty());
            let observed = noted.weigh(reason.into(), part, Enforcement::Observed);
            assert_eq!(observed.is_err(), always.contains(&reason), "{reason}");
            assert_eq!(noted.is_empty(), always.contains(&reason), "{reason}");
        }
    }

    #[test]
    fn the_first_that_is_noted_tells_what_is_still_proven() {
        for (place, first) in PARTS.into_iter().enumerate() {
            let mut noted = Noted::default();
            assert!(noted.leaves_caller_proven());
            for part in &PARTS[place..] {
                let reason = Reason::CertificateMissing.into();
                noted.weigh(reason, *part, Enforcement::Observed).unwrap();
            }
            assert_eq!(noted.first(), Some(first));
            let is_proven = matches!(first, Part::Access | Part::Limits);
            assert_eq!(noted.leaves_caller_proven(), is_proven, "{first:?}");
        }
    }
}
