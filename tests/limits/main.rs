//! Rates and quotas in memory, in virtual time: against literal expectations,
//! and against models that remember every request.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod rates;
mod quotas;
mod charging;
#[cfg(feature = "testing")]
mod conformance;
mod costs;
mod reload;
mod share;
mod snapshot;
mod snapshot_model;
mod values;
mod model;
mod together;

use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use certgate::limits::{
    Allowance, Allowances, ChargeOutcome, Charges, Limit, LimitError, LimitSet, Limits,
    LimitsSnapshot, MAX_WINDOWS, MemoryLimits, Quota, QuotaPeriod, Rate, Refusal, Share,
    WindowKind,
};
use certgate::request::{CivilDate, Now, Timestamp};

const NANOSECOND: Duration = Duration::from_nanos(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: u64 = 86_400;

fn rate(requests: u32, per: Duration) -> Option<Rate> {
    Some(Rate::new(NonZeroU32::new(requests).unwrap(), per).unwrap())
}

fn quota(requests: u64, period: QuotaPeriod) -> Option<Quota> {
    Some(Quota::new(NonZeroU64::new(requests).unwrap(), period))
}

fn set<const N: usize>(limits: [(&str, Option<Rate>, Option<Quota>); N]) -> LimitSet {
    LimitSet::new(limits.map(|(name, rate, quota)| Limit::new(name, rate, quota).unwrap())).unwrap()
}

fn only_rate(requests: u32, per: Duration) -> LimitSet {
    set([("standard", rate(requests, per), None)])
}

fn only_quota(requests: u64, period: QuotaPeriod) -> LimitSet {
    set([("standard", None, quota(requests, period))])
}

fn due<'a>(client: &'a str, slot: usize, limits: &'a LimitSet) -> Charges<'a> {
    Charges {
        client,
        slot,
        limits: [limits.as_slice(), &[], &[]],
        cost: NonZeroU32::MIN,
    }
}

/// A moment at which nothing depends on the other clock.
fn monotonic(monotonic: Duration) -> Now {
    Now {
        wall: Timestamp::from_unix_seconds(1_776_330_562),
        monotonic,
    }
}

fn wall(seconds: i64) -> Now {
    Now {
        wall: Timestamp::from_unix_seconds(seconds),
        monotonic: Duration::from_secs(1),
    }
}

/// Seconds since the epoch of `2026-04-16 09:09:22`, in UTC.
fn utc(text: &str) -> i64 {
    let fields: Vec<i64> = text
        .split(['-', ' ', ':'])
        .map(|field| field.parse().unwrap())
        .collect();
    let [year, month, day, hour, minute, second] = fields[..] else {
        panic!("{text}");
    };
    let date = CivilDate {
        year,
        month: u8::try_from(month).unwrap(),
        day: u8::try_from(day).unwrap(),
    };
    Timestamp::from_date(date).unix_seconds() + hour * 3600 + minute * 60 + second
}

/// One client, `acme`, with its limits.
struct Acme {
    store: MemoryLimits,
    limits: LimitSet,
}

impl Acme {
    fn new(limits: LimitSet) -> Self {
        let store = MemoryLimits::new([("acme", &limits)]).unwrap();
        Self { store, limits }
    }

    fn charge(&self, now: Now) -> ChargeOutcome {
        self.store.charge(&due("acme", 0, &self.limits), &now)
    }

    fn charge_cost(&self, cost: u32, now: Now) -> ChargeOutcome {
        let due = Charges {
            cost: NonZeroU32::new(cost).unwrap(),
            ..due("acme", 0, &self.limits)
        };
        self.store.charge(&due, &now)
    }

    #[track_caller]
    fn admitted(&self, now: Now) -> Vec<Allowance> {
        match self.charge(now) {
            ChargeOutcome::Charged(left) => left.as_slice().to_vec(),
            other => panic!("not admitted: {other:?}"),
        }
    }

    #[track_caller]
    fn refused(&self, now: Now) -> Refusal {
        match self.charge(now) {
            ChargeOutcome::Refused(refusal) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[track_caller]
    fn admitted_times(&self, times: u64, now: Now) {
        for _ in 0..times {
            self.admitted(now);
        }
    }
}
