//! Every case of the corpus under its own policy and under the same with
//! `observe`: nothing but the listed denials goes on, and nobody who goes on
//! gets what only a proven caller gets.

use std::time::Duration;

use certgate::decide::{Decision, Grant, Reason, assess, authorize, decide, read};
use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;

use crate::observing;
use crate::support::corpus::{Case, Corpus};

/// Those that `certificates` covers, by their codes.
const CERTIFICATES: &[&str] = &[
    "certificate_unverified",
    "header_malformed",
    "header_oversized",
    "header_ambiguous",
    "certificate_malformed",
    "certificate_expired",
    "certificate_not_yet_valid",
    "certificate_revoked",
    "certificate_untrusted",
    "issuer_not_allowed",
];

/// Those that are a matter of `certificates` where every request is held to
/// them, and of `policy` where one client alone demands it.
const EITHER: &[&str] = &["certificate_missing", "certificate_not_allowed"];

/// Those that `policy` covers and that leave nobody proven.
const IDENTITY: &[&str] = &[
    "identity_unmapped",
    "identity_ambiguous",
    "identity_conflict",
    "client_unknown",
    "client_inactive",
    "profile_required",
    "profile_unknown",
    "profile_inactive",
    "client_profile_mismatch",
];

/// Those that `policy` covers beyond them.
const ACCESS: &[&str] = &[
    "ip_not_allowed",
    "collection_unknown",
    "collection_not_allowed",
    "method_not_allowed",
    "rate_limit_exceeded",
    "quota_exceeded",
    "limits_unavailable",
];

/// Those that always deny.
const ALWAYS: &[&str] = &[
    "path_malformed",
    "token_missing",
    "sender_binding_missing",
    "sender_binding_mismatch",
    "sender_binding_malformed",
    "sender_binding_unsupported",
];

/// The case's policy with these stages observed; none for those policies that
/// observe something already.
fn observed(case: &Case, stages: &str) -> Option<Policy> {
    (case.theme != "observe").then(|| observing(&case.policy, stages))
}

/// What became of a request, as far as it matters here.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Proven(String),
    Exempt,
    /// Whether the caller is proven.
    Observed(bool),
    Denied(&'static str),
}

fn seen(decision: &Decision<'_>) -> Seen {
    match decision {
        Decision::Deny(deny) => Seen::Denied(deny.reason().code()),
        Decision::Allow(allow) => match allow.grant() {
            Grant::Proven(identity) => Seen::Proven(format!("{identity:?}")),
            Grant::Exempt => Seen::Exempt,
            Grant::Observed(observed) => Seen::Observed(observed.identity().is_some()),
            other => panic!("{other:?}"),
        },
    }
}

