//! What is kept of decisions and of changes of the policy: audit records, as
//! data. Writing them somewhere is an adapter's, an [`AuditSink`].
//!
//! An [`AuditRecord`] is made of every decision, a [`PolicyChange`] of every
//! change of the policy that a [`Gate`](crate::gate::Gate) makes or refuses.
//! Both are serde structs with the number of their schema; a record's
//! `policy_version` is the `version` of the change that put that policy in force
//! (version 1 is the one that the gate was made with, which is on record where
//! [`Gate::start`](crate::gate::Gate::start) made it).
//!
//! Where a policy only observes denials, `outcome` is `allow`, `observed` lists
//! what would have denied the request, and `grant` tells whether anybody is
//! proven.
//!
//! Where a policy runs in the shadow of the one in force, `shadow_outcome`,
//! `shadow_reason` and `shadow_observed` say what it would have decided. All other
//! fields, `status` among them, are about what was decided.
//!
//! A place that is too slow for its records says how many it lost, as a [`Gap`]
//! between the others. `audit.schema.json` is the JSON Schema of all three, as
//! [`Evidence`] serialises.

mod measures;
mod audit;
mod authority_use;
mod change;
mod entry;
mod names;
mod sink;

pub use audit::{AuditRecord, GrantKind, Outcome};
pub use authority_use::{AuthorityUse, AuthorityUser};
pub(crate) use change::Versions;
pub use change::{ActorType, Change, ChangeAction, ChangeOutcome, ChangeRefusal, PolicyChange};
pub use entry::{Evidence, Gap};
pub use measures::{CacheUse, Measures};
pub use names::CertificateNames;
pub use sink::AuditSink;
