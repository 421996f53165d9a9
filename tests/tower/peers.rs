//! Who the peer is, and what its connection says.

use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::gate::Gate;
use certgate::request::{Connection, Peer, PeerCertificate};
use http::Request;
use http::request::Builder;

use crate::harness::{Answer, acme, call, empty, layer};
use crate::support::{POLICY, at, peer, policy};

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
