//! A service behind a gate that tells what reached it: the wire, before the
//! gate, and the application, after it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use certgate::adapter::tower::{GateLayer, PeerSource, RequestBody, TargetSource};
use certgate::gate::{Gate, Granted, ProvenIdentity};
use certgate::policy::Policy;
use certgate::request::Peer;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Collected, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::json;
use tokio::net::TcpListener;
use tower::{Layer as _, ServiceExt as _, service_fn};

/// Header lines.
pub(crate) type HeaderLines = Vec<(String, String)>;

/// A running service.
pub(crate) struct Service {
    address: SocketAddr,
    arrived: Arc<Mutex<Option<HeaderLines>>>,
}

impl Service {
    pub(crate) async fn start(policy: &str) -> Self {
        let loaded = Policy::from_toml_str(policy, "policy.toml").unwrap();
        let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings, [""; 0]);
        let layer = GateLayer::new(
            Arc::new(Gate::new(loaded.policy).unwrap()),
            PeerSource::extension(),
            TargetSource::request_uri(),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let arrived = Arc::default();
        tokio::spawn(accept(listener, layer, Arc::clone(&arrived)));
        Self { address, arrived }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The header lines of the last request as they arrived from the edge, if
    /// there was one since this was called.
    pub(crate) fn arrived(&self) -> Option<HeaderLines> {
        self.arrived.lock().unwrap().take()
    }
}

async fn accept(listener: TcpListener, layer: GateLayer, arrived: Arc<Mutex<Option<HeaderLines>>>) {
    while let Ok((connection, peer)) = listener.accept().await {
        let arrived = Arc::clone(&arrived);
        let guarded = layer.layer(service_fn(answer));
        let service = service_fn(move |request: Request<Incoming>| {
            let guarded = guarded.clone();
            *arrived.lock().unwrap() = Some(lines(request.headers()));
            async move {
                // All of it first: an edge that still sends while the gate has
                // answered may take that for a failure.
                let (mut head, body) = request.into_parts();
                let body = body.collect().await?;
                head.extensions.insert(Peer::from(peer));
                let answered = guarded.oneshot(Request::from_parts(head, body)).await;
                Ok::<_, hyper::Error>(answered.unwrap_or_else(|never| match never {}))
            }
        });
        let service = TowerToHyperService::new(service);
        // A connection that breaks is its caller's affair.
        let connection = http1::Builder::new().serve_connection(TokioIo::new(connection), service);
        tokio::spawn(async { connection.await.ok() });
    }
}

/// Answers with the identity, and with every header and trailer.
async fn answer(
    request: Request<RequestBody<Collected<Bytes>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let trailers = body
        .collect()
        .await
        .ok()
        .and_then(|body| body.trailers().map(lines));
    let granted = head.extensions.get::<Granted>();
    let identity = granted.and_then(Granted::identity);
    let certificate = granted.and_then(Granted::certificate);
    let body = json!({
        "client": identity.map(ProvenIdentity::client),
        "profile": identity.and_then(ProvenIdentity::profile),
        "thumbprint": certificate.map(|certificate| certificate.thumbprint().to_string()),
        "request_id": granted.map(Granted::request_id),
        "headers": lines(&head.headers),
        "trailers": trailers,
    });
    Ok(Response::new(Full::from(body.to_string())))
}

fn lines(headers: &HeaderMap) -> HeaderLines {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect()
}
