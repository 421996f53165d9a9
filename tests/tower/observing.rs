//! What a service gets to see of a request that goes on although it would have
//! been denied.

use certgate::decide::{ObservedGrant, ObservedIdentity, Reason};
use certgate::evidence::{GrantKind, Outcome};
use certgate::gate::Granted;
use certgate::policy::Policy;
use http::request::Builder;
use serde_json::json;

use crate::harness::{Records, Seen, acme, call, empty, forwarded, layer};
use crate::support::{ACME_SHA256, POLICY, nginx, policy};

/// The policy with these stages observed, that would write proven ids.
fn observing(stages: &str) -> Policy {
    policy(&POLICY.replace(
        "[authentication]",
        &format!("identity_headers = \"replace\"\n[authentication]\nobserve = {stages}"),
    ))
}

async fn seen(policy: Policy, request: Builder) -> Seen {
    let answer = call(&layer(policy), empty(request)).await;
    assert_eq!((answer.status.as_u16(), answer.reason), (200, None));
    answer.seen.unwrap_or_else(|| panic!("{}", answer.body))
}

/// An unverified certificate of acme, and everything by which a caller may try
/// to be somebody.
fn unverified() -> Builder {
    forwarded("GET", "/payments")
        .header("X-SSL-Client-Cert", nginx("acme"))
        .header("X-SSL-Client-Verify", "NONE")
        .header("X-Client-ID", "pisp-partner-acme")
        .header("X-Profile-ID", "pisp-prod")
        .header("x_client_id", "pisp-partner-acme")
}

#[tokio::test]
async fn an_unproven_caller_has_no_identity_in_any_form() {
    let seen = seen(observing("['certificates']"), unverified()).await;
    let granted: &Granted = seen.head.extensions.get().unwrap();
    assert_eq!(granted.identity(), None);
    assert_eq!(granted.certificate(), None);
    assert!(granted.claims().is_none());
    let names: Vec<&str> = seen
        .head
        .headers
        .keys()
        .map(http::HeaderName::as_str)
        .collect();
    assert_eq!(names, ["x-forwarded-for"]);

    let observed = granted.observed().unwrap();
    assert_eq!(observed.reason(), Reason::CertificateUnverified);
    assert_eq!(observed.identity(), None);
    let metadata = observed.certificate().unwrap().metadata().unwrap();
    assert_eq!(metadata.thumbprint().hex(), ACME_SHA256);
}

#[tokio::test]
async fn the_proven_neighbour_has_one_and_nothing_observed() {
    let seen = seen(observing("['certificates']"), acme("GET", "/payments")).await;
    let granted: &Granted = seen.head.extensions.get().unwrap();
    assert_eq!(
        granted.identity().unwrap().client(),
        Some("pisp-partner-acme")
    );
    assert!(granted.certificate().is_some());
    assert_eq!(granted.observed(), None);
    assert_eq!(seen.head.headers["x-client-id"], "pisp-partner-acme");
}

#[tokio::test]
async fn a_proven_caller_who_would_be_denied_is_told_apart_from_one_who_would_not() {
    let seen = seen(observing("['policy']"), acme("DELETE", "/payments")).await;
    let granted: &Granted = seen.head.extensions.get().unwrap();
    assert_eq!(granted.identity(), None);
    assert_eq!(granted.certificate(), None);
    assert!(!seen.head.headers.contains_key("x-client-id"));
    assert!(!seen.head.headers.contains_key("x-profile-id"));
    let identity = granted.observed().and_then(ObservedGrant::identity);
    assert_eq!(
        identity.and_then(ObservedIdentity::client),
        Some("pisp-partner-acme")
    );
}

#[tokio::test]
async fn the_record_is_of_an_allow_and_tells_what_was_observed() {
    let records = Records::default();
    let layer = records.of(layer(observing("['certificates']")));
    let answer = call(&layer, empty(forwarded("GET", "/payments?card=4111"))).await;
    assert_eq!(answer.status, 200);
    let record = records.only();
    assert_eq!((record.outcome, record.status), (Outcome::Allow, Some(200)));
    assert_eq!(
        (record.grant, record.reason),
        (Some(GrantKind::Unproven), None)
    );
    let record = serde_json::to_value(&record).unwrap();
    assert_eq!(record["observed"], json!(["certificate_missing"]));
    assert_eq!(record["grant"], "unproven");
    assert_eq!(record["client_id"], json!(null));
    assert!(!record.to_string().contains("4111"));
}
