//! The corpus through `decide`, and what the corpus itself has to hold.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use certgate::decide::{Decision, Grant, Reason, assess, authorize, decide, explain, read, settle};
use certgate::gate::Gate;
use certgate::limits::{ChargeOutcome, MemoryLimits};

use support::corpus::{Case, Corpus, Outcome};
use support::policies;

/// What a decision says, in the words of [`support::corpus::Expect`].
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    outcome: &'static str,
    status: u16,
    reason: Option<&'static str>,
    wire: Option<&'static str>,
    client: Option<String>,
    profile: Option<String>,
    collection: Option<String>,
    principal: Option<String>,
    allow: Option<Vec<String>>,
    retry_after: Option<u64>,
    dropped_certificate: Option<&'static str>,
    observed: Vec<&'static str>,
}

fn seen(decision: &Decision<'_>) -> Seen {
    let findings = decision.findings();
    let mut seen = Seen {
        outcome: "deny",
        status: decision.status(),
        reason: decision.reason().map(Reason::code),
        wire: decision.reason().map(Reason::wire_code),
        client: findings.client().map(str::to_owned),
        profile: findings.profile().map(str::to_owned),
        collection: findings.collection().map(str::to_owned),
        principal: None,
        allow: None,
        retry_after: None,
        dropped_certificate: findings.dropped_certificate().map(Reason::code),
        observed: findings
            .observed()
            .iter()
            .map(|denial| denial.reason.code())
            .collect(),
    };
    match decision {
        Decision::Deny(deny) => {
            if deny.reason() == Reason::MethodNotAllowed {
                let methods = deny.allowed_methods().into_iter();
                seen.allow = Some(methods.map(ToString::to_string).collect());
            }
            seen.retry_after = deny
                .refusal()
                .map(certgate::limits::Refusal::retry_after_seconds);
        }
        Decision::Allow(allow) => match allow.grant() {
            Grant::Exempt => seen.outcome = "exempt",
            Grant::Proven(identity) => {
                seen.outcome = "allow";
                seen.client = identity.client().map(str::to_owned);
                seen.profile = identity.profile().map(str::to_owned);
                seen.principal = Some(identity.principal().to_owned());
            }
            Grant::Observed(observed) => {
                assert_eq!(observed.denials(), allow.observed());
                match observed.identity() {
                    Some(identity) => {
                        seen.outcome = "observed";
                        seen.client = identity.client().map(str::to_owned);
                        seen.profile = identity.profile().map(str::to_owned);
                        seen.principal = Some(identity.principal().to_owned());
                    }
                    None => seen.outcome = "unproven",
                }
            }
            other => panic!("{other:?}"),
        },
    }
    seen
}

/// What is expected, with what is not said taken from what is seen.
fn expected(case: &Case, seen: &Seen) -> Seen {
    let expect = &case.expect;
    let denied = matches!(expect.outcome, Outcome::Deny | Outcome::Unproven);
    let id = |said: &Option<String>, seen: &Option<String>| {
        if denied && said.is_none() {
            seen.clone()
        } else {
            said.clone()
        }
    };
    let code = |text: Option<&str>| {
        text.map(|text| {
            let known = |reason: &&Reason| reason.code() == text;
            Reason::ALL.iter().find(known).unwrap().code()
        })
    };
    Seen {
        outcome: match expect.outcome {
            Outcome::Allow => "allow",
            Outcome::Exempt => "exempt",
            Outcome::Observed => "observed",
            Outcome::Unproven => "unproven",
            Outcome::Deny => "deny",
        },
        status: expect.status,
        reason: code(expect.reason.as_deref()),
        wire: code(expect.wire_code()),
        client: id(&expect.client, &seen.client),
        profile: id(&expect.profile, &seen.profile),
        collection: id(&expect.collection, &seen.collection),
        principal: expect.principal.clone().or(seen.principal.clone()),
        allow: expect.allow.clone(),
        retry_after: expect.retry_after,
        dropped_certificate: code(expect.dropped_certificate.as_deref()),
        observed: expect
            .observed
            .iter()
            .filter_map(|text| code(Some(text)))
            .collect(),
    }
}

