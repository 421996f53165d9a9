//! What holds of trusted edges, statuses and TLS certificates in every case of
//! the corpus at once.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use certgate::certificate::CertInfo;
use certgate::decide::{Decision, Reason, decide};
use certgate::limits::MemoryLimits;
use certgate::request::{Peer, PeerCertificate, Request};

use support::corpus::{Case, Corpus, Outcome};

/// The same peer, as if its connection had no certificate.
fn without_certificate(peer: Peer<'_>) -> Peer<'static> {
    match peer.ip() {
        Some(address) => Peer::address(address),
        None if peer.is_unix() => Peer::UNIX,
        None => Peer::UNKNOWN,
    }
}

/// Why the request is denied, or would be if that were not only observed, which
/// proves nobody either.
fn code(decision: &Decision<'_>) -> Option<&'static str> {
    let observed = decision.findings().observed().first();
    let observed = observed.map(|denial| denial.reason);
    observed.or(decision.reason()).map(Reason::code)
}

/// The reason's code for the request with these lines.
fn code_with(corpus: &Corpus, case: &Case, headers: &[(String, String)]) -> Option<&'static str> {
    let policy = corpus.policy(case);
    let request = Request {
        headers: &headers,
        ..case.request.request(Duration::ZERO)
    };
    code(&decide(
        policy,
        &request,
        &MemoryLimits::new(policy.limits()).unwrap(),
    ))
}

/// The cases that are allowed because a trusted edge said something.
fn allowed_by_an_edge(corpus: &Corpus) -> impl Iterator<Item = &Case> {
    corpus.cases.iter().filter(|case| {
        let policy = corpus.policy(case);
        let request = case.request.request(Duration::ZERO);
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let decision = decide(policy, &request, &limits);
        let findings = decision.findings();
        decision.reason().is_none() && findings.peer_is_trusted() && findings.assessed().is_some()
    })
}

#[test]
fn pitfall_7_without_the_header_no_policy_that_requires_a_certificate_lets_anyone_in() {
    let corpus = Corpus::load();
    for case in &corpus.cases {
        let policy = corpus.policy(case);
        let required = matches!(policy.mode().as_str(), "mtls" | "bearer_plus_mtls_required");
        if !required || case.expect.outcome != Outcome::Allow {
            continue;
        }
        let names = policy.edge().names();
        let statuses: Vec<&str> = names.statuses().collect();
        let is_left = |name: &str| {
            let identifies = ["x-client-id", "x-profile-id"].contains(&name);
            let of_the_edge = names.iter().any(|own| own == name);
            statuses.contains(&name) || !(of_the_edge || identifies)
        };
        let left: Vec<(String, String)> = case
            .request
            .headers
            .iter()
            .filter(|(name, _)| is_left(&name.to_ascii_lowercase()))
            .cloned()
            .collect();
        let request = case.request.request(Duration::ZERO);
        let request = Request {
            peer: without_certificate(request.peer),
            headers: &left,
            ..request
        };
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let decision = decide(policy, &request, &limits);
        assert_eq!(
            code(&decision),
            Some("certificate_missing"),
            "{}",
            case.name
        );
    }
}

#[test]
fn pitfall_4_what_an_edge_forwards_counts_for_nothing_without_each_of_its_statuses() {
    let corpus = Corpus::load();
    let mut seen = BTreeSet::new();
    for case in allowed_by_an_edge(&corpus) {
        let policy = corpus.policy(case);
        if policy.mode().as_str() == "bearer" {
            continue;
        }
        for status in policy.edge().names().statuses() {
            let is_status = |name: &str| name.eq_ignore_ascii_case(status);
            let left = case.request.headers.iter().cloned();
            let left: Vec<_> = left.filter(|(name, _)| !is_status(name)).collect();
            let found = code_with(&corpus, case, &left);
            assert_eq!(
                found,
                Some("certificate_unverified"),
                "{}, {status}",
                case.name
            );
            let twice: Vec<_> = case
                .request
                .headers
                .iter()
                .flat_map(|line| {
                    std::iter::repeat_n(line.clone(), 1 + usize::from(is_status(&line.0)))
                })
                .collect();
            let found = code_with(&corpus, case, &twice);
            assert_eq!(
                found,
                Some("certificate_unverified"),
                "{}, {status}",
                case.name
            );
            seen.insert(status.to_owned());
        }
    }
    let expected = [
        "cf-cert-revoked",
        "cf-cert-verified",
        "ssl-client-verify",
        "x-client-cert-chain-verified",
        "x-ssl-client-verify",
        "x-verified",
    ];
    assert_eq!(seen, expected.map(str::to_owned).into());
}

#[test]
fn pitfall_8_no_header_of_a_certificate_is_read_twice() {
    let corpus = Corpus::load();
    let mut seen = BTreeSet::new();
    for case in allowed_by_an_edge(&corpus) {
        let names = corpus.policy(case).edge().names();
        let Some(own) = names.certificate() else {
            continue;
        };
        let line = case.request.headers.iter();
        let mut line = line.filter(|(name, _)| name.eq_ignore_ascii_case(own));
        let Some(line) = line.next().cloned().filter(|(_, value)| !value.is_empty()) else {
            continue;
        };
        let twice = [&case.request.headers[..], &[line]].concat();
        let found = code_with(&corpus, case, &twice);
        assert_eq!(found, Some("header_ambiguous"), "{}", case.name);
        seen.insert(own.to_owned());
    }
    let expected = [
        "cf-client-cert-der-base64",
        "client-cert",
        "cloudfront-viewer-cert-pem",
        "ssl-client-cert",
        "x-amzn-mtls-clientcert-leaf",
        "x-arr-clientcert",
        "x-client-cert-leaf",
        "x-forwarded-client-cert",
        "x-forwarded-tls-client-cert",
        "x-ssl-client-cert",
        "x-ssl-client-chain",
        "x-ssl-client-der",
    ];
    assert_eq!(seen, expected.map(str::to_owned).into());
}

#[test]
fn pitfall_11_the_tls_certificate_of_an_edge_is_never_the_client_s() {
    let corpus = Corpus::load();
    let certificate = &corpus.certificates["cn-acme"];
    let mut trusted = 0;
    for case in &corpus.cases {
        let policy = corpus.policy(case);
        let decided = |peer| {
            let request = Request {
                peer,
                ..case.request.request(Duration::ZERO)
            };
            let limits = MemoryLimits::new(policy.limits()).unwrap();
            let decision = decide(policy, &request, &limits);
            let findings = decision.findings();
            (
                code(&decision),
                findings.client().map(str::to_owned),
                findings.certificate().map(CertInfo::thumbprint),
                findings.peer_is_trusted(),
            )
        };
        let without = decided(without_certificate(case.request.connection.peer()));
        // A stranger's may be its own.
        if !without.3 {
            continue;
        }
        trusted += 1;
        for tls in [
            PeerCertificate::verified(certificate),
            PeerCertificate::unverified(certificate),
            PeerCertificate::verified(b"not DER"),
        ] {
            let peer = case.request.connection.peer();
            if peer.proxied_address().is_some() {
                continue;
            }
            assert_eq!(
                decided(peer.with_certificate(tls)),
                without,
                "{}",
                case.name
            );
        }
    }
    assert!(trusted > 500, "{trusted}");
}

#[test]
fn pitfall_11_a_stranger_s_tls_certificate_counts_only_where_the_policy_says_so() {
    let corpus = Corpus::load();
    let accepting = [
        "direct",
        "direct-alone-behind-nobody",
        "direct-bearer",
        "direct-beside-an-edge",
        "direct-required",
    ];
    let certificate = &corpus.certificates["cn-acme"];
    let headers: [(&str, &str); 0] = [];
    let mut by_tls = BTreeSet::new();
    for case in &corpus.cases {
        let policy = corpus.policy(case);
        let peer = Peer::address("198.51.100.7".parse().unwrap());
        let request = Request {
            peer: peer.with_certificate(PeerCertificate::verified(certificate)),
            headers: &headers,
            ..case.request.request(Duration::ZERO)
        };
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        if decide(policy, &request, &limits)
            .findings()
            .certificate()
            .is_some()
        {
            by_tls.insert(case.policy.as_str());
        }
    }
    assert_eq!(by_tls, accepting.into());
}
