//! The example, with the requests that its head lists.

#[path = "../../examples/actix_service.rs"]
#[allow(dead_code, reason = "its main is not called")]
mod program;

use std::net::TcpListener;

use crate::pki::{Authority, hex_sha256};
use crate::sockets::exchange;

#[actix_web::test]
async fn the_example_answers_as_it_says() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = program::serve(listener).unwrap();
    let handle = server.handle();
    actix_web::rt::spawn(server);

    let authority = Authority::new("Whoever");
    let acme = authority.client("acme");
    let other = authority.client("other");
    let certified = |line: &str, value: &str| {
        format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Client-Cert: {value}\r\n\r\n"
        )
    };
    let whoami = format!("\r\n\r\nCN=acme {}\n", hex_sha256(acme.der()));
    let acme = acme.rfc9440();
    for (request, status, text) in [
        (
            certified("GET /payments/7", &acme),
            200,
            "\r\n\r\npayment 7 of acme\n",
        ),
        (certified("GET /whoami", &acme), 200, &*whoami),
        (
            "GET /payments/7 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_owned(),
            401,
            "\"certificate_missing\"",
        ),
        (
            certified("DELETE /payments/7", &acme),
            405,
            "allow: GET, POST\r\n",
        ),
        (
            certified("GET /reports", &acme),
            403,
            "\"collection_not_allowed\"",
        ),
        (certified("GET /healthz", &acme), 200, "\r\n\r\nup\n"),
        (
            certified("GET /payments/7", &other.rfc9440()),
            403,
            "\"client_profile_mismatch\"",
        ),
        (certified("GET /payments/1", &acme), 200, "payment 1"),
        (certified("GET /payments/2", &acme), 200, "payment 2"),
        (certified("GET /payments/3", &acme), 200, "payment 3"),
        (
            certified("GET /payments/4", &acme),
            429,
            "\"rate_limit_exceeded\"",
        ),
    ] {
        let response = exchange(address, &request).await;
        let line = format!("HTTP/1.1 {status} ");
        assert!(response.starts_with(&line), "{request}\n{response}");
        assert!(response.contains(text), "{request}\n{response}");
    }
    handle.stop(false).await;
}
