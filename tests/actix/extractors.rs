//! What handlers may ask for, and what becomes of those that ask for too much.

use actix_http::Request;
use actix_web::http::header::ContentType;
use actix_web::test::init_service;
use actix_web::{App, HttpMessage as _, web};
use certgate::adapter::actix::{AccessRejection, ClientCertificate, GateMiddleware, Identity};
use certgate::gate::Granted;
use certgate::policy::Policy;
use certgate::request::{Confirmation, VerifiedToken};
use serde_json::json;

use crate::harness::{Answer, acme, answer, forwarded, guard};
use crate::support::{ACME_SHA256, POLICY, policy, policy_with};

async fn identity(Identity(caller): Identity) -> String {
    caller.client().unwrap_or("no client").to_owned()
}

async fn maybe(caller: Option<Identity>) -> String {
    let client = caller.as_ref().and_then(|caller| caller.client());
    client.unwrap_or("nobody").to_owned()
}

async fn certificate(certificate: ClientCertificate) -> String {
    certificate.thumbprint().hex()
}

async fn granted(granted: Granted) -> String {
    format!("{:?}", granted.identity().map(|caller| caller.profile()))
}

async fn why(caller: Result<Identity, AccessRejection>) -> String {
    match caller {
        Ok(_) => "proven".to_owned(),
        Err(error) => format!("{:?}: {error}", error.denied()),
    }
}

/// One request to each handler: its answer.
async fn each(guard: Option<GateMiddleware>, request: impl Fn() -> Request) -> Vec<Answer> {
    let mut answers = Vec::new();
    for handler in [
        web::to(identity),
        web::to(maybe),
        web::to(certificate),
        web::to(granted),
        web::to(why),
    ] {
        let app = App::new().default_service(handler);
        answers.push(match &guard {
            Some(guard) => {
                let app = init_service(app.wrap(guard.clone())).await;
                answer(&app, request()).await
            }
            None => answer(&init_service(app).await, request()).await,
        });
    }
    answers
}

fn texts(answers: &[Answer]) -> Vec<(u16, &str)> {
    let told = |answer| -> (u16, &str) {
        let answer: &Answer = answer;
        match answer.status {
            200 => (200, &answer.body),
            status => (status, ""),
        }
    };
    answers.iter().map(told).collect()
}

fn unlimited(text: &str) -> Policy {
    policy(&text.replace("limits = \"three-a-minute\"\n", ""))
}

#[actix_web::test]
async fn who_is_proven_is_there_with_the_certificate() {
    let answers = each(Some(guard(unlimited(POLICY))), || {
        acme("GET", "/payments").to_request()
    })
    .await;
    assert_eq!(
        texts(&answers),
        [
            (200, "pisp-partner-acme"),
            (200, "pisp-partner-acme"),
            (200, ACME_SHA256),
            (200, "Some(Some(\"pisp-prod\"))"),
            (200, "proven"),
        ]
    );
}

#[actix_web::test]
async fn an_exempt_path_proves_nobody() {
    for request in [forwarded, acme] {
        let answers = each(Some(guard(policy(POLICY))), || {
            request("GET", "/healthz").to_request()
        })
        .await;
        assert_eq!(
            texts(&answers),
            [
                (401, ""),
                (200, "nobody"),
                (401, ""),
                (200, "None"),
                (
                    200,
                    "NoIdentity: the path is exempt, and nobody is proven to be calling"
                ),
            ]
        );
        let refused = answers.first().unwrap();
        let problem = ContentType("application/problem+json".parse().unwrap());
        assert_eq!(refused.header("content-type"), Some(&*problem.to_string()));
        assert_eq!(refused.header("cache-control"), Some("no-store"));
        let challenge = Some("ClientCertificate realm=\"payments\"");
        assert_eq!(refused.header("www-authenticate"), challenge);
        let mut body = refused.json();
        assert!(
            body["request_id"]
                .take()
                .as_str()
                .unwrap()
                .starts_with("req_")
        );
        assert_eq!(
            body,
            json!({
                "type": "about:blank",
                "title": "Unauthorized",
                "status": 401,
                "reason": "identity_missing",
                "request_id": null,
            })
        );
    }
}

#[actix_web::test]
async fn an_observed_grant_gives_no_identity_and_no_certificate() {
    // Nothing but the address is wrong, so that an identity was found.
    let observed = POLICY
        .replace(
            "realm = \"payments\"",
            "observe = [\"certificates\", \"policy\"]",
        )
        .replace("203.0.113.0/24", "198.51.100.0/24");
    for request in [acme, forwarded] {
        let answers = each(Some(guard(unlimited(&observed))), || {
            request("GET", "/payments").to_request()
        });
        assert_eq!(
            texts(&answers.await),
            [
                (403, ""),
                (200, "nobody"),
                (403, ""),
                (200, "None"),
                (
                    200,
                    "NotProven: denials are only observed, and nobody is proven to be calling"
                ),
            ]
        );
    }
}

#[actix_web::test]
async fn without_a_gate_nothing_is_proven_and_the_service_is_at_fault() {
    let answers = each(None, || acme("GET", "/payments").to_request()).await;
    assert_eq!(
        texts(&answers),
        [
            (500, ""),
            (200, "nobody"),
            (500, ""),
            (500, ""),
            (200, "NoGate: no gate has seen the request"),
        ]
    );
    assert_eq!(
        answers.first().unwrap().json(),
        json!({
            "type": "about:blank",
            "title": "Internal Server Error",
            "status": 500,
            "reason": "gate_missing",
        })
    );
    let grpc = || {
        let content_type = ("Content-Type", "application/grpc");
        acme("POST", "/payments")
            .insert_header(content_type)
            .to_request()
    };
    let answers = each(None, grpc).await;
    let refused = answers.first().unwrap();
    assert_eq!(
        (refused.status, refused.header("grpc-status")),
        (200, Some("13"))
    );
}

#[actix_web::test]
async fn a_token_alone_proves_who_and_has_no_certificate() {
    let token = VerifiedToken::assert_verified(Some("pisp-partner-acme"), Confirmation::default());
    let request = || {
        let request = forwarded("GET", "/payments").to_request();
        request.extensions_mut().insert(token.clone());
        request
    };
    let bearer = policy_with("\"mtls\"", "\"bearer\"");
    let answers = each(Some(guard(bearer)), request).await;
    // The fourth and fifth are more than three a minute.
    assert_eq!(
        texts(answers.get(..3).unwrap()),
        [
            (200, "pisp-partner-acme"),
            (200, "pisp-partner-acme"),
            (401, ""),
        ]
    );
    let refused = answers.get(2).unwrap();
    assert_eq!(refused.json()["reason"], "certificate_missing");
    assert_eq!(
        refused.header("www-authenticate"),
        Some("Bearer realm=\"payments\"")
    );
}

#[actix_web::test]
async fn a_grant_from_elsewhere_is_replaced() {
    let guard = guard(unlimited(POLICY));
    let app = App::new()
        .wrap(guard.clone())
        .default_service(web::to(crate::harness::seen));
    let app = init_service(app).await;
    let proven = answer(&app, acme("GET", "/payments").to_request()).await;
    let proven = proven.seen.unwrap().granted;
    assert!(proven.identity().is_some());
    let request = forwarded("GET", "/healthz").to_request();
    request.extensions_mut().insert(proven.clone());
    let exempt = answer(&app, request).await;
    assert_eq!(exempt.seen.unwrap().granted.identity(), None);
    let request = forwarded("GET", "/payments").to_request();
    request.extensions_mut().insert(proven);
    assert_eq!(answer(&app, request).await.status, 401);
}
