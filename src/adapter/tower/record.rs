//! Audit records that wait for their response to end.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::adapter::SystemClock;
use crate::evidence::AuditRecord;

/// Where complete audit records go.
pub(super) type Sink = Arc<dyn Fn(AuditRecord) + Send + Sync>;

/// A record that is handed over when this is dropped: when the response's body
/// has ended, or when the caller has gone away, so that no decision goes
/// unrecorded.
pub(super) struct Pending {
    record: Option<AuditRecord>,
    status: Option<u16>,
    clock: SystemClock,
    sink: Sink,
}

impl Pending {
    pub(super) fn new(record: AuditRecord, sink: Sink) -> Self {
        Self {
            record: Some(record),
            status: None,
            clock: SystemClock::start(),
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
            let latency: Duration = self.clock.now().monotonic;
            record.complete(self.status, latency);
            (self.sink)(record);
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}
