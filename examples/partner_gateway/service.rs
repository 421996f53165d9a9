//! A service that says who is calling, behind a gate or without one.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use certgate::adapter::tower::GateLayer;
use certgate::gate::{Granted, ProvenIdentity};
use certgate::request::Peer;
use http_body_util::Full;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use tokio::net::TcpListener;
use tower_layer::Layer;
use tower_service::Service;

use super::Error;
use super::tokens::Tokens;

/// Starts the service on a free port of 127.0.0.1.
pub(crate) async fn start(
    guard: Option<GateLayer>,
    tokens: Arc<Tokens>,
) -> Result<SocketAddr, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    match guard {
        Some(gate) => tokio::spawn(serve(listener, tokens, gate.layer(WhoIsCalling))),
        None => tokio::spawn(serve(listener, tokens, WhoIsCalling)),
    };
    Ok(address)
}

/// Serves `app` on every connection, and adds to each request what HTTP does
/// not say: whose connection it came on, and the token that was verified.
async fn serve<S, B>(listener: TcpListener, tokens: Arc<Tokens>, app: S)
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    while let Ok((connection, peer)) = listener.accept().await {
        let app = TowerToHyperService::new(app.clone());
        let tokens = Arc::clone(&tokens);
        let service = service_fn(move |mut request: Request<Incoming>| {
            let token = tokens.verify(request.headers()).cloned();
            let extensions = request.extensions_mut();
            extensions.insert(Peer::address(peer.ip()));
            if let Some(token) = token {
                extensions.insert(token);
            }
            app.call(request)
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(connection), service);
        // A connection that breaks is its caller's affair.
        tokio::spawn(async { connection.await.ok() });
    }
}

/// Answers with who is calling, as far as the gate has proven it.
#[derive(Clone)]
struct WhoIsCalling;

impl<B> Service<Request<B>> for WhoIsCalling {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let granted = request.extensions().get::<Granted>();
        let identity = granted.and_then(Granted::identity);
        let body = json!({
            "client": identity.map(ProvenIdentity::client),
            "profile": identity.and_then(ProvenIdentity::profile),
            "principal": identity.map(ProvenIdentity::principal),
            "request_id": granted.map(Granted::request_id),
            // What is stripped, so that nobody here can believe it.
            "client_cert_header": request.headers().contains_key("client-cert"),
        });
        let mut response = Response::new(Full::from(format!("{body}\n")));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        ready(Ok(response))
    }
}
