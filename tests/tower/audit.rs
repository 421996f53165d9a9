//! One audit record a request, complete when the response has ended.

use std::collections::VecDeque;
use std::future::{Ready, pending, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use bytes::Bytes;
use certgate::adapter::tower::{GateLayer, ResponseBody};
use certgate::decide::Reason;
use certgate::evidence::Outcome;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, Full};
use serde_json::json;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::harness::{Records, acme, call, empty, forwarded, layer};
use crate::support::{ACME_SHA256, POLICY, at, policy};

/// A layer whose clock the test moves, and its records.
fn timed() -> (GateLayer, Records, Arc<AtomicU64>) {
    let records = Records::default();
    let seconds = Arc::new(AtomicU64::new(100));
    let clock = Arc::clone(&seconds);
    let layer = layer(policy(POLICY)).with_clock(move || at(clock.load(Ordering::SeqCst)));
    (records.of(layer), records, seconds)
}

/// A body of these frames, one a poll.
struct Frames(VecDeque<Result<Frame<Bytes>, &'static str>>);

impl Frames {
    fn new(frames: impl IntoIterator<Item = Result<&'static str, &'static str>>) -> Self {
        let frame = |text: &'static str| Frame::data(Bytes::from_static(text.as_bytes()));
        Self(frames.into_iter().map(|text| text.map(frame)).collect())
    }
}

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        Poll::Ready(self.0.pop_front())
    }
}

/// The response of a service that answers with `body`.
async fn respond(layer: &GateLayer, body: Frames) -> Response<ResponseBody<Frames>> {
    let mut body = Some(body);
    let service = service_fn(move |_| ready(Ok::<_, ()>(Response::new(body.take().unwrap()))));
    let request = empty(acme("GET", "/payments"));
    layer.layer(service).oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_record_is_complete_when_the_body_has_ended() {
    let (layer, records, seconds) = timed();
    let response = respond(&layer, Frames::new([Ok("one"), Ok("two")])).await;
    let mut body = response.into_body();
    assert_eq!(records.len(), 0);
    for _ in 0..2 {
        seconds.fetch_add(2, Ordering::SeqCst);
        body.frame().await.unwrap().unwrap();
        assert_eq!(records.len(), 0);
    }
    assert!(body.frame().await.is_none());
    // The body is still held; it has ended all the same.
    seconds.fetch_add(90, Ordering::SeqCst);
    let record = records.only();
    assert_eq!((record.status, record.latency), (Some(200), Some(4_000)));
    assert_eq!(record.outcome, Outcome::Allow);
    drop(body);
    assert_eq!(records.len(), 0);
}

#[tokio::test]
async fn a_body_that_fails_or_is_left_early_is_recorded_once() {
    let (layer, records, seconds) = timed();
    let response = respond(&layer, Frames::new([Ok("one"), Err("broken"), Ok("more")])).await;
    let mut body = response.into_body();
    body.frame().await.unwrap().unwrap();
    assert_eq!(body.frame().await.unwrap().unwrap_err(), "broken");
    let record = records.only();
    assert_eq!((record.status, record.latency), (Some(200), Some(0)));
    drop(body);
    assert_eq!(records.len(), 0);

    let response = respond(&layer, Frames::new([Ok("one"), Ok("two")])).await;
    let mut body = response.into_body();
    body.frame().await.unwrap().unwrap();
    seconds.fetch_add(1, Ordering::SeqCst);
    drop(body);
    let record = records.only();
    assert_eq!((record.status, record.latency), (Some(200), Some(1_000)));

    drop(respond(&layer, Frames::new([Ok("one")])).await);
    assert_eq!(records.only().status, Some(200));
}

#[tokio::test]
async fn the_status_is_the_service_s_own() {
    let (layer, records, _) = timed();
    let service = service_fn(|_: Request<_>| async {
        let mut response = Response::new(Full::new(Bytes::from_static(b"x")));
        *response.status_mut() = http::StatusCode::BAD_GATEWAY;
        Ok::<_, ()>(response)
    });
    let response = layer
        .layer(service)
        .oneshot(empty(acme("GET", "/payments")))
        .await;
    response.unwrap().into_body().collect().await.unwrap();
    let record = records.only();
    assert_eq!(record.status, Some(502));
    assert_eq!((record.outcome, record.reason), (Outcome::Allow, None));
}

#[tokio::test]
async fn a_service_that_fails_is_recorded_without_a_status() {
    let (layer, records, _) = timed();
    let service = service_fn(|_: Request<_>| ready(Err::<Response<Body>, _>("down")));
    let mut future = layer.layer(service).call(empty(acme("GET", "/payments")));
    let error = (&mut future).await.unwrap_err();
    assert_eq!(error, "down");
    // Recorded although the future is still there.
    let record = records.only();
    assert_eq!((record.status, record.latency), (None, Some(0)));
    assert_eq!(record.outcome, Outcome::Allow);
    drop(future);
    assert_eq!(records.len(), 0);
}

#[tokio::test]
async fn a_service_that_panics_is_recorded_without_a_status() {
    let (layer, records, _) = timed();
    let service = service_fn(|_: Request<_>| -> Ready<Result<Response<Body>, ()>> {
        panic!("the service fell over")
    });
    let mut service = layer.layer(service);
    let request = empty(acme("GET", "/payments"));
    let fallen = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        drop(service.call(request));
    }));
    assert!(fallen.is_err());
    assert_eq!(records.only().status, None);
}

