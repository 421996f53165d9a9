//! A decision and what the gate adds to it.

use crate::decide::{Allow, Decision, Forecast};
use crate::evidence::AuditRecord;

use super::Granted;
use super::generation::{Active, PolicyInForce};
use super::ids::RequestId;

/// A decision and what the gate adds to it.
#[derive(Debug)]
pub struct Concluded<'d> {
    /// The decision.
    pub decision: &'d Decision<'d>,
    /// The request's id: the trusted edge's, else one made for it.
    pub request_id: &'d str,
    /// What the [shadow](super::Gate::set_shadow) would have decided, if there
    /// is one.
    pub shadow: Option<&'d Forecast>,
    id: &'d RequestId,
    active: &'d Active,
}

impl<'d> Concluded<'d> {
    pub(super) fn new(
        decision: &'d Decision<'d>,
        shadow: Option<&'d Forecast>,
        id: &'d RequestId,
        active: &'d Active,
    ) -> Self {
        Self {
            decision,
            request_id: decision.findings().request_id().unwrap_or(id.as_str()),
            shadow,
            id,
            active,
        }
    }

    /// The policy that decided, which need not be in force any more.
    #[must_use]
    pub fn in_force(&self) -> PolicyInForce {
        self.active.in_force()
    }

    /// The audit record of the decision, to be completed when the response
    /// ends.
    #[must_use]
    pub fn audit_record(&self) -> AuditRecord {
        let record = AuditRecord::new(self.decision, self.id.as_str(), self.active.version);
        match self.shadow {
            Some(forecast) => record.with_shadow(forecast),
            None => record,
        }
    }

    /// What the allowed request gets, owned.
    #[must_use]
    pub fn granted(&self, allow: &Allow<'_>) -> Granted {
        Granted::new(allow, self.request_id, self.active.in_force())
    }
}
