//! One request with a certificate, and what came of it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::decide::{Decision, decide, explain};
use certgate::evidence::AuditRecord;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Now, Peer, Request, Timestamp};
use certgate::trust::RevocationLists;

use crate::pki::Ca;

/// A policy behind an edge that verifies nothing, with these authorities and these
/// lines under `[authentication]`.
pub(crate) fn policy(authorities: &[&Ca], authentication: &str) -> Policy {
    let named = authorities.iter().zip(["one", "two", "three"]);
    let authorities = named.map(|(ca, name)| {
        format!(
            "[[authorities]]\nname = '{name}'\ncertificate = '''\n{}'''\n",
            ca.pem()
        )
    });
    let authorities: String = authorities.collect();
    let text = format!(
        "version = 1\n[edge]\npreset = 'rfc9440'\nverification = 'in-process'\n\
         trusted_proxies = ['10.0.0.7']\n[authentication]\nmode = 'mtls'\n{authentication}\n\
         {authorities}[[identity]]\nclient = '{{subject.cn}}'\n\
         [[collections]]\nname = 'all'\npaths = ['/']\n\
         [[clients]]\nid = 'acme'\ncollections = ['all']\n\
         [[clients]]\nid = 'globex'\ncollections = ['all']\n"
    );
    Policy::from_toml_str(&text, "policy.toml").unwrap().policy
}

pub(crate) fn lists(of: &[&[u8]]) -> RevocationLists {
    let mut lists = RevocationLists::new();
    for der in of {
        lists.add(der).unwrap();
    }
    lists
}

pub(crate) fn at(moment: &str) -> Now {
    let moment = match moment.len() {
        10 => format!("{moment}T00:00:00Z"),
        _ => moment.to_owned(),
    };
    Now {
        wall: Timestamp::parse_rfc3339_utc(moment.as_bytes()).unwrap(),
        monotonic: Duration::ZERO,
    }
}

/// The headers of a certificate and of what comes with it, by RFC 9440.
pub(crate) fn headers(leaf: &[u8], chain: &[Vec<u8>]) -> Vec<(&'static str, String)> {
    let item = |der: &[u8]| format!(":{}:", STANDARD.encode(der));
    let mut headers = vec![("Client-Cert", item(leaf))];
    if !chain.is_empty() {
        let items: Vec<String> = chain.iter().map(|der| item(der)).collect();
        headers.push(("Client-Cert-Chain", items.join(", ")));
    }
    headers
}

pub(crate) fn edge() -> Peer<'static> {
    Peer::address("10.0.0.7".parse().unwrap())
}

pub(crate) fn with_request<R>(
    leaf: &[u8],
    chain: &[Vec<u8>],
    now: Now,
    use_it: impl FnOnce(&Request<'_>) -> R,
) -> R {
    let headers = headers(leaf, chain);
    use_it(&Request {
        peer: edge(),
        method: "GET",
        target: "/",
        headers: &headers,
        token: None,
        now,
    })
}

/// `allow`, or the reason of the denial.
pub(crate) fn outcome(decision: &Decision<'_>) -> &'static str {
    decision.reason().map_or("allow", |reason| reason.code())
}

/// What a request in the middle of 2026 comes to.
pub(crate) fn ask(policy: &Policy, leaf: &[u8], chain: &[Vec<u8>]) -> &'static str {
    ask_at(policy, leaf, chain, "2026-06-01")
}

pub(crate) fn ask_at(
    policy: &Policy,
    leaf: &[u8],
    chain: &[Vec<u8>],
    moment: &str,
) -> &'static str {
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    with_request(leaf, chain, at(moment), |request| {
        outcome(&decide(policy, request, &limits))
    })
}

/// Why there is no path to an authority, in the record and in the trace.
pub(crate) fn why(policy: &Policy, leaf: &[u8], chain: &[Vec<u8>], moment: &str) -> String {
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    with_request(leaf, chain, at(moment), |request| {
        let decision = explain(policy, request, &limits);
        let fault = AuditRecord::new(&decision, "r", 1).path_fault.unwrap();
        let trace = decision.findings().trace();
        let denied = trace.iter().find(|step| step.reason().is_some()).unwrap();
        assert!(denied.detail.starts_with(&format!("{fault}; thumbprint ")));
        fault.to_string()
    })
}
