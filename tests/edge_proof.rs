//! A listed proxy that has to prove more than its address: what passes, what
//! makes it a stranger, and what the decision then says.

#![cfg(feature = "toml")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

#[path = "gate_support/mod.rs"]
mod support;

use certgate::decide::{Decision, Reason, explain};
use certgate::edge::Distrust;
use certgate::evidence::AuditRecord;
use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Peer, PeerCertificate, Request};

use support::{at, nginx, peer, policy_with};

/// Of which `SECRETS` has the digest, after that of an older one.
const SECRET: &str = "0123456789abcdef0123456789abcdef";

const SECRETS: &str = "secret_sha256 = [
  'f90ed1ac10b2b7df6e0fbd16b2a87f38d5dd5a2b9a0b7e2c3c1b3c1b3c1b3c1b',
  '3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9',
]";

/// Of `EDGE`, a certificate as far as a pin goes: its SHA-256 is all that is
/// looked at.
const PINS: &str =
    "certificate_sha256 = ['E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855']";
const EDGE: &[u8] = b"";

fn proving(proof: &str) -> Policy {
    policy_with(
        "[authentication]",
        &format!("[edge.proof]\n{proof}\n[authentication]"),
    )
}

/// Who sends acme's request, with which lines of the secret.
struct Ask<'a> {
    peer: Peer<'a>,
    secrets: Vec<(&'static str, &'a str)>,
    forwarded_for: &'a str,
}

impl<'a> Ask<'a> {
    fn new(peer: Peer<'a>, secrets: &[&'a str]) -> Self {
        Self {
            peer,
            secrets: secrets.iter().map(|s| ("X-Edge-Secret", *s)).collect(),
            forwarded_for: "203.0.113.9",
        }
    }

    fn with<R>(&self, use_it: impl FnOnce(&Request<'_>) -> R) -> R {
        let certificate = nginx("acme");
        let mut headers = vec![
            ("X-SSL-Client-Cert", certificate.as_str()),
            ("X-SSL-Client-Verify", "SUCCESS"),
            ("X-Forwarded-For", self.forwarded_for),
        ];
        headers.extend(&self.secrets);
        use_it(&Request {
            peer: self.peer,
            method: "GET",
            target: "/payments",
            headers: &headers,
            token: None,
            now: at(0),
        })
    }

    /// The reason, and what the trace says about the peer.
    fn explain(&self, policy: &Policy) -> (Option<Reason>, String) {
        self.with(|request| {
            let limits = MemoryLimits::new(policy.limits()).unwrap();
            let decision = explain(policy, request, &limits);
            let steps = decision.findings().trace();
            let step = steps.iter().find(|step| step.check == "peer").unwrap();
            let record = AuditRecord::new(&decision, "id", 1);
            assert_eq!(record.peer_trusted, decision.reason().is_none());
            (decision.reason(), step.detail.clone())
        })
    }
}

fn trusted() -> (Option<Reason>, String) {
    (None, "10.0.0.7 is a trusted proxy".to_owned())
}

fn stranger(distrust: Distrust) -> (Option<Reason>, String) {
    let why = match distrust {
        Distrust::NotListed => "is not a trusted proxy",
        Distrust::NoSecret => "has the address of a trusted proxy and sent no secret",
        Distrust::RepeatedSecret => {
            "has the address of a trusted proxy and sent its secret more than once"
        }
        Distrust::OtherSecret => "has the address of a trusted proxy and sent another secret",
        Distrust::NoCertificate => "has the address of a trusted proxy and no TLS certificate",
        Distrust::OtherCertificate => {
            "has the address of a trusted proxy and a TLS certificate that is not pinned"
        }
        other => panic!("{other:?}"),
    };
    (
        Some(Reason::CertificateMissing),
        format!("10.0.0.7 {why}: its certificate and identity headers do not exist"),
    )
}

#[test]
fn a_secret_makes_a_listed_proxy_a_trusted_one() {
    let policy = proving(SECRETS);
    let edge = peer("10.0.0.7");
    let explain = |secrets: &[&str]| Ask::new(edge, secrets).explain(&policy);
    assert_eq!(explain(&[SECRET]), trusted());
    assert_eq!(explain(&[]), stranger(Distrust::NoSecret));
    for other in [
        "",
        SECRET.trim_start_matches('0'),
        "0123456789ABCDEF0123456789ABCDEF",
    ] {
        assert_eq!(
            explain(&[other]),
            stranger(Distrust::OtherSecret),
            "{other}"
        );
    }
    let list = format!("{SECRET}, {SECRET}");
    assert_eq!(explain(&[&list]), stranger(Distrust::OtherSecret));
    for repeated in [[SECRET, SECRET], [SECRET, "x"]] {
        assert_eq!(explain(&repeated), stranger(Distrust::RepeatedSecret));
    }
    // In another spelling it is another header, which a proxy in front may let
    // through where it overwrites the real one.
    let mut ask = Ask::new(edge, &[SECRET]);
    ask.secrets[0].0 = "x-edge-secret";
    assert_eq!(ask.explain(&policy), trusted());
    ask.secrets[0].0 = "X_Edge_Secret";
    assert_eq!(ask.explain(&policy), stranger(Distrust::NoSecret));
}

