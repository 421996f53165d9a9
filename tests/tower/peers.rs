//! Who the peer is, and what its connection says.

use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::gate::Gate;
use certgate::request::{Connection, Peer, PeerCertificate};
use http::Request;
use http::request::Builder;

use crate::harness::{Answer, acme, call, empty, layer};
use crate::support::{POLICY, at, peer, policy, policy_with};

/// Acme's request, whoever sends it.
fn without_peer() -> Builder {
    let mut request = acme("GET", "/payments");
    request.extensions_mut().unwrap().clear();
    request
}

async fn status(layer: &GateLayer, request: Builder) -> u16 {
    let answer: Answer = call(layer, empty(request)).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn the_peer_is_that_of_the_connection() {
    let layer = layer(policy(POLICY));
    let (edge, stranger) = (peer("10.0.0.7"), peer("203.0.113.9"));
    for (connection, expected) in [(edge, 200), (stranger, 401), (Peer::UNKNOWN, 401)] {
        let plain = without_peer().extension(connection);
        assert_eq!(status(&layer, plain).await, expected, "{connection}");
        let leaf = b"not looked at".to_vec();
        let with_certificate = connection.with_certificate(PeerCertificate::verified(&leaf));
        let owned = without_peer().extension(Connection::from(with_certificate));
        assert_eq!(status(&layer, owned).await, expected, "{connection}");
    }
}

#[tokio::test]
async fn a_connection_goes_before_a_peer() {
    let layer = layer(policy(POLICY));
    let (edge, stranger) = (peer("10.0.0.7"), peer("203.0.113.9"));
    for (connection, peer, expected) in [(edge, stranger, 200), (stranger, edge, 401)] {
        let both = without_peer()
            .extension(Connection::from(connection))
            .extension(peer);
        assert_eq!(status(&layer, both).await, expected, "{connection}");
    }
}

#[tokio::test]
async fn a_function_may_lend_what_the_head_holds() {
    #[derive(Clone)]
    struct Accepted {
        certificate: Vec<u8>,
        address: std::net::SocketAddr,
    }
    let source = PeerSource::from_fn(|head| {
        head.extensions
            .get::<Accepted>()
            .map_or(Peer::UNKNOWN, |accepted| {
                let certificate = PeerCertificate::unverified(&accepted.certificate);
                Peer::from(accepted.address).with_certificate(certificate)
            })
    });
    let gate = Gate::new(policy(POLICY)).unwrap();
    let layer =
        GateLayer::new(gate.into(), source, TargetSource::request_uri()).with_clock(|| at(0));
    let accepted = |address: &str| Accepted {
        certificate: b"not looked at".to_vec(),
        address: address.parse().unwrap(),
    };
    let edge = without_peer().extension(accepted("10.0.0.7:40000"));
    assert_eq!(status(&layer, edge).await, 200);
    let stranger = without_peer().extension(accepted("203.0.113.9:40000"));
    assert_eq!(status(&layer, stranger).await, 401);
    assert_eq!(status(&layer, Request::get("/payments")).await, 401);
}

/// The SHA-256 of nothing, which is all that a pin looks at.
const PINNED: &str = "[edge.proof]
certificate_sha256 = ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']
[authentication]";

#[tokio::test]
async fn the_certificate_of_the_connection_proves_the_edge() {
    let layer = layer(policy_with("[authentication]", PINNED));
    let edge = peer("10.0.0.7");
    let pinned = edge.with_certificate(PeerCertificate::unverified(b""));
    let another = edge.with_certificate(PeerCertificate::verified(b"another"));
    for (peer, expected) in [(pinned, 200), (another, 401), (edge, 401)] {
        let owned = without_peer().extension(Connection::from(peer));
        assert_eq!(status(&layer, owned).await, expected, "{peer:?}");
        let lent = without_peer().extension(peer);
        assert_eq!(status(&layer, lent).await, expected, "{peer:?}");
    }
}

#[tokio::test]
async fn a_proxy_protocol_header_tells_the_client_s_address() {
    let layer = layer(policy_with(
        "[authentication]",
        "client_address = 'proxy-protocol'\n[authentication]",
    ));
    let edge = peer("10.0.0.7");
    let proxied = |address: &str| edge.with_proxied_address(address.parse().unwrap());
    for (peer, expected) in [
        (proxied("203.0.113.9"), 200),
        (proxied("198.51.100.1"), 403),
        (edge, 403),
    ] {
        let owned = without_peer().extension(Connection::from(peer));
        assert_eq!(status(&layer, owned).await, expected, "{peer:?}");
        let lent = without_peer().extension(peer);
        assert_eq!(status(&layer, lent).await, expected, "{peer:?}");
    }
}

#[tokio::test]
async fn the_secret_of_the_edge_goes_no_further() {
    let secret = "0123456789abcdef0123456789abcdef";
    let proof = "[edge.proof]
        secret_sha256 = ['3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9']
        [authentication]";
    let layer = layer(policy_with("[authentication]", proof));
    let sent = |name: &str| acme("GET", "/payments").header(name, secret);
    assert_eq!(status(&layer, sent("X-Edge-Secrets")).await, 401);
    let request = sent("X-Edge-Secret").header("x_edge.secret", secret);
    let seen = call(&layer, empty(request)).await.seen.unwrap();
    let names: Vec<&str> = seen
        .head
        .headers
        .keys()
        .map(http::HeaderName::as_str)
        .collect();
    assert_eq!(names, ["x-forwarded-for"]);
}
