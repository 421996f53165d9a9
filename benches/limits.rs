//! What it costs to charge limits: in memory beside governor, and in Redis beside a
//! bare `INCR`.
//!
//! `cargo bench --all-features --bench limits` prints a table. It starts a
//! redis-server on loopback, without persistence. As machines are noisy, each lap runs
//! every case once and the figure is the median of the ratios, lap by lap.
//!
//! - **governor**: one check of a limiter that is keyed by the client's id, which
//!   counts one rate and no quota.
//! - **INCR**: one round trip with the least that Redis can do, over the same kind of
//!   connection: one request after another, and 32 tasks at once.
//! - **many segments**: the charged window has as many as it can have; else it has
//!   one.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a bench takes the time, prints, and stops where an answer is wrong"
)]

#[path = "../tests/redis/clock.rs"]
mod clock;
#[path = "../tests/redis/server.rs"]
#[expect(dead_code, reason = "a bench needs less than the tests")]
mod server;

use std::hint::black_box;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;
use std::time::{Duration, Instant};

use certgate::adapter::redis::{RedisLimits, RedisSettings};
use certgate::limits::{
    ChargeOutcome, Charges, Limit, LimitSet, Limits, MemoryLimits, Quota, QuotaPeriod, Rate,
    SharedLimits,
};
use certgate::request::{Now, Timestamp};
use governor::{DefaultKeyedRateLimiter, RateLimiter};
use redis::aio::MultiplexedConnection;
use server::Server;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const LAPS: usize = 300;
const WARM_UP: usize = 20;
/// How often a lap charges in memory, and in Redis.
const IN_MEMORY: u32 = 2_000;
const IN_REDIS: u32 = 64;
const AT_ONCE: u32 = 32;

/// Each lap's nanoseconds of a request, and what they are compared with.
struct Case<'b> {
    name: &'static str,
    beside: usize,
    requests: u32,
    lap: Box<dyn FnMut() + 'b>,
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let server = Server::start();
    let mut cases = in_memory();
    cases.extend(in_redis(&runtime, &server));
    let mut laps = vec![Vec::with_capacity(LAPS); cases.len()];
    for lap in 0..WARM_UP + LAPS {
        // Nobody always comes after the same neighbour.
        for step in 0..cases.len() {
            let place = (step + lap) % cases.len();
            let case = &mut cases[place];
            let began = Instant::now();
            (case.lap)();
            let nanoseconds = began.elapsed().as_nanos() as f64 / f64::from(case.requests);
            if lap >= WARM_UP {
                laps[place].push(nanoseconds);
            }
        }
    }
    println!(
        "{:<44}{:>10}{:>10}   {:>8}",
        "ns a request", "min", "median", "times"
    );
    for (place, case) in cases.iter().enumerate() {
        let (own, beside) = (&laps[place], &laps[case.beside]);
        let ratios = own.iter().zip(beside).map(|(own, beside)| own / beside);
        println!(
            "{:<44}{:>10.0}{:>10.0}   {:>8.2}",
            case.name,
            sorted(own.clone())[0],
            median(own.clone()),
            median(ratios.collect()),
        );
    }
}

fn in_memory<'b>() -> Vec<Case<'b>> {
    let governor: DefaultKeyedRateLimiter<String> =
        RateLimiter::keyed(governor::Quota::per_second(NonZeroU32::MAX));
    let id = "client-7".to_owned();
    let mut cases = vec![Case {
        name: "governor, a rate",
        beside: 0,
        requests: IN_MEMORY,
        lap: Box::new(move || {
            for _ in 0..IN_MEMORY {
                assert!(black_box(&governor).check_key(&id).is_ok());
            }
        }),
    }];
    for (name, limits) in [
        ("in memory, a rate", rate_alone()),
        ("in memory, a rate and a quota", rate_and_quota()),
    ] {
        let store = MemoryLimits::new([("client-7", &limits)]).unwrap();
        let mut nanoseconds = 0;
        cases.push(Case {
            name,
            beside: 0,
            requests: IN_MEMORY,
            lap: Box::new(move || {
                for _ in 0..IN_MEMORY {
                    nanoseconds += 50;
                    let now = Now {
                        wall: Timestamp::from_unix_seconds(1_776_330_562),
                        monotonic: Duration::from_nanos(nanoseconds),
                    };
                    let outcome = Limits::charge(black_box(&store), &due(&limits), &now);
                    assert!(matches!(outcome, ChargeOutcome::Charged(_)));
                }
            }),
        });
    }
    cases
}

