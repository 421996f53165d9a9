//! A request is stripped by the policy that let it through, whatever is put in
//! force meanwhile.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use certgate::adapter::tower::{GateLayer, PeerSource, RequestBody, TargetSource};
use certgate::evidence::{ActorType, Change, Outcome};
use certgate::gate::{Gate, Granted};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::harness::{Answer, Records, acme, call, empty};
use crate::support::{POLICY, at, policy};

fn selecting_by(name: &str) -> certgate::policy::Policy {
    policy(&format!(
        "{POLICY}\n[selectors]\nclient_header = \"{name}\"\n"
    ))
}

fn swap(gate: &Gate, name: &str) {
    let change = Change::new(at(0).wall, ActorType::System, "test");
    gate.install(selecting_by(name), &change).unwrap();
}

/// A request whose trailers, and whose headers, have the selecting headers of
/// both policies.
fn request() -> Request<Body> {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-tenant-old", HeaderValue::from_static("forged"));
    trailers.insert("x-tenant-new", HeaderValue::from_static("forged"));
    let body =
        Full::new(Bytes::from_static(b"data")).with_trailers(async move { Some(Ok(trailers)) });
    acme("POST", "/payments")
        .header("X-Tenant-Old", "pisp-partner-acme")
        .header("X-Tenant-New", "pisp-partner-acme")
        .body(Body::new(body))
        .unwrap()
}

fn has(headers: &HeaderMap) -> [bool; 2] {
    ["x-tenant-old", "x-tenant-new"].map(|name| headers.contains_key(name))
}

#[tokio::test]
async fn trailers_are_stripped_by_the_policy_that_decided() {
    let gate = Arc::new(Gate::new(selecting_by("X-Tenant-Old")).unwrap());
    let records = Records::default();
    let layer = records.of(GateLayer::new(
        Arc::clone(&gate),
        PeerSource::extension(),
        TargetSource::request_uri(),
    )
    .with_clock(|| at(0)));
    let changing = Arc::clone(&gate);
    let service = service_fn(move |request: Request<RequestBody<Body>>| {
        let gate = Arc::clone(&changing);
        async move {
            let (head, body) = request.into_parts();
            assert_eq!(has(&head.headers), [false, true]);
            // Decided, and the body still to come.
            swap(&gate, "X-Tenant-New");
            assert_eq!(gate.current().version(), 2);
            let granted: &Granted = head.extensions.get().unwrap();
            assert_eq!(granted.in_force().version(), 1);
            let body = body.collect().await.unwrap();
            assert_eq!(has(body.trailers().unwrap()), [false, true]);
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::new())))
        }
    });
    let response = layer.layer(service).oneshot(request()).await.unwrap();
    response.into_body().collect().await.unwrap();
    assert_eq!(records.only().policy_version, 1);
}

#[tokio::test]
async fn the_next_request_is_the_new_policy_s() {
    let gate = Arc::new(Gate::new(selecting_by("X-Tenant-Old")).unwrap());
    let layer = GateLayer::new(
        Arc::clone(&gate),
        PeerSource::extension(),
        TargetSource::request_uri(),
    )
    .with_clock(|| at(0));
    let mut service = layer.layer(service_fn(|request: Request<RequestBody<Body>>| async {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap();
        let seen = [has(&head.headers), has(body.trailers().unwrap())];
        let mut response = Response::new(Full::new(Bytes::new()));
        response.extensions_mut().insert(seen);
        Ok::<_, Infallible>(response)
    }));
    for (name, left) in [
        ("X-Tenant-Old", [false, true]),
        ("X-Tenant-New", [true, false]),
    ] {
        swap(&gate, name);
        let response = service.call(request()).await.unwrap();
        let seen: Option<&[[bool; 2]; 2]> = response.extensions().get();
        assert_eq!(seen, Some(&[left, left]), "{name}");
    }
}

#[tokio::test]
async fn a_shadow_is_on_record_and_nowhere_else() {
    let gate = Arc::new(Gate::new(policy(POLICY)).unwrap());
    let records = Records::default();
    let layer = records.of(GateLayer::new(
        Arc::clone(&gate),
        PeerSource::extension(),
        TargetSource::request_uri(),
    )
    .with_clock(|| at(0)));
    // The candidate allows what is denied, and denies what is allowed.
    let candidate = POLICY.replace("[\"GET\", \"POST\"]", "[\"DELETE\"]");
    let change = Change::new(at(0).wall, ActorType::System, "test");
    for (method, shadowed) in [("GET", Outcome::Deny), ("DELETE", Outcome::Allow)] {
        gate.clear_shadow(&change);
        let alone = call(
            &layer,
            empty(acme(method, "/payments").header("X-Request-ID", "1")),
        )
        .await;
        assert_eq!(records.only().shadow_outcome, None);
        gate.set_shadow(policy(&candidate), &change).unwrap();
        let beside = call(
            &layer,
            empty(acme(method, "/payments").header("X-Request-ID", "1")),
        )
        .await;
        assert_eq!(records.only().shadow_outcome, Some(shadowed));
        assert_eq!(beside.status, alone.status);
        assert_eq!(beside.headers, alone.headers);
        assert_eq!(beside.body, alone.body);
        assert_eq!(beside.reason, alone.reason);
        let headers = |answer: Answer| answer.seen.map(|seen| seen.head.headers);
        assert_eq!(headers(beside), headers(alone), "{method}");
    }
}
