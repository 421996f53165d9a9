//! What tower and the frameworks expect of any service in between.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use bytes::Bytes;
use certgate::adapter::tower::{GateLayer, PeerSource, RequestBody, TargetSource};
use certgate::gate::Gate;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::harness::{Records, acme, empty, forwarded, layer};
use crate::support::{POLICY, policy};

/// A service that is ready at the second poll, for one call, and has to be
/// polled on the very instance that is called.
#[derive(Clone, Default)]
struct OneAtATime {
    polled: u32,
}

impl Service<Request<RequestBody<Body>>> for OneAtATime {
    type Response = Response<Body>;
    type Error = &'static str;
    type Future = Ready<Result<Response<Body>, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.polled += 1;
        match self.polled {
            1 => Poll::Pending,
            2 => Poll::Ready(Ok(())),
            _ => Poll::Ready(Err("used up")),
        }
    }

    fn call(&mut self, _: Request<RequestBody<Body>>) -> Self::Future {
        assert_eq!(self.polled, 2, "called before it was ready");
        ready(Ok(Response::new(Body::empty())))
    }
}

#[tokio::test]
async fn the_inner_service_is_called_where_it_was_ready() {
    let mut service = layer(policy(POLICY)).layer(OneAtATime::default());
    let mut context = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut context).is_pending());
    assert_eq!(service.poll_ready(&mut context), Poll::Ready(Ok(())));
    let response = service.call(empty(acme("GET", "/payments"))).await.unwrap();
    assert_eq!(response.status(), 200);
    // Its trouble is the caller's to know.
    assert_eq!(
        service.poll_ready(&mut context),
        Poll::Ready(Err("used up"))
    );
}

#[tokio::test]
async fn a_rejection_does_not_call_the_inner_service() {
    let service = service_fn(
        |_: Request<RequestBody<Body>>| -> Ready<Result<Response<Body>, ()>> {
            panic!("it was called")
        },
    );
    let service = layer(policy(POLICY)).layer(service);
    let response = service
        .oneshot(empty(forwarded("GET", "/payments")))
        .await
        .unwrap();
    assert_eq!(response.status(), 401);
}

/// What tonic makes: a body that can be sent and not shared, and a status in
/// the trailers.
#[tokio::test]
async fn a_grpc_service_s_trailers_reach_the_caller() {
    type GrpcBody = UnsyncBoxBody<Bytes, Infallible>;
    fn can_be_sent<T: Send + 'static>(value: T) -> T {
        value
    }

    let records = Records::default();
    let service = service_fn(|_: Request<RequestBody<GrpcBody>>| async {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        trailers.insert("x-client-id", HeaderValue::from_static("the service's own"));
        let body = Full::new(Bytes::from_static(b"message"))
            .with_trailers(async move { Some(Ok(trailers)) });
        Ok::<_, Infallible>(Response::new(GrpcBody::new(body)))
    });
    let service = records.of(layer(policy(POLICY))).layer(service);
    let request = acme("POST", "/payments")
        .header("Content-Type", "application/grpc")
        .body(GrpcBody::new(Full::new(Bytes::new())))
        .unwrap();
    let response = can_be_sent(service.oneshot(request)).await.unwrap();
    assert_eq!(records.len(), 0);
    let body = can_be_sent(response.into_body()).collect().await.unwrap();
    let trailers = body.trailers().unwrap();
    assert_eq!(trailers["grpc-status"], "0");
    assert_eq!(trailers["x-client-id"], "the service's own");
    assert_eq!(body.to_bytes(), "message");
    assert_eq!(records.only().status, Some(200));
}

#[test]
fn a_layer_can_be_shared_between_threads() {
    fn is_shareable<T: Clone + Send + Sync + 'static>(_: &T) {}
    let gate = std::sync::Arc::new(Gate::new(policy(POLICY)).unwrap());
    let layer = GateLayer::new(gate, PeerSource::extension(), TargetSource::request_uri());
    is_shareable(&layer);
    is_shareable(&layer.layer(OneAtATime::default()));
}
