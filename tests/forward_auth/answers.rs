//! Each status that a policy denies with arrives at the client as such.

use serde_json::json;

use crate::front::Front;
use crate::pki::Holder;
use crate::stage::{Got, Stage};
use crate::through::through_every_edge;

through_every_edge!(
    every_denial_reaches_the_client,
    one_request_is_charged_once,
    a_store_that_is_away_is_503,
    what_an_allow_tells_reaches_the_client,
    what_the_backend_refuses_is_its_own,
    grpc_is_denied_by_the_status,
    a_preflight_is_exempt_by_its_exact_path,
);

async fn every_denial_reaches_the_client(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    for (holder, first, status, reason) in [
        (None, "GET /payments HTTP/1.1", 401, "certificate_missing"),
        (
            Some(Holder::Beta),
            "GET /reports HTTP/1.1",
            403,
            "collection_not_allowed",
        ),
        (
            Some(Holder::Acme),
            "DELETE /payments HTTP/1.1",
            405,
            "method_not_allowed",
        ),
        (
            Some(Holder::Acme),
            "GET /payments;x HTTP/1.1",
            400,
            "path_malformed",
        ),
    ] {
        let got = stage.send(holder, first, "").await;
        assert_problem(&got, status, reason);
        let (challenge, allow): (&[&str], &[&str]) = match status {
            401 => (&["ClientCertificate realm=\"certgate\""], &[]),
            405 => (&[], &["GET, POST"]),
            _ => (&[], &[]),
        };
        assert_eq!(got.header("WWW-Authenticate"), challenge, "{first}");
        assert_eq!(got.header("Allow"), allow, "{first}");
        assert_eq!(got.record()["status"], status);
    }
    // From outside of the partners' network.
    let elsewhere = std::net::Ipv4Addr::new(127, 0, 51, 7);
    for lines in ["", "X-Forwarded-For: 127.0.113.42\r\n"] {
        let request = format!(
            "GET /payments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n"
        );
        let got = stage
            .send_raw(Some(Holder::Acme), elsewhere, &request)
            .await;
        assert_problem(&got, 403, "ip_not_allowed");
        assert_eq!(got.record()["client_ip"], "127.0.51.7");
    }
}

async fn one_request_is_charged_once(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    for _ in 0..2 {
        let got = stage
            .send(Some(Holder::Acme), "GET /scarce HTTP/1.1", "")
            .await;
        assert_eq!(got.status, 200);
        assert_eq!(got.records.len(), 1);
    }
    let got = stage
        .send(Some(Holder::Acme), "GET /scarce HTTP/1.1", "")
        .await;
    assert_problem(&got, 429, "quota_exceeded");
    assert_eq!(got.header("X-RateLimit-Remaining"), ["0"]);
    assert_eq!(got.header("RateLimit").len(), 1);
    let retry_after = got.header("Retry-After");
    assert_eq!(retry_after.len(), 1);
    assert!(
        retry_after[0]
            .parse::<u64>()
            .is_ok_and(|seconds| seconds > 0)
    );
}

/// Envoy takes any 5xx of the auth service for its failure, and answers without
/// the problem.
async fn a_store_that_is_away_is_503(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    stage.store.goes_away();
    let got = stage
        .send(Some(Holder::Acme), "GET /scarce HTTP/1.1", "")
        .await;
    assert!(got.arrived.is_none());
    assert_eq!(got.status, 503);
    if front != Front::Envoy {
        assert_problem(&got, 503, "limits_unavailable");
    }
    assert_eq!(got.record()["reason"], "limits_unavailable");
}

/// Where the edge can pass it on: Traefik and Caddy put the headers of an allow into
/// the backend's request alone, if anywhere.
async fn what_an_allow_tells_reaches_the_client(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let got = stage
        .send(Some(Holder::Acme), "GET /scarce HTTP/1.1", "")
        .await;
    assert_eq!(got.status, 200);
    // It was made for 30 of them, moments ago.
    let days_left = got.answers[0]["x-certificate-days-left"].to_str();
    assert!(matches!(days_left, Ok("29" | "30")), "{days_left:?}");
    for (name, value) in &got.answers[0] {
        let name = name.as_str();
        let is_of_the_caller = name.contains("ratelimit") || name.contains("days-left");
        if is_of_the_caller {
            let passes = matches!(front, Front::Nginx | Front::Envoy);
            let expected = passes.then(|| value.to_str().unwrap());
            assert_eq!(got.header(name), Vec::from_iter(expected), "{name}");
        }
    }
    for inner in ["X-Client-ID", "X-Principal", "X-Profile-ID"] {
        assert_eq!(got.header(inner), [""; 0], "{inner}");
    }
}

async fn what_the_backend_refuses_is_its_own(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let got = stage
        .send(Some(Holder::Acme), "GET /payments/refused HTTP/1.1", "")
        .await;
    assert_eq!(got.status, 403);
    assert!(got.body.contains("from the backend"), "{got:?}");
}

/// An answer of 200 with a gRPC status would be an allow. Envoy alone makes such a
/// one of the denial, for the client.
async fn grpc_is_denied_by_the_status(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let lines = "Content-Type: application/grpc\r\nContent-Length: 0\r\n";
    let got = stage.send(None, "POST /payments HTTP/1.1", lines).await;
    assert!(got.arrived.is_none());
    match front {
        Front::Envoy => assert_eq!(got.header("grpc-status"), ["16"]),
        _ => assert_problem(&got, 401, "certificate_missing"),
    }
}

async fn a_preflight_is_exempt_by_its_exact_path(front: Front) {
    let Some(stage) = Stage::set(front).await else {
        return;
    };
    let lines = "Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\n";
    for (path, expected) in [
        ("/payments/charges", "200 as ||"),
        ("/payments/other", "401 certificate_missing"),
        ("/payments/charges/", "401 certificate_missing"),
    ] {
        let first = format!("OPTIONS {path} HTTP/1.1");
        let got = stage.send(None, &first, lines).await;
        assert_eq!(got.outcome(), expected, "{path}");
    }
}

/// The problem body, its type, no caching, and no word of the backend.
pub(crate) fn assert_problem(got: &Got, status: u16, reason: &str) {
    assert_eq!(got.outcome(), format!("{status} {reason}"), "{got:?}");
    let problem = got.problem();
    assert_eq!(problem["status"], json!(status));
    assert!(
        problem["request_id"]
            .as_str()
            .is_some_and(|id| !id.is_empty())
    );
    assert_eq!(got.header("Content-Type"), ["application/problem+json"]);
    assert_eq!(got.header("Cache-Control"), ["no-store"]);
    // Every other header that it was answered with.
    for (name, value) in &got.answers[0] {
        let is_for_the_edge = name.as_str().starts_with("x-auth-");
        if !is_for_the_edge {
            let value = value.to_str().unwrap();
            assert_eq!(got.header(name.as_str()), [value], "{name}");
        }
    }
    for inner in [
        "X-Auth-Status",
        "X-Auth-Problem",
        "X-Client-ID",
        "X-Principal",
    ] {
        assert_eq!(got.header(inner), [""; 0], "{inner}");
    }
}
