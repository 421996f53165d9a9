//! When a policy can be made strict: forecasts, comparisons, trials, and a
//! strict policy in the shadow of one that observes.

use std::time::Duration;

use certgate::decide::{Expected, Reason, Trial, Verdict, compare, forecast, run_trials};
use certgate::evidence::{ActorType, Change};
use certgate::gate::Gate;
use certgate::policy::Policy;
use certgate::request::{OwnedRequest, Request, Timestamp};
use serde_json::json;

use crate::support::corpus::Corpus;
use crate::support::policies;

/// The policy without what it observes.
fn strict(name: &str) -> Policy {
    let text = policies::text(name);
    let strict = text.replace("observe = [\"certificates\"]\n", "");
    assert_ne!(text, strict);
    Policy::from_toml_str(&strict, name).unwrap().policy
}

fn requests(corpus: &Corpus, names: &[&str]) -> Vec<OwnedRequest> {
    let owned = |name: &&str| {
        let request: Request<'_> = corpus.find(name).request.request(Duration::ZERO);
        let mut headers: Vec<(String, String)> = Vec::new();
        request.headers.visit(&mut |name, value| {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            headers.push((text(name), text(value)));
        });
        let owned = OwnedRequest::new(request.peer, request.method, request.target, request.now);
        headers
            .iter()
            .fold(owned, |owned, (name, value)| owned.with_header(name, value))
    };
    names.iter().map(owned).collect()
}

#[test]
fn a_comparison_with_the_strict_policy_tells_what_would_be_denied() {
    let corpus = Corpus::load();
    let (old, new) = (
        policies::load("observe-certificates"),
        strict("observe-certificates"),
    );
    let requests = requests(
        &corpus,
        &[
            "observe-certificates",
            "observe-certificates-missing",
            "observe-certificates-unverified",
            "observe-certificates-address",
        ],
    );
    let told: Vec<String> = compare(&old, &new, &requests)
        .iter()
        .map(|difference| {
            format!(
                "{} {} | {}",
                difference.place, difference.old, difference.new
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 observed certificate_missing | deny certificate_missing",
            "2 observed certificate_unverified | deny certificate_unverified",
        ]
    );
    assert_eq!(compare(&old, &old, &requests), []);

    let missing = forecast(&old, &requests[1].request());
    assert_eq!(
        missing.verdict,
        Verdict::Observed(Reason::CertificateMissing)
    );
    assert_eq!(missing.verdict.observed(), Some(Reason::CertificateMissing));
    assert_eq!(missing.verdict.reason(), None);
    assert_eq!(missing.client, None);
    let unverified = forecast(&old, &requests[2].request());
    assert_eq!(unverified.client.as_deref(), Some("pisp-partner-acme"));
    assert_eq!(
        serde_json::to_value(unverified.verdict).unwrap(),
        json!({ "observed": "certificate_unverified" })
    );
    assert_eq!(
        forecast(&old, &requests[0].request()).verdict.observed(),
        None
    );
}

#[test]
fn a_trial_that_expects_an_allow_is_not_met_by_an_observed_denial() {
    let corpus = Corpus::load();
    let policy = policies::load("observe-certificates");
    let request = || requests(&corpus, &["observe-certificates-unverified"]).remove(0);
    let trial = |expect: Expected| Trial {
        name: "acme".to_owned(),
        request: request(),
        expect,
    };
    let allow = Expected::Allow {
        client: Some("pisp-partner-acme".to_owned()),
        profile: Some("pisp-prod".to_owned()),
    };
    let found = |expect: Expected| {
        let mismatches = run_trials(&policy, &[trial(expect)]);
        mismatches
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found(allow),
        ["acme: expected allow pisp-partner-acme/pisp-prod, got observed certificate_unverified"]
    );
    assert_eq!(
        found(Expected::Observed(Reason::CertificateMissing)),
        ["acme: expected observed certificate_missing, got observed certificate_unverified"]
    );
    assert_eq!(
        found(Expected::Deny(Reason::CertificateUnverified)),
        ["acme: expected deny certificate_unverified, got observed certificate_unverified"]
    );
    assert_eq!(found(Expected::Exempt).len(), 1);
    assert_eq!(
        found(Expected::Observed(Reason::CertificateUnverified)),
        [""; 0]
    );
}

#[test]
fn a_shadow_tells_apart_what_it_allows_and_what_it_only_observes() {
    let corpus = Corpus::load();
    let gate = Gate::new(strict("observe-certificates")).unwrap();
    let change = Change::new(
        Timestamp::from_unix_seconds(1_776_330_562),
        ActorType::System,
        "test",
    );
    gate.set_shadow(policies::load("observe-certificates"), &change)
        .unwrap();
    let shadow = |name: &str| {
        let request = corpus.find(name).request.request(Duration::ZERO);
        let record = gate.decide(&request, |concluded| {
            serde_json::to_value(concluded.audit_record()).unwrap()
        });
        [
            "outcome",
            "shadow_outcome",
            "shadow_reason",
            "shadow_observed",
        ]
        .map(|field| record[field].clone())
    };
    assert_eq!(
        shadow("observe-certificates"),
        [json!("allow"), json!("allow"), json!(null), json!(null)]
    );
    assert_eq!(
        shadow("observe-certificates-missing"),
        [
            json!("deny"),
            json!("allow"),
            json!(null),
            json!("certificate_missing")
        ]
    );
    assert_eq!(
        shadow("observe-certificates-address"),
        [
            json!("deny"),
            json!("deny"),
            json!("ip_not_allowed"),
            json!(null)
        ]
    );
}
