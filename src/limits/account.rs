//! The counters of one client, behind its own lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::Charges;
use super::limit::{Limit, LimitSet, Quota, QuotaPeriod, Rate};
use super::outcome::{Allowance, Allowances, ChargeOutcome, Refusal, Standing, WindowKind};
use super::quota_window::QuotaWindow;
use super::rate_window::RateWindow;
use super::share::Share;
use super::snapshot::{SavedClient, SavedQuota, SavedRate};
use crate::request::Now;

/// One client's counters. Stores made from one another by `rebind` share it,
/// so that requests under the old and the new policy are counted together.
#[derive(Debug)]
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

#[derive(Debug, Default)]
struct Counters {
    rates: Vec<Counter<Duration, RateWindow>>,
    quotas: Vec<Counter<QuotaPeriod, QuotaWindow>>,
    /// Whom the windows are there for: usually one store, two while a policy
    /// is being replaced.
    bound: Vec<Bound>,
}

/// A store, and the limits that it has for this client.
#[derive(Debug)]
struct Bound {
    store: Weak<()>,
    limits: LimitSet,
}

/// A window and what it is found by.
#[derive(Debug)]
struct Counter<L, W> {
    limit: Arc<str>,
    length: L,
    window: W,
}

impl Counters {
    /// Asks every window before it changes any.
    fn charge(&mut self, due: &Charges<'_>, now: &Now, share: Share) -> ChargeOutcome {
        let Some(survey) = self.survey(due, now, share) else {
            return ChargeOutcome::Unavailable;
        };
        let mut allowances = survey.allowances;
        if let Some((limit, kind, retry_after)) = survey.fullest {
            return ChargeOutcome::Refused(Refusal {
                limit,
                kind,
                retry_after,
                allowances,
            });
        }
        self.count(due, now);
        allowances.take(due.cost);
        ChargeOutcome::Charged(allowances)
    }

    /// Counts a request in every window that is there.
    fn count(&mut self, due: &Charges<'_>, now: &Now) {
        for limit in due.limits() {
            if let Some(rate) = limit.rate()
                && let Some(window) = find(&mut self.rates, limit.name(), rate.per())
            {
                window.charge(rate.per(), now.monotonic, due.cost);
            }
            if let Some(quota) = limit.quota()
                && let Some(window) = find(&mut self.quotas, limit.name(), quota.period())
            {
                window.charge(quota.period(), now.wall, due.cost);
            }
        }
    }

    /// How every window stands; `None` if one of them is not there.
    fn survey(&mut self, due: &Charges<'_>, now: &Now, share: Share) -> Option<Survey> {
        let mut survey = Survey::default();
        for (index, limit) in due.limits().enumerate() {
            if let Some(rate) = limit.rate() {
                let window = find(&mut self.rates, limit.name(), rate.per())?;
                let allowed = share.of(u64::from(rate.requests().get()));
                let standing = window.standing(allowed, rate.per(), now.monotonic, due.cost);
                survey.note(index, WindowKind::Rate, allowed, standing)?;
            }
            if let Some(quota) = limit.quota() {
                let window = find(&mut self.quotas, limit.name(), quota.period())?;
                let allowed = share.of(quota.requests().get());
                let standing = window.standing(allowed, quota.period(), now.wall, due.cost);
                survey.note(index, WindowKind::Quota, allowed, standing)?;
            }
        }
        Some(survey)
    }

    fn save(&self, client: &str, now: &Now) -> Option<SavedClient> {
        let rates = self.rates.iter().filter_map(|counter| {
            let segments = counter.window.save(counter.length, now.monotonic);
            (!segments.is_empty())
                .then(|| SavedRate::new(&counter.limit, counter.length, segments))?
        });
        let quotas = self.quotas.iter().filter_map(|counter| {
            let (current, left) = counter.window.save()?;
            Some(SavedQuota {
                limit: (*counter.limit).into(),
                period: counter.length,
                current,
                left,
            })
        });
        let saved = SavedClient {
            client: client.into(),
            rates: rates.collect(),
            quotas: quotas.collect(),
        };
        (!saved.is_empty()).then_some(saved)
    }

