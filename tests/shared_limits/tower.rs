//! The tower layer over such a gate.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use certgate::adapter::tower::{GateLayer, PeerSource, RequestBody, TargetSource};
use certgate::evidence::AuditRecord;
use certgate::gate::{Gate, Granted};
use certgate::limits::Counted;
use http::{Request, Response, StatusCode};
use tower::{Layer, Service, ServiceExt};

use crate::store::{Elsewhere, Once, acme_lines, run};
use crate::support::{POLICY, at, peer, policy};

/// A service that keeps tower's contract for it: a clone has to be asked anew
/// whether it is ready, and takes one request for each time that it was.
struct Strict {
    ready: bool,
    calls: Arc<AtomicUsize>,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self {
            ready: false,
            calls: Arc::clone(&self.calls),
        }
    }
}

impl Service<Request<RequestBody<Body>>> for Strict {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody<Body>>) -> Self::Future {
        assert!(
            std::mem::take(&mut self.ready),
            "called before it was ready"
        );
        self.calls.fetch_add(1, Ordering::SeqCst);
        let granted = request.extensions().get::<Granted>().unwrap();
        let client = granted.identity().and_then(|identity| identity.client());
        assert!(request.headers().get("X-SSL-Client-Cert").is_none());
        std::future::ready(Ok(Response::new(Body::from(client.unwrap().to_owned()))))
    }
}

struct World {
    layer: GateLayer<Elsewhere>,
    store: Elsewhere,
    service: Strict,
    records: Arc<Mutex<Vec<AuditRecord>>>,
}

fn world() -> World {
    let policy = policy(POLICY);
    let store = Elsewhere::of(&policy);
    let gate = Gate::new(policy).unwrap().sharing(store.clone()).unwrap();
    let records: Arc<Mutex<Vec<AuditRecord>>> = Arc::default();
    let sink = Arc::clone(&records);
    let layer = GateLayer::new(
        Arc::new(gate),
        PeerSource::extension(),
        TargetSource::request_uri(),
    )
    .with_clock(|| at(0))
    .on_record(move |record| sink.lock().unwrap().push(record));
    let service = Strict {
        ready: false,
        calls: Arc::default(),
    };
    World {
        layer,
        store,
        service,
        records,
    }
}

fn request(path: &str) -> Request<Body> {
    let mut request = Request::get(path).extension(peer("10.0.0.7"));
    for (name, value) in acme_lines() {
        request = request.header(name, value);
    }
    request.body(Body::empty()).unwrap()
}

fn text(
    response: Response<impl http_body::Body<Data = bytes::Bytes, Error = axum::Error>>,
) -> String {
    let body = run(http_body_util::BodyExt::collect(response.into_body()));
    String::from_utf8(body.unwrap().to_bytes().to_vec()).unwrap()
}

#[test]
fn requests_wait_for_the_store_and_then_go_on_or_do_not() {
    let World {
        layer,
        store,
        service,
        records,
    } = world();
    let calls = Arc::clone(&service.calls);
    let mut guarded = layer.layer(service);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let ready = run(guarded.ready()).unwrap();
        let response = run(ready.call(request("/payments"))).unwrap();
        statuses.push(response.status().as_u16());
        if response.status() == StatusCode::OK {
            assert_eq!(text(response), "pisp-partner-acme");
        } else {
            assert_eq!(response.headers()["retry-after"], "60");
        }
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
    store.goes_away();
    let ready = run(guarded.ready()).unwrap();
    let response = run(ready.call(request("/payments"))).unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(text(response).contains("\"reason\":\"limits_unavailable\""));
    assert_eq!(calls.load(Ordering::SeqCst), 3);

    let records = records.lock().unwrap();
    let told: Vec<_> = records
        .iter()
        .map(|r| (r.status, r.limits_counted))
        .collect();
    let by_store = |status| (Some(status), Some(Counted::Store));
    let expected = [
        by_store(200),
        by_store(200),
        by_store(200),
        by_store(429),
        (Some(503), Some(Counted::Nowhere)),
    ];
    assert_eq!(told, expected);
}

#[test]
fn requests_overtake_each_other() {
    let World { layer, service, .. } = world();
    let calls = Arc::clone(&service.calls);
    let mut guarded = layer.layer(service);
    let first = run(guarded.ready()).unwrap().call(request("/payments"));
    let second = run(guarded.ready()).unwrap().call(request("/payments"));
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    assert_eq!(run(second).unwrap().status(), StatusCode::OK);
    assert_eq!(run(first).unwrap().status(), StatusCode::OK);
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[test]
fn a_caller_that_goes_away_while_the_store_is_asked_reaches_nothing() {
    let World {
        layer,
        store,
        service,
        records,
    } = world();
    let calls = Arc::clone(&service.calls);
    {
        let mut guarded = layer.layer(service);
        let mut deciding = pin!(run(guarded.ready()).unwrap().call(request("/payments")));
        let mut context = Context::from_waker(Waker::noop());
        assert!(deciding.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!((store.asked(), calls.load(Ordering::SeqCst)), (1, 0));
    assert!(records.lock().unwrap().is_empty());
}

#[tokio::test]
async fn it_serves_a_router() {
    let World { layer, .. } = world();
    let handler = async |granted: axum::Extension<Granted>| {
        Once::default().await;
        granted.request_id().len().to_string()
    };
    let router = axum::Router::new()
        .route("/payments", axum::routing::get(handler))
        .layer(layer);
    let response = router.oneshot(request("/payments")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}
