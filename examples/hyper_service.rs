//! A guarded service in hyper without a framework, in HTTP/1.1 and HTTP/2.
//!
//! ```text
//! cargo run --features toml,tower --example hyper_service
//! cert=:$(base64 -w0 tests/data/certificates/acme.der):
//! curl -i -H "Client-Cert: $cert" localhost:8080/payments/charges   # 200
//! curl -i --http2-prior-knowledge localhost:8080/payments/charges   # 401 certificate_missing
//! curl -i localhost:8080/healthz                                    # 200
//! ```
//!
//! curl stands in for the edge here, which is why it may write `Client-Cert`.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

use certgate::adapter::tower::{GateLayer, PeerSource, RequestBody, TargetSource};
use certgate::gate::{Gate, Granted};
use certgate::policy::Policy;
use certgate::request::Peer;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{Layer as _, ServiceExt as _, service_fn};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    serve(TcpListener::bind("127.0.0.1:8080").await?).await
}

pub(crate) async fn serve(listener: TcpListener) -> Result<(), Box<dyn Error>> {
    let policy = include_str!("services/policy.toml");
    let policy = Policy::from_toml_str(policy, "policy.toml")?.policy;
    let gate = Arc::new(Gate::new(policy)?);
    let layer = GateLayer::new(gate, PeerSource::extension(), TargetSource::request_uri());
    loop {
        let (connection, address) = listener.accept().await?;
        // Whoever accepts the connection knows the peer, and tells each request.
        let service =
            layer
                .layer(service_fn(answer))
                .map_request(move |mut request: Request<Incoming>| {
                    request.extensions_mut().insert(Peer::from(address));
                    request
                });
        tokio::spawn(async move {
            let service = TowerToHyperService::new(service);
            let server = auto::Builder::new(TokioExecutor::new());
            let connection = server.serve_connection(TokioIo::new(connection), service);
            // A connection that breaks is its caller's affair.
            connection.await.ok();
        });
    }
}

async fn answer(
    request: Request<RequestBody<Incoming>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let granted = request.extensions().get::<Granted>();
    let client = granted
        .and_then(Granted::identity)
        .and_then(|caller| caller.client());
    let text = match client {
        Some(client) => format!("charges of {client}\n"),
        // Exempt paths alone get here.
        None => "well\n".to_owned(),
    };
    Ok(Response::new(Full::from(text)))
}
