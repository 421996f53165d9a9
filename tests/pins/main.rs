//! Conditions of identity rules on real certificates: pins of certificates and
//! keys, serial numbers, addresses, principal names, patterns.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod conditions;
mod listed;
mod unverified;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::decide::{Decision, Grant, VerificationStatus, decide};
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Now, Peer, Request, Timestamp, VerifiedToken};
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

/// A certificate of `acme` by CN, changed by `change`, signed by its own key.
fn certificate(key: &KeyPair, change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "acme");
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    change(&mut params);
    params.self_signed(key).unwrap().der().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A policy with this edge and this rule for `acme`, and a client `other`.
fn policy(edge: &str, rule: &str) -> Policy {
    policy_in_mode("mtls", edge, rule)
}

fn policy_in_mode(mode: &str, edge: &str, rule: &str) -> Policy {
    let text = format!(
        "version = 1\n[edge]\n{edge}\ntrusted_proxies = ['10.0.0.7']\n\
         [authentication]\nmode = '{mode}'\n\
         {rule}\n\
         [[collections]]\nname = 'all'\npaths = ['/']\n\
         [[clients]]\nid = 'acme'\ncollections = ['all']\n\
         [[clients]]\nid = 'other'\ncollections = ['all']\n"
    );
    Policy::from_toml_str(&text, "policy.toml").unwrap().policy
}

/// Who the holder of a certificate is, behind an edge that sends it as base64
/// in `header`: the client and the principal, or the reason of a denial.
fn answer(policy: &Policy, header: &str, der: &[u8]) -> (String, String, VerificationStatus) {
    let headers = [(header, STANDARD.encode(der))];
    answer_to(policy, edge(), &headers, None)
}

/// The trusted proxy.
fn edge() -> Peer<'static> {
    Peer::address("10.0.0.7".parse().unwrap())
}

fn answer_to(
    policy: &Policy,
    peer: Peer<'_>,
    headers: &[(&str, String)],
    token: Option<&VerifiedToken>,
) -> (String, String, VerificationStatus) {
    with_decision(policy, peer, headers, token, who)
}

fn with_decision<R>(
    policy: &Policy,
    peer: Peer<'_>,
    headers: &[(&str, String)],
    token: Option<&VerifiedToken>,
    conclude: impl FnOnce(&Decision<'_>) -> R,
) -> R {
    let request = Request {
        peer,
        method: "GET",
        target: "/",
        headers: &headers,
        token,
        now: Now {
            wall: Timestamp::parse_rfc3339_utc(b"2026-06-01T00:00:00Z").unwrap(),
            monotonic: Duration::ZERO,
        },
    };
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let decision = decide(policy, &request, &limits);
    conclude(&decision)
}

fn who(decision: &Decision<'_>) -> (String, String, VerificationStatus) {
    let verification = decision.findings().verification();
    match decision {
        Decision::Allow(allow) => match allow.grant() {
            Grant::Proven(identity) => (
                identity.client().unwrap().to_owned(),
                identity.principal().to_owned(),
                verification,
            ),
            other => panic!("{other:?}"),
        },
        Decision::Deny(deny) => (deny.reason().code().to_owned(), String::new(), verification),
    }
}
