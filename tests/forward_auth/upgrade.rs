//! Requests that are more than a head.

use tokio::time::timeout;

use crate::client::PARTNER;
use crate::front::Front;
use crate::identity::BETA;
use crate::pki::Holder;
use crate::program;
use crate::stage::Stage;
use crate::through::through_every_edge;

through_every_edge!(
    a_body_goes_to_the_backend_alone,
    trailers_of_an_identity_never_arrive,
    a_certificate_in_trailers_is_none,
    a_web_socket_is_a_get,
    nothing_else_is_switched_to,
    head_is_its_own_method,
);

async fn a_body_goes_to_the_backend_alone(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    for body in [
        "Content-Length: 6\r\n\r\nsecret",
        "Transfer-Encoding: chunked\r\n\r\n6\r\nsecret\r\n0\r\n\r\n",
    ] {
        let request =
            format!("POST /payments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{body}");
        let got = stage.send_raw(Some(Holder::Acme), PARTNER, &request).await;
        assert_eq!(got.status, 200, "{got:?}");
        assert_eq!(got.record()["method"], "POST");
        assert_eq!(got.questions[0].body, "");
        let arrived = got.arrived.unwrap();
        assert_eq!(
            (arrived.method.as_str(), &*arrived.body),
            ("POST", &b"secret"[..])
        );
    }
}

/// Some servers put trailers beside the headers.
async fn trailers_of_an_identity_never_arrive(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let request = "POST /payments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Trailer: X-Client-ID, X-Principal\r\nTransfer-Encoding: chunked\r\n\r\n\
        6\r\nsecret\r\n0\r\nX-Client-ID: forged\r\nX-Principal: forged\r\n\r\n";
    let got = stage.send_raw(Some(Holder::Acme), PARTNER, request).await;
    assert_eq!(got.status, 200, "{got:?}");
    let arrived = got.arrived.unwrap();
    assert_eq!(arrived.values("X-Client-ID"), ["pisp-partner-acme"]);
    assert_eq!(arrived.trailers.len(), 0, "{:?}", arrived.trailers);
}

/// Of acme, sent by nobody and by beta.
async fn a_certificate_in_trailers_is_none(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let lines = front.forgery(&stage.pki);
    let request = format!(
        "POST /payments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Trailer: {}\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nsecret\r\n0\r\n{lines}\r\n",
        front.certificate_header()
    );
    for (holder, expected) in [
        (None, "401 certificate_missing"),
        (Some(Holder::Beta), BETA),
    ] {
        let got = stage.send_raw(holder, PARTNER, &request).await;
        assert_eq!(got.outcome(), expected);
        if let Some(arrived) = &got.arrived {
            assert_eq!(arrived.values(front.certificate_header()), [""; 0]);
            assert_eq!(arrived.trailers.len(), 0, "{:?}", arrived.trailers);
        }
    }
}

async fn a_web_socket_is_a_get(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let request = |path: &str| {
        format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
             Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    };
    let request = request("/payments");
    let sent = stage.send_raw(Some(Holder::Acme), PARTNER, &request);
    // An answer that switches nothing leaves the connection open.
    let got = timeout(program::START_DUE, sent).await.expect("it ends");
    assert_eq!(got.status, 101, "{got:?}");
    assert_eq!(got.record()["method"], "GET");
    let arrived = got.arrived.unwrap();
    assert_eq!(arrived.values("X-Client-ID"), ["pisp-partner-acme"]);
    let protocol = arrived.values("Upgrade").concat();
    assert!(protocol.eq_ignore_ascii_case("websocket"), "{protocol}");
}

/// Over a connection that became HTTP/2 in clear text (h2c) a client would ask the
/// backend whatever it likes, as whomever it likes.
async fn nothing_else_is_switched_to(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    for upgrade in [
        "Upgrade: h2c\r\n",
        "Upgrade: H2C\r\n",
        "Upgrade: websocket, h2c\r\n",
        "Upgrade: h2c, websocket\r\n",
        "Upgrade: h2c\r\nUpgrade: websocket\r\n",
        "Upgrade: websocket\r\nUpgrade: h2c\r\n",
        "Upgrade: TLS/1.3\r\n",
        "Upgrade: HTTP\r\n",
    ] {
        let request = format!(
            "GET /health HTTP/1.1\r\nHost: localhost\r\n\
             Connection: close, Upgrade, HTTP2-Settings\r\n\
             HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n{upgrade}\r\n"
        );
        let got = stage.send_raw(None, PARTNER, &request).await;
        // Of several lines an edge may take the one that it knows.
        let arrived = got.arrived.iter();
        let protocols: Vec<String> = arrived.flat_map(|it| it.values("Upgrade")).collect();
        let is_known = protocols.iter().all(|protocol| protocol == "websocket");
        assert!(is_known, "{upgrade}: {protocols:?}, {}", got.status);
    }
}

async fn head_is_its_own_method(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let acme = Some(Holder::Acme);
    let got = stage.send(acme, "HEAD /payments HTTP/1.1", "").await;
    assert_eq!(got.status, 405);
    assert_eq!(got.header("Allow"), ["GET, POST"]);
    assert!(got.arrived.is_none());
    let got = stage.send(acme, "HEAD /reports HTTP/1.1", "").await;
    assert_eq!(
        (got.status, got.record()["method"].as_str()),
        (405, Some("HEAD"))
    );
}
