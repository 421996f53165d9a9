//! The corpus over HTTP messages, through the layer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::decide::{ObservedGrant, Reason};
use certgate::gate::{Gate, Granted, ProvenIdentity};
use certgate::request::{Now, Timestamp};
use http::{HeaderName, HeaderValue, Method, Request};

use crate::cases::corpus::{Case, Corpus, Outcome};
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

/// What is wrong with the answer, if anything is.
fn fault(case: &Case, answer: &Answer) -> Option<String> {
    let expect = &case.expect;
    let reason = answer.reason.map(Reason::code);
    if (answer.status.as_u16(), reason) != (expect.status, expect.reason.as_deref()) {
        return Some(format!("{} {reason:?}", answer.status));
    }
    for (name, value) in &expect.told {
        let told = answer.header(name);
        if told != value.as_deref() {
            return Some(format!("{name}: {told:?}"));
        }
    }
    let Some(seen) = &answer.seen else {
        let body = answer.json();
        let told = body.get("reason").and_then(serde_json::Value::as_str);
        let retry_after = answer
            .header("retry-after")
            .map(|text| text.parse().unwrap());
        let allow = answer.header("allow").map(|text| {
            let methods = text.split(", ").filter(|method| !method.is_empty());
            methods.map(str::to_owned).collect::<Vec<_>>()
        });
        let right = told == expect.wire_code()
            && retry_after == expect.retry_after
            && allow == expect.allow;
        return (!right).then(|| format!("{told:?} {retry_after:?} {allow:?}"));
    };
    let granted: &Granted = seen.head.extensions.get().unwrap();
    let observed = granted.observed();
    let told = observed.map_or(&[] as &[_], ObservedGrant::denials);
    let told: Vec<&str> = told.iter().map(|denial| denial.reason.code()).collect();
    let wrong_identity = (expect.outcome == Outcome::Allow) != granted.identity().is_some();
    if told != expect.observed || wrong_identity {
        return Some(format!("{told:?} {:?}", granted.identity()));
    }
    let (client, profile, principal) = match observed.and_then(ObservedGrant::identity) {
        Some(identity) if expect.outcome == Outcome::Observed => (
            identity.client(),
            identity.profile(),
            Some(identity.principal()),
        ),
        Some(identity) => return Some(format!("{identity:?}")),
        None => {
            let identity = granted.identity();
            (
                identity.and_then(ProvenIdentity::client),
                identity.and_then(ProvenIdentity::profile),
                identity.map(ProvenIdentity::principal),
            )
        }
    };
    if expect.outcome == Outcome::Unproven {
        return None;
    }
    let right = client == expect.client.as_deref()
        && profile == expect.profile.as_deref()
        && (expect.principal.is_none() || principal == expect.principal.as_deref());
    (!right).then(|| format!("{client:?} {profile:?} {principal:?}"))
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
