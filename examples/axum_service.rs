//! A guarded service in axum.
//!
//! ```text
//! cargo run --features axum,toml --example axum_service
//! cert=:$(base64 -w0 tests/data/certificates/acme.der):
//! curl -i -H "Client-Cert: $cert" localhost:8080/payments/charges   # 200
//! curl -i localhost:8080/payments/charges                           # 401 certificate_missing
//! curl -i -H "Client-Cert: $cert" localhost:8080/admin              # 403 collection_not_allowed
//! curl -i localhost:8080/healthz                                    # 200
//! ```
//!
//! curl stands in for the edge here, which is why it may write `Client-Cert`.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use certgate::adapter::axum::{ClientCertificate, Identity};
use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::gate::Gate;
use certgate::policy::Policy;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    serve(TcpListener::bind("127.0.0.1:8080").await?).await
}

pub(crate) async fn serve(listener: TcpListener) -> Result<(), Box<dyn Error>> {
    let policy = include_str!("services/policy.toml");
    let policy = Policy::from_toml_str(policy, "policy.toml")?.policy;
    let gate = Arc::new(Gate::new(policy)?);

    let payments = Router::new()
        .route("/charges", get(charges))
        .route("/certificate", get(certificate));
    let app = Router::new()
        .nest("/payments", payments)
        .route("/healthz", get(|| async { "well" }))
        // The last call: it guards every route above, and paths without a route.
        .layer(GateLayer::new(
            gate,
            PeerSource::connect_info(),
            TargetSource::original_uri(),
        ));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, app).await?)
}

async fn charges(Identity(caller): Identity) -> String {
    format!("charges of {}\n", caller.client().unwrap_or("nobody"))
}

async fn certificate(certificate: ClientCertificate) -> String {
    format!("{}\n", certificate.subject())
}
