//! What an allowed request carries on into the service.

use certgate::decide::Reason;
use certgate::gate::Granted;
use certgate::request::{Confirmation, VerifiedToken};
use http::request::Builder;

use crate::harness::{acme, call, empty, forwarded, layer};
use crate::support::{ACME_SHA256, ACME_X5T, POLICY, peer, policy, policy_with};

async fn granted(layer: &certgate::adapter::tower::GateLayer, request: Builder) -> Granted {
    let answer = call(layer, empty(request)).await;
    let mut seen = answer.seen.unwrap_or_else(|| panic!("{}", answer.body));
    seen.head.extensions.remove().unwrap()
}

#[tokio::test]
async fn a_grant_tells_who_calls_with_which_certificate() {
    let layer = layer(policy(POLICY));
    let granted = granted(&layer, acme("GET", "/payments")).await;
    let identity = granted.identity().unwrap();
    assert_eq!(identity.client(), Some("pisp-partner-acme"));
    assert_eq!(identity.profile(), Some("pisp-prod"));
    assert_eq!(
        identity.principal(),
        "CN=pisp-partner-acme,OU=pisp-prod,O=Acme Payment Services,C=GB"
    );
    let certificate = granted.certificate().unwrap();
    assert_eq!(certificate.thumbprint().hex(), ACME_SHA256);
    assert_eq!(
        certificate.issuer().to_string(),
        "CN=Example Root CA,O=Example Root Trust Ltd,C=GB"
    );
}

#[tokio::test]
async fn a_rule_s_principal_goes_before_the_subject() {
    let layer = layer(policy_with(
        "profile = \"{subject.ou}\"",
        "profile = \"{subject.ou}\"\nprincipal = \"auth:account:x509:sha256:{thumbprint}\"",
    ));
    let granted = granted(&layer, acme("GET", "/payments")).await;
    assert_eq!(
        granted.identity().unwrap().principal(),
        format!("auth:account:x509:sha256:{ACME_SHA256}")
    );
}

#[tokio::test]
async fn an_exempt_path_grants_no_identity_and_no_certificate() {
    let layer = layer(policy(POLICY));
    for request in [forwarded("GET", "/healthz"), acme("GET", "/healthz")] {
        let granted = granted(&layer, request).await;
        assert_eq!(granted.identity(), None);
        assert!(granted.certificate().is_none());
        assert!(granted.request_id().starts_with("req_"));
    }
    for (method, path) in [
        ("POST", "/healthz"),
        ("GET", "/healthz/"),
        ("GET", "/healthz/x"),
    ] {
        let answer = call(&layer, empty(forwarded(method, path))).await;
        assert_eq!(
            answer.reason,
            Some(Reason::CertificateMissing),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn the_edge_s_request_id_is_taken_if_it_is_one_and_a_stranger_s_never() {
    let layer = layer(policy(POLICY));
    let longest = "r".repeat(128);
    for (given, taken) in [
        (&*longest, true),
        ("4bf92f35-77b3", true),
        (&*"r".repeat(129), false),
        ("two words", false),
        ("", false),
    ] {
        let from_edge = forwarded("GET", "/healthz").header("X-Request-ID", given);
        let granted_id = granted(&layer, from_edge).await;
        assert_eq!(granted_id.request_id() == given, taken, "{given}");
        assert_eq!(
            granted_id.request_id().starts_with("req_"),
            !taken,
            "{given}"
        );
        let from_stranger = http::Request::get("/healthz")
            .header("X-Request-ID", given)
            .extension(peer("192.0.2.1"));
        let granted_id = granted(&layer, from_stranger).await;
        assert!(granted_id.request_id().starts_with("req_"), "{given}");
    }
}

#[tokio::test]
async fn a_verified_token_in_the_extensions_counts_and_stays_there() {
    let layer = layer(policy_with("\"mtls\"", "\"bearer_plus_mtls_required\""));
    let token = |confirmation| VerifiedToken::assert_verified(None, confirmation);
    let with = |token: VerifiedToken| acme("GET", "/payments").extension(token);
    let answer = call(&layer, empty(with(token(Confirmation::x5t_s256(ACME_X5T))))).await;
    let seen = answer.seen.unwrap();
    let granted: &Granted = seen.head.extensions.get().unwrap();
    assert_eq!(
        granted.identity().unwrap().client(),
        Some("pisp-partner-acme")
    );
    assert!(seen.head.extensions.get::<VerifiedToken>().is_some());
    let answer = call(&layer, empty(with(token(Confirmation::default())))).await;
    assert_eq!(answer.reason, Some(Reason::SenderBindingMissing));
    let answer = call(&layer, empty(acme("GET", "/payments"))).await;
    assert_eq!(answer.reason, Some(Reason::TokenMissing));
}

#[tokio::test]
async fn a_token_alone_is_an_identity_without_a_certificate() {
    let layer = layer(policy_with("\"mtls\"", "\"bearer\""));
    let token = VerifiedToken::assert_verified(Some("pisp-partner-acme"), Confirmation::default());
    let granted = granted(&layer, forwarded("GET", "/payments").extension(token)).await;
    let identity = granted.identity().unwrap();
    assert_eq!(identity.client(), Some("pisp-partner-acme"));
    assert_eq!(identity.principal(), "pisp-partner-acme");
    assert!(granted.certificate().is_none());
}