fn codes(decision: &Decision<'_>) -> Vec<&'static str> {
    let observed = decision.findings().observed().iter();
    observed.map(|denial| denial.reason.code()).collect()
}

/// Decides every case under its policy and under the same with `stages`.
fn each(stages: &str, mut check: impl FnMut(&Case, &Decision<'_>, &Decision<'_>)) {
    let corpus = Corpus::load();
    let mut cases = 0;
    for case in corpus.cases.iter().filter(|case| case.before.is_none()) {
        let Some(policy) = observed(case, stages) else {
            continue;
        };
        cases += 1;
        let request = case.request.request(Duration::ZERO);
        let decide = |policy| {
            decide(
                policy,
                &request,
                &MemoryLimits::new(policy.limits()).unwrap(),
            )
        };
        // The borrow of the limits ends with the decision's making.
        let (strict, lenient) = (decide(corpus.policy(case)), decide(&policy));
        check(case, &strict, &lenient);
    }
    assert!(cases > 500, "{cases}");
}

#[test]
fn every_reason_is_in_one_of_the_lists() {
    let lists = [CERTIFICATES, EITHER, IDENTITY, ACCESS, ALWAYS].concat();
    assert_eq!(lists.len(), Reason::ALL.len());
    for reason in Reason::ALL {
        assert!(lists.contains(&reason.code()), "{reason}");
    }
}

#[test]
fn what_was_allowed_is_allowed_as_before() {
    for stages in [
        "['certificates']",
        "['policy']",
        "['certificates', 'policy']",
    ] {
        each(stages, |case, strict, lenient| {
            if strict.reason().is_none() {
                assert_eq!(seen(lenient), seen(strict), "{}", case.name);
                assert_eq!(codes(lenient), [""; 0], "{}", case.name);
            }
        });
    }
}

#[test]
fn with_both_the_first_that_is_observed_is_what_the_strict_policy_says() {
    let mut observed = 0;
    each("['certificates', 'policy']", |case, strict, lenient| {
        let Some(reason) = strict.reason().map(Reason::code) else {
            return;
        };
        // A credential that stands beside the verified token's is no matter of
        // certificates.
        let of_the_token = reason == "header_ambiguous" && case.name.contains("bearer");
        if ALWAYS.contains(&reason) || of_the_token {
            assert_eq!(seen(lenient), Seen::Denied(reason), "{}", case.name);
            return;
        }
        assert_eq!(codes(lenient)[0], reason, "{}", case.name);
        observed += 1;
        match seen(lenient) {
            Seen::Denied(then) => assert!(ALWAYS.contains(&then), "{}: {then}", case.name),
            Seen::Observed(is_proven) => {
                assert_eq!(is_proven, ACCESS.contains(&reason), "{}", case.name);
            }
            other => panic!("{}: {other:?}", case.name),
        }
        let fault = lenient.findings().observed()[0].fault;
        let Decision::Deny(deny) = strict else {
            panic!("{}", case.name);
        };
        assert_eq!(fault, deny.fault(), "{}", case.name);
    });
    assert!(observed > 200, "{observed}");
}

#[test]
fn one_switch_leaves_the_other_s_denials_as_they_are() {
    for (stages, own) in [
        ("['certificates']", [CERTIFICATES, &[], &[]]),
        ("['policy']", [IDENTITY, ACCESS, &[]]),
    ] {
        let own = own.concat();
        each(stages, |case, strict, lenient| {
            let Some(reason) = strict.reason().map(Reason::code) else {
                return;
            };
            if !own.contains(&reason) && !EITHER.contains(&reason) {
                assert_eq!(seen(lenient), Seen::Denied(reason), "{}", case.name);
                assert_eq!(codes(lenient), [""; 0], "{}", case.name);
            }
        });
    }
}

#[test]
fn whoever_is_not_proven_is_nobody_for_the_service_and_owes_nothing() {
    let corpus = Corpus::load();
    let (mut nobody, mut somebody) = (0, 0);
    for case in corpus.cases.iter().filter(|case| case.before.is_none()) {
        let both = "['certificates', 'policy']";
        let name = &case.policy;
        let policy = match case.theme.as_str() {
            "observe" => crate::policies::load(name),
            _ => observing(name, both),
        };
        let request = case.request.request(Duration::ZERO);
        let Ok(admission) = authorize(assess(read(&policy, &request))) else {
            continue;
        };
        let is_due = admission.charges().is_some();
        let gate = Gate::new(policy).unwrap();
        for cache in ["empty", "full"] {
            gate.decide(&request, |concluded| {
                let Decision::Allow(allow) = concluded.decision else {
                    panic!("{}", case.name);
                };
                let granted = concluded.granted(allow);
                let Some(observed) = granted.observed() else {
                    return;
                };
                assert_eq!(granted.identity(), None, "{}, {cache}", case.name);
                assert_eq!(granted.certificate(), None, "{}", case.name);
                assert!(granted.claims().is_none(), "{}", case.name);
                assert_eq!(granted.identity_headers().count(), 0, "{}", case.name);
                assert_eq!(observed.denials(), allow.observed(), "{}", case.name);
                assert!(!observed.denials().is_empty(), "{}", case.name);
                match observed.identity() {
                    Some(_) => somebody += 1,
                    None => {
                        nobody += 1;
                        assert!(!is_due, "{}", case.name);
                    }
                }
            });
        }
    }
    assert!(nobody > 200 && somebody > 20, "{nobody} {somebody}");
}
