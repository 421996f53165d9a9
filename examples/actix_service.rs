//! A guarded service with actix-web, to be asked with curl, which plays the edge.
//!
//! ```sh
//! cargo run --features toml,actix --example actix_service
//! ```
//!
//! In another terminal a certificate, as DER, and requests with it and without:
//!
//! ```sh
//! openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -days 1 \
//!   -subj /CN=acme -outform DER -out acme.der
//!
//! curl -i 127.0.0.1:8080/payments/7 -H "Client-Cert: :$(base64 -w0 acme.der):"
//! curl -i 127.0.0.1:8080/whoami -H "Client-Cert: :$(base64 -w0 acme.der):"
//! curl -i 127.0.0.1:8080/payments/7
//! curl -i 127.0.0.1:8080/payments/7 -X DELETE -H "Client-Cert: :$(base64 -w0 acme.der):"
//! curl -i 127.0.0.1:8080/reports -H "Client-Cert: :$(base64 -w0 acme.der):"
//! curl -i 127.0.0.1:8080/healthz
//! ```
//!
//! They are answered with 200, 200, 401, 405, 403 and 200; after five requests in a
//! minute, with 429. The program prints an audit record for each.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a program that listens and prints"
)]

use std::error::Error;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};
use certgate::adapter::actix::{ClientCertificate, GateMiddleware, Identity};
use certgate::gate::Gate;
use certgate::policy::Policy;

const POLICY: &str = r#"
version = 1

[edge]
preset = "rfc9440"
verification = "edge-always"        # the edge lets nothing else through
trusted_proxies = ["127.0.0.1"]     # whoever asks from here is the edge

[authentication]
mode = "mtls"

[[identity]]
client = "{subject.cn}"

[[limits]]
name = "standard"
rate = { requests = 5, per = "1m" }

[[collections]]
name = "payments"
paths = ["/payments", "/whoami"]

[[collections]]
name = "reports"
paths = ["/reports"]

[[exemptions]]
method = "GET"
path = "/healthz"

[[clients]]
id = "acme"
collections = ["payments"]
limits = "standard"
methods = ["GET", "POST"]
"#;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8080")?;
    serve(listener)?.await?;
    Ok(())
}

/// The server, which runs where it is awaited.
pub(crate) fn serve(listener: TcpListener) -> Result<Server, Box<dyn Error>> {
    let policy = Policy::from_toml_str(POLICY, "policy.toml")?.policy;
    let guard = GateMiddleware::new(Arc::new(Gate::new(policy)?))
        .on_record(|record| println!("{}", serde_json::to_string(&record).unwrap_or_default()));
    let server = HttpServer::new(move || {
        App::new()
            .route("/payments/{id}", web::get().to(payment))
            .route("/whoami", web::get().to(whoami))
            .route("/healthz", web::get().to(async || "up\n"))
            .wrap(guard.clone()) // last, so that it stands around every route
    })
    .workers(2)
    .listen(listener)?;
    Ok(server.run())
}

/// It is called for a proven caller alone.
async fn payment(Identity(caller): Identity, id: web::Path<u64>) -> String {
    format!("payment {id} of {}\n", caller.client().unwrap_or("nobody"))
}

async fn whoami(Identity(caller): Identity, certificate: ClientCertificate) -> String {
    let thumbprint = certificate.thumbprint().hex();
    format!("{} {thumbprint}\n", caller.principal())
}
