//! The target that is decided is the one that the backend gets.

use crate::client::PARTNER;
use crate::front::Front;
use crate::pki::Holder;
use crate::stage::Stage;
use crate::through::through_every_edge;

through_every_edge!(
    nobody_chooses_what_is_decided,
    a_path_is_decided_as_the_backend_gets_it,
    a_host_is_decided_as_the_backend_gets_it,
    the_location_of_the_question_is_nobodys,
);

/// Every header by which some edge tells method, target and host.
async fn nobody_chooses_what_is_decided(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    for (name, value) in [
        ("X-Original-Method", "GET"),
        ("X-Original-URI", "/payments"),
        ("X-Original-URL", "/payments"),
        ("X-Original-Host", "localhost"),
        ("X-Forwarded-Method", "GET"),
        ("X-Forwarded-Uri", "/payments"),
        ("X-Forwarded-Host", "localhost"),
        ("X-Forwarded-Proto", "http"),
        ("X-Envoy-Original-Path", "/payments"),
        ("X-Envoy-Original-Method", "GET"),
        ("X-HTTP-Method-Override", "GET"),
        ("X-Rewrite-URL", "/payments"),
    ] {
        for lines in [
            format!("{name}: {value}\r\n"),
            format!("{name}: {value}\r\n{name}: {value}\r\n"),
        ] {
            let beta = Some(Holder::Beta);
            let got = stage.send(beta, "DELETE /reports HTTP/1.1", &lines).await;
            let outcome = got.outcome();
            let is_denied =
                outcome == "403 collection_not_allowed" || outcome == "400 header_not_allowed";
            assert!(is_denied, "{lines}: {outcome}");
            assert!(got.arrived.is_none());
        }
    }
}

async fn a_path_is_decided_as_the_backend_gets_it(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let send = async |target: &str| {
        let first = format!("GET {target} HTTP/1.1");
        let got = stage.send(Some(Holder::Beta), &first, "").await;
        if let Some(arrived) = &got.arrived {
            let path = arrived.target.split('?').next();
            assert_eq!(got.record()["path"].as_str(), path, "{target}");
        }
        got
    };
    // Beta may call /payments, and nothing of /reports. Traefik resolves some of
    // these before it asks.
    for target in [
        "/payments/../reports",
        "/payments/%2e%2e/reports",
        "/payments/..%2freports",
        "/payments/%2e%2e%2freports",
        "//reports",
        "/payments//../../reports",
        "/payments/..;/reports",
        "/payments#/../../reports",
        "/payments\\..\\reports",
        "/%72eports",
        "/reports?/payments",
        "/reports?/../payments",
        "/forward-auth/payments",
        "/forward-auth",
        "https://localhost/reports",
        "http://other.example/reports",
        "*",
    ] {
        let got = send(target).await;
        if let Some(arrived) = &got.arrived {
            let target = &arrived.target;
            let is_payments = target.starts_with("/payments") && !target.contains("reports");
            assert!(is_payments, "{target}");
        }
    }
    for target in ["/payments/a%20b?q=%2F..", "/payments/", "/%70ayments/x"] {
        let got = send(target).await;
        let arrived = got.arrived.as_ref().expect(target);
        let expected = match front {
            Front::Traefik => target.replace("%70", "p"),
            _ => target.to_owned(),
        };
        assert_eq!(arrived.target, expected);
    }
}

async fn a_host_is_decided_as_the_backend_gets_it(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let send = async |host: &str| {
        let request = format!("GET /by-host HTTP/1.1\r\n{host}Connection: close\r\n\r\n");
        stage.send_raw(Some(Holder::Acme), PARTNER, &request).await
    };
    let got = send("Host: localhost\r\n").await;
    assert_eq!(got.status, 200, "{got:?}");
    assert_eq!(got.arrived.unwrap().values("Host"), ["localhost"]);
    // A backend may read the host elsewhere.
    for name in ["X-Forwarded-Host", "Forwarded"] {
        let forged = match name {
            "Forwarded" => "host=other.example",
            _ => "other.example",
        };
        let got = send(&format!("Host: localhost\r\n{name}: {forged}\r\n")).await;
        let arrived = got.arrived.expect("it is allowed");
        for value in arrived.values(name) {
            assert_eq!(value, "localhost", "{name}");
        }
    }
    for host in [
        "Host: other.example\r\n",
        "Host: other.example\r\nX-Forwarded-Host: localhost\r\nX-Original-Host: localhost\r\n",
        "Host: localhost\r\nHost: other.example\r\n",
        "Host: localhost.\r\n",
        "Host: \r\n",
        "",
    ] {
        let got = send(host).await;
        if let Some(arrived) = &got.arrived {
            // An edge that falls back to its own name sends that on.
            assert_eq!(arrived.values("Host"), ["localhost"], "{host}");
        }
        if host.contains("Host: other.example\r\nX-") {
            assert_ne!(got.status, 200);
        }
    }
}

/// nginx has a location of its own for the question.
async fn the_location_of_the_question_is_nobodys(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let got = stage
        .send(Some(Holder::Acme), "GET /certgate HTTP/1.1", "")
        .await;
    assert!(got.arrived.is_none());
    let expected = if front == Front::Nginx { 404 } else { 403 };
    assert_eq!(got.status, expected);
}
