//! A decision and what the gate adds to it.

use std::sync::OnceLock;

use crate::decide::{Allow, Decision, Forecast, Grant};
use crate::evidence::{AuditRecord, CacheUse};
use crate::trust::ExpiryWarning;

use super::Granted;
use super::generation::{Active, PolicyInForce};
use super::ids::RequestId;
use super::reported::Reported;

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
    cache: CacheUse,
    reported: &'d Reported,
    /// Whether this decision is the first to tell of its warning, once asked.
    is_first: OnceLock<bool>,
}

impl<'d> Concluded<'d> {
    pub(super) fn new(
        decision: &'d Decision<'d>,
        shadow: Option<&'d Forecast>,
        id: &'d RequestId,
        active: &'d Active,
        cache: CacheUse,
        reported: &'d Reported,
    ) -> Self {
        Self {
            decision,
            request_id: decision.findings().request_id().unwrap_or(id.as_str()),
            shadow,
            id,
            active,
            cache,
            reported,
            is_first: OnceLock::new(),
        }
    }

    /// The policy that decided, which need not be in force any more.
    #[must_use]
    pub fn in_force(&self) -> PolicyInForce {
        self.active.in_force()
    }

    /// The audit record of the decision, to be completed when the response
    /// ends.
    ///
    /// That its certificate ends soon is told by the first record that is made
    /// of an allowed request with this certificate after it reached a threshold,
    /// and by no later one; also where another policy was put in force meanwhile.
    /// The gate remembers some ten thousand of them, by thumbprint, so what an
    /// edge tells of a certificate without its thumbprint is not told here.
    #[must_use]
    pub fn audit_record(&self) -> AuditRecord {
        let record = AuditRecord::new(self.decision, self.id.as_str(), self.active.version)
            .with_cache(self.cache);
        let record = match self.first_warning() {
            Some(warning) => record.with_expiry(warning),
            None => record,
        };
        match self.shadow {
            Some(forecast) => record.with_shadow(forecast),
            None => record,
        }
    }

    /// The warning that is to be on record with this decision. A stranger's
    /// certificate is remembered nowhere.
    fn first_warning(&self) -> Option<ExpiryWarning> {
        let Decision::Allow(allow) = self.decision else {
            return None;
        };
        let findings = allow.findings();
        let warning = findings.expiry_warning()?;
        let thumbprint = findings.thumbprint()?;
        let Grant::Proven(_) = allow.grant() else {
            return None;
        };
        self.is_first
            .get_or_init(|| self.reported.is_first(&thumbprint, warning))
            .then_some(warning)
    }

    /// What the allowed request gets, owned.
    #[must_use]
    pub fn granted(&self, allow: &Allow<'_>) -> Granted {
        Granted::new(allow, self.request_id, self.active.in_force())
    }
}
