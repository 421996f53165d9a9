//! Bad inputs through `decide`: that each has its cases in the corpus, and what
//! holds for all of them at once.

#![cfg(feature = "toml")]

mod support;

use std::cell::RefCell;
use std::time::Duration;

use certgate::decide::{Decision, decide, explain};
use certgate::limits::{Allowances, ChargeOutcome, Charges, Limits, MemoryLimits};
use certgate::request::{Now, Request, Timestamp};

use support::corpus::Corpus;
use support::policies;

/// The pitfalls that a request to `decide` can be, by number. The others need
/// what is not built, a real connection, or are errors of a policy.
const IN_THE_CORPUS: &[u8] = &[
    1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 27, 30,
    32, 33, 34, 35, 36, 37, 38, 39, 40, 43, 46,
];

#[test]
fn each_pitfall_that_a_request_can_be_is_denied_somewhere_in_the_corpus() {
    let corpus = Corpus::load();
    for number in IN_THE_CORPUS {
        let prefix = format!("pitfall-{number:02}-");
        let denied = corpus
            .cases
            .iter()
            .any(|case| case.name.starts_with(&prefix) && case.neighbour.is_some());
        // A mapped address is a pitfall of denying what is allowed.
        assert!(denied || *number == 36, "{prefix}");
    }
}

/// A store without limits of its own that remembers whom it was asked about.
#[derive(Default)]
struct Witness(RefCell<Vec<String>>);

impl Limits for Witness {
    fn charge(&self, due: &Charges<'_>, _now: &Now) -> ChargeOutcome {
        self.0.borrow_mut().push(due.client.to_owned());
        ChargeOutcome::Charged(Allowances::new())
    }
}

#[test]
fn pitfall_41_only_an_admitted_client_is_charged_and_once() {
    let corpus = Corpus::load();
    let mut charged_any = false;
    for case in &corpus.cases {
        let witness = Witness::default();
        let request = case.request.request(Duration::ZERO);
        let decision = decide(corpus.policy(case), &request, &witness);
        let charged = witness.0.into_inner();
        match &decision {
            Decision::Allow(allow) if !charged.is_empty() => {
                charged_any = true;
                assert_eq!(
                    charged,
                    [allow.findings().client().unwrap()],
                    "{}",
                    case.name
                );
            }
            _ => assert_eq!(charged, [""; 0], "{}", case.name),
        }
    }
    assert!(charged_any);
}

#[test]
fn pitfall_41_selected_ids_burn_nobodys_limits() {
    let corpus = Corpus::load();
    let case = corpus.find("limits-rate");
    let policy = corpus.policy(case);
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    // Twice as many as the limit, without a certificate and with another's.
    let none = [("X-Client-ID", "acme")];
    let stranger = Request {
        headers: &none,
        ..case.request.request(Duration::ZERO)
    };
    for _ in 0..4 {
        assert_eq!(decide(policy, &stranger, &limits).status(), 401);
    }
    let own = case.request.request(Duration::ZERO);
    assert_eq!(decide(policy, &own, &limits).status(), 200);
    assert_eq!(decide(policy, &own, &limits).status(), 200);
    assert_eq!(decide(policy, &own, &limits).status(), 429);
}

#[test]
fn pitfall_46_no_clock_stops_the_process_or_admits_outside_the_validity() {
    let corpus = Corpus::load();
    for case in &corpus.cases {
        let policy = corpus.policy(case);
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        for wall in [i64::MIN, -1, 0, i64::MAX] {
            for monotonic in [Duration::MAX, Duration::ZERO] {
                let now = Now {
                    wall: Timestamp::from_unix_seconds(wall),
                    monotonic,
                };
                let request = Request {
                    now,
                    ..case.request.request(Duration::ZERO)
                };
                let decision = decide(policy, &request, &limits);
                let by_certificate = decision.findings().certificate().is_some();
                assert!(
                    decision.status() != 200 || !by_certificate,
                    "{} at {wall}",
                    case.name
                );
            }
        }
    }
}

#[test]
fn pitfall_46_a_clock_that_goes_back_frees_no_quota() {
    let corpus = Corpus::load();
    let case = corpus.find("limits-quota");
    let policy = corpus.policy(case);
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let at = |wall: i64, seconds: u64| Request {
        now: Now {
            wall: Timestamp::from_unix_seconds(case.request.now.unix_seconds() + wall),
            monotonic: Duration::from_secs(seconds),
        },
        ..case.request.request(Duration::ZERO)
    };
    for second in 0..3 {
        assert_eq!(decide(policy, &at(0, second), &limits).status(), 200);
    }
    for back in [-1, -3_600, -86_400] {
        assert_eq!(
            decide(policy, &at(back, 4), &limits).status(),
            429,
            "{back}"
        );
    }
    assert_eq!(decide(policy, &at(60, 5), &limits).status(), 200);
}

#[test]
fn pitfall_24_no_output_has_characters_that_change_how_it_reads() {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let corpus = Corpus::load();
    let mut steps = 0;
    for case in &corpus.cases {
        let policy = corpus.policy(case);
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let request = case.request.request(Duration::ZERO);
        let decision = explain(policy, &request, &limits);
        let findings = decision.findings();
        let principal = findings.principal().map(|text| text.to_string());
        let texts = findings
            .trace()
            .iter()
            .map(|step| step.detail.clone())
            .chain(principal);
        for text in texts {
            steps += 1;
            assert!(!text.contains(hidden), "{}: {text:?}", case.name);
            assert!(
                !text.contains("BEGIN") && !text.contains("MII"),
                "{}",
                case.name
            );
        }
    }
    assert!(steps > 1_000);
}

#[test]
fn pitfalls_5_and_39_what_must_not_reach_the_application_is_stripped_in_every_spelling() {
    let policy = policies::load("profiles");
    for name in [
        "X-SSL-Client-Cert",
        "x_ssl_client_cert",
        "X.SSL.Client.Verify",
        "X-Forwarded-Tls-Client-Cert",
        "X_Forwarded_Tls_Client_Cert",
        "X.Forwarded.Tls.Client.Cert",
        "X-Forwarded-Client-Cert",
        "Client-Cert",
        "client_cert_chain",
        "X-Client-ID",
        "X-Profile-ID",
        "X-Forwarded-Tls-Client-Cert-Info",
        "X_Forwarded_Tls_Client_Cert_Info",
        "ssl-client-subject-dn",
        "X-Amzn-Mtls-Clientcert",
        "X-Amzn-Mtls-Clientcert-Subject",
        "Cf-Client-Cert-Sha256",
        "Cf_Cert_Revoked",
        "X-Client-Cert-SPIFFE",
        "CloudFront-Viewer-Cert-Pem",
        "X-ARR-ClientCert",
        // The selecting header of this policy.
        "X-Role",
        "x_role",
        "X-HTTP-Method-Override",
        "X_HTTP_Method_Override",
        "X-HTTP-Method",
        "X-Method-Override",
        "X-Original-URL",
        "X-Rewrite-URL",
    ] {
        assert!(policy.strips(name.as_bytes()), "{name}");
    }
    for name in [
        "Host",
        "Authorization",
        "X-Forwarded-For",
        "X-Request-ID",
        "X-Roles",
    ] {
        assert!(!policy.strips(name.as_bytes()), "{name}");
    }
}
