//! Random requests under a random clock, against models that remember all of them.

use certgate::limits::MemoryLimits;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use super::*;

/// A Redis whose clock the cases set, and a client for each.
struct Bench {
    runtime: Runtime,
    acme: Acme,
    clients: std::cell::Cell<u32>,
}

impl Bench {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let acme = runtime.block_on(async { Acme::new(set([])) });
        Self {
            runtime,
            acme,
            clients: std::cell::Cell::new(0),
        }
    }

    fn new_client(&self) -> String {
        let number = self.clients.get();
        self.clients.set(number + 1);
        format!("client-{number}")
    }

    fn charge(&self, micros: i64, client: &str, limits: &LimitSet, cost: u32) -> ChargeOutcome {
        self.acme.at(micros);
        let due = due(client, limits, cost);
        self.runtime
            .block_on(self.acme.store.charge_shared(&due, &NOW))
    }
}

/// So many cases, or as many as `PROPTEST_CASES` says.
fn cases(count: u32) -> TestRunner {
    let by_default = Config::default();
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    TestRunner::new(Config {
        cases: if asked { by_default.cases } else { count },
        failure_persistence: None,
        ..by_default
    })
}

/// A rate that remembers every request that it admitted: when, and what it cost.
struct Log {
    per: i64,
    allows: u32,
    admitted: Vec<(i64, u32)>,
    /// When the key expires, in milliseconds.
    expires: i64,
}

impl Log {
    const fn new(allows: u32, per: i64) -> Self {
        Self {
            per,
            allows,
            admitted: Vec::new(),
            expires: i64::MAX,
        }
    }

    /// Redis is asked at `now`. A clock that passes a whole window over has it
    /// forgotten. Where the clock goes back behind the last request, time stands
    /// still.
    fn look(&mut self, now: i64) {
        if now.div_euclid(1_000) > self.expires {
            self.admitted.clear();
        }
        let newest = self.admitted.last().map_or(now, |&(at, _)| at);
        if newest > now {
            for (at, _) in &mut self.admitted {
                *at -= newest - now;
            }
            self.keep(now);
        }
    }

    fn admit(&mut self, now: i64, cost: u32) {
        self.admitted.push((now, cost));
        self.keep(now);
    }

    fn keep(&mut self, now: i64) {
        self.expires = now.div_euclid(1_000) + self.per / 1_000 + 1;
    }

    /// How many requests a window has left that is so much longer than it should be.
    fn left(&self, now: i64, [num, den]: [i64; 2]) -> u32 {
        let counts = |&&(at, _): &&(i64, u32)| now - at < self.per * num / den;
        let used: u32 = self
            .admitted
            .iter()
            .filter(counts)
            .map(|(_, cost)| cost)
            .sum();
        self.allows.saturating_sub(used)
    }
}

const EXACTLY: [i64; 2] = [1, 1];
const A_SIXTEENTH_LONGER: [i64; 2] = [17, 16];

/// Several rates that are charged together.
struct Logs([Log; 2]);

impl Logs {
    fn look(&mut self, now: i64) {
        self.0.iter_mut().for_each(|log| log.look(now));
    }

    fn fits(&self, now: i64, cost: u32, longer: [i64; 2]) -> bool {
        self.0.iter().all(|log| log.left(now, longer) >= cost)
    }

    fn admit(&mut self, now: i64, cost: u32) {
        self.0.iter_mut().for_each(|log| log.admit(now, cost));
    }
}

const SHORT: i64 = 10 * SECOND;
const LONG: i64 = 35 * SECOND;
const SHORT_ALLOWS: u32 = 6;
const LONG_ALLOWS: u32 = 13;

/// Steps of the clock around everything that matters to the windows, some back.
fn steps() -> impl Strategy<Value = Vec<(i64, u32)>> {
    let near = |around: i64| around - 2..=around + 2;
    let step = prop_oneof![
        6 => Just(0),
        4 => 0..SHORT / 16,
        3 => 0..SHORT / 4,
        2 => near(SHORT / 16),
        2 => near(SHORT),
        2 => near(LONG / 16),
        2 => near(LONG),
        2 => near(SHORT + SHORT / 16),
        1 => 0..2 * LONG,
        1 => -LONG..0,
    ];
    let cost = prop_oneof![4 => Just(1_u32), 2 => 2..4_u32, 1 => 4..8_u32];
    proptest::collection::vec((step, cost), 40..80)
}