#[test]
fn a_secret_does_not_make_an_unlisted_peer_a_proxy() {
    let policy = proving(SECRETS);
    for unlisted in [peer("192.0.2.1"), Peer::UNIX, Peer::UNKNOWN] {
        let (reason, step) = Ask::new(unlisted, &[SECRET]).explain(&policy);
        assert_eq!(reason, Some(Reason::CertificateMissing), "{unlisted}");
        assert!(step.contains("is not a trusted proxy"), "{step}");
    }
}

#[test]
fn a_pinned_certificate_makes_a_listed_proxy_a_trusted_one() {
    let policy = proving(PINS);
    let explain = |peer: Peer<'_>| Ask::new(peer, &[]).explain(&policy);
    let edge = peer("10.0.0.7");
    let with = |certificate| explain(edge.with_certificate(certificate));
    assert_eq!(with(PeerCertificate::verified(EDGE)), trusted());
    assert_eq!(with(PeerCertificate::unverified(EDGE)), trusted());
    assert_eq!(explain(edge), stranger(Distrust::NoCertificate));
    let chain = [EDGE.to_vec()];
    assert_eq!(
        with(PeerCertificate::verified(b"another").with_chain(&chain)),
        stranger(Distrust::OtherCertificate)
    );
    let unlisted = peer("192.0.2.1").with_certificate(PeerCertificate::verified(EDGE));
    assert_eq!(explain(unlisted).0, Some(Reason::CertificateMissing));
}

#[test]
fn every_proof_has_to_hold() {
    let policy = proving(&format!("{SECRETS}\n{PINS}"));
    let bare = peer("10.0.0.7");
    let pinned = bare.with_certificate(PeerCertificate::verified(EDGE));
    for (peer, secrets, expected) in [
        (pinned, &[SECRET] as &[&str], trusted()),
        (pinned, &[], stranger(Distrust::NoSecret)),
        (bare, &[SECRET], stranger(Distrust::NoCertificate)),
        (bare, &[], stranger(Distrust::NoCertificate)),
    ] {
        assert_eq!(Ask::new(peer, secrets).explain(&policy), expected);
    }
}

#[test]
fn what_the_gate_remembers_of_a_proven_edge_helps_no_other() {
    let gate = Gate::new(proving(SECRETS)).unwrap();
    let reason = |ask: &Ask<'_>| {
        ask.with(|request| gate.decide(request, |concluded| concluded.decision.reason()))
    };
    let edge = peer("10.0.0.7");
    for _ in 0..2 {
        assert_eq!(reason(&Ask::new(edge, &[SECRET])), None);
        let unproven = Ask::new(edge, &[]);
        assert_eq!(reason(&unproven), Some(Reason::CertificateMissing));
    }
}

/// Nothing proves the hops of a list, so the range of those that could connect
/// to this process must not let them say more.
#[test]
fn a_wide_range_of_proxies_does_not_reach_into_the_list_of_addresses() {
    let text = support::POLICY
        .replace("\"10.0.0.0/8\", \"127.0.0.1\"", "\"0.0.0.0/0\"")
        .replace(
            "[authentication]",
            &format!(
                "address_proxies = ['198.51.100.7']\n[edge.proof]\n{SECRETS}\n[authentication]"
            ),
        );
    let loaded = Policy::from_toml_str(&text, "policy.toml").unwrap();
    assert_eq!(loaded.warnings, []);
    let edge = peer("192.0.2.1");
    let from = |forwarded_for: &'static str| Ask {
        forwarded_for,
        ..Ask::new(edge, &[SECRET])
    };
    let reason = |ask: &Ask<'_>| ask.explain(&loaded.policy).0;
    assert_eq!(reason(&from("203.0.113.9")), None);
    assert_eq!(reason(&from("192.0.2.66, 203.0.113.9")), None);
    assert_eq!(reason(&from("203.0.113.9, 198.51.100.7")), None);
    for forged in ["203.0.113.9, 192.0.2.66", "203.0.113.9, 192.0.2.1"] {
        let denied = from(forged).with(|request| {
            let limits = MemoryLimits::new(loaded.policy.limits()).unwrap();
            let decision = explain(&loaded.policy, request, &limits);
            matches!(&decision, Decision::Deny(deny) if deny.reason() == Reason::IpNotAllowed)
        });
        assert!(denied, "{forged}");
    }
}

#[test]
fn the_pinned_certificate_of_a_proxy_is_no_client_s_at_any_address() {
    let accepting = |proof: &str| {
        policy_with(
            "[authentication]",
            &format!("direct_tls = 'accept'\n{proof}\n[authentication]"),
        )
    };
    let reason = |policy: &Policy, certificate: &[u8]| {
        let certificate = PeerCertificate::verified(certificate);
        let elsewhere = peer("192.0.2.1").with_certificate(certificate);
        Ask::new(elsewhere, &[]).explain(policy).0
    };
    let pinning = accepting(&format!("[edge.proof]\n{PINS}"));
    assert_eq!(reason(&pinning, EDGE), Some(Reason::CertificateMissing));
    // What is not pinned is looked at, and these are no certificates.
    let malformed = Some(Reason::CertificateMalformed);
    assert_eq!(reason(&pinning, b"client"), malformed);
    assert_eq!(reason(&accepting(""), EDGE), malformed);
}
