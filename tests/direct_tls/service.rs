//! A guarded service behind its own TLS: with axum's server, and with hyper's.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::routing::get;
use axum::{Extension, Router};
use bytes::Bytes;
use certgate::adapter::tls::{TlsAcceptor, TlsListener, TlsSettings};
use certgate::adapter::tower::{GateLayer, PeerSource, RequestBody, TargetSource};
use certgate::evidence::AuditRecord;
use certgate::gate::{Gate, Granted};
use certgate::policy::Policy;
use certgate::request::{Connection, Now, Timestamp};
use http::{HeaderMap, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt, service_fn};

/// 2027-01-01.
const NEW_YEAR: i64 = 1_798_761_600;

/// 2101-01-01, when the certificates have ended.
pub(crate) const AFTER_2100: i64 = 4_133_980_800;

/// Known by the CN of a certificate, with an edge at 127.0.0.2 and without.
pub(crate) const POLICY: &str = r#"
version = 1

[edge]
preset = "nginx"
trusted_proxies = ["127.0.0.2"]
direct_tls = "accept"

[authentication]
mode = "mtls"
issuers = ["CN=Partner CA"]

[[identity]]
client = "{subject.cn}"

[[collections]]
name = "payments"
paths = ["/payments"]

[[clients]]
id = "acme"
collections = ["payments"]
"#;

/// [`POLICY`] without the edge.
pub(crate) fn direct() -> String {
    let edge = "preset = \"nginx\"\ntrusted_proxies = [\"127.0.0.2\"]\ndirect_tls = \"accept\"";
    assert!(POLICY.contains(edge));
    POLICY.replace(edge, "preset = \"direct\"")
}

/// A gate, its clock and its records.
#[derive(Clone)]
pub(crate) struct Guard {
    gate: Arc<Gate>,
    wall: Arc<AtomicI64>,
    records: Arc<Mutex<Vec<AuditRecord>>>,
}

impl Guard {
    pub(crate) fn new(policy: &str) -> Self {
        let loaded = Policy::from_toml_str(policy, "policy.toml").unwrap();
        Self {
            gate: Arc::new(Gate::new(loaded.policy).unwrap()),
            wall: Arc::new(AtomicI64::new(NEW_YEAR)),
            records: Arc::default(),
        }
    }

    pub(crate) fn set_clock(&self, wall: i64) {
        self.wall.store(wall, Ordering::Relaxed);
    }

    /// The only record since the last time.
    pub(crate) fn record(&self) -> AuditRecord {
        let mut records = self.records.lock().unwrap();
        assert_eq!(records.len(), 1);
        records.remove(0)
    }

    fn layer(&self, peer: PeerSource) -> GateLayer {
        let (wall, records) = (Arc::clone(&self.wall), Arc::clone(&self.records));
        GateLayer::new(Arc::clone(&self.gate), peer, TargetSource::request_uri())
            .with_clock(move || Now {
                wall: Timestamp::from_unix_seconds(wall.load(Ordering::Relaxed)),
                monotonic: Duration::ZERO,
            })
            .on_record(move |record| records.lock().unwrap().push(record))
    }

    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/payments", get(hello_axum))
            .layer(self.layer(PeerSource::connect_info()))
    }

    /// Serves with `axum::serve`.
    pub(crate) async fn serve_axum(&self, settings: TlsSettings) -> SocketAddr {
        let router = self.router();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listener = TlsListener::new(listener, TlsAcceptor::new(settings).unwrap());
        let service = router.into_make_service_with_connect_info::<Connection>();
        tokio::spawn(async { axum::serve(listener, service).await.unwrap() });
        address
    }

    /// Serves with hyper, whatever the client speaks.
    pub(crate) async fn serve_hyper(&self, settings: TlsSettings) -> SocketAddr {
        let layer = self.layer(PeerSource::extension());
        let acceptor = TlsAcceptor::new(settings).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, from) = listener.accept().await.unwrap();
                let (layer, acceptor) = (layer.clone(), acceptor.clone());
                tokio::spawn(async move {
                    let Ok((stream, connection)) = acceptor.accept(stream, from).await else {
                        return;
                    };
                    let service = layer.layer(service_fn(hello_hyper)).map_request(
                        move |mut request: Request<Incoming>| {
                            request.extensions_mut().insert(connection.clone());
                            request
                        },
                    );
                    let service = TowerToHyperService::new(service);
                    auto::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await
                        .ok();
                });
            }
        });
        address
    }
}

async fn hello_axum(Extension(granted): Extension<Granted>, headers: HeaderMap) -> String {
    hello(&granted, &headers)
}

async fn hello_hyper(
    request: Request<RequestBody<Incoming>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let granted: &Granted = request.extensions().get().unwrap();
    let text = hello(granted, request.headers());
    Ok(Response::new(Full::from(text)))
}

/// Who calls, and how many lines of the request speak of certificates.
fn hello(granted: &Granted, headers: &HeaderMap) -> String {
    let caller = granted.identity().and_then(|identity| identity.client());
    let forged = headers
        .keys()
        .filter(|name| name.as_str().contains("cert"))
        .count();
    format!("{} {forged}", caller.unwrap_or("nobody"))
}