#[tokio::test]
async fn a_sink_that_panics_with_the_service_does_not_end_the_process() {
    let layer = layer(policy(POLICY)).on_record(|_| panic!("the sink fell over"));
    let service = service_fn(|_: Request<_>| -> Ready<Result<Response<Body>, ()>> {
        panic!("the service fell over")
    });
    let mut service = layer.layer(service);
    let request = empty(acme("GET", "/payments"));
    let fallen = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        drop(service.call(request));
    }));
    let why = fallen.unwrap_err();
    assert_eq!(why.downcast_ref(), Some(&"the service fell over"));
}

#[tokio::test]
async fn a_caller_that_goes_away_is_recorded_without_a_status() {
    let (layer, records, seconds) = timed();
    let service = service_fn(|_: Request<_>| pending::<Result<Response<Body>, ()>>());
    let mut future = Box::pin(
        layer
            .layer(service)
            .oneshot(empty(acme("GET", "/payments"))),
    );
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
    assert_eq!(records.len(), 0);
    seconds.fetch_add(3, Ordering::SeqCst);
    drop(future);
    let record = records.only();
    assert_eq!((record.status, record.latency), (None, Some(3_000)));
    assert_eq!(record.outcome, Outcome::Allow);
}

#[tokio::test]
async fn a_response_that_nobody_reads_to_its_end_after_a_denial_is_recorded_once() {
    let (layer, records, _) = timed();
    let service = service_fn(|_: Request<_>| ready(Ok::<_, ()>(Response::new(Body::empty()))));
    drop(
        layer
            .layer(service)
            .oneshot(empty(forwarded("GET", "/payments")))
            .await,
    );
    let record = records.only();
    assert_eq!(record.status, Some(401));
    assert_eq!(record.outcome, Outcome::Deny);
}

#[tokio::test]
async fn every_request_has_exactly_one_record() {
    let (layer, records, _) = timed();
    for (request, status, reason) in [
        (acme("GET", "/payments"), 200, None),
        (forwarded("GET", "/healthz"), 200, None),
        (
            forwarded("GET", "/payments"),
            401,
            Some(Reason::CertificateMissing),
        ),
        (
            acme("GET", "/payments/%2e%2e"),
            400,
            Some(Reason::PathMalformed),
        ),
        (
            acme("DELETE", "/payments"),
            405,
            Some(Reason::MethodNotAllowed),
        ),
        (
            acme("GET", "/admin"),
            403,
            Some(Reason::CollectionNotAllowed),
        ),
    ] {
        let answer = call(&layer, empty(request)).await;
        let record = records.only();
        assert_eq!(answer.status, status);
        assert_eq!((record.status, record.reason), (Some(status), reason));
        assert_eq!(record.latency, Some(0));
    }
    let grpc = forwarded("POST", "/payments").header("Content-Type", "application/grpc");
    call(&layer, empty(grpc)).await;
    let record = records.only();
    // What was sent, and what it meant.
    assert_eq!(record.status, Some(200));
    assert_eq!(record.reason, Some(Reason::CertificateMissing));
    assert_eq!(record.outcome, Outcome::Deny);
}

#[tokio::test]
async fn a_record_says_everything_but_secrets() {
    let (layer, records, _) = timed();
    let request = acme("POST", "/payments/v1?card=4111")
        .header("X-Request-ID", "edge-17")
        .header("Cookie", "session=s3cret");
    call(&layer, empty(request)).await;
    let record = records.only();
    let mut record = serde_json::to_value(&record).unwrap();
    let id = record["id"].take();
    assert!(id.as_str().unwrap().starts_with("req_"));
    assert_eq!(
        record,
        json!({
            "schema": 1,
            "id": null,
            "request_id": "edge-17",
            "created_at": "2027-01-01T00:01:40Z",
            "method": "POST",
            "path": "/payments/v1",
            "target_url": null,
            "status": 200,
            "latency": 0,
            "client_ip": "203.0.113.9",
            "peer": "10.0.0.7",
            "peer_trusted": true,
            "client_id": "pisp-partner-acme",
            "profile_id": "pisp-prod",
            "principal": null,
            "collection": "payments",
            "outcome": "allow",
            "grant": "proven",
            "reason": null,
            "observed": [],
            "fault": null,
            "named_by": "certificate",
            "identity_rule": "by-subject",
            "limit": null,
            "limits_counted": "store",
            "policy_version": 1,
            "thumbprint": ACME_SHA256,
            "mtls_thumbprint_present": true,
            "certificate": null,
            "certificate_expires_in_days": null,
            "verification": "verified",
            "authority": null,
            "path_fault": null,
            "tolerated": [],
            "dropped_certificate": null,
            "shadow_outcome": null,
            "shadow_reason": null,
            "shadow_observed": null,
        })
    );
}

#[tokio::test]
async fn a_denial_s_record_tells_what_the_wire_hides() {
    let (layer, records, _) = timed();
    call(&layer, empty(acme("GET", "/nowhere?secret=1"))).await;
    let record = records.only();
    assert_eq!(record.reason, Some(Reason::CollectionUnknown));
    assert_eq!(record.path, "/nowhere");
    for status in [200, 200, 200, 429] {
        call(&layer, empty(acme("GET", "/payments"))).await;
        let record = records.only();
        assert_eq!(record.status, Some(status));
        let limit = (status == 429).then_some("three-a-minute (rate)");
        assert_eq!(record.limit.as_deref(), limit);
    }
}

#[tokio::test]
async fn a_record_holds_no_more_of_a_request_than_it_says() {
    let (layer, records, _) = timed();
    let method = "X".repeat(65);
    let path = format!("/payments/{}?s3cret", "p".repeat(5_000));
    let answer = call(&layer, empty(acme(&method, &path))).await;
    assert_eq!(answer.status, 405);
    let record = records.only();
    assert_eq!(record.method, "X".repeat(64));
    assert_eq!(record.path, format!("/payments/{}", "p".repeat(4_086)));
}
