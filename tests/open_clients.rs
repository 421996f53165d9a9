//! What a caller gets, and what is recorded, where clients are open.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod support;

use std::time::Duration;

use certgate::decide::{Decision, Expected, NamedBy, Verdict, explain, forecast};
use certgate::evidence::AuditRecord;
use certgate::gate::{Gate, Granted};
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;

use support::corpus::Corpus;
use support::policies;

/// What an allowed case of the corpus gets, under its policy with
/// `identity_headers = "replace"`, and its record.
fn granted(name: &str) -> (Granted, AuditRecord) {
    let corpus = Corpus::load();
    let case = corpus.find(name);
    let text = policies::text(&case.policy).replace(
        "preset = \"nginx\"\n",
        "preset = \"nginx\"\nidentity_headers = \"replace\"\n",
    );
    let gate = Gate::new(Policy::from_toml_str(&text, "p.toml").unwrap().policy).unwrap();
    gate.decide(
        &case.request.request(Duration::ZERO),
        |concluded| match concluded.decision {
            Decision::Allow(allow) => (concluded.granted(allow), concluded.audit_record()),
            Decision::Deny(deny) => panic!("{}", deny.reason()),
        },
    )
}

fn headers(granted: &Granted) -> Vec<(String, String)> {
    let lines = granted.identity_headers();
    lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn a_principal_without_a_client_has_no_header_and_is_recorded_by_its_thumbprint() {
    let (granted, record) = granted("open");
    let identity = granted.identity().unwrap();
    assert_eq!(identity.client(), None);
    assert_eq!(identity.profile(), None);
    assert_eq!(identity.principal(), "CN=acme");
    assert_eq!(headers(&granted), []);
    assert_eq!(record.client_id, None);
    assert_eq!(record.named_by, Some(NamedBy::Certificate));
    assert_eq!(record.identity_rule.as_deref(), Some("open"));
    assert!(record.mtls_thumbprint_present);
    // The subject is no more of the certificate than records keep.
    assert_eq!(record.principal, None);
}

#[test]
fn a_principal_that_a_rule_makes_is_recorded() {
    let (granted, record) = granted("open-principal-of-a-person");
    assert_eq!(granted.identity().unwrap().client(), None);
    assert_eq!(
        record.principal.as_deref(),
        Some("auth:mail:ops@example.com")
    );
    assert_eq!(record.identity_rule.as_deref(), Some("people"));
}

#[test]
fn the_client_of_a_bound_token_stands_beside_the_principal() {
    let (granted, record) = granted("open-optional-principal-bound");
    let identity = granted.identity().unwrap();
    assert_eq!(identity.client(), Some("acme"));
    assert_eq!(identity.principal(), "auth:mail:ops@example.com");
    let client = ("x-client-id".to_owned(), "acme".to_owned());
    assert_eq!(headers(&granted), [client]);
    assert_eq!(record.client_id.as_deref(), Some("acme"));
    assert_eq!(record.named_by, Some(NamedBy::Token));
    assert_eq!(record.identity_rule.as_deref(), Some("people"));
}

#[test]
fn a_forecast_and_a_trial_do_without_a_client() {
    let corpus = Corpus::load();
    let of = |name: &str| {
        let case = corpus.find(name);
        forecast(corpus.policy(case), &case.request.request(Duration::ZERO))
    };
    let expect = |client: Option<&str>| Expected::Allow {
        client: client.map(str::to_owned),
        profile: None,
    };
    let nobody_s = of("open");
    assert_eq!(nobody_s.verdict, Verdict::Allow);
    assert_eq!(nobody_s.to_string(), "allow");
    assert!(expect(None).is_met_by(&nobody_s));
    assert!(!expect(Some("acme")).is_met_by(&nobody_s));
    assert_eq!(expect(None).to_string(), "allow");
    let named = of("open-name");
    assert_eq!(named.to_string(), "allow acme");
    assert!(expect(Some("acme")).is_met_by(&named));
    assert!(!expect(None).is_met_by(&named));
    let principal = of("open-principal-of-a-person").principal;
    assert_eq!(principal.as_deref(), Some("auth:mail:ops@example.com"));
}

#[test]
fn a_trace_tells_of_the_subject_what_records_do() {
    let corpus = Corpus::load();
    let request = corpus.find("open").request.request(Duration::ZERO);
    let text = policies::text("open");
    let named = format!("{text}\n[evidence]\ncertificate = \"names\"\n");
    for (text, detail) in [
        (text, "the subject by open"),
        (named, "principal \"CN=acme\" by open"),
    ] {
        let policy = Policy::from_toml_str(&text, "p.toml").unwrap().policy;
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let decision = explain(&policy, &request, &limits);
        let mut steps = decision.findings().trace().iter();
        let step = steps.find(|step| step.check == "identity").unwrap();
        assert_eq!(step.detail, detail);
    }
}
