//! What the caller of a denied request gets, and what an allowed one is told.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use certgate::decide::Reason;
use serde_json::json;

use crate::harness::{acme, call, forwarded, guard};
use crate::support::{POLICY, policy, policy_with};

#[actix_web::test]
async fn a_rejection_is_a_problem_with_a_challenge() {
    let answer = call(&guard(policy(POLICY)), forwarded("GET", "/payments")).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.reason, Some(Reason::CertificateMissing));
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(
        answer.header("www-authenticate"),
        Some("ClientCertificate realm=\"payments\"")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let mut body = answer.json();
    let id = body["request_id"].take();
    assert!(id.as_str().unwrap().starts_with("req_"));
    let expected = json!({
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "reason": "certificate_missing",
        "request_id": null,
    });
    assert_eq!(body, expected);
}

#[actix_web::test]
async fn another_method_and_one_request_too_many_say_what_is_right() {
    let guard = guard(policy(POLICY));
    let answer = call(&guard, acme("DELETE", "/payments")).await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("GET, POST"));
    for status in [200, 200, 200, 429] {
        let answer = call(&guard, acme("GET", "/payments")).await;
        assert_eq!(answer.status, status);
        let retry_after = (status == 429).then_some("60");
        assert_eq!(answer.header("retry-after"), retry_after);
    }
}

#[actix_web::test]
async fn a_caller_that_speaks_grpc_gets_a_grpc_status() {
    let guard = guard(policy(POLICY));
    let grpc = ("Content-Type", "application/grpc+proto");
    for (path, code, message) in [
        ("/payments/../x", "3", "path_malformed"),
        ("/nowhere", "7", "collection_not_allowed"),
    ] {
        let answer = call(&guard, acme("POST", path).append_header(grpc)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/grpc"));
        assert_eq!(answer.header("grpc-status"), Some(code));
        assert_eq!(answer.header("grpc-message"), Some(message));
        assert_eq!(answer.body, "");
        assert!(answer.seen.is_none());
    }
    let answer = call(&guard, acme("POST", "/payments").append_header(grpc)).await;
    assert_eq!(
        (answer.header("grpc-status"), &*answer.body),
        (None, "hello")
    );
}

#[actix_web::test]
async fn a_service_may_answer_in_its_own_words() {
    let guard = guard(policy(POLICY)).with_rejection(|rejection, request| {
        let text = format!("{} no: {}", request.path(), rejection.problem().reason);
        HttpResponse::build(StatusCode::IM_A_TEAPOT).body(text)
    });
    let answer = call(&guard, forwarded("GET", "/payments")).await;
    assert_eq!(answer.status, 418);
    assert_eq!(answer.body, "/payments no: certificate_missing");
    assert_eq!(answer.reason, Some(Reason::CertificateMissing));
    assert_eq!(call(&guard, acme("GET", "/payments")).await.status, 200);
}

#[actix_web::test]
async fn an_answer_and_a_refusal_tell_how_the_limits_stand() {
    let guard = guard(policy_with(
        "[[exemptions]]",
        "[limiting]\nheaders = [\"ratelimit\"]\n[[exemptions]]",
    ));
    for (status, standing) in [
        (200, "\"three-a-minute-rate\";r=2;t=60"),
        (200, "\"three-a-minute-rate\";r=1;t=60"),
        (200, "\"three-a-minute-rate\";r=0;t=60"),
        (429, "\"three-a-minute-rate\";r=0;t=60"),
    ] {
        let answer = call(&guard, acme("GET", "/payments")).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("ratelimit"), Some(standing));
    }
}
