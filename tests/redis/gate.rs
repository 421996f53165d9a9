//! A gate that counts in a real Redis, which is killed and started again while the
//! gate serves.

use std::time::Instant;

use certgate::decide::Reason;
use certgate::gate::{Concluded, Gate};
use certgate::limits::Counted;
use certgate::policy::Policy;
use certgate::request::{Confirmation, OwnedRequest, Peer, VerifiedToken};

use super::*;

/// Twenty requests an hour, of which a share of 10 percent are two.
fn policy(limiting: &str) -> Policy {
    let text = format!(
        r#"
version = 1
[edge]
preset = "nginx"
verification = "edge-always"
certificate_header = "X-Client-Cert"
trusted_proxies = ["10.0.0.7"]
[authentication]
mode = "bearer"
[limiting]
{limiting}
[[limits]]
name = "hourly"
rate = {{ requests = 20, per = "1h" }}
[[collections]]
name = "payments"
paths = ["/payments"]
[[clients]]
id = "acme"
collections = ["payments"]
limits = "hourly"
"#
    );
    match Policy::from_toml_str(&text, "policy.toml") {
        Ok(loaded) => loaded.policy,
        Err(errors) => panic!("{errors}"),
    }
}

/// A service with a gate of its own.
struct Service {
    gate: Gate<RedisLimits>,
    started: Instant,
}

/// The reason of a denial, and how the request was counted.
type Told = (Option<&'static str>, Option<&'static str>);

const BY_STORE: Told = (None, Some("store"));
const TOO_MANY: Told = (Some("rate_limit_exceeded"), Some("store"));
const UNAVAILABLE: Told = (Some("limits_unavailable"), Some("nowhere"));

impl Service {
    fn of(server: &Server, limiting: &str) -> Self {
        // The first request that finds Redis away waits for as long.
        let settings = patient()
            .with_time_limit(Duration::from_secs(2))
            .with_pause(Duration::from_millis(500));
        let store = RedisLimits::connect(&server.url(), settings).unwrap();
        Self {
            gate: Gate::new(policy(limiting)).unwrap().sharing(store).unwrap(),
            started: Instant::now(),
        }
    }

    async fn told(&self) -> Told {
        let now = Now {
            monotonic: self.started.elapsed(),
            ..NOW
        };
        let token = VerifiedToken::assert_verified(Some("acme"), Confirmation::default());
        let peer = Peer::address("10.0.0.7".parse().unwrap());
        let request = OwnedRequest::new(peer, "GET", "/payments", now).with_token(token);
        let conclude = |concluded: &Concluded<'_>| {
            let record = concluded.audit_record();
            let counted = record.limits_counted.map(|counted| match counted {
                Counted::Store => "store",
                Counted::LocalShare => "local_share",
                _ => "nowhere",
            });
            (record.reason.map(Reason::code), counted)
        };
        self.gate.decide_shared(&request.request(), conclude).await
    }

    /// What is told once Redis counts again, which nobody has to see to.
    async fn told_by_store(&self) -> Told {
        let asked = Instant::now();
        loop {
            let told = self.told().await;
            if told.1 == Some("store") {
                return told;
            }
            assert!(asked.elapsed() < Duration::from_secs(30), "{told:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn times(&self, times: usize) -> Vec<Told> {
        let mut told = Vec::new();
        for _ in 0..times {
            told.push(self.told().await);
        }
        told
    }
}

/// A Redis that remembers what it was told when it was killed.
fn lasting() -> Server {
    Server::start_with(&["--appendonly", "yes", "--appendfsync", "always"])
}

#[tokio::test]
async fn nothing_goes_on_while_redis_is_away_and_counting_goes_on_after() {
    let mut server = lasting();
    let service = Service::of(&server, "when_away = \"deny\"");
    assert_eq!(service.times(18).await, [BY_STORE; 18]);
    server.kill();
    assert_eq!(service.times(5).await, [UNAVAILABLE; 5]);
    server.start_again();
    assert_eq!(service.told_by_store().await, BY_STORE);
    assert_eq!(service.times(2).await, [BY_STORE, TOO_MANY]);
}

#[tokio::test]
async fn everything_goes_on_uncounted_where_that_is_allowed() {
    let mut server = lasting();
    let service = Service::of(&server, "when_away = \"allow\"");
    assert_eq!(service.times(20).await, [BY_STORE; 20]);
    assert_eq!(service.told().await, TOO_MANY);
    server.kill();
    assert_eq!(service.times(30).await, [(None, Some("nowhere")); 30]);
    server.start_again();
    assert_eq!(service.told_by_store().await, TOO_MANY);
}

#[tokio::test]
async fn each_process_holds_a_share_by_itself() {
    let mut server = lasting();
    let limiting = "when_away = \"local\"\nlocal_percent = 10";
    let (one, other) = (
        Service::of(&server, limiting),
        Service::of(&server, limiting),
    );
    assert_eq!(one.told().await, BY_STORE);
    assert_eq!(other.told().await, BY_STORE);
    server.kill();
    let share = (None, Some("local_share"));
    let no_more = (Some("rate_limit_exceeded"), Some("local_share"));
    for service in [&one, &other] {
        assert_eq!(service.times(3).await, [share, no_more, no_more]);
    }
    server.start_again();
    assert_eq!(one.told_by_store().await, BY_STORE);
    assert_eq!(other.told_by_store().await, BY_STORE);
    assert_eq!(one.times(16).await, [BY_STORE; 16]);
    assert_eq!([one.told().await, other.told().await], [TOO_MANY; 2]);
}
