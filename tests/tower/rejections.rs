//! What a caller gets who is turned away.

use std::sync::Arc;

use axum::body::Body;
use certgate::adapter::tower::GateLayer;
use certgate::decide::Reason;
use certgate::gate::Gate;
use certgate::policy::Policy;
use certgate::request::{Confirmation, Now, VerifiedToken};
use http::request::Builder;
use http::{HeaderValue, Request, Response};
use serde_json::json;

use crate::harness::{Answer, acme, call, empty, forwarded, layer};
use crate::support::{ACME_X5T, POLICY, TEN_YEARS_ON, at, nginx, peer, policy, policy_with};

const MTLS: Option<&str> = Some("ClientCertificate realm=\"payments\"");
const BEARER: Option<&str> = Some("Bearer realm=\"payments\"");
const JSON: Option<&str> = Some("application/problem+json");

/// Expects a problem body with exactly these members, and the headers that go
/// with it.
async fn rejected(
    layer: &GateLayer,
    request: Builder,
    (status, title, code): (u16, &str, &str),
    reason: Reason,
    challenge: Option<&str>,
) -> Answer {
    let answer = call(layer, empty(request.header("X-Request-ID", "edge-17"))).await;
    let context = format!("{reason}");
    assert_eq!(answer.status, status, "{context}");
    assert_eq!(answer.header("content-type"), JSON, "{context}");
    assert_eq!(
        answer.header("cache-control"),
        Some("no-store"),
        "{context}"
    );
    assert_eq!(answer.header("www-authenticate"), challenge, "{context}");
    let body = json!({
        "type": "about:blank",
        "title": title,
        "status": status,
        "reason": code,
        "request_id": "edge-17",
    });
    assert_eq!(answer.json(), body, "{context}");
    assert_eq!(answer.reason, Some(reason), "{context}");
    assert!(answer.seen.is_none(), "{context}: the service was called");
    answer
}

async fn allowed(layer: &GateLayer, request: Builder) {
    let answer = call(layer, empty(request)).await;
    assert_eq!((answer.status.as_u16(), &*answer.body), (200, "hello"));
    assert!(answer.seen.is_some());
    assert_eq!(answer.reason, None);
}

/// The policy without limits.
fn unlimited() -> Policy {
    policy_with("limits = \"three-a-minute\"", "")
}

#[tokio::test]
async fn a_malformed_request_is_a_400() {
    let layer = layer(unlimited());
    let bad_request = |code| (400, "Bad Request", code);
    let cert = |value: &str| {
        forwarded("GET", "/payments")
            .header("X-SSL-Client-Verify", "SUCCESS")
            .header("X-SSL-Client-Cert", value)
    };
    allowed(&layer, acme("GET", "/payments/x")).await;
    rejected(
        &layer,
        acme("GET", "/payments/../x"),
        bad_request("path_malformed"),
        Reason::PathMalformed,
        None,
    )
    .await;
    rejected(
        &layer,
        cert("not a certificate"),
        bad_request("header_malformed"),
        Reason::HeaderMalformed,
        None,
    )
    .await;
    rejected(
        &layer,
        cert(&"A".repeat(32 * 1024 + 1)),
        bad_request("header_oversized"),
        Reason::HeaderOversized,
        None,
    )
    .await;
    rejected(
        &layer,
        cert("-----BEGIN%20CERTIFICATE-----%0AMIIB%0A-----END%20CERTIFICATE-----%0A"),
        bad_request("certificate_malformed"),
        Reason::CertificateMalformed,
        None,
    )
    .await;
}

#[tokio::test]
async fn two_lines_of_a_header_are_seen_and_refused() {
    let layer = layer(unlimited());
    for name in ["x-ssl-client-cert", "x-client-id", "x-profile-id"] {
        let mut request = empty(acme("GET", "/payments"));
        let same = match name {
            "x-ssl-client-cert" => HeaderValue::from_str(&nginx("acme")).unwrap(),
            "x-client-id" => HeaderValue::from_static("pisp-partner-acme"),
            _ => HeaderValue::from_static("pisp-prod"),
        };
        if !request.headers().contains_key(name) {
            request.headers_mut().append(name, same.clone());
        }
        let mut once = empty(acme("GET", "/payments"));
        *once.headers_mut() = request.headers().clone();
        request.headers_mut().append(name, same);
        assert_eq!(call(&layer, once).await.status, 200, "{name}");
        let answer = call(&layer, request).await;
        assert_eq!(answer.status, 400, "{name}");
        assert_eq!(answer.json()["reason"], "header_ambiguous", "{name}");
    }
    // A status said twice is no status.
    let twice = acme("GET", "/payments").header("X-SSL-Client-Verify", "SUCCESS");
    let answer = call(&layer, empty(twice)).await;
    assert_eq!(answer.reason, Some(Reason::CertificateUnverified));
}

