//! Whom the rules charge, and with what.

use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

use crate::limits::{Limit, LimitSet, Quota, QuotaPeriod, Rate};

/// The window of the rates that are charged. A subject that sleeps does so for some
/// ten of them.
pub(super) const PER: Duration = Duration::from_secs(2);

/// How much longer than its window a request may count.
pub(super) const LATE: Duration = Duration::from_millis(2_000 / 16);

/// A client for each rule, and two whose names could be taken for one another.
const CLIENTS: [&str; 14] = [
    "number", "apart", "a", "a:b", "slides", "waits", "together", "costs", "renewed", "numbers",
    "at-once", "told", "longest", "slices",
];

/// Every client that is charged with everything that it may owe, for a store that is
/// made for a plan.
#[must_use]
pub fn plan() -> Vec<(String, LimitSet)> {
    let hour = Duration::from_secs(3_600);
    let sets = [
        set([
            rate("first", 1, PER),
            rate("second", 1, PER),
            both("both", 1, 1),
        ]),
        set([
            quota("renewed", 1),
            rate("long", 1, hour),
            rate("b:c", 1, PER),
            rate("c", 1, PER),
        ]),
    ];
    let owed = LimitSet::all_of(&sets);
    let plan = CLIENTS
        .iter()
        .map(|client| ((*client).to_owned(), owed.clone()));
    plan.collect()
}

pub(super) fn rate(name: &str, number: u32, per: Duration) -> Limit {
    let rate = NonZeroU32::new(number).map(|number| Rate::new(number, per));
    limit(name, rate.and_then(Result::ok), None)
}

/// Renewed as often as the rates.
pub(super) fn quota(name: &str, number: u64) -> Limit {
    let per = u32::try_from(PER.as_secs()).ok().and_then(NonZeroU32::new);
    limit(name, None, quota_of(number, per.unwrap_or(NonZeroU32::MIN)))
}

/// A rate, and a quota that is not renewed in this century.
pub(super) fn both(name: &str, number: u32, quota: u64) -> Limit {
    let rate = NonZeroU32::new(number).map(|number| Rate::new(number, PER));
    let quota = quota_of(quota, NonZeroU32::MAX);
    limit(name, rate.and_then(Result::ok), quota)
}

fn quota_of(number: u64, period: NonZeroU32) -> Option<Quota> {
    NonZeroU64::new(number).map(|number| Quota::new(number, QuotaPeriod::Every(period)))
}

#[expect(clippy::expect_used, reason = "every limit here has a number")]
fn limit(name: &str, rate: Option<Rate>, quota: Option<Quota>) -> Limit {
    Limit::new(name, rate, quota).expect("a rate or a quota")
}

/// At most four limits, of different names.
pub(super) fn set(limits: impl IntoIterator<Item = Limit>) -> LimitSet {
    LimitSet::new(limits).unwrap_or_default()
}