#[test]
fn rates_admit_and_refuse_as_a_log_of_all_requests() {
    let bench = Bench::new();
    let limits = set([
        (
            "short",
            rate(SHORT_ALLOWS, Duration::from_micros(SHORT as u64)),
            None,
        ),
        (
            "long",
            rate(LONG_ALLOWS, Duration::from_micros(LONG as u64)),
            None,
        ),
    ]);
    let run = |steps: Vec<(i64, u32)>| {
        let client = bench.new_client();
        let mut model = Logs([Log::new(SHORT_ALLOWS, SHORT), Log::new(LONG_ALLOWS, LONG)]);
        let mut now = utc(START);
        for (step, cost) in steps {
            now += step;
            model.look(now);
            let refusal = match bench.charge(now, &client, &limits, cost) {
                ChargeOutcome::Charged(left) => {
                    prop_assert!(model.fits(now, cost, EXACTLY), "one too many");
                    model.admit(now, cost);
                    for (window, log) in left.as_slice().iter().zip(&model.0) {
                        let [least, most] = [A_SIXTEENTH_LONGER, EXACTLY]
                            .map(|longer| u64::from(log.left(now, longer)));
                        prop_assert!((least..=most).contains(&window.remaining));
                    }
                    continue;
                }
                ChargeOutcome::Refused(refusal) => refusal,
                ChargeOutcome::Unavailable => panic!("Redis is there"),
            };
            prop_assert!(
                !model.fits(now, cost, A_SIXTEENTH_LONGER),
                "refused too early"
            );
            if cost > SHORT_ALLOWS {
                continue;
            }
            // Who waits as told is admitted, and not sooner.
            now += i64::try_from(refusal.retry_after.as_micros()).unwrap();
            model.look(now - 1);
            let sooner = bench.charge(now - 1, &client, &limits, cost);
            prop_assert!(matches!(sooner, ChargeOutcome::Refused(_)));
            model.look(now);
            let outcome = bench.charge(now, &client, &limits, cost);
            prop_assert!(matches!(outcome, ChargeOutcome::Charged(_)), "{refusal:?}");
            prop_assert!(model.fits(now, cost, EXACTLY), "one too many");
            model.admit(now, cost);
        }
        Ok(())
    };
    cases(40).run(&steps(), run).unwrap();
}

/// Readings of a wall clock in seconds: forward by less than a day, which is how long
/// a window is remembered that is over, and back by anything.
fn days() -> impl Strategy<Value = Vec<(i64, u32)>> {
    let step = prop_oneof![
        4 => 0..40_000_i64,
        3 => 40_000..86_400_i64,
        2 => -100_000..0_i64,
        1 => -600_000..0_i64,
        1 => Just(0),
    ];
    proptest::collection::vec((step, 1..4_u32), 40..80)
}

/// The same as in memory in every case, and no day admits more than its number.
#[test]
fn quotas_are_those_in_memory_whatever_the_clock_does() {
    let bench = Bench::new();
    let limits = set([("a", None, quota(4, QuotaPeriod::Day))]);
    let run = |steps: Vec<(i64, u32)>| {
        let client = bench.new_client();
        let memory = MemoryLimits::new([(client.as_str(), &limits)]).unwrap();
        let mut admitted = std::collections::HashMap::new();
        let mut now = utc(START) / SECOND;
        for (step, cost) in steps {
            now += step;
            let in_redis = bench.charge(now * SECOND, &client, &limits, cost);
            let wall = Now {
                wall: Timestamp::from_unix_seconds(now),
                ..NOW
            };
            let due = due(&client, &limits, cost);
            let in_memory = certgate::limits::Limits::charge(&memory, &due, &wall);
            prop_assert_eq!(&in_redis, &in_memory);
            if let ChargeOutcome::Charged(_) = in_redis {
                let day = admitted.entry(now.div_euclid(86_400)).or_insert(0);
                *day += cost;
                prop_assert!(*day <= 4);
            }
        }
        Ok(())
    };
    cases(40).run(&days(), run).unwrap();
}