#[tokio::test]
async fn a_certificate_that_does_not_count_is_a_401_with_a_challenge() {
    let unauthorized = |code| (401, "Unauthorized", code);
    let guarded = layer(unlimited());
    allowed(&guarded, acme("GET", "/payments")).await;
    rejected(
        &guarded,
        // Named in `Connection`, the header was removed on the way.
        forwarded("GET", "/payments").header("X-SSL-Client-Verify", "SUCCESS"),
        unauthorized("certificate_missing"),
        Reason::CertificateMissing,
        MTLS,
    )
    .await;
    rejected(
        &guarded,
        forwarded("GET", "/payments")
            .header("X-SSL-Client-Cert", nginx("acme"))
            .header("X-SSL-Client-Verify", "FAILED:certificate has expired"),
        unauthorized("certificate_unverified"),
        Reason::CertificateUnverified,
        MTLS,
    )
    .await;
    rejected(
        &guarded,
        forwarded("GET", "/payments")
            .header("X-SSL-Client-Cert", nginx("spiffe"))
            .header("X-SSL-Client-Verify", "SUCCESS"),
        unauthorized("issuer_not_allowed"),
        Reason::IssuerNotAllowed,
        MTLS,
    )
    .await;
    let later = layer(unlimited()).with_clock(|| Now {
        wall: certgate::request::Timestamp::from_unix_seconds(TEN_YEARS_ON),
        ..at(0)
    });
    rejected(
        &later,
        acme("GET", "/payments"),
        unauthorized("certificate_expired"),
        Reason::CertificateExpired,
        MTLS,
    )
    .await;
}

#[tokio::test]
async fn a_missing_or_untrusted_peer_has_no_certificate() {
    let layer = layer(unlimited());
    let from = |peer: Option<certgate::request::Peer<'static>>| {
        let mut request = empty(acme("GET", "/payments").header("X-Request-ID", "mine"));
        request.extensions_mut().clear();
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        request
    };
    assert_eq!(call(&layer, from(Some(peer("10.0.0.7")))).await.status, 200);
    for stranger in [
        None,
        Some(peer("203.0.113.9")),
        Some(peer("::1")),
        Some(certgate::request::Peer::UNIX),
    ] {
        let answer = call(&layer, from(stranger)).await;
        assert_eq!(answer.status, 401, "{stranger:?}");
        let body = answer.json();
        assert_eq!(body["reason"], "certificate_missing", "{stranger:?}");
        let id = body["request_id"].as_str().unwrap();
        assert!(id.starts_with("req_"), "a stranger's id was believed: {id}");
    }
}

