//! The same requests to each service over HTTP.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::support::{AUTHORITY, Holder, Version, get};
use crate::{axum_service, hyper_service, sans_io};

async fn answers_as_it_should(version: Version, address: SocketAddr) {
    let acme = Holder::acme().header();
    let unknown = Holder::new("pisp-partner-other", AUTHORITY).header();
    let foreign = Holder::new("pisp-partner-acme", "Another Root CA").header();
    for (path, certificate, status, text) in [
        (
            "/payments/charges",
            Some(&acme),
            200,
            "charges of pisp-partner-acme\n",
        ),
        ("/payments/charges", None, 401, "certificate_missing"),
        (
            "/payments/charges",
            Some(&unknown),
            403,
            "client_profile_mismatch",
        ),
        (
            "/payments/charges",
            Some(&foreign),
            401,
            "issuer_not_allowed",
        ),
        ("/admin", Some(&acme), 403, "collection_not_allowed"),
        ("/payments/%2e%2e/admin", Some(&acme), 400, "path_malformed"),
        ("/healthz", None, 200, "well"),
        ("/healthz", Some(&foreign), 200, "well"),
        ("/healthz/", None, 401, "certificate_missing"),
    ] {
        let line = certificate.map(|value| ("client-cert", &**value));
        let (got, body) = get(version, address, path, line.as_slice()).await;
        assert_eq!(got, status, "{path} {body}");
        assert!(body.contains(text), "{path} {body}");
    }
    // A certificate that arrives twice is nobody's.
    let twice = [("client-cert", &*acme), ("client-cert", &*acme)];
    let (status, body) = get(version, address, "/payments/charges", &twice).await;
    assert_eq!(status, 400, "{body}");
    assert!(body.contains("header_ambiguous"), "{body}");
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test]
async fn axum() {
    let (listener, address) = listen().await;
    tokio::spawn(async { axum_service::serve(listener).await.unwrap() });
    answers_as_it_should(Version::Http1, address).await;
    answers_as_it_should(Version::Http2, address).await;
    let acme = Holder::acme().header();
    let line = [("client-cert", &*acme)];
    let (status, body) = get(Version::Http1, address, "/payments/certificate", &line).await;
    assert_eq!((status, &*body), (200, "CN=pisp-partner-acme\n"));
}

#[tokio::test]
async fn hyper() {
    let (listener, address) = listen().await;
    tokio::spawn(async { hyper_service::serve(listener).await.unwrap() });
    answers_as_it_should(Version::Http1, address).await;
    answers_as_it_should(Version::Http2, address).await;
}

#[tokio::test]
async fn without_a_framework() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || sans_io::serve(&listener).unwrap());
    answers_as_it_should(Version::Http1, address).await;
}