fn in_redis<'b>(runtime: &'b Runtime, server: &Server) -> Vec<Case<'b>> {
    let client = redis::Client::open(server.url()).unwrap();
    let connect = || {
        let connecting = client.get_multiplexed_async_connection();
        runtime.block_on(connecting).unwrap()
    };
    let store = || {
        let settings = RedisSettings::default().with_time_limit(Duration::from_secs(5));
        Arc::new(RedisLimits::with_connection(connect(), settings).unwrap())
    };
    let limits = [
        rate_alone(),
        rate_and_quota(),
        many_segments(runtime, &store()),
    ];
    let mut cases = Vec::new();
    for (place, tasks, names) in [
        (
            3,
            1,
            [
                "INCR, one at a time",
                "in Redis, a rate, one at a time",
                "in Redis, a rate and a quota, one at a time",
                "in Redis, a rate, many segments, one at a time",
            ],
        ),
        (
            7,
            AT_ONCE,
            [
                "INCR, 32 at once",
                "in Redis, a rate, 32 at once",
                "in Redis, a rate and a quota, 32 at once",
                "in Redis, a rate, many segments, 32 at once",
            ],
        ),
    ] {
        let requests = IN_REDIS * tasks;
        let case = |name, lap| Case {
            name,
            beside: place,
            requests,
            lap,
        };
        let connection = connect();
        let [incr, names @ ..] = names;
        let lap: Box<dyn FnMut()> = Box::new(move || {
            let increments = || increment(connection.clone());
            runtime.block_on(at_once(tasks, increments));
        });
        cases.push(case(incr, lap));
        for (name, limits) in names.into_iter().zip(&limits) {
            let (store, limits) = (store(), limits.clone());
            let lap: Box<dyn FnMut()> = Box::new(move || {
                let charges = || charge(Arc::clone(&store), limits.clone(), IN_REDIS);
                runtime.block_on(at_once(tasks, charges));
            });
            cases.push(case(name, lap));
        }
    }
    cases
}

async fn at_once<F: Future<Output = ()> + Send + 'static>(tasks: u32, work: impl Fn() -> F) {
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        running.spawn(work());
    }
    running.join_all().await;
}

async fn increment(mut connection: MultiplexedConnection) {
    for _ in 0..IN_REDIS {
        let command = redis::Cmd::incr("counted", 1);
        let count: u64 = command.query_async(&mut connection).await.unwrap();
        black_box(count);
    }
}

async fn charge(store: Arc<RedisLimits>, limits: LimitSet, times: u32) {
    let now = Now {
        wall: Timestamp::from_unix_seconds(0),
        monotonic: Duration::ZERO,
    };
    for _ in 0..times {
        let outcome = store.charge_shared(&due(&limits), &now).await;
        assert!(matches!(outcome, ChargeOutcome::Charged(_)), "{outcome:?}");
    }
}

fn due(limits: &LimitSet) -> Charges<'_> {
    Charges {
        client: "client-7",
        slot: 0,
        limits: [limits.as_slice(), &[], &[]],
        cost: NonZeroU32::MIN,
    }
}

fn rate(per: Duration) -> Option<Rate> {
    Some(Rate::new(NonZeroU32::MAX, per).unwrap())
}

fn rate_alone() -> LimitSet {
    let limit = Limit::new("a", rate(Duration::from_secs(86_400)), None).unwrap();
    LimitSet::new([limit]).unwrap()
}

fn rate_and_quota() -> LimitSet {
    let quota = Quota::new(NonZeroU64::MAX, QuotaPeriod::Month);
    let limit = Limit::new("a", rate(Duration::from_secs(86_400)), Some(quota)).unwrap();
    LimitSet::new([limit]).unwrap()
}

/// A window that has been charged throughout, and goes on to be.
fn many_segments(runtime: &Runtime, store: &Arc<RedisLimits>) -> LimitSet {
    let limit = Limit::new("segments", rate(Rate::MIN_PER), None).unwrap();
    let limits = LimitSet::new([limit]).unwrap();
    let began = Instant::now();
    while began.elapsed() < Rate::MIN_PER {
        runtime.block_on(charge(Arc::clone(store), limits.clone(), 1));
    }
    limits
}

fn median(values: Vec<f64>) -> f64 {
    let sorted = sorted(values);
    sorted[sorted.len() / 2]
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}
