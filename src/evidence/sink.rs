//! Where audit records go.

use std::sync::Arc;

use super::{AuditRecord, PolicyChange};

/// A place for audit records: an adapter hands it the record of each request when
/// the response has ended, and a service the records of changes of the policy.
///
/// It is called on the task that serves the request, so it must not wait; and where
/// that task unwinds from a panic too, so it must not panic.
pub trait AuditSink: Send + Sync {
    /// Takes the record of a request.
    fn record(&self, record: &AuditRecord);

    /// Takes the record of a change of the policy.
    fn change(&self, change: &PolicyChange);
}

impl<S: AuditSink + ?Sized> AuditSink for Arc<S> {
    fn record(&self, record: &AuditRecord) {
        (**self).record(record);
    }

    fn change(&self, change: &PolicyChange) {
        (**self).change(change);
    }
}

/// Both, one after the other.
impl<A: AuditSink, B: AuditSink> AuditSink for (A, B) {
    fn record(&self, record: &AuditRecord) {
        self.0.record(record);
        self.1.record(record);
    }

    fn change(&self, change: &PolicyChange) {
        self.0.change(change);
        self.1.change(change);
    }
}
