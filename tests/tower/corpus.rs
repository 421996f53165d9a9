//! The corpus over HTTP messages, through the layer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::decide::Reason;
use certgate::gate::{Gate, Granted};
use certgate::request::{Now, Timestamp};
use http::{HeaderName, HeaderValue, Method, Request};

use crate::cases::answered::{Answered, fault};
use crate::cases::corpus::{Case, Corpus};
use crate::cases::{evidence, policies};
use crate::harness::{Answer, call};

/// The layer for one case, with counters that start empty, and its clock: the
/// seconds that have passed since the first request. Its records follow the schema.
fn layer(case: &Case, records: &Arc<AtomicU64>) -> (GateLayer, Arc<AtomicU64>) {
    let records = Arc::clone(records);
    let elapsed = Arc::new(AtomicU64::new(0));
    let (clock, start) = (
        Arc::clone(&elapsed),
        case.request.request(Duration::ZERO).now,
    );
    let gate = Gate::new(policies::load(&case.policy)).unwrap();
    let layer = GateLayer::new(
        Arc::new(gate),
        PeerSource::extension(),
        TargetSource::request_uri(),
    )
    .with_clock(move || {
        let seconds = clock.load(Ordering::Relaxed);
        Now {
            wall: Timestamp::from_unix_seconds(
                start.wall.unix_seconds() + i64::try_from(seconds).unwrap(),
            ),
            monotonic: start.monotonic + Duration::from_secs(seconds),
        }
    })
    .on_record(move |record| {
        evidence::check(&record);
        records.fetch_add(1, Ordering::Relaxed);
    });
    (layer, elapsed)
}

fn message(case: &Case) -> Request<Body> {
    let is_authority = |(name, _): &&(String, String)| name == ":authority";
    let authority = case.request.headers.iter().find(is_authority);
    let target = &case.request.target;
    let mut request = Request::builder()
        .method(Method::from_bytes(case.request.method.as_bytes()).unwrap())
        .uri(match authority {
            Some((_, authority)) => format!("https://{authority}{target}"),
            None => target.clone(),
        })
        .extension(case.request.connection.clone());
    for (name, value) in case
        .request
        .headers
        .iter()
        .filter(|line| !is_authority(line))
    {
        request = request.header(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    if let Some(token) = &case.request.token {
        request = request.extension(token.clone());
    }
    request.body(Body::empty()).unwrap()
}

impl Answered for Answer {
    fn status(&self) -> u16 {
        self.status.as_u16()
    }

    fn reason(&self) -> Option<Reason> {
        self.reason
    }

    fn header(&self, name: &str) -> Option<&str> {
        Answer::header(self, name)
    }

    fn json(&self) -> serde_json::Value {
        Answer::json(self)
    }

    fn granted(&self) -> Option<&Granted> {
        let seen = self.seen.as_ref()?;
        Some(seen.head.extensions.get().unwrap())
    }
}

#[tokio::test]
async fn every_case_that_can_be_a_message_is_answered_as_the_corpus_says() {
    let corpus = Corpus::load();
    let (mut wrong, mut requests) = (Vec::new(), 0);
    let records = Arc::default();
    for case in corpus.cases.iter().filter(|case| case.not_http.is_none()) {
        let (layer, elapsed) = layer(case, &records);
        requests += 1 + case.before.map_or(0, |before| u64::from(before.requests));
        if let Some(before) = case.before {
            for _ in 0..before.requests {
                assert_eq!(
                    call(&layer, message(case)).await.status,
                    200,
                    "{}",
                    case.name
                );
            }
            elapsed.store(before.seconds, Ordering::Relaxed);
        }
        let answer = call(&layer, message(case)).await;
        if let Some(fault) = fault(case, &answer) {
            wrong.push(format!("{}: {fault}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(records.load(Ordering::Relaxed), requests);
}
