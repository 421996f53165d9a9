//! The gate decides as `decide` does, remembers only what may be remembered,
//! and counts exactly however many threads ask.

#![cfg(feature = "toml")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod certificate_support;
#[path = "gate_support/mod.rs"]
mod support;

use std::collections::HashSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::decide::{Assessed, Decision, Reason, decide};
use certgate::evidence::AuditRecord;
use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Confirmation, Now, Peer, Request, Timestamp, VerifiedToken};

use certificate_support::{Template, attribute, name, tlv};
use support::{ACME_SHA256, ACME_X5T, POLICY, TEN_YEARS_ON, at, nginx, peer, policy, policy_with};

/// One request, owned.
#[derive(Clone)]
struct Ask {
    peer: Peer<'static>,
    method: &'static str,
    target: &'static str,
    headers: Vec<(&'static str, String)>,
    token: Option<VerifiedToken>,
    now: Now,
}

impl Ask {
    /// What nginx forwards for this client.
    fn nginx(cert: &str) -> Self {
        Self::new(vec![
            ("X-SSL-Client-Cert", nginx(cert)),
            ("X-SSL-Client-Verify", "SUCCESS".to_owned()),
            ("X-Forwarded-For", "203.0.113.9".to_owned()),
        ])
    }

    fn new(headers: Vec<(&'static str, String)>) -> Self {
        Self {
            peer: peer("10.0.0.7"),
            method: "GET",
            target: "/payments",
            headers,
            token: None,
            now: at(0),
        }
    }

    /// With this value in place of the header's.
    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    fn request(&self) -> Request<'_> {
        Request {
            peer: self.peer,
            method: self.method,
            target: self.target,
            headers: &self.headers,
            token: self.token.as_ref(),
            now: self.now,
        }
    }

    /// The gate's decision: the reason, and what was assessed.
    fn of(&self, gate: &Gate) -> (Option<Reason>, Option<Arc<Assessed>>) {
        gate.decide(&self.request(), |concluded| {
            let assessed = concluded.decision.findings().assessed().cloned();
            (concluded.decision.reason(), assessed)
        })
    }

