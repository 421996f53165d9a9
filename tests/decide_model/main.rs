//! `decide` against a small obvious model of the order of the checks, over
//! worlds in which every part takes one of a few values.

#![cfg(feature = "toml")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod document;
mod model;
mod requests;
#[path = "../support/mod.rs"]
mod support;
mod world;
mod worlds;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use certgate::certificate::Thumbprint;
use certgate::decide::{Decision, Grant, Reason, decide};
use certgate::limits::{Allowances, ChargeOutcome, Charges, Limits, Refusal, WindowKind};
use certgate::policy::Policy;
use certgate::request::{Confirmation, Now, Peer, PeerCertificate, Request, VerifiedToken};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, TestRng, TestRunner};

use model::{Caller, Outcome, Verdict};
use support::certificate::{self, Rdn};
use support::{placeholders, time};
use world::{Answer, Certificate, Cnf, Header, PolicyWorld, RequestWorld, Tls, Validity, World};

/// A store that answers as the world says, and remembers whom it was asked about.
struct Store {
    answer: Answer,
    charged: RefCell<Vec<String>>,
}

impl Limits for Store {
    fn charge(&self, due: &Charges<'_>, _now: &Now) -> ChargeOutcome {
        self.charged.borrow_mut().push(due.client.to_owned());
        let refused = |kind| {
            ChargeOutcome::Refused(Refusal {
                limit: 0,
                kind,
                retry_after: Duration::from_secs(7),
                allowances: Allowances::new(),
            })
        };
        match self.answer {
            Answer::Charged => ChargeOutcome::Charged(Allowances::new()),
            Answer::RateFull => refused(WindowKind::Rate),
            Answer::QuotaFull => refused(WindowKind::Quota),
            Answer::Unavailable => ChargeOutcome::Unavailable,
        }
    }
}

/// The policy of a world, whose requests have this certificate.
fn policy(world: &PolicyWorld, der: &[u8]) -> Policy {
    let text = world.toml(&Thumbprint::of(der).hex());
    let loaded = Policy::from_toml_str(&text, "world.toml");
    loaded
        .unwrap_or_else(|errors| panic!("{errors}\n{text}"))
        .policy
}

/// What the crate makes of a request, in the model's terms.
fn decided(policy: &Policy, world: &RequestWorld, status: bool, der: &[u8]) -> Outcome {
    let headers = headers(world, status, der);
    let token = token(world, der);
    let peer = match world.peer {
        "unix" => Peer::UNIX,
        "unknown" => Peer::UNKNOWN,
        address => Peer::address(address.parse().unwrap()),
    };
    let request = Request {
        peer: match world.tls {
            Tls::None => peer,
            Tls::Verified => peer.with_certificate(PeerCertificate::verified(der)),
            Tls::Unverified => peer.with_certificate(PeerCertificate::unverified(der)),
        },
        method: world.method,
        target: world.target.0,
        headers: &headers,
        token: token.as_ref(),
        now: Now {
            wall: time::parse(world::NOW),
            monotonic: Duration::from_secs(60),
        },
    };
    let store = Store {
        answer: world.limits,
        charged: RefCell::default(),
    };
    let (verdict, observed) = verdict(&decide(policy, &request, &store));
    let mut charged = store.charged.into_inner();
    assert!(charged.len() <= 1, "a request is charged once");
    Outcome {
        verdict,
        charged: charged.pop(),
        observed,
    }
}

fn verdict(decision: &Decision<'_>) -> (Verdict, Vec<Reason>) {
    let allow = match decision {
        Decision::Deny(deny) => {
            assert_eq!(decision.status(), deny.reason().status());
            return (Verdict::Deny(deny.reason()), Vec::new());
        }
        Decision::Allow(allow) => allow,
    };
    let caller = |client: Option<&str>, profile: Option<&str>, principal: &str| Caller {
        client: client.map(str::to_owned),
        profile: profile.map(str::to_owned),
        principal: principal.to_owned(),
        collection: allow.findings().collection().map(str::to_owned),
    };
    match allow.grant() {
        Grant::Exempt => (Verdict::Exempt, Vec::new()),
        Grant::Proven(identity) => {
            let (client, profile) = (identity.client(), identity.profile());
            let caller = caller(client, profile, identity.principal());
            (Verdict::Allow(caller), Vec::new())
        }
        Grant::Observed(observed) => {
            let noted = observed.denials().iter().map(|denial| denial.reason);
            match observed.identity() {
                Some(identity) => {
                    let (client, profile) = (identity.client(), identity.profile());
                    let caller = caller(client, profile, identity.principal());
                    (Verdict::Observed(Some(caller)), noted.collect())
                }
                None => (Verdict::Observed(None), noted.take(1).collect()),
            }
        }
        other => panic!("{other:?}"),
    }
}

fn der(world: &Certificate) -> Vec<u8> {
    let of = |kind: &str, values: &[&str]| -> Vec<Rdn> {
        certificate::rdns(values.iter().map(|value| format!("{kind}={value}")))
    };
    let san = |kind: &str, values: &[&str]| -> Vec<String> {
        values
            .iter()
            .map(|value| format!("{kind}:{value}"))
            .collect()
    };
    let (not_before, not_after) = match world.validity {
        Validity::Current => ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        Validity::FirstSecond => (world::NOW, "2027-01-01T00:00:00Z"),
        Validity::LastSecond => ("2026-01-01T00:00:00Z", world::NOW),
        Validity::Expired => ("2026-01-01T00:00:00Z", "2026-04-16T09:14:21Z"),
        Validity::NotYet => ("2026-04-16T09:14:23Z", "2027-01-01T00:00:00Z"),
    };
    certificate::Certificate {
        subject: [of("OU", world.ou), of("CN", world.cn)].concat(),
        issuer: certificate::rdns([format!("CN={}", world.issuer)]),
        not_before: not_before.to_owned(),
        not_after: not_after.to_owned(),
        san: [
            san("dns", world.dns),
            san("email", world.email),
            san("uri", world.spiffe),
        ]
        .concat(),
        ..certificate::Certificate::default()
    }
    .der()
}

