//! Counters that live elsewhere.

use std::future::Future;

use super::outcome::ChargeOutcome;
use super::{Charges, Limits};
use crate::request::Now;

/// A store of counters that has to be waited for: one that other processes
/// share.
///
/// A gate asks it once for each request that owes something, and while it waits
/// the decision may move to another thread. What becomes of a request that the
/// store cannot tell about is the policy's word, not the store's:
/// `when_away` under `[limiting]`.
///
/// The rules that a store has to keep are checks that its tests can run, in
/// `certgate::limits::conformance` (feature `testing`).
pub trait SharedLimits: Send + Sync {
    /// Charges one request to every window of `due.limits` with all that it
    /// costs, or to none, as one step that no other request comes between.
    ///
    /// `now` is this process's time. A store that many processes ask has to take
    /// its own, or they would have to agree.
    ///
    /// It answers within a time that a request can wait. A store that cannot tell
    /// what is left, or not within that time, answers
    /// [`ChargeOutcome::Unavailable`]; it never charges another client or other
    /// windows instead. Where the future is dropped before it is ready, the
    /// request may have been charged or not.
    fn charge_shared(
        &self,
        due: &Charges<'_>,
        now: &Now,
    ) -> impl Future<Output = ChargeOutcome> + Send;
}

/// A store that is never waited for.
impl<L: Limits + Send + Sync> SharedLimits for L {
    fn charge_shared(
        &self,
        due: &Charges<'_>,
        now: &Now,
    ) -> impl Future<Output = ChargeOutcome> + Send {
        std::future::ready(Limits::charge(self, due, now))
    }
}
