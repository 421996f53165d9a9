//! Redis is away, hangs, is killed and started again, or refuses.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

use super::told::told;
use super::*;

/// A client with ten requests a minute, as a service sees it.
struct Caller {
    store: RedisLimits,
    limits: LimitSet,
    started: Instant,
}

impl Caller {
    fn of(server: &Server) -> Self {
        Self::with(server, RedisSettings::default())
    }

    fn with(server: &Server, settings: RedisSettings) -> Self {
        Self {
            store: RedisLimits::connect(&server.url(), settings).unwrap(),
            limits: set([("a", rate(10, MINUTE), None)]),
            started: Instant::now(),
        }
    }

    async fn charge(&self) -> ChargeOutcome {
        self.charge_at(self.started.elapsed()).await
    }

    async fn charge_at(&self, monotonic: Duration) -> ChargeOutcome {
        let now = Now { monotonic, ..NOW };
        let due = due("acme", &self.limits, 1);
        self.store.charge_shared(&due, &now).await
    }

    /// What is left once Redis has answered.
    async fn left(&self) -> u64 {
        let asked = Instant::now();
        loop {
            match self.charge().await {
                ChargeOutcome::Charged(left) => return left.as_slice()[0].remaining,
                ChargeOutcome::Unavailable if asked.elapsed() < Duration::from_secs(30) => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// Unavailable, and no later than the time limit, with room for a busy machine.
    async fn unavailable_in_time(&self) {
        let asked = Instant::now();
        let outcome = self.charge().await;
        assert_eq!(outcome, ChargeOutcome::Unavailable);
        assert!(
            asked.elapsed() < Duration::from_secs(2),
            "{:?}",
            asked.elapsed()
        );
    }
}

#[tokio::test]
async fn a_service_starts_while_redis_is_away() {
    let mut server = Server::start();
    server.kill();
    let caller = Caller::of(&server);
    caller.unavailable_in_time().await;
    caller.unavailable_in_time().await;
    server.start_again();
    assert_eq!(caller.left().await, 9);
}

#[tokio::test]
async fn redis_is_killed_and_started_again() {
    let mut server = Server::start();
    let caller = Caller::of(&server);
    assert_eq!(caller.left().await, 9);
    assert_eq!(caller.left().await, 8);
    server.kill();
    caller.unavailable_in_time().await;
    caller.unavailable_in_time().await;
    server.start_again();
    let up = Instant::now();
    // Neither counters nor the script survived.
    assert_eq!(caller.left().await, 9);
    let recovered = up.elapsed();
    assert!(recovered < Duration::from_secs(10), "{recovered:?}");
}

#[tokio::test]
async fn counters_survive_where_redis_writes_them_down() {
    let mut server = Server::start_with(&["--appendonly", "yes", "--appendfsync", "always"]);
    let caller = Caller::of(&server);
    assert_eq!(caller.left().await, 9);
    assert_eq!(caller.left().await, 8);
    server.kill();
    caller.unavailable_in_time().await;
    server.start_again();
    assert_eq!(caller.left().await, 7);
}

#[tokio::test]
async fn a_redis_that_hangs_costs_one_time_limit_a_pause() {
    const PAUSE: Duration = Duration::from_millis(1_100);
    let server = Server::start();
    let caller = Caller::of(&server);
    let start = Duration::from_secs(100);
    while caller.charge_at(start).await == ChargeOutcome::Unavailable {
        // It may be slow to be reached at first.
        caller.charge_at(Duration::ZERO).await;
    }
    server.hang();
    let asked = Instant::now();
    let outcome = caller.charge_at(start).await;
    assert_eq!(outcome, ChargeOutcome::Unavailable);
    let limit = Duration::from_millis(100)..Duration::from_secs(2);
    assert!(limit.contains(&asked.elapsed()), "{:?}", asked.elapsed());

    // Nobody waits any more.
    let asked = Instant::now();
    for step in 0..1_000 {
        let moment = start + Duration::from_millis(step);
        let outcome = caller.charge_at(moment).await;
        assert_eq!(outcome, ChargeOutcome::Unavailable);
    }
    assert!(
        asked.elapsed() < Duration::from_millis(100),
        "{:?}",
        asked.elapsed()
    );

    // One request tries it after the pause.
    let asked = Instant::now();
    let outcome = caller.charge_at(start + PAUSE).await;
    assert_eq!(outcome, ChargeOutcome::Unavailable);
    assert!(limit.contains(&asked.elapsed()), "{:?}", asked.elapsed());
    let outcome = caller.charge_at(start + PAUSE).await;
    assert_eq!(outcome, ChargeOutcome::Unavailable);

    server.go_on();
    let outcome = caller.charge_at(start + PAUSE).await;
    assert_eq!(outcome, ChargeOutcome::Unavailable, "still paused");
    let mut moment = start + PAUSE;
    let charged = loop {
        moment += PAUSE;
        let outcome = caller.charge_at(moment).await;
        if outcome != ChargeOutcome::Unavailable {
            break outcome;
        }
        assert!(moment < start + 100 * PAUSE);
    };
    assert!(matches!(charged, ChargeOutcome::Charged(_)));
    // At once for everybody.
    let outcome = caller.charge_at(moment).await;
    assert!(matches!(outcome, ChargeOutcome::Charged(_)));
}

/// Callers that go away keep nobody else from a Redis that is back.
#[tokio::test]
async fn the_next_request_tries_redis_where_a_caller_goes_away() {
    let settings = RedisSettings::default().with_time_limit(Duration::from_secs(2));
    let server = Server::start();
    let caller = Caller::with(&server, settings);
    let start = Duration::from_secs(100);
    assert!(matches!(
        caller.charge_at(start).await,
        ChargeOutcome::Charged(_)
    ));
    server.hang();
    let outcome = caller.charge_at(start).await;
    assert_eq!(outcome, ChargeOutcome::Unavailable);
    server.go_on();
    let after = start + Duration::from_secs(3);
    for _ in 0..3 {
        let mut asking = pin!(caller.charge_at(after));
        let asks = poll_fn(|context| Poll::Ready(asking.as_mut().poll(context).is_pending()));
        assert!(asks.await);
    }
    let outcome = caller.charge_at(after).await;
    assert!(matches!(outcome, ChargeOutcome::Charged(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_replica_does_not_count() {
    let server = Server::start();
    let caller = Caller::of(&server);
    assert_eq!(caller.left().await, 9);
    server.ask::<()>(&["REPLICAOF", "127.0.0.1", "1"]);
    caller.unavailable_in_time().await;
    server.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
    assert_eq!(caller.left().await, 8);
}

/// Nothing is charged where there is no room to write it down, and nobody pauses.
#[tokio::test]
async fn a_full_redis_does_not_admit() {
    let acme = Acme::new(set([("a", rate(10, MINUTE), quota(10, QuotaPeriod::Day))]));
    acme.admitted(1).await;
    acme.server.ask::<()>(&["CONFIG", "SET", "maxmemory", "1"]);
    assert_eq!(told(&acme.charge(1).await), "unavailable");
    acme.server.ask::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(
        told(&acme.charge(1).await),
        "charged: 0 rate 8/10 60s, 0 quota 8/10 53438s"
    );
}

#[tokio::test]
async fn a_wrong_password_is_unavailable() {
    let server = Server::start();
    server.ask::<()>(&["CONFIG", "SET", "requirepass", "right"]);
    let limits = set([("a", rate(10, MINUTE), None)]);
    let due = due("acme", &limits, 1);
    for (password, expected) in [
        (":wrong@", "unavailable"),
        ("", "unavailable"),
        (":right@", "charged: 0 rate 9/10 60s"),
    ] {
        let url = format!("redis://{password}127.0.0.1:{}", server.port());
        let settings = patient().with_time_limit(Duration::from_secs(2));
        let store = RedisLimits::connect(&url, settings).unwrap();
        assert_eq!(
            told(&store.charge_shared(&due, &NOW).await),
            expected,
            "{password}"
        );
    }
}
