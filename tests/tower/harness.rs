//! A guarded service, what it got to see, and what its caller got.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use bytes::Bytes;
use certgate::adapter::tower::{GateLayer, PeerSource, RequestBody, TargetSource};
use certgate::decide::Reason;
use certgate::evidence::AuditRecord;
use certgate::gate::Gate;
use certgate::policy::Policy;
use http::request::{Builder, Parts};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{at, nginx, peer};

/// The layer with a gate of this policy, at the start of 2027.
pub(crate) fn layer(policy: Policy) -> GateLayer {
    GateLayer::new(
        Arc::new(Gate::new(policy).unwrap()),
        PeerSource::extension(),
        TargetSource::request_uri(),
    )
    .with_clock(|| at(0))
}

/// A request of the client acme, as nginx forwards it.
pub(crate) fn acme(method: &str, path: &str) -> Builder {
    forwarded(method, path)
        .header("X-SSL-Client-Cert", nginx("acme"))
        .header("X-SSL-Client-Verify", "SUCCESS")
}

/// A request from nginx without a certificate.
pub(crate) fn forwarded(method: &str, path: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("X-Forwarded-For", "203.0.113.9")
        .extension(peer("10.0.0.7"))
}

pub(crate) fn empty(request: Builder) -> Request<Body> {
    request.body(Body::empty()).unwrap()
}

/// What the caller gets, and what the service behind the gate saw.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) reason: Option<Reason>,
    pub(crate) seen: Option<Seen>,
}

/// A request that was handed on.
pub(crate) struct Seen {
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
    pub(crate) trailers: Option<HeaderMap>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends a request to a service behind the layer that answers 200.
pub(crate) async fn call(layer: &GateLayer, request: Request<Body>) -> Answer {
    let seen = Arc::new(Mutex::new(None));
    let service = service_fn(|request: Request<RequestBody<Body>>| {
        let seen = Arc::clone(&seen);
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.unwrap();
            let trailers = body.trailers().cloned();
            *seen.lock().unwrap() = Some(Seen {
                head,
                body: body.to_bytes(),
                trailers,
            });
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"hello"))))
        }
    });
    let response = layer.layer(service).oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let seen = seen.lock().unwrap().take();
    Answer {
        status: head.status,
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
        reason: head.extensions.get().copied(),
        seen,
    }
}

/// A place for audit records.
#[derive(Clone, Default)]
pub(crate) struct Records(Arc<Mutex<Vec<AuditRecord>>>);

impl Records {
    /// The layer, with its records going here.
    pub(crate) fn of(&self, layer: GateLayer) -> GateLayer {
        let records = Arc::clone(&self.0);
        layer.on_record(move |record| records.lock().unwrap().push(record))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// The only record.
    pub(crate) fn only(&self) -> AuditRecord {
        let mut records = self.0.lock().unwrap();
        assert_eq!(records.len(), 1);
        records.remove(0)
    }
}
