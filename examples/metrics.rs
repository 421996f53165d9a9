//! A guarded service and its meters, for Prometheus.
//!
//! ```sh
//! cargo run --features full --example metrics
//! ```
//!
//! prints `curl` commands, which play the edge, and what the meters say of them is to
//! be read at the second address. A service would listen there for its own network
//! alone, as here: what is counted is nobody else's business.

#![expect(
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "a program writes its output"
)]

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use certgate::adapter::SystemClock;
use certgate::adapter::metrics::MetricsSink;
use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::certificate::CertInfo;
use certgate::evidence::{ActorType, AuditSink, Change};
use certgate::gate::Gate;
use certgate::policy::Policy;
use certgate::request::Peer;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use rcgen::{CertificateParams, DnType, KeyPair};
use tokio::net::TcpListener;

const POLICY: &str = r#"
version = 1

[edge]
preset = "rfc9440"
verification = "edge-always"
trusted_proxies = ["127.0.0.1"]     # whoever runs curl plays the edge

[authentication]
mode = "mtls"

[[identity]]
client = "{subject.cn}"

[[limits]]
name = "five-a-minute"
rate = { requests = 5, per = "1m" }

[[collections]]
name = "payments"
paths = ["/payments"]

[[clients]]
id = "pisp-partner-acme"
collections = ["payments"]
limits = "five-a-minute"
"#;

/// Where everything listens.
pub(crate) struct Running {
    pub(crate) service: SocketAddr,
    pub(crate) meters: SocketAddr,
    /// The header line by which an edge forwards the certificate of the only client.
    pub(crate) certificate: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Running {
        service,
        meters,
        certificate,
    } = start().await?;
    println!(
        "\
# 200 five times, then 429
curl -i -H '{certificate}' http://{service}/payments
# 401 certificate_missing
curl -i http://{service}/payments
# What was counted
curl -s http://{meters}/metrics | grep mtls_

Ctrl-C stops."
    );
    Ok(tokio::signal::ctrl_c().await?)
}

/// Starts the service and its meters on free ports of 127.0.0.1.
pub(crate) async fn start() -> Result<Running, Box<dyn Error>> {
    // First the recorder, then what counts.
    let recorder = exporter()?.build_recorder();
    let scraped = recorder.handle();
    metrics::set_global_recorder(recorder)?;
    let sink = MetricsSink::new();

    let policy = Policy::from_toml_str(POLICY, "policy.toml");
    let now = SystemClock::start().now().wall;
    let change = Change::new(now, ActorType::Service, "example");
    let (gate, started) = Gate::start(policy, &change)?;
    sink.change(&started.record);

    let peer = PeerSource::from_fn(|head| {
        head.extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(Peer::UNKNOWN, |connection| connection.0.into())
    });
    let layer = GateLayer::new(Arc::new(gate), peer, TargetSource::request_uri()).with_sink(sink);
    let service = Router::new()
        .route("/payments", get(|| async { "paid\n" }))
        .layer(layer);

    Ok(Running {
        service: serve(service).await?,
        meters: serve(meters(scraped)).await?,
        certificate: format!("Client-Cert: {}", acme()?.to_rfc9440()),
    })
}

/// A certificate of the only client, as if an edge had verified it.
fn acme() -> Result<CertInfo, Box<dyn Error>> {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "pisp-partner-acme");
    let certificate = params.self_signed(&KeyPair::generate()?)?;
    Ok(CertInfo::from_der(certificate.der().to_vec())?)
}

/// Prometheus, with buckets where alerts need them.
fn exporter() -> Result<PrometheusBuilder, BuildError> {
    let named = |name: &str| Matcher::Full(name.to_owned());
    PrometheusBuilder::new()
        .set_buckets_for_metric(
            named(MetricsSink::DECISION_DURATION),
            MetricsSink::DECISION_BUCKETS,
        )?
        .set_buckets_for_metric(named(MetricsSink::EXPIRES_IN), MetricsSink::EXPIRY_BUCKETS)
}

/// Answers whoever scrapes, and looks after histograms that nobody does.
fn meters(scraped: PrometheusHandle) -> Router {
    let upkeep = scraped.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });
    Router::new().route("/metrics", get(move || async move { scraped.render() }))
}

async fn serve(app: Router) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    // Until the program ends.
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}
