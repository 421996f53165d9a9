//! What is kept of a decision: the audit record, as data. Writing it somewhere
//! is an adapter's.

mod audit;

pub use audit::{AuditRecord, Outcome};
