//! Where the peer is found under `axum::serve`.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use certgate::request::{Connection, Peer, PeerCertificate};
use http::Request;
use http::request::Builder;
use tower::ServiceExt;

use crate::pki::Pki;
use crate::service::{Guard, POLICY};

#[tokio::test]
async fn connect_info_tells_the_peer_and_a_connection_goes_first() {
    let pki = Pki::new();
    let acme = pki.partners.client("acme");
    let guard = Guard::new(POLICY);
    let address = |text: &str| -> ConnectInfo<SocketAddr> { ConnectInfo(text.parse().unwrap()) };
    let (edge, stranger) = (address("127.0.0.2:40000"), address("192.0.2.1:40000"));
    let connection = |of: ConnectInfo<SocketAddr>| ConnectInfo(Connection::from(Peer::from(of.0)));
    let holder = Peer::from(stranger.0).with_certificate(PeerCertificate::verified(acme.der()));
    let holder = ConnectInfo(Connection::from(holder));
    let forwarded = || {
        Request::get("/payments")
            .header("X-SSL-Client-Cert", acme.escaped_pem())
            .header("X-SSL-Client-Verify", "SUCCESS")
    };
    let plain = || Request::get("/payments");
    let cases: [(Builder, u16); 8] = [
        (forwarded().extension(edge), 200),
        (forwarded().extension(stranger), 401),
        (forwarded(), 401),
        // What is no `ConnectInfo` does not count here.
        (forwarded().extension(edge.0), 401),
        (plain().extension(holder.clone()), 200),
        (plain().extension(connection(stranger)), 401),
        (
            forwarded().extension(connection(stranger)).extension(edge),
            401,
        ),
        (
            forwarded().extension(connection(edge)).extension(stranger),
            200,
        ),
    ];
    for (number, (request, expected)) in cases.into_iter().enumerate() {
        let request = request.body(Body::empty()).unwrap();
        let response = guard.router().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), expected, "{number}");
    }
}