fn headers(request: &RequestWorld, status: bool, der: &[u8]) -> Vec<(&'static str, String)> {
    let (name, form, absent) = if status {
        ("X-SSL-Client-Cert", "pem-escaped", "")
    } else {
        ("Client-Cert", "rfc9440", "::")
    };
    let encoded = |der: &[u8]| placeholders::certificate_in(form, der);
    let values = match request.header {
        Header::None => vec![],
        Header::AbsentForm => vec![absent.to_owned()],
        Header::Certificate => vec![encoded(der)],
        Header::Twice => vec![encoded(der), encoded(der)],
        Header::AbsentFormAndCertificate => vec![absent.to_owned(), encoded(der)],
        Header::Malformed => vec!["%ZZ".to_owned()],
        Header::Oversized => vec!["A".repeat(32 * 1024 + 1)],
        Header::NotDer => vec![encoded(&[der, &[0]].concat())],
    };
    let lines = |name: &'static str, values: &[&str]| {
        let owned: Vec<_> = values
            .iter()
            .map(|value| (name, (*value).to_owned()))
            .collect();
        owned
    };
    let certificate: Vec<_> = values.into_iter().map(|value| (name, value)).collect();
    [
        certificate,
        lines("X-SSL-Client-Verify", request.status),
        lines("X-Forwarded-For", request.forwarded_for.0),
        lines("Authorization", request.authorization),
        lines("Host", request.host),
        lines("X-Client-ID", request.client_header),
        lines("X-Profile-ID", request.profile_header),
    ]
    .concat()
}

fn token(request: &RequestWorld, der: &[u8]) -> Option<VerifiedToken> {
    let token = request.token.as_ref()?;
    let text = |placeholder: &str| placeholders::expand(placeholder, &|_| der.to_vec());
    let jkt = || -> Confirmation { serde_json::from_str(r#"{"jkt":"k"}"#).unwrap() };
    let cnf = match token.cnf {
        Cnf::None => Confirmation::default(),
        Cnf::ThisCertificate => Confirmation::x5t_s256(&text("{{x5t:it}}")),
        Cnf::ThisCertificateLooseBits => Confirmation::x5t_s256(&text("{{x5t:it:loose-bits}}")),
        Cnf::OtherCertificate => {
            Confirmation::x5t_s256("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0")
        }
        Cnf::Hex => Confirmation::x5t_s256(&text("{{x5t:it:hex}}")),
        Cnf::Padded => Confirmation::x5t_s256(&text("{{x5t:it:padded}}")),
        Cnf::Empty => Confirmation::x5t_s256(""),
        Cnf::NotText => serde_json::from_str(r#"{"x5t#S256":7}"#).unwrap(),
        Cnf::Jkt => jkt(),
        Cnf::JktChecked => jkt().with_other_method_checked(),
        Cnf::JktAndThisCertificate => {
            let claim = format!(r#"{{"jkt":"k","x5t#S256":"{}"}}"#, text("{{x5t:it}}"));
            serde_json::from_str(&claim).unwrap()
        }
    };
    Some(VerifiedToken::assert_verified(token.client, cnf))
}

#[test]
fn decide_agrees_with_the_model_in_every_world() {
    let default = Config::default();
    let config = Config {
        // 102,400 requests, and more where PROPTEST_CASES asks for more.
        cases: 50 * default.cases,
        failure_persistence: None,
        ..default
    };
    // The same worlds in every run, and others where there are more.
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let outcome = runner.run(&worlds::worlds(), |world| {
        let der = der(&world.requests[0].certificate);
        let policy = policy(&world.policy, &der);
        for request in &world.requests {
            let decided = decided(&policy, request, world.policy.status, &der);
            let expected = model::decide(&world.policy, request);
            proptest::prop_assert!(
                decided == expected,
                "decided {decided:?}\nexpected {expected:?}\n{}\n{request:#?}",
                world.policy.toml("<this>"),
            );
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn the_worlds_reach_every_reason_and_every_way_to_be_allowed() {
    let mut runner = TestRunner::deterministic();
    let all = worlds::worlds();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut allowed_modes = BTreeSet::new();
    for _ in 0..1_500 {
        let World { policy, requests } = all.new_tree(&mut runner).unwrap().current();
        for request in requests {
            let outcome = model::decide(&policy, &request);
            let code = match outcome.verdict {
                Verdict::Exempt => "exempt",
                Verdict::Observed(Some(_)) => "observed",
                Verdict::Observed(None) => "observed without identity",
                Verdict::Allow(_) => {
                    allowed_modes.insert(policy.mode.as_str());
                    "allow"
                }
                Verdict::Deny(reason) => reason.code(),
            };
            *seen.entry(code).or_default() += 1;
        }
    }
    let missing: Vec<&str> = Reason::ALL
        .iter()
        .map(|reason| reason.code())
        // Several hops are the corpus's.
        .filter(|code| *code != "certificate_untrusted")
        .filter(|code| seen.get(code).is_none_or(|count| *count < 5))
        .collect();
    assert_eq!(missing, [""; 0], "{seen:#?}");
    assert_eq!(allowed_modes.len(), 4);
    for (allowed, at_least) in [
        ("allow", 500),
        ("observed", 100),
        ("observed without identity", 100),
    ] {
        assert!(seen[allowed] > at_least, "{seen:#?}");
    }
}
