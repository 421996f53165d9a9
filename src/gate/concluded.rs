//! A decision and what the gate adds to it.

use crate::decide::{Allow, Decision};
use crate::evidence::AuditRecord;

use super::Granted;
use super::generation::{Generation, PolicyInForce};
use super::ids::RequestId;

/// A decision and what the gate adds to it.
#[derive(Debug)]
pub struct Concluded<'d> {
    /// The decision.
    pub decision: &'d Decision<'d>,
    /// The request's id: the trusted edge's, else one made for it.
    pub request_id: &'d str,
    id: &'d RequestId,
    generation: &'d Generation,
}

impl<'d> Concluded<'d> {
    pub(super) fn new(
        decision: &'d Decision<'d>,
        id: &'d RequestId,
        generation: &'d Generation,
    ) -> Self {
        Self {
            decision,
            request_id: decision.findings().request_id().unwrap_or(id.as_str()),
            id,
            generation,
        }
    }

    /// The policy that decided, which need not be in force any more.
    #[must_use]
    pub fn in_force(&self) -> PolicyInForce {
        self.generation.in_force()
    }

    /// The audit record of the decision, to be completed when the response
    /// ends.
    #[must_use]
    pub fn audit_record(&self) -> AuditRecord {
        AuditRecord::new(self.decision, self.id.as_str(), self.generation.version)
    }

    /// What the allowed request gets, owned.
    #[must_use]
    pub fn granted(&self, allow: &Allow<'_>) -> Granted {
        Granted::new(allow, self.request_id, self.generation.in_force())
    }
}
