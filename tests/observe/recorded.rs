//! What a record and a grant tell of a request that goes on although it would
//! have been denied.

use std::time::Duration;

use certgate::decide::{Decision, Grant, ObservedGrant, decide};
use certgate::evidence::AuditRecord;
use certgate::limits::{ChargeOutcome, MemoryLimits};
use serde_json::{Value, json};

use crate::support::corpus::Corpus;

/// Decides a case, with what came before it.
fn with<R>(name: &str, look: impl FnOnce(&Decision<'_>) -> R) -> R {
    let corpus = Corpus::load();
    let case = corpus.find(name);
    let policy = corpus.policy(case);
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let request = case.request.request(Duration::ZERO);
    for _ in 0..case.before.map_or(0, |before| before.requests) {
        let _ = decide(policy, &request, &limits);
    }
    look(&decide(policy, &request, &limits))
}

/// These fields of its record.
fn record<const N: usize>(name: &str, fields: [&str; N]) -> [Value; N] {
    let record = with(name, |decision| AuditRecord::new(decision, "id", 1));
    let record = serde_json::to_value(record).unwrap();
    fields.map(|field| {
        record
            .get(field)
            .unwrap_or_else(|| panic!("{field}"))
            .clone()
    })
}

const FIELDS: [&str; 7] = [
    "outcome",
    "grant",
    "reason",
    "observed",
    "client_id",
    "verification",
    "status",
];

#[test]
fn a_record_tells_what_was_observed_and_whether_anybody_is_proven() {
    for (name, expected) in [
        (
            "observe-certificates",
            json!([
                "allow",
                "proven",
                null,
                [],
                "pisp-partner-acme",
                "verified",
                null
            ]),
        ),
        (
            "health",
            json!(["allow", "exempt", null, [], null, "none", null]),
        ),
        (
            "observe-certificates-missing",
            json!([
                "allow",
                "unproven",
                null,
                ["certificate_missing"],
                null,
                "none",
                null
            ]),
        ),
        (
            "observe-certificates-unverified-then-address",
            json!([
                "allow",
                "unproven",
                null,
                ["certificate_unverified", "ip_not_allowed"],
                "pisp-partner-acme",
                "failed",
                null
            ]),
        ),
        (
            "observe-certificates-expired",
            json!([
                "allow",
                "unproven",
                null,
                ["certificate_expired"],
                "pisp-partner-acme",
                "verified",
                null
            ]),
        ),
        (
            "observe-certificates-unverified-and-malformed",
            json!([
                "allow",
                "unproven",
                null,
                ["certificate_unverified", "header_malformed"],
                null,
                "failed",
                null
            ]),
        ),
        (
            "observe-policy-method",
            json!([
                "allow",
                "observed",
                null,
                ["method_not_allowed"],
                "pisp-partner-acme",
                "verified",
                null
            ]),
        ),
        (
            "observe-policy-inactive-client",
            json!([
                "allow",
                "unproven",
                null,
                ["client_inactive"],
                "sleeping",
                "verified",
                null
            ]),
        ),
        (
            "observe-required-never-unverified",
            json!([
                "deny",
                null,
                "sender_binding_mismatch",
                ["certificate_unverified"],
                "acme",
                "failed",
                401
            ]),
        ),
    ] {
        assert_eq!(
            Value::from(record(name, FIELDS).to_vec()),
            expected,
            "{name}"
        );
    }
}

#[test]
fn the_limit_and_the_fault_that_are_observed_are_told() {
    assert_eq!(
        record("observe-policy-rate", ["limit", "observed"]),
        [json!("two-a-minute (rate)"), json!(["rate_limit_exceeded"])]
    );
    assert_eq!(
        record("observe-policy-quota", ["limit", "observed"]),
        [json!("three-a-day (quota)"), json!(["quota_exceeded"])]
    );
    assert_eq!(record("observe-policy", ["limit"]), [Value::Null]);
    let [fault, thumbprint] = record(
        "observe-certificates-header-malformed",
        ["fault", "thumbprint"],
    );
    assert!(fault["code"].is_string() && fault["at"].is_u64(), "{fault}");
    assert_eq!(thumbprint, Value::Null);
    let [fault, thumbprint] = record("observe-certificates-unverified", ["fault", "thumbprint"]);
    assert_eq!(fault, Value::Null);
    assert_eq!(thumbprint.as_str().unwrap().len(), 64);
}

/// Calls `look` with the grant of a case that goes on though it would have been
/// denied.
fn granted<R>(name: &str, look: impl FnOnce(&ObservedGrant) -> R) -> R {
    with(name, |decision| match decision {
        Decision::Allow(allow) => match allow.grant() {
            Grant::Observed(observed) => look(&observed),
            other => panic!("{other:?}"),
        },
        Decision::Deny(deny) => panic!("{}", deny.reason()),
    })
}

#[test]
fn a_grant_gives_the_certificate_as_something_unproven() {
    granted("observe-certificates-unverified", |observed| {
        assert_eq!(observed.reason().code(), "certificate_unverified");
        assert_eq!(observed.identity(), None);
        let certificate = observed.certificate().unwrap();
        let metadata = certificate.metadata().unwrap();
        assert_eq!(
            metadata.subject().to_string(),
            "CN=pisp-partner-acme,OU=pisp-prod,O=Example"
        );
        assert_eq!(
            metadata.issuer().to_string(),
            "CN=example-ca,O=Example,C=US"
        );
        assert!(metadata.to_rfc9440().starts_with(':'));
        assert!(certificate.claims().is_none());
        assert_eq!(certificate, &certificate.clone());
        assert!(
            !format!("{observed:?}").contains("pisp-prod,O"),
            "{observed:?}"
        );
    });
    for name in [
        "observe-certificates-missing",
        "observe-certificates-header-malformed",
        "observe-certificates-unverified-and-malformed",
    ] {
        granted(name, |observed| assert_eq!(observed.certificate(), None));
    }
    granted("observe-policy-method", |observed| {
        let identity = observed.identity().unwrap();
        assert_eq!(identity.client(), Some("pisp-partner-acme"));
        assert_eq!(identity.profile(), Some("pisp-prod"));
        assert_eq!(
            identity.principal(),
            "CN=pisp-partner-acme,OU=pisp-prod,O=Example"
        );
    });
}

#[test]
fn a_store_that_is_away_is_observed_as_a_full_window_is() {
    let corpus = Corpus::load();
    for (name, expected) in [
        ("observe-policy", Ok(vec!["limits_unavailable"])),
        (
            "observe-policy-address",
            Ok(vec!["ip_not_allowed", "limits_unavailable"]),
        ),
        ("observe-client", Ok(vec!["limits_unavailable"])),
        ("observe-certificates", Err("limits_unavailable")),
    ] {
        let case = corpus.find(name);
        let request = case.request.request(Duration::ZERO);
        let facts = certgate::decide::read(corpus.policy(case), &request);
        let admission = certgate::decide::authorize(certgate::decide::assess(facts)).unwrap();
        assert!(admission.charges().is_some(), "{name}");
        let decision = certgate::decide::settle(admission, ChargeOutcome::Unavailable);
        let observed = decision.findings().observed().iter();
        let observed = observed.map(|denial| denial.reason.code()).collect();
        let seen = decision
            .reason()
            .map_or(Ok(observed), |reason| Err(reason.code()));
        assert_eq!(seen, expected, "{name}");
    }
}
