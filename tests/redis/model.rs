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

fn cases(count: u32) -> TestRunner {
    TestRunner::new(Config {
        cases: count,
        failure_persistence: None,
        ..Config::default()
    })
}

/// Every request that a rate admitted: when, and what it cost.
#[derive(Default)]
struct Log(Vec<(i64, u32)>);

impl Log {
    /// Time stands still where the clock goes back behind the last one admitted.
    fn move_back(&mut self, now: i64) {
        let newest = self.0.last().map_or(now, |&(at, _)| at);
        let ahead = (newest - now).max(0);
        for (at, _) in &mut self.0 {
            *at -= ahead;
        }
    }

    /// What a window of that length has counted.
    fn used(&self, now: i64, per: i64) -> u32 {
        let counting = self.0.iter().filter(|&&(at, _)| now - at < per);
        counting.map(|&(_, cost)| cost).sum()
    }
}

const SHORT: i64 = 10 * SECOND;
const LONG: i64 = 35 * SECOND;
const SHORT_ALLOWS: u32 = 6;
const LONG_ALLOWS: u32 = 13;

/// Whether a request fits into windows that are so much longer.
fn fits(log: &Log, now: i64, cost: u32, [num, den]: [i64; 2]) -> bool {
    let used = |per: i64| log.used(now, per * num / den);
    used(SHORT) + cost <= SHORT_ALLOWS && used(LONG) + cost <= LONG_ALLOWS
}

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
        let mut log = Log::default();
        let mut now = utc(START);
        for (step, cost) in steps {
            now += step;
            log.move_back(now);
            match bench.charge(now, &client, &limits, cost) {
                ChargeOutcome::Charged(left) => {
                    prop_assert!(fits(&log, now, cost, [1, 1]), "one too many");
                    log.0.push((now, cost));
                    let [short, long] = left.as_slice() else {
                        panic!("{left:?}");
                    };
                    let most = u64::from(SHORT_ALLOWS - log.used(now, SHORT));
                    prop_assert!(short.remaining <= most);
                    let least =
                        u64::from(LONG_ALLOWS.saturating_sub(log.used(now, LONG * 17 / 16)));
                    prop_assert!(long.remaining >= least);
                }
                ChargeOutcome::Refused(refusal) => {
                    prop_assert!(!fits(&log, now, cost, [17, 16]), "refused too early");
                    if cost > SHORT_ALLOWS {
                        continue;
                    }
                    // Who waits as told is admitted, and not sooner.
                    let wait = i64::try_from(refusal.retry_after.as_micros()).unwrap();
                    let sooner = bench.charge(now + wait - 1, &client, &limits, cost);
                    prop_assert!(matches!(sooner, ChargeOutcome::Refused(_)));
                    now += wait;
                    let outcome = bench.charge(now, &client, &limits, cost);
                    prop_assert!(matches!(outcome, ChargeOutcome::Charged(_)), "{refusal:?}");
                    prop_assert!(fits(&log, now, cost, [1, 1]), "one too many");
                    log.0.push((now, cost));
                }
                ChargeOutcome::Unavailable => panic!("Redis is there"),
            }
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