#[test]
fn every_case_is_decided_as_the_corpus_says() {
    let corpus = Corpus::load();
    let mut wrong = Vec::new();
    for case in &corpus.cases {
        let policy = corpus.policy(case);
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let mut elapsed = Duration::ZERO;
        if let Some(before) = case.before {
            let first = case.request.request(elapsed);
            for _ in 0..before.requests {
                assert_eq!(
                    decide(policy, &first, &limits).reason(),
                    None,
                    "{}",
                    case.name
                );
            }
            elapsed = Duration::from_secs(before.seconds);
        }
        let request = case.request.request(elapsed);
        let seen = seen(&decide(policy, &request, &limits));
        let expected = expected(case, &seen);
        if seen != expected {
            wrong.push(format!(
                "{}\n   seen {seen:?}\n  right {expected:?}",
                case.name
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_gate_decides_every_case_so_with_an_empty_cache_and_with_a_full_one() {
    let corpus = Corpus::load();
    for case in corpus.cases.iter().filter(|case| case.before.is_none()) {
        let gate = Gate::new(policies::load(&case.policy)).unwrap();
        let request = case.request.request(Duration::ZERO);
        for cache in ["empty", "full"] {
            gate.decide(&request, |concluded| {
                let seen = seen(concluded.decision);
                assert_eq!(seen, expected(case, &seen), "{}, {cache}", case.name);
            });
        }
    }
}

#[test]
fn explaining_a_case_changes_nothing_and_ends_with_what_decided() {
    let corpus = Corpus::load();
    for case in corpus.cases.iter().filter(|case| case.before.is_none()) {
        let policy = corpus.policy(case);
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let request = case.request.request(Duration::ZERO);
        let explained = explain(policy, &request, &limits);
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let decided = decide(policy, &request, &limits);
        assert_eq!(seen(&explained), seen(&decided), "{}", case.name);
        let steps = explained.findings().trace();
        let denials: Vec<_> = steps
            .iter()
            .filter(|step| matches!(step.result, certgate::decide::StepResult::Denied(_)))
            .collect();
        let last = explained.reason().map(certgate::decide::StepResult::Denied);
        let found: Vec<_> = denials.iter().map(|step| step.result).collect();
        assert!(
            found.iter().all(|result| Some(*result) == last),
            "{}: {steps:#?}",
            case.name
        );
        assert_eq!(
            found.is_empty(),
            last.is_none(),
            "{}: {steps:#?}",
            case.name
        );
        let observed = steps.iter().filter_map(|step| match step.result {
            certgate::decide::StepResult::Observed(reason) => Some(reason.code()),
            _ => None,
        });
        assert_eq!(
            observed.collect::<Vec<_>>(),
            case.expect.observed,
            "{}: {steps:#?}",
            case.name
        );
    }
}

#[test]
fn every_denial_has_an_allowed_neighbour_that_differs_in_one_thing() {
    let corpus = Corpus::load();
    for case in &corpus.cases {
        let denied = case.expect.outcome == Outcome::Deny;
        assert_eq!(case.neighbour.is_some(), denied, "{}", case.name);
        let Some(neighbour) = &case.neighbour else {
            continue;
        };
        let neighbour = corpus.find(neighbour);
        assert_ne!(neighbour.expect.outcome, Outcome::Deny, "{}", case.name);
        assert_eq!(
            case.changed.len() == 1,
            case.several.is_none(),
            "{}: {:?}",
            case.name,
            case.changed
        );
    }
}

#[test]
fn the_corpus_reaches_every_reason_but_the_stores_own() {
    let corpus = Corpus::load();
    let reached: BTreeSet<&str> = corpus
        .cases
        .iter()
        .filter_map(|case| case.expect.reason.as_deref())
        .collect();
    let every: BTreeSet<&str> = Reason::ALL
        .iter()
        .map(|reason| reason.code())
        .filter(|code| *code != "limits_unavailable")
        .collect();
    assert_eq!(reached, every);
}

#[test]
fn requests_that_no_http_message_can_carry_are_marked() {
    let corpus = Corpus::load();
    for case in &corpus.cases {
        let fault = case.request.http_fault();
        assert_eq!(
            fault.is_some(),
            case.not_http.is_some(),
            "{}: {fault:?}",
            case.name
        );
    }
}

#[test]
fn a_store_that_is_away_denies_what_owes_and_nothing_else() {
    let corpus = Corpus::load();
    let outcome_of = |name: &str| {
        let case = corpus.find(name);
        let policy = corpus.policy(case);
        let request = case.request.request(Duration::ZERO);
        let admission = authorize(assess(read(policy, &request))).unwrap();
        let owes = admission.charges().map(|due| due.client.to_owned());
        let decision = settle(admission, ChargeOutcome::Unavailable);
        (owes, decision.reason().map(Reason::code), decision.status())
    };
    assert_eq!(
        outcome_of("limits-rate"),
        (Some("acme".to_owned()), Some("limits_unavailable"), 503)
    );
    // Nobody asks the store about these; an outcome that nobody asked for is
    // no reason to go on.
    assert_eq!(outcome_of("mtls").0, None);
    assert_eq!(outcome_of("health").0, None);
}

#[test]
fn a_certificate_that_is_left_out_is_still_named_in_the_record() {
    use certgate::evidence::AuditRecord;

    let corpus = Corpus::load();
    let mut left_out = 0;
    for case in &corpus.cases {
        let Some(dropped) = case.expect.dropped_certificate.as_deref() else {
            continue;
        };
        left_out += 1;
        let policy = corpus.policy(case);
        let request = case.request.request(Duration::ZERO);
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let record = AuditRecord::new(&decide(policy, &request, &limits), "id", 1);
        let verified = dropped != "certificate_unverified";
        assert_eq!(record.thumbprint.is_some(), verified, "{}", case.name);
        let verification = serde_json::to_value(record.verification).unwrap();
        let expected = if verified { "verified" } else { "failed" };
        assert_eq!(verification, expected, "{}", case.name);
    }
    assert_eq!(left_out, 9);
}
