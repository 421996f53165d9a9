//! Limits in a real Redis, whose clock the tests set: against literal
//! expectations, against the limits in memory, and against a model that remembers
//! every request.
//!
//! They need `redis-server`, which `scripts/install_edges.sh` installs on Debian, and
//! fail where it is missing.

// The clock is set by a preloaded library.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests start programs, write files, and fail by panicking"
)]

mod clock;
mod server;
mod told;
mod proxy;

mod cases;
mod rates;
mod quotas;
mod keys;
mod settings;
mod model;
mod failures;
mod connections;
mod processes;
#[cfg(feature = "testing")]
mod conformance;
#[cfg(feature = "toml")]
mod gate;

use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

use certgate::adapter::redis::{RedisLimits, RedisSettings};
use certgate::limits::{
    Allowance, ChargeOutcome, Charges, Limit, LimitSet, Quota, QuotaPeriod, Rate, Refusal,
    SharedLimits, WindowKind,
};
use certgate::request::{CivilDate, Now, Timestamp};

use server::Server;

const SECOND: i64 = 1_000_000;
const MINUTE: Duration = Duration::from_secs(60);

/// Thursday.
const START: &str = "2026-04-16 09:09:22";

/// What the callers' clocks show does not matter to Redis.
const NOW: Now = Now {
    wall: Timestamp::from_unix_seconds(77),
    monotonic: Duration::from_secs(5),
};

fn rate(requests: u32, per: Duration) -> Option<Rate> {
    Some(Rate::new(NonZeroU32::new(requests).unwrap(), per).unwrap())
}

fn quota(requests: u64, period: QuotaPeriod) -> Option<Quota> {
    Some(Quota::new(NonZeroU64::new(requests).unwrap(), period))
}

fn set<const N: usize>(limits: [(&str, Option<Rate>, Option<Quota>); N]) -> LimitSet {
    LimitSet::new(limits.map(|(name, rate, quota)| Limit::new(name, rate, quota).unwrap())).unwrap()
}

fn due<'a>(client: &'a str, limits: &'a LimitSet, cost: u32) -> Charges<'a> {
    Charges {
        client,
        slot: 0,
        limits: [limits.as_slice(), &[], &[]],
        cost: NonZeroU32::new(cost).unwrap(),
    }
}

/// Microseconds since 1970 of `2026-04-16 09:09:22`, in UTC.
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
    let midnight = Timestamp::from_date(date).unix_seconds();
    (midnight + hour * 3600 + minute * 60 + second) * SECOND
}

/// A store that waits for as long as a busy machine takes.
fn patient() -> RedisSettings {
    RedisSettings::default().with_time_limit(Duration::from_secs(20))
}

/// One client, `acme`, with its limits in a Redis whose clock stands at [`START`].
struct Acme {
    server: Server,
    store: RedisLimits,
    limits: LimitSet,
}

impl Acme {
    fn new(limits: LimitSet) -> Self {
        let server = Server::frozen_at(utc(START));
        let store = RedisLimits::connect(&server.url(), patient()).unwrap();
        Self {
            server,
            store,
            limits,
        }
    }

    /// Sets Redis' clock.
    fn at(&self, micros: i64) -> &Self {
        self.server.set_clock(micros);
        self
    }

    async fn charge(&self, cost: u32) -> ChargeOutcome {
        self.store
            .charge_shared(&due("acme", &self.limits, cost), &NOW)
            .await
    }

    async fn admitted(&self, cost: u32) -> Vec<Allowance> {
        match self.charge(cost).await {
            ChargeOutcome::Charged(left) => left.as_slice().to_vec(),
            other => panic!("not admitted: {other:?}"),
        }
    }

    async fn refused(&self, cost: u32) -> Refusal {
        match self.charge(cost).await {
            ChargeOutcome::Refused(refusal) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    }
}
