//! What an adapter does with a request whose decision is made.

use std::sync::Arc;

use crate::decide::{Decision, Reason};
use crate::gate::{Concluded, Granted};
use crate::request::Now;
use crate::response::Rejection;

use super::pending::{Clock, Pending, Sink};

/// What becomes of a request, and the audit record of that, where there is a
/// sink for it. `R` is the framework's response.
pub(super) struct Decided<R> {
    pub(super) outcome: Outcome<R>,
    pub(super) record: Option<Pending>,
}

pub(super) enum Outcome<R> {
    GoOn(Granted),
    Reject(Reason, R),
}

impl<R> Decided<R> {
    /// Of a decision that was begun at `now`; `respond` answers a denied request.
    pub(super) fn of(
        concluded: &Concluded<'_>,
        now: Now,
        clock: &Clock,
        sink: Option<&Sink>,
        respond: impl FnOnce(&Rejection) -> R,
    ) -> Self {
        let record = sink.map(|sink| {
            let clock = Arc::clone(clock);
            Pending::new(concluded.audit_record(), now, clock, Arc::clone(sink))
        });
        let outcome = match concluded.decision {
            Decision::Allow(allow) => Outcome::GoOn(concluded.granted(allow)),
            Decision::Deny(deny) => {
                let rejection = Rejection::new(deny, concluded.request_id);
                Outcome::Reject(deny.reason(), respond(&rejection))
            }
        };
        Self { outcome, record }
    }
}
