//! The same policy decides without an edge.

use std::net::SocketAddr;

use bytes::Bytes;
use certgate::adapter::tls::{Alpn, TlsSettings};
use certgate::decide::Reason;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};

use crate::client::{Client, TLS12, TLS13, get};
use crate::pki::{Pki, hex_sha256};
use crate::service::{AFTER_2100, Guard, POLICY, direct};

/// A service and how it is served.
struct Served {
    guard: Guard,
    address: SocketAddr,
    name: &'static str,
}

/// With both servers.
async fn served(policy: &str, settings: impl Fn() -> TlsSettings) -> [Served; 2] {
    let (axum, hyper) = (Guard::new(policy), Guard::new(policy));
    [
        Served {
            address: axum.serve_axum(settings()).await,
            guard: axum,
            name: "axum",
        },
        Served {
            address: hyper.serve_hyper(settings()).await,
            guard: hyper,
            name: "hyper",
        },
    ]
}

impl Served {
    /// The status, and what the service says or the reason why not.
    async fn http1(&self, client: &Client, headers: &[(&str, &str)]) -> (u16, String) {
        let request = get("/payments", headers);
        let response = client.http1(self.address, &request).await.unwrap();
        let status = response.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        (status, said(body))
    }

    async fn http2(&self, client: &Client) -> (u16, String) {
        let client = client.clone().speaking(&["h2"]);
        let stream = client.connect(self.address).await.unwrap();
        let (mut requests, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .unwrap();
        tokio::spawn(connection);
        let request = Request::get("https://localhost/payments")
            .body(Empty::<Bytes>::new())
            .unwrap();
        let response = requests.send_request(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, said(std::str::from_utf8(&body).unwrap()))
    }
}

/// A body, or the reason in a problem.
fn said(body: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(body) {
        Ok(problem) => problem["reason"].as_str().unwrap().to_owned(),
        Err(_) => body.to_owned(),
    }
}

#[tokio::test]
async fn who_is_calling_is_who_holds_the_certificate_of_the_connection() {
    let pki = Pki::new();
    let (acme, globex) = (pki.partners.client("acme"), pki.partners.client("globex"));
    let settings = || pki.requested().with_alpn(Alpn::Http2OrHttp1);
    for policy in [POLICY, &direct()] {
        for served in served(policy, settings).await {
            for version in [&TLS12, &TLS13] {
                let name = served.name;
                let holder = Client::with(&pki, &acme, version);
                assert_eq!(
                    served.http1(&holder, &[]).await,
                    (200, "acme 0".to_owned()),
                    "{name}"
                );
                let record = served.guard.record();
                assert_eq!(record.client_id.as_deref(), Some("acme"));
                assert_eq!(record.peer, "127.0.0.1");
                assert_eq!(record.thumbprint.as_deref(), Some(&*hex_sha256(acme.der())));
                assert_eq!(
                    served.http2(&holder).await,
                    (200, "acme 0".to_owned()),
                    "{name}"
                );
                served.guard.record();

                for (client, status, reason, recorded) in [
                    (
                        Client::anonymous(&pki, version),
                        401,
                        "certificate_missing",
                        Reason::CertificateMissing,
                    ),
                    (
                        Client::with(&pki, &globex, version),
                        403,
                        "client_profile_mismatch",
                        Reason::ClientUnknown,
                    ),
                ] {
                    let expected = (status, reason.to_owned());
                    assert_eq!(served.http1(&client, &[]).await, expected, "{name}");
                    assert_eq!(served.guard.record().reason, Some(recorded));
                    assert_eq!(served.http2(&client).await, expected, "{name}");
                    assert_eq!(served.guard.record().reason, Some(recorded));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_header_is_no_certificate() {
    let pki = Pki::new();
    let acme = pki.partners.client("acme");
    let (escaped, rfc9440) = (acme.escaped_pem(), acme.rfc9440());
    let forged = [
        ("X-SSL-Client-Cert", &*escaped),
        ("X-SSL-Client-Verify", "SUCCESS"),
        ("Client-Cert", &*rfc9440),
        ("X_SSL_Client_Cert", &*escaped),
        ("X-Client-ID", "acme"),
    ];
    let (beta, anonymous) = (
        Client::with(&pki, &pki.partners.client("beta"), &TLS13),
        Client::anonymous(&pki, &TLS13),
    );
    let with_beta = |policy: &str| {
        format!("{policy}\n[[clients]]\nid = \"beta\"\ncollections = [\"payments\"]\n")
    };
    for policy in [with_beta(POLICY), with_beta(&direct())] {
        for served in served(&policy, || pki.requested()).await {
            let missing = (401, "certificate_missing".to_owned());
            assert_eq!(served.http1(&anonymous, &forged).await, missing);
            // Beta is beta, and none of it reaches the service.
            let beta_s = served.http1(&beta, &forged[..4]).await;
            assert_eq!(beta_s, (200, "beta 0".to_owned()));
            // To select another client than oneself is no way to be it.
            let conflict = (403, "identity_conflict".to_owned());
            assert_eq!(served.http1(&beta, &forged).await, conflict);
        }
    }
}

#[tokio::test]
async fn the_policy_sees_that_a_certificate_ends_while_its_connection_stands() {
    let pki = Pki::new();
    let client = Client::with(&pki, &pki.partners.client("acme"), &TLS13).speaking(&["h2"]);
    let guard = Guard::new(&direct());
    let address = guard
        .serve_hyper(pki.required().with_alpn(Alpn::Http2))
        .await;
    let stream = client.connect(address).await.unwrap();
    let (mut requests, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    let mut ask = async || {
        let request = Request::get("https://localhost/payments")
            .body(Empty::<Bytes>::new())
            .unwrap();
        let response = requests.send_request(request).await.unwrap();
        response.into_body().collect().await.unwrap();
        guard.record()
    };
    assert_eq!(ask().await.reason, None);
    guard.set_clock(AFTER_2100);
    let record = ask().await;
    assert_eq!(record.reason, Some(Reason::CertificateExpired));
    assert_eq!(record.status, Some(401));
}
