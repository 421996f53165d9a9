//! What `explain` answers: one decision for each line, on one policy, with
//! limits and time that go on from line to line.

pub(crate) mod clock;
mod request;
mod tree;

use certgate::decide::{Decision, Findings, Grant, Step, explain};
use certgate::limits::{LimitError, MemoryLimits};
use certgate::policy::Policy;
use certgate::request::Request;
use serde::Serialize;

use crate::support::lines::{Fault, take_apart, to_json};
use crate::support::members::Object;

use clock::Clock;
use request::Asked;

/// Decides the lines of one run.
pub(crate) struct Explainer {
    policy: Policy,
    limits: MemoryLimits,
    clock: Clock,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One line of JSON.
    Json,
    /// Several lines for a person.
    Tree,
}

/// A decision and how it came about.
#[derive(Serialize)]
struct Explanation {
    outcome: &'static str,
    status: u16,
    reason: Option<&'static str>,
    client: Option<String>,
    profile: Option<String>,
    principal: Option<String>,
    collection: Option<String>,
    /// What would have denied it, where that is only observed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    observed: Vec<&'static str>,
    /// What is wrong with malformed input.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<certgate::decide::Fault>,
    /// In seconds, where a limit refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// Where the method is not allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_methods: Option<Vec<Box<str>>>,
    trace: Vec<Step>,
}

impl Explainer {
    /// `system_clock` is asked for the time where a line does not say it, in
    /// nanoseconds since the Unix epoch.
    pub(crate) fn new(policy: Policy, system_clock: fn() -> i128) -> Result<Self, LimitError> {
        Ok(Self {
            limits: MemoryLimits::new(policy.limits())?,
            policy,
            clock: Clock::new(system_clock),
        })
    }

    /// Answers one line, without the last line feed.
    pub(crate) fn answer(&mut self, line: &[u8], form: Form) -> String {
        let (id, answer) = take_apart(line, |object| self.explain(object));
        match form {
            Form::Json => to_json(id, answer),
            Form::Tree => tree::draw(id, &answer),
        }
    }

    fn explain(&mut self, object: &Object<'_>) -> Result<Explanation, Fault> {
        let asked = Asked::read(object)?;
        let request = Request {
            peer: asked.peer,
            method: &asked.method,
            target: &asked.path,
            headers: &asked.headers,
            token: asked.token.as_ref(),
            now: self.clock.at(asked.now),
        };
        Ok(Explanation::of(&explain(
            &self.policy,
            &request,
            &self.limits,
        )))
    }
}

impl Explanation {
    fn of(decision: &Decision<'_>) -> Self {
        match decision {
            Decision::Allow(allow) => {
                let explanation = Self::new("allow", decision, allow.findings());
                match allow.grant() {
                    Grant::Proven(identity) => Self {
                        client: identity.client().map(str::to_owned),
                        profile: identity.profile().map(str::to_owned),
                        principal: Some(identity.principal().to_owned()),
                        ..explanation
                    },
                    Grant::Observed(_) => Self {
                        outcome: "observed",
                        ..explanation
                    },
                    _ => explanation,
                }
            }
            Decision::Deny(deny) => {
                let methods = deny.allowed_methods();
                let methods: Vec<Box<str>> = methods.into_iter().map(Into::into).collect();
                Self {
                    fault: deny.fault(),
                    retry_after: deny
                        .refusal()
                        .map(certgate::limits::Refusal::retry_after_seconds),
                    allowed_methods: (!methods.is_empty()).then_some(methods),
                    ..Self::new("deny", decision, deny.findings())
                }
            }
        }
    }

    /// With the client, profile and principal that were found so far.
    fn new(outcome: &'static str, decision: &Decision<'_>, findings: &Findings<'_>) -> Self {
        Self {
            outcome,
            status: decision.status(),
            reason: decision.reason().map(certgate::decide::Reason::code),
            client: findings.client().map(str::to_owned),
            profile: findings.profile().map(str::to_owned),
            principal: findings.principal().map(std::borrow::Cow::into_owned),
            collection: findings.collection().map(str::to_owned),
            observed: findings
                .observed()
                .iter()
                .map(|denial| denial.reason.code())
                .collect(),
            fault: None,
            retry_after: None,
            allowed_methods: None,
            trace: findings.trace().to_vec(),
        }
    }
}
