//! Audit records that wait for their response to end.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::panicking;

use crate::evidence::{AuditRecord, AuditSink, PolicyChange};
use crate::request::Now;

/// Tells the time.
pub(super) type Clock = Arc<dyn Fn() -> Now + Send + Sync>;

/// Where complete audit records go.
pub(super) type Sink = Arc<dyn AuditSink>;

/// A record that is handed over when this is dropped: when the response's body
/// has ended, or when the caller has gone away, so that no decision goes
/// unrecorded. It is moved along with every request, most of all where there is
/// none, and so is only a pointer.
pub(super) struct Pending(Box<Waiting>);

struct Waiting {
    record: AuditRecord,
    status: Option<u16>,
    begun: Now,
    clock: Clock,
    sink: Sink,
}

impl Pending {
    /// The record of a decision that was begun then, by the time of `clock`, and
    /// that has just been made.
    pub(super) fn new(mut record: AuditRecord, begun: Now, clock: Clock, sink: Sink) -> Self {
        let decided = clock().monotonic;
        let decision_time = decided.saturating_sub(begun.monotonic);
        record.measures.decision_time = Some(decision_time);
        Self(Box::new(Waiting {
            record,
            status: None,
            begun,
            clock,
            sink,
        }))
    }

    /// The response has this status.
    pub(super) fn respond(&mut self, status: u16) {
        self.0.status = Some(status);
    }
}

impl Waiting {
    fn tell(&mut self) {
        let ended = (self.clock)().monotonic;
        let latency = ended.saturating_sub(self.begun.monotonic);
        self.record.complete(self.status, latency);
        self.sink.record(&self.record);
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !panicking() {
            return self.tell();
        }
        // A handler fell over. A sink that does so too would end the process.
        catch_unwind(AssertUnwindSafe(|| self.tell())).ok();
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}

/// A function that takes records of requests, and hears of no changes.
pub(super) struct OnRecord<F>(pub(super) F);

impl<F: Fn(AuditRecord) + Send + Sync> AuditSink for OnRecord<F> {
    fn record(&self, record: &AuditRecord) {
        (self.0)(record.clone());
    }

    fn change(&self, _: &PolicyChange) {}
}

/// One more place for records.
pub(super) fn also(sinks: Option<Sink>, sink: impl AuditSink + 'static) -> Sink {
    match sinks {
        Some(sinks) => Arc::new((sinks, sink)),
        None => Arc::new(sink),
    }
}