#[tokio::test]
async fn a_token_at_fault_is_told_so() {
    let bound_mode = policy_with("\"mtls\"", "\"bearer_plus_mtls_required\"");
    let layer = layer(bound_mode);
    let with = |confirmation| {
        let token = VerifiedToken::assert_verified(Some("pisp-partner-acme"), confirmation);
        acme("GET", "/payments")
            .header("Authorization", "Bearer eyJ.e30.sig")
            .extension(token)
    };
    allowed(&layer, with(Confirmation::x5t_s256(ACME_X5T))).await;
    let another: String = ACME_X5T.replacen('_', "A", 1);
    let dpop = serde_json::from_str(r#"{"jkt":"k"}"#).unwrap();
    for (confirmation, reason, code) in [
        (
            Confirmation::default(),
            Reason::SenderBindingMissing,
            "sender_binding_missing",
        ),
        (
            Confirmation::x5t_s256(&another),
            Reason::SenderBindingMismatch,
            "sender_binding_mismatch",
        ),
        (
            Confirmation::unreadable(),
            Reason::SenderBindingMalformed,
            "sender_binding_malformed",
        ),
        (
            dpop,
            Reason::SenderBindingUnsupported,
            "sender_binding_unsupported",
        ),
    ] {
        let challenge = format!(
            "Bearer realm=\"payments\", error=\"invalid_token\", error_description=\"{code}\""
        );
        let expected = (401, "Unauthorized", code);
        rejected(
            &layer,
            with(confirmation),
            expected,
            reason,
            Some(&challenge),
        )
        .await;
    }
    rejected(
        &layer,
        // Nobody verified this one.
        acme("GET", "/payments").header("Authorization", "Bearer eyJ.e30.sig"),
        (401, "Unauthorized", "token_missing"),
        Reason::TokenMissing,
        BEARER,
    )
    .await;
}

#[tokio::test]
async fn a_bearer_line_that_nobody_verified_is_refused_where_tokens_are_not_taken() {
    let layer = layer(unlimited());
    allowed(
        &layer,
        acme("GET", "/payments").header("Authorization", "Basic x"),
    )
    .await;
    rejected(
        &layer,
        acme("GET", "/payments").header("Authorization", "bearer eyJ.e30.sig"),
        (401, "Unauthorized", "token_missing"),
        Reason::TokenMissing,
        BEARER,
    )
    .await;
}

#[tokio::test]
async fn the_wire_does_not_tell_which_clients_and_collections_exist() {
    let id = "id = \"pisp-partner-acme\"";
    let profile = "id = \"pisp-prod\"";
    let mismatch = (403, "Forbidden", "client_profile_mismatch");
    for (old, new, reason) in [
        (id, "id = \"other\"".to_owned(), Reason::ClientUnknown),
        (id, format!("{id}\nactive = false"), Reason::ClientInactive),
        (profile, "id = \"pisp-test\"".to_owned(), Reason::ProfileUnknown),
        (profile, format!("{profile}\nactive = false"), Reason::ProfileInactive),
        (
            "[[clients]]",
            "[[clients]]\nid = \"other\"\n  [[clients.profiles]]\n  id = \"pisp-prod\"\n[[clients]]"
                .to_owned(),
            Reason::ClientProfileMismatch,
        ),
    ] {
        let policy = if reason == Reason::ClientProfileMismatch {
            policy(&POLICY.replace(profile, "id = \"pisp-test\"").replace(old, &new))
        } else {
            policy_with(old, &new)
        };
        rejected(&layer(policy), acme("GET", "/payments"), mismatch, reason, None).await;
    }
    let guarded = layer(unlimited());
    let not_allowed = (403, "Forbidden", "collection_not_allowed");
    for (path, reason) in [
        ("/admin", Reason::CollectionNotAllowed),
        ("/nowhere", Reason::CollectionUnknown),
    ] {
        rejected(&guarded, acme("GET", path), not_allowed, reason, None).await;
    }
    allowed(&guarded, acme("GET", "/payments")).await;
}

#[tokio::test]
async fn an_address_outside_of_the_allowlist_is_a_403() {
    let layer = layer(unlimited());
    allowed(&layer, acme("GET", "/payments")).await;
    let elsewhere = acme("GET", "/payments").header("X-Forwarded-For", "198.51.100.1");
    rejected(
        &layer,
        elsewhere,
        (403, "Forbidden", "ip_not_allowed"),
        Reason::IpNotAllowed,
        None,
    )
    .await;
}

#[tokio::test]
async fn another_method_is_a_405_that_lists_the_right_ones() {
    let layer = layer(unlimited());
    allowed(&layer, acme("POST", "/payments")).await;
    let answer = rejected(
        &layer,
        acme("DELETE", "/payments"),
        (405, "Method Not Allowed", "method_not_allowed"),
        Reason::MethodNotAllowed,
        None,
    )
    .await;
    assert_eq!(answer.header("allow"), Some("GET, POST"));
    assert_eq!(answer.header("retry-after"), None);
}

#[tokio::test]
async fn one_request_too_many_is_a_429_that_says_when() {
    let limited = layer(policy(POLICY));
    for _ in 0..3 {
        allowed(&limited, acme("GET", "/payments")).await;
    }
    let answer = rejected(
        &limited,
        acme("GET", "/payments"),
        (429, "Too Many Requests", "rate_limit_exceeded"),
        Reason::RateLimitExceeded,
        None,
    )
    .await;
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert_eq!(answer.header("allow"), None);

    let daily = "quota = { requests = 1, per = \"1d\" }";
    let limited = layer(policy_with("rate = { requests = 3, per = \"1m\" }", daily))
        .with_clock(|| at(86_400 - 90));
    allowed(&limited, acme("GET", "/payments")).await;
    let answer = rejected(
        &limited,
        acme("GET", "/payments"),
        (429, "Too Many Requests", "quota_exceeded"),
        Reason::QuotaExceeded,
        None,
    )
    .await;
    assert_eq!(answer.header("retry-after"), Some("90"));
}

#[tokio::test]
async fn a_caller_that_speaks_grpc_gets_a_grpc_status() {
    let layer = layer(policy(POLICY));
    let grpc = |request: Builder| empty(request.header("Content-Type", "application/grpc+proto"));
    for (request, code, message) in [
        (acme("POST", "/payments/../x"), "3", "path_malformed"),
        (forwarded("POST", "/payments"), "16", "certificate_missing"),
        (acme("POST", "/nowhere"), "7", "collection_not_allowed"),
        (acme("PUT", "/payments"), "12", "method_not_allowed"),
        (acme("POST", "/payments"), "", ""),
        (acme("POST", "/payments"), "", ""),
        (acme("POST", "/payments"), "", ""),
        (acme("POST", "/payments"), "8", "rate_limit_exceeded"),
    ] {
        let answer = call(&layer, grpc(request)).await;
        assert_eq!(answer.status, 200, "{message}");
        if code.is_empty() {
            assert_eq!(answer.header("grpc-status"), None);
            assert_eq!(answer.body, "hello");
            continue;
        }
        assert_eq!(answer.header("content-type"), Some("application/grpc"));
        assert_eq!(answer.header("grpc-status"), Some(code), "{message}");
        assert_eq!(answer.header("grpc-message"), Some(message));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.body, "");
        assert!(answer.seen.is_none());
    }
    let web = forwarded("POST", "/payments").header("Content-Type", "application/grpc-web");
    let answer = call(&layer, empty(web)).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("content-type"), JSON);
}

