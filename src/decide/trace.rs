//! The checks of a decision in order, for whoever asks why.

use serde::Serialize;

use super::denial::Denial;
use super::{Reason, Stage};
use crate::policy::Place;

/// One check that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// The stage that made it.
    pub stage: Stage,
    /// What was checked.
    pub check: &'static str,
    /// How it came out.
    pub result: StepResult,
    /// The values compared: names of the policy, addresses, a thumbprint, and
    /// of a certificate what `[evidence]` says. Never a token, a secret or a
    /// certificate as such.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Where the rule stands that the policy applies here; `None` where it is the
    /// crate's own, or the policy says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Place>,
}

impl Step {
    /// Why the check denies, or would.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self.result {
            StepResult::Denied(reason) | StepResult::Observed(reason) => Some(reason),
            StepResult::Passed | StepResult::Skipped | StepResult::Noted => None,
        }
    }
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    /// It holds.
    Passed,
    /// It does not apply.
    Skipped,
    /// It was noted and decides nothing by itself.
    Noted,
    /// It denies the request.
    Denied(Reason),
    /// It would deny the request, which is only noted.
    Observed(Reason),
}

/// Steps are kept only where somebody asked for them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace(Option<Vec<Step>>);

impl Trace {
    pub(crate) fn recording() -> Self {
        Self(Some(Vec::new()))
    }

    pub(crate) fn passed(
        &mut self,
        stage: Stage,
        check: &'static str,
        detail: impl FnOnce() -> String,
    ) {
        self.add(stage, check, StepResult::Passed, detail);
    }

    pub(crate) fn skipped(
        &mut self,
        stage: Stage,
        check: &'static str,
        detail: impl FnOnce() -> String,
    ) {
        self.add(stage, check, StepResult::Skipped, detail);
    }

    pub(crate) fn noted(
        &mut self,
        stage: Stage,
        check: &'static str,
        detail: impl FnOnce() -> String,
    ) {
        self.add(stage, check, StepResult::Noted, detail);
    }

    pub(crate) fn denied(
        &mut self,
        reason: Reason,
        check: &'static str,
        detail: impl FnOnce() -> String,
    ) {
        self.add(reason.stage(), check, StepResult::Denied(reason), detail);
    }

    pub(crate) fn observed(
        &mut self,
        reason: Reason,
        check: &'static str,
        detail: impl FnOnce() -> String,
    ) {
        self.add(reason.stage(), check, StepResult::Observed(reason), detail);
    }

    /// What the last check denies is only noted.
    pub(super) fn observe_last(&mut self) {
        if let Some(step) = self.0.as_mut().and_then(|steps| steps.last_mut())
            && let StepResult::Denied(reason) = step.result
        {
            step.result = StepResult::Observed(reason);
        }
    }

    /// The end of a check: it holds, or denies for this reason.
    pub(super) fn concluded(
        &mut self,
        stage: Stage,
        check: &'static str,
        failure: Option<Reason>,
        detail: impl FnOnce() -> String,
    ) -> Result<(), Denial> {
        match failure {
            None => {
                self.passed(stage, check, detail);
                Ok(())
            }
            Some(reason) => {
                self.denied(reason, check, detail);
                Err(reason.into())
            }
        }
    }

    /// Notes which rule each step applies, of those that tell none yet.
    pub(super) fn note_rules(&mut self, rule_of: impl Fn(&Step) -> Option<Place>) {
        for step in self.0.iter_mut().flatten() {
            if step.rule.is_none() {
                step.rule = rule_of(step);
            }
        }
    }

    /// Whether anybody asked.
    pub(super) fn is_recording(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn steps(&self) -> &[Step] {
        self.0.as_deref().unwrap_or_default()
    }

    fn add(
        &mut self,
        stage: Stage,
        check: &'static str,
        result: StepResult,
        detail: impl FnOnce() -> String,
    ) {
        if let Some(steps) = &mut self.0 {
            steps.push(Step {
                stage,
                check,
                result,
                detail: detail(),
                rule: None,
            });
        }
    }
}