    fn restore(&mut self, saved: &SavedClient, elapsed: Duration, now: &Now) {
        for rate in &saved.rates {
            if let Some(window) = find(&mut self.rates, &rate.limit, rate.per()) {
                window.restore(rate.per(), now.monotonic, elapsed, &rate.segments);
            }
        }
        for quota in &saved.quotas {
            if let Some(window) = find(&mut self.quotas, &quota.limit, quota.period) {
                window.restore(quota.period, quota.current, &quota.left);
            }
        }
    }

    fn bind(&mut self, limits: &LimitSet, store: &Arc<()>) {
        for limit in limits.as_slice() {
            if let Some(rate) = limit.rate() {
                add(&mut self.rates, limit, rate.per());
            }
            if let Some(quota) = limit.quota() {
                add(&mut self.quotas, limit, quota.period());
            }
        }
        self.bound.retain(|bound| bound.store.strong_count() > 0);
        self.bound.push(Bound {
            store: Arc::downgrade(store),
            limits: limits.clone(),
        });
        let bound = &self.bound;
        let needed = || bound.iter().flat_map(|bound| bound.limits.as_slice());
        self.rates.retain(|counter| {
            needed().any(|limit| {
                *limit.name() == *counter.limit
                    && limit.rate().map(Rate::per) == Some(counter.length)
            })
        });
        self.quotas.retain(|counter| {
            needed().any(|limit| {
                *limit.name() == *counter.limit
                    && limit.quota().map(Quota::period) == Some(counter.length)
            })
        });
    }
}

/// What the first pass over the windows found.
#[derive(Default)]
struct Survey {
    allowances: Allowances,
    /// The window that stays too full for longest, if any is: the limit's
    /// index, the kind, and how long.
    fullest: Option<(usize, WindowKind, Duration)>,
}

impl Survey {
    /// `None` if there are more windows than a [`LimitSet`] can have.
    fn note(
        &mut self,
        limit: usize,
        kind: WindowKind,
        allowed: u64,
        standing: Standing,
    ) -> Option<()> {
        if let Some(full_for) = standing.full_for
            && self.fullest.is_none_or(|(.., longest)| full_for > longest)
        {
            self.fullest = Some((limit, kind, full_for));
        }
        let allowance = Allowance {
            limit,
            kind,
            allowed,
            remaining: standing.remaining,
            resets_in: standing.resets_in,
        };
        self.allowances.push(allowance).ok()
    }
}

/// A client has few windows, so they are searched one by one.
fn find<'a, L: Copy + PartialEq, W>(
    counters: &'a mut [Counter<L, W>],
    limit: &str,
    length: L,
) -> Option<&'a mut W> {
    counters
        .iter_mut()
        .find(|counter| counter.length == length && *counter.limit == *limit)
        .map(|counter| &mut counter.window)
}

/// Adds an empty window unless it is there already.
fn add<L: Copy + PartialEq, W: Default>(
    counters: &mut Vec<Counter<L, W>>,
    limit: &Limit,
    length: L,
) {
    if find(counters, limit.name(), length).is_none() {
        counters.push(Counter {
            limit: limit.shared_name(),
            length,
            window: W::default(),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::request::Timestamp;

    fn per_minute(name: &str) -> LimitSet {
        let rate = Rate::new(NonZeroU32::MIN, Duration::from_secs(60)).unwrap();
        LimitSet::new([Limit::new(name, Some(rate), None).unwrap()]).unwrap()
    }

    #[test]
    fn reloads_leave_nothing_behind() {
        let account = Account::new("acme");
        let mut store = Arc::new(());
        account.bind(&per_minute("a"), &store);
        for name in ["a", "b", "b", "c", "a", "a"] {
            let next = Arc::new(());
            account.bind(&per_minute(name), &next);
            assert!(account.lock().rates.len() <= 2);
            assert_eq!(account.lock().bound.len(), 2);
            store = next;
        }
        drop(store);
        account.bind(&per_minute("a"), &Arc::new(()));
        assert_eq!(account.lock().rates.len(), 1);
        assert_eq!(account.lock().bound.len(), 1);
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
}
