//! Audit records that wait for their response to end.

use std::fmt;
use std::sync::Arc;

use crate::evidence::AuditRecord;
use crate::request::Now;

use super::layer::Clock;

/// Where complete audit records go.
pub(super) type Sink = Arc<dyn Fn(AuditRecord) + Send + Sync>;

/// A record that is handed over when this is dropped: when the response's body
/// has ended, or when the caller has gone away, so that no decision goes
/// unrecorded.
pub(super) struct Pending {
    record: Option<AuditRecord>,
    status: Option<u16>,
    decided: Now,
    clock: Clock,
    sink: Sink,
}

impl Pending {
    /// A record of what was decided at `decided`, by the time of `clock`.
    pub(super) fn new(record: AuditRecord, decided: Now, clock: Clock, sink: Sink) -> Self {
        Self {
            record: Some(record),
            status: None,
            decided,
            clock,
            sink,
        }
    }

    /// The response has this status.
    pub(super) fn respond(&mut self, status: http::StatusCode) {
        self.status = Some(status.as_u16());
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(mut record) = self.record.take() {
            let ended = (self.clock)().monotonic;
            record.complete(self.status, ended.saturating_sub(self.decided.monotonic));
            (self.sink)(record);
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}
