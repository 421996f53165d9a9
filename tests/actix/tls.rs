//! TLS that actix ends itself: the peer's own certificate, by way of `on_connect`.

#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    clippy::string_slice,
    reason = "this crate uses its part"
)]
#[path = "../direct_tls/client.rs"]
mod client;

use std::net::TcpListener;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpServer, web};
use certgate::adapter::actix::Identity;
use certgate::adapter::tls::{TlsAcceptor, verified_connection};

use crate::harness::guard;
use crate::pki::Pki;
use crate::support::policy;
use client::{Client, TLS12, TLS13};

const DIRECT: &str = r#"
version = 1

[edge]
preset = "direct"

[authentication]
mode = "mtls"

[[identity]]
client = "{subject.cn}"

[[collections]]
name = "payments"
paths = ["/payments"]

[[clients]]
id = "acme"
collections = ["payments"]
"#;

async fn caller(Identity(caller): Identity) -> String {
    format!("hello {}", caller.principal())
}

#[actix_web::test]
async fn the_certificate_of_the_connection_is_the_client() {
    let pki = Pki::new();
    let acceptor = TlsAcceptor::new(pki.requested()).unwrap();
    let config = (*acceptor.server_config()).clone();
    let guard = guard(policy(DIRECT));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = HttpServer::new(move || {
        App::new()
            .wrap(guard.clone())
            .default_service(web::to(caller))
    })
    .workers(1)
    .disable_signals()
    .on_connect(|io, extensions| {
        if let Some(stream) = io.downcast_ref::<TlsStream<TcpStream>>() {
            let (socket, session) = stream.get_ref();
            if let Ok(address) = socket.peer_addr() {
                extensions.insert(verified_connection(address, session));
            }
        }
    })
    .listen_rustls_0_23(listener, config)
    .unwrap()
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);

    let request = format!(
        "GET /payments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         X-SSL-Client-Cert: {0}\r\nX-SSL-Client-Verify: SUCCESS\r\nX-Client-ID: acme\r\n\r\n",
        pki.partners.client("acme").escaped_pem()
    );
    for version in [&TLS12, &TLS13] {
        let acme = pki.partners.client("acme");
        let response = Client::with(&pki, &acme, version)
            .http1(address, &request)
            .await
            .unwrap();
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(response.ends_with("hello CN=acme"), "{response}");

        let other = pki.partners.client("other");
        let plain = request.replace("X-Client-ID: acme\r\n", "");
        let response = Client::with(&pki, &other, version)
            .http1(address, &plain)
            .await
            .unwrap();
        assert!(
            response.contains("\"client_profile_mismatch\""),
            "{response}"
        );

        let response = Client::anonymous(&pki, version)
            .http1(address, &request)
            .await
            .unwrap();
        assert!(response.starts_with("HTTP/1.1 401"), "{response}");
        assert!(response.contains("\"certificate_missing\""), "{response}");

        // Of an authority that nobody listed.
        let forged = pki.ours.client("acme");
        let refused = Client::with(&pki, &forged, version)
            .http1(address, &request)
            .await;
        assert!(!refused.is_ok_and(|text| text.contains("200 OK")));
    }
    handle.stop(false).await;
}