#[tokio::test]
async fn a_service_may_answer_in_its_own_words() {
    let layer = layer(policy(POLICY)).with_rejection(|rejection, _| {
        let mut response = Response::new(format!("no: {}", rejection.problem().reason));
        *response.status_mut() = http::StatusCode::IM_A_TEAPOT;
        response
    });
    let answer = call(&layer, empty(forwarded("GET", "/payments"))).await;
    assert_eq!(answer.status, 418);
    assert_eq!(answer.body, "no: certificate_missing");
    assert_eq!(answer.header("content-type"), None);
    assert_eq!(answer.reason, Some(Reason::CertificateMissing));
    allowed(&layer, acme("GET", "/payments")).await;
}

#[tokio::test]
async fn a_rejection_says_its_length_and_ends() {
    use http_body::Body as _;
    use tower::{Layer as _, ServiceExt as _};

    let service = tower::service_fn(|_| async { Ok::<_, ()>(Response::new(Body::empty())) });
    let service = layer(policy(POLICY)).layer(service);
    let response = service
        .oneshot(empty(forwarded("GET", "/payments")))
        .await
        .unwrap();
    let mut body = response.into_body();
    assert!(!body.is_end_stream());
    let length = body.size_hint().exact().unwrap();
    let frame = http_body_util::BodyExt::frame(&mut body)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(frame.into_data().unwrap().len() as u64, length);
    assert!(body.is_end_stream());
    assert_eq!(body.size_hint().exact(), Some(0));
    assert!(http_body_util::BodyExt::frame(&mut body).await.is_none());
}

#[tokio::test]
async fn a_gate_is_shared_by_every_layer_made_of_it() {
    let gate = Arc::new(Gate::new(policy(POLICY)).unwrap());
    let make = || {
        GateLayer::new(
            Arc::clone(&gate),
            certgate::adapter::tower::PeerSource::extension(),
            certgate::adapter::tower::TargetSource::request_uri(),
        )
        .with_clock(|| at(0))
    };
    let (one, other) = (make(), make());
    allowed(&one, acme("GET", "/payments")).await;
    allowed(&other, acme("GET", "/payments")).await;
    allowed(&one.clone(), acme("GET", "/payments")).await;
    let request: Request<Body> = empty(acme("GET", "/payments"));
    assert_eq!(call(&other, request).await.status, 429);
}