    /// Everything about the gate's decision that an auditor sees.
    fn record(&self, gate: &Gate) -> AuditRecord {
        gate.decide(&self.request(), |concluded| {
            AuditRecord::new(concluded.decision, "id", 1)
        })
    }
}

fn gate(policy: Policy) -> Gate {
    Gate::new(policy).unwrap()
}

fn unlimited() -> Policy {
    policy_with("limits = \"three-a-minute\"", "")
}

/// Requests of every kind, and what is right for each.
fn asks() -> Vec<(&'static str, Ask, Option<Reason>)> {
    let acme = || Ask::nginx("acme");
    let late = Now {
        wall: Timestamp::from_unix_seconds(TEN_YEARS_ON),
        ..at(0)
    };
    let early = Now {
        wall: Timestamp::from_unix_seconds(0),
        ..at(0)
    };
    let cert = "X-SSL-Client-Cert";
    let verify = "X-SSL-Client-Verify";
    vec![
        ("allowed", acme(), None),
        (
            "post",
            Ask {
                method: "POST",
                ..acme()
            },
            None,
        ),
        (
            "same selection",
            acme().header("X-Client-ID", "pisp-partner-acme"),
            None,
        ),
        (
            "exempt",
            Ask {
                target: "/healthz",
                ..acme().header(verify, "NONE")
            },
            None,
        ),
        (
            "path",
            Ask {
                target: "/payments//x",
                ..acme()
            },
            Some(Reason::PathMalformed),
        ),
        (
            "status",
            acme().header(verify, "FAILED:x"),
            Some(Reason::CertificateUnverified),
        ),
        (
            "junk",
            acme().header(cert, "junk"),
            Some(Reason::HeaderMalformed),
        ),
        (
            "selection",
            acme().header("X-Client-ID", "a b"),
            Some(Reason::HeaderMalformed),
        ),
        (
            "none",
            acme().header(cert, ""),
            Some(Reason::CertificateMissing),
        ),
        (
            "stranger",
            Ask {
                peer: peer("203.0.113.9"),
                ..acme()
            },
            Some(Reason::CertificateMissing),
        ),
        (
            "unverified token",
            acme().header("Authorization", "Bearer x"),
            Some(Reason::TokenMissing),
        ),
        (
            "late",
            Ask {
                now: late,
                ..acme()
            },
            Some(Reason::CertificateExpired),
        ),
        (
            "early",
            Ask {
                now: early,
                ..acme()
            },
            Some(Reason::CertificateNotYetValid),
        ),
        (
            "issuer",
            Ask::nginx("spiffe"),
            Some(Reason::IssuerNotAllowed),
        ),
        (
            "another's token",
            Ask {
                token: Some(VerifiedToken::assert_verified(
                    Some("pisp-partner-acme"),
                    Confirmation::x5t_s256("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"),
                )),
                ..acme()
            },
            Some(Reason::SenderBindingMismatch),
        ),
        (
            "own token",
            Ask {
                token: Some(VerifiedToken::assert_verified(
                    None,
                    Confirmation::x5t_s256(ACME_X5T),
                )),
                ..acme()
            },
            None,
        ),
        (
            "other selection",
            acme().header("X-Client-ID", "another"),
            Some(Reason::IdentityConflict),
        ),
        (
            "unknown client",
            Ask::nginx("big"),
            Some(Reason::ClientUnknown),
        ),
        (
            "address",
            acme().header("X-Forwarded-For", "198.51.100.1"),
            Some(Reason::IpNotAllowed),
        ),
        (
            "collection",
            Ask {
                target: "/admin",
                ..acme()
            },
            Some(Reason::CollectionNotAllowed),
        ),
        (
            "nowhere",
            Ask {
                target: "/nowhere",
                ..acme()
            },
            Some(Reason::CollectionUnknown),
        ),
        (
            "method",
            Ask {
                method: "DELETE",
                ..acme()
            },
            Some(Reason::MethodNotAllowed),
        ),
    ]
}

#[test]
fn the_gate_decides_as_decide_does_cold_and_warm() {
    let policy = unlimited();
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let warm = gate(unlimited());
    // Twice in order and once backwards, so that every request also comes
    // after each other one that shares its certificate.
    let asks = asks();
    for (what, ask, reason) in asks.iter().chain(&asks).chain(asks.iter().rev()) {
        let request = ask.request();
        let decision = decide(&policy, &request, &limits);
        assert_eq!(decision.reason(), *reason, "{what}");
        let expected = AuditRecord::new(&decision, "id", 1);
        assert_eq!(ask.record(&gate(unlimited())), expected, "{what}, cold");
        assert_eq!(ask.record(&warm), expected, "{what}, warm");
        let grant = match &decision {
            Decision::Allow(allow) => Some(allow.grant()),
            Decision::Deny(_) => None,
        };
        warm.decide(&request, |concluded| {
            let own = match concluded.decision {
                Decision::Allow(allow) => Some(allow.grant()),
                Decision::Deny(_) => None,
            };
            assert_eq!(own, grant, "{what}, warm");
        });
    }
}

#[test]
fn the_gate_charges_as_decide_does() {
    let policy = policy(POLICY);
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let gate = gate(support::policy(POLICY));
    let denied = Ask {
        method: "DELETE",
        ..Ask::nginx("acme")
    };
    let allowed = Ask::nginx("acme");
    let limited = Some(Reason::RateLimitExceeded);
    let method = Some(Reason::MethodNotAllowed);
    // What is denied before the limits costs nothing.
    for (ask, seconds, reason) in [
        (&denied, 0, method),
        (&allowed, 0, None),
        (&allowed, 0, None),
        (&denied, 0, method),
        (&allowed, 0, None),
        (&allowed, 0, limited),
        (&denied, 30, method),
        (&allowed, 59, limited),
        (&allowed, 60, None),
    ] {
        let ask = Ask {
            now: at(seconds),
            ..ask.clone()
        };
        let request = ask.request();
        let decision = decide(&policy, &request, &limits);
        assert_eq!(decision.reason(), reason, "at {seconds}");
        gate.decide(&request, |concluded| {
            assert_eq!(concluded.decision.reason(), reason, "at {seconds}");
            assert_eq!(concluded.decision.allowances(), decision.allowances());
        });
    }
}

#[test]
fn a_certificate_is_assessed_once() {
    let gate = gate(unlimited());
    let (_, first) = Ask::nginx("acme").of(&gate);
    let first = first.unwrap();
    assert_eq!(first.certificate().unwrap().thumbprint().hex(), ACME_SHA256);
    let (_, again) = Ask::nginx("acme").of(&gate);
    assert!(Arc::ptr_eq(&first, &again.unwrap()));
    let (_, other) = Ask::nginx("ed25519").of(&gate);
    assert!(!Arc::ptr_eq(&first, &other.unwrap()));
    // The whole value is the key: one line break less is another value.
    let value = nginx("acme");
    let shorter = value.strip_suffix("%0A").unwrap();
    let (reason, other) = Ask::nginx("acme")
        .header("X-SSL-Client-Cert", shorter)
        .of(&gate);
    assert_eq!(reason, None);
    let other = other.unwrap();
    assert!(!Arc::ptr_eq(&first, &other));
    assert_eq!(other.certificate().unwrap().thumbprint().hex(), ACME_SHA256);
}

#[test]
fn what_is_remembered_does_not_outlive_status_time_or_peer() {
    let gate = gate(unlimited());
    let acme = || Ask::nginx("acme");
    let verify = "X-SSL-Client-Verify";
    let mut twice = acme();
    twice.headers.push((verify, "SUCCESS".to_owned()));
    let mut silent = acme();
    silent.headers.retain(|(name, _)| *name != verify);
    let at_wall = |seconds| Now {
        wall: Timestamp::from_unix_seconds(seconds),
        ..at(0)
    };
    let (reason, first) = acme().of(&gate);
    assert_eq!(reason, None);
    let first = first.unwrap();
    let unverified = Some(Reason::CertificateUnverified);
    for (what, ask, reason, hit) in [
        (
            "failed",
            acme().header(verify, "FAILED:certificate has expired"),
            unverified,
            false,
        ),
        ("none", acme().header(verify, "NONE"), unverified, false),
        ("empty", acme().header(verify, ""), unverified, false),
        (
            "longer",
            acme().header(verify, "SUCCESSFUL"),
            unverified,
            false,
        ),
        ("twice", twice, unverified, false),
        ("silent", silent, unverified, false),
        // 2036-11-18T21:51:13Z, inclusive.
        (
            "last second",
            Ask {
                now: at_wall(2_110_657_873),
                ..acme()
            },
            None,
            true,
        ),
        (
            "a second later",
            Ask {
                now: at_wall(2_110_657_874),
                ..acme()
            },
            Some(Reason::CertificateExpired),
            true,
        ),
        (
            "before its time",
            Ask {
                now: at_wall(0),
                ..acme()
            },
            Some(Reason::CertificateNotYetValid),
            true,
        ),
        (
            "another peer",
            Ask {
                peer: peer("192.0.2.1"),
                ..acme()
            },
            Some(Reason::CertificateMissing),
            false,
        ),
        (
            "no peer",
            Ask {
                peer: Peer::UNKNOWN,
                ..acme()
            },
            Some(Reason::CertificateMissing),
            false,
        ),
        (
            "another proxy",
            Ask {
                peer: peer("10.9.9.9"),
                ..acme()
            },
            None,
            true,
        ),
    ] {
        let (decided, assessed) = ask.of(&gate);
        assert_eq!(decided, reason, "{what}");
        let found = assessed.is_some_and(|assessed| Arc::ptr_eq(&assessed, &first));
        assert_eq!(found, hit, "{what}");
        // And what was denied spoils nothing.
        assert_eq!(acme().of(&gate).0, None, "after {what}");
    }
}

#[test]
fn what_nobody_vouched_for_is_not_remembered() {
    let gate = gate(unlimited());
    let stranger = Ask {
        peer: peer("192.0.2.1"),
        ..Ask::nginx("acme")
    };
    assert!(stranger.of(&gate).1.is_none());
    let failed = Ask::nginx("acme").header("X-SSL-Client-Verify", "FAILED:x");
    assert!(failed.of(&gate).1.is_none());
    let (_, first) = Ask::nginx("acme").of(&gate);
    // Held by the test and by the gate, from this request on.
    assert_eq!(Arc::strong_count(&first.unwrap()), 2);
}

/// HAProxy's header and its chain's, which is read even on a hit.
#[test]
fn a_malformed_chain_beside_a_remembered_certificate_is_still_refused() {
    let text = POLICY.replace(
        "preset = \"nginx\"",
        "preset = \"haproxy\"\nverification = \"edge-always\"",
    );
    let gate = gate(policy(&text.replace("limits = \"three-a-minute\"", "")));
    let acme = STANDARD.encode(include_bytes!("data/captures/certs/acme.der"));
    let chain = "X-SSL-Client-Chain-DER";
    let ask = Ask::new(vec![
        ("X-SSL-Client-DER", acme.clone()),
        ("X-Forwarded-For", "203.0.113.9".to_owned()),
    ]);
    let (_, first) = ask.of(&gate);
    let first = first.unwrap();
    let malformed = Some(Reason::HeaderMalformed);
    for (value, reason) in [
        ("", None),
        (&*acme, None),
        ("junk!", malformed),
        (&*format!("{acme}="), malformed),
        (&*format!("{acme}\n"), malformed),
        (&*"A".repeat(32 * 1024 + 4), Some(Reason::HeaderOversized)),
    ] {
        let cold = Gate::new(policy(&text)).unwrap();
        let ask = ask.clone().header(chain, value);
        let (decided, assessed) = ask.of(&gate);
        assert_eq!(decided, reason, "{value:.20}");
        assert_eq!(ask.of(&cold).0, reason, "{value:.20}");
        if let Some(assessed) = assessed {
            assert!(Arc::ptr_eq(&first, &assessed), "{value:.20}");
        }
    }
    let mut twice = ask.clone().header(chain, &acme);
    twice.headers.push((chain, acme));
    assert_eq!(twice.of(&gate).0, Some(Reason::HeaderAmbiguous));
    assert_eq!(ask.of(&gate).0, None);
}

/// More certificates than the cache holds: it stays bounded, and what it gives
/// is right.
#[test]
fn the_cache_is_bounded_and_its_hits_are_right() {
    const HELD: usize = 8_192;
    const SEEN: usize = 9_500;
    let text = "version = 1\n\
         [edge]\npreset = \"haproxy\"\nverification = \"edge-always\"\n\
         trusted_proxies = [\"10.0.0.0/8\"]\n\
         [authentication]\nmode = \"mtls\"\n\
         [[identity]]\nclient = \"{subject.cn}\"\n";
    let gate = gate(policy(text));
    let asks: Vec<Ask> = (0..SEEN)
        .map(|n| {
            let cn = tlv(0x0C, format!("client-{n}").as_bytes());
            let der = Template::with(|template| template.subject = name(&[attribute(3, &cn)]));
            let mut ask = Ask::new(vec![("X-SSL-Client-DER", STANDARD.encode(der))]);
            // The template's certificates end with 2026.
            ask.now.wall = Timestamp::from_unix_seconds(1_780_000_000);
            ask
        })
        .collect();
    let client_of = |ask: &Ask| {
        gate.decide(&ask.request(), |concluded| {
            assert_eq!(concluded.decision.reason(), Some(Reason::ClientUnknown));
            let findings = concluded.decision.findings();
            let assessed = Arc::downgrade(findings.assessed().unwrap());
            (findings.client().unwrap().to_owned(), assessed)
        })
    };
    let mut learned = Vec::new();
    for (n, ask) in asks.iter().enumerate() {
        let (client, assessed) = client_of(ask);
        assert_eq!(client, format!("client-{n}"));
        learned.push(assessed);
    }
    let held = learned
        .iter()
        .filter(|assessed| assessed.strong_count() > 0)
        .count();
    assert!((HELD / 2..=HELD).contains(&held), "{held} are held");
    // The latest is remembered, the first is not.
    assert!(learned[SEEN - 1].strong_count() > 0);
    assert_eq!(learned[0].strong_count(), 0);
    // Hits and misses, in an order that mixes them.
    for n in (0..SEEN).rev().step_by(17).chain((0..SEEN).step_by(13)) {
        assert_eq!(client_of(&asks[n]).0, format!("client-{n}"));
    }
    drop(gate);
}

#[test]
fn threads_share_one_limit_exactly_and_no_id() {
    const THREADS: usize = 8;
    const EACH: usize = 150;
    const ADMITTED: usize = 700;
    let gate = gate(policy_with("requests = 3,", "requests = 700,"));
    let results: Vec<(bool, String, String)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let gate = &gate;
                scope.spawn(move || {
                    // Half of the threads bring an id of their edge.
                    let ask = Ask::nginx("acme");
                    let ask = match thread % 2 {
                        0 => ask,
                        _ => ask.header("X-Request-ID", "edge-17"),
                    };
                    (0..EACH)
                        .map(|_| {
                            gate.decide(&ask.request(), |concluded| {
                                let record = concluded.audit_record();
                                assert_eq!(concluded.request_id, record.request_id);
                                let allowed = concluded.decision.reason().is_none();
                                (allowed, record.id, record.request_id)
                            })
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let allowed = results.iter().filter(|(allowed, ..)| *allowed).count();
    assert_eq!(allowed, ADMITTED);
    let ids: HashSet<&str> = results.iter().map(|(_, id, _)| &**id).collect();
    assert_eq!(ids.len(), THREADS * EACH);
    let given = results.iter().filter(|(_, _, id)| id == "edge-17").count();
    assert_eq!(given, THREADS * EACH / 2);
    assert!(!ids.contains("edge-17"));
    let made: HashSet<&str> = results.iter().map(|(.., id)| &**id).collect();
    assert_eq!(made.len(), THREADS * EACH / 2 + 1);
}
