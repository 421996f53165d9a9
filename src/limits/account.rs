//! One client's counters behind its own lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Charges;
use super::counters::Counters;
use super::limit::LimitSet;
use super::outcome::ChargeOutcome;
use super::share::Share;
use super::snapshot::SavedClient;
use crate::request::Now;

/// One client's counters. Stores made from one another by `rebind` share it,
/// so that requests under the old and the new policy are counted together.
///
/// It begins a cache line, as each of its counters does, so that processors that
/// charge different clients never write to one line.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Account {
    client: Box<str>,
    counters: Mutex<Counters>,
}

impl Account {
    pub(super) fn new(client: &str) -> Self {
        Self {
            client: client.into(),
            counters: Mutex::default(),
        }
    }

    pub(super) fn client(&self) -> &str {
        &self.client
    }

    /// Charges all that is due at `now`, or none, where every limit is that
    /// share of its number.
    pub(super) fn charge(&self, due: &Charges<'_>, now: &Now, share: Share) -> ChargeOutcome {
        self.lock().charge(due, now, share)
    }

    /// Counts all that is due at `now`, whether there is room or not.
    pub(super) fn record(&self, due: &Charges<'_>, now: &Now) {
        self.lock().count(due, now);
    }

    /// What its windows have counted at `now`, if they have.
    pub(super) fn save(&self, now: &Now) -> Option<SavedClient> {
        self.lock().save(&self.client, now)
    }

    /// Counts what was saved `elapsed` before `now`, in the windows that it has.
    pub(super) fn restore(&self, saved: &SavedClient, elapsed: Duration, now: &Now) {
        self.lock().restore(saved, elapsed, now);
    }

    /// Makes the windows of `limits` for a store, which lives as long as its
    /// token `store`, and drops those that no living store needs.
    pub(super) fn bind(&self, limits: &LimitSet, store: &Arc<()>) {
        self.lock().bind(limits, store);
    }

    /// Keeps everybody else from it.
    #[cfg(test)]
    pub(super) fn hold(&self) -> impl Drop + '_ {
        self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Counters> {
        // A holder that panicked leaves counters in which a charge is counted
        // in full or in part. Going on refuses at most one request too many;
        // starting afresh would free the client.
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::limits::{Limit, Rate};
    use crate::request::Timestamp;

    fn per_minute(name: &str) -> LimitSet {
        let rate = Rate::new(NonZeroU32::MIN, Duration::from_secs(60)).unwrap();
        LimitSet::new([Limit::new(name, Some(rate), None).unwrap()]).unwrap()
    }

    #[test]
    fn a_panic_under_the_lock_frees_nobody() {
        let limits = per_minute("a");
        let store = Arc::new(());
        let account = Account::new("acme");
        account.bind(&limits, &store);
        let now = Now {
            wall: Timestamp::from_unix_seconds(0),
            monotonic: Duration::ZERO,
        };
        let due = Charges {
            client: "acme",
            slot: 0,
            limits: [limits.as_slice(), &[], &[]],
            cost: NonZeroU32::MIN,
        };
        let outcome = account.charge(&due, &now, Share::WHOLE);
        assert!(matches!(outcome, ChargeOutcome::Charged(_)));

        std::thread::scope(|scope| {
            let panicked = scope.spawn(|| {
                let _guard = account.lock();
                panic!("on purpose");
            });
            assert!(panicked.join().is_err());
        });
        assert!(account.counters.is_poisoned());
        let outcome = account.charge(&due, &now, Share::WHOLE);
        assert!(matches!(outcome, ChargeOutcome::Refused(_)));
    }

    #[test]
    fn accounts_have_their_own_cache_lines() {
        assert_eq!(align_of::<Account>(), 64);
    }
}
