//! The same guarded service by hyper and by actix, on sockets that speak HTTP/1.1 and
//! HTTP/2.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::header::HeaderName;
use actix_web::{App, HttpRequest, HttpServer, web};
use bytes::Bytes;
use certgate::adapter::actix::GateMiddleware;
use certgate::adapter::tower::{GateLayer, PeerSource, RequestBody, TargetSource};
use certgate::evidence::AuditRecord;
use certgate::gate::{Gate, Granted};
use certgate::request::Peer;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{POLICY, at, nginx, policy};

/// A server, and the records of its gate in the order of their ends.
pub(crate) struct Served {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    records: Mutex<UnboundedReceiver<AuditRecord>>,
    _actix: Option<ServerHandle>,
}

impl Served {
    /// One of each, of a policy without limits and with these replacements. Loopback
    /// is trusted.
    pub(crate) async fn both(replacements: &[(&str, &str)]) -> [Self; 2] {
        let mut text = POLICY.replace("limits = \"three-a-minute\"", "");
        for (old, new) in replacements {
            assert!(text.contains(old), "{old}");
            text = text.replace(old, new);
        }
        let gate = || Arc::new(Gate::new(policy(&text)).unwrap());
        [Self::hyper(gate()).await, Self::actix(gate())]
    }

    async fn hyper(gate: Arc<Gate>) -> Self {
        let (sender, records) = unbounded_channel();
        let layer = GateLayer::new(gate, PeerSource::extension(), TargetSource::request_uri())
            .with_clock(|| at(0))
            .on_record(to(sender));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(accept(listener, layer));
        Self {
            name: "hyper",
            address,
            records: Mutex::new(records),
            _actix: None,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "actix takes no other listener")]
    fn actix(gate: Arc<Gate>) -> Self {
        let (sender, records) = unbounded_channel();
        let guard = GateMiddleware::new(gate)
            .with_clock(|| at(0))
            .on_record(to(sender));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = HttpServer::new(move || {
            App::new()
                .wrap(guard.clone())
                .default_service(web::to(by_actix))
        });
        let server = server.workers(1).disable_signals();
        let server = server.listen_auto_h2c(listener).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            name: "actix",
            address,
            records: Mutex::new(records),
            _actix: Some(handle),
        }
    }

    /// The next record, when it is complete.
    #[expect(clippy::await_holding_lock, reason = "one test asks at a time")]
    pub(crate) async fn record(&self) -> AuditRecord {
        let mut records = self.records.lock().unwrap();
        let record = timeout(Duration::from_secs(20), records.recv()).await;
        record.unwrap().unwrap()
    }

    /// Whether every record was taken.
    pub(crate) fn has_no_record(&self) -> bool {
        self.records.lock().unwrap().try_recv().is_err()
    }
}

fn to(sender: UnboundedSender<AuditRecord>) -> impl Fn(AuditRecord) + Send + Sync {
    move |record| {
        sender.send(record).ok();
    }
}

async fn accept(listener: TcpListener, layer: GateLayer) {
    loop {
        let (stream, remote) = listener.accept().await.unwrap();
        let guarded = layer.layer(service_fn(by_hyper));
        let service = guarded.map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer::from(remote));
            request
        });
        let service = TowerToHyperService::new(service);
        tokio::spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            let connection = server.serve_connection_with_upgrades(TokioIo::new(stream), service);
            connection.await.ok();
        });
    }
}

async fn by_hyper(
    request: Request<RequestBody<Incoming>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let (body, trailers) = match body.collect().await {
        Ok(body) => {
            let trailers = body.trailers().cloned().unwrap_or_default();
            (body.to_bytes(), trailers)
        }
        Err(_) => Default::default(),
    };
    let names = head.headers.keys().chain(trailers.keys());
    let names = names.map(http::HeaderName::as_str);
    let granted = head.extensions.get::<Granted>().unwrap();
    let text = saw(granted, head.uri.path(), names, &body).await;
    Ok(Response::new(Full::from(text)))
}

async fn by_actix(request: HttpRequest, granted: Granted, body: Bytes) -> String {
    let names = request.headers().keys().map(HeaderName::as_str);
    saw(&granted, request.uri().path(), names, &body).await
}

/// Who calls, how many bytes came, and whether anything that is not to be believed
/// was handed on; or no answer at all.
async fn saw<'n>(
    granted: &Granted,
    path: &str,
    mut names: impl Iterator<Item = &'n str>,
    body: &[u8],
) -> String {
    match path {
        "/payments/breaks" => panic!("a handler that breaks"),
        "/payments/waits" => std::future::pending().await,
        _ => (),
    }
    let client = granted.identity().and_then(|caller| caller.client());
    let is_forged = |name: &str| name.contains("client") || name.contains("method");
    let forged = names.any(is_forged);
    format!("{} {} {forged}", client.unwrap_or("nobody"), body.len())
}

/// The lines that nginx forwards for acme.
pub(crate) fn acme() -> String {
    let certificate = nginx("acme");
    format!(
        "X-Forwarded-For: 203.0.113.9\r\nX-SSL-Client-Cert: {certificate}\r\n\
         X-SSL-Client-Verify: SUCCESS\r\n"
    )
}
