//! The windows of one client: all of them charged, or none.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Charges;
use super::limit::{Limit, LimitSet, MAX_WINDOWS, Quota, QuotaPeriod, Rate};
use super::outcome::{Allowance, Allowances, ChargeOutcome, Refusal, Standing, WindowKind};
use super::quota_window::QuotaWindow;
use super::rate_window::RateWindow;
use super::share::Share;
use super::snapshot::{SavedClient, SavedQuota, SavedRate};
use crate::request::Now;

/// The windows of one client, and for which stores they are there.
#[derive(Debug, Default)]
pub(super) struct Counters {
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

/// A window and what it is found by, in cache lines of its own.
#[derive(Debug)]
#[repr(align(64))]
struct Counter<L, W> {
    limit: Arc<str>,
    length: L,
    window: W,
}

impl Counters {
    /// Asks every window before it changes any.
    pub(super) fn charge(&mut self, due: &Charges<'_>, now: &Now, share: Share) -> ChargeOutcome {
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
        allowances.take(due.cost, &survey.resets_in_then);
        ChargeOutcome::Charged(allowances)
    }

    /// Counts a request in every window that is there.
    pub(super) fn count(&mut self, due: &Charges<'_>, now: &Now) {
        for limit in due.owed() {
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

    /// How every window stands; `None` if one of them is not there, or would be
    /// charged twice and was asked only for once.
    fn survey(&mut self, due: &Charges<'_>, now: &Now, share: Share) -> Option<Survey> {
        let mut survey = Survey::default();
        for (index, limit) in due.owed().enumerate() {
            let mut before = due.owed().take(index);
            if before.any(|other| other.name() == limit.name()) {
                return None;
            }
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

    pub(super) fn save(&self, client: &str, now: &Now) -> Option<SavedClient> {
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

    pub(super) fn restore(&mut self, saved: &SavedClient, elapsed: Duration, now: &Now) {
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

    pub(super) fn bind(&mut self, limits: &LimitSet, store: &Arc<()>) {
        for limit in limits.as_slice() {
            if let Some(rate) = limit.rate() {
                add(&mut self.rates, limit, rate.per());
            }
            if let Some(quota) = limit.quota() {
                add(&mut self.quotas, limit, quota.period());
            }
        }
        self.bound.retain(|bound| bound.store.strong_count() > 0);
        self.bound.reserve_exact(1);
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
    /// When each window resets once the request is counted.
    resets_in_then: [Duration; MAX_WINDOWS],
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
        let next = self.allowances.as_slice().len();
        *self.resets_in_then.get_mut(next)? = standing.resets_in_then;
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
        // There are few, and many clients: room for more would be most of it.
        counters.reserve_exact(1);
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

    fn per_minute(name: &str) -> LimitSet {
        let rate = Rate::new(NonZeroU32::MIN, Duration::from_secs(60)).unwrap();
        LimitSet::new([Limit::new(name, Some(rate), None).unwrap()]).unwrap()
    }

    #[test]
    fn reloads_leave_nothing_behind() {
        let mut counters = Counters::default();
        let mut store = Arc::new(());
        counters.bind(&per_minute("a"), &store);
        for name in ["a", "b", "b", "c", "a", "a"] {
            let next = Arc::new(());
            counters.bind(&per_minute(name), &next);
            assert!(counters.rates.len() <= 2);
            assert_eq!(counters.bound.len(), 2);
            store = next;
        }
        drop(store);
        counters.bind(&per_minute("a"), &Arc::new(()));
        assert_eq!(counters.rates.len(), 1);
        assert_eq!(counters.bound.len(), 1);
    }

    #[test]
    fn counters_have_their_own_cache_lines_and_no_room_to_spare() {
        assert_eq!(align_of::<Counter<Duration, RateWindow>>(), 64);
        assert_eq!(align_of::<Counter<QuotaPeriod, QuotaWindow>>(), 64);
        let mut counters = Counters::default();
        let store = Arc::new(());
        counters.bind(&per_minute("a"), &store);
        assert_eq!(counters.rates.capacity(), 1);
        assert_eq!(counters.bound.capacity(), 1);
    }
}
