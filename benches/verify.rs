//! What verification in this process costs: a certificate with one intermediate.
//!
//! `cargo bench --all-features --bench verify` prints a table. Machines are shared
//! and noisy, so that a time means little; the figures are the minimum of the laps,
//! and the median of the ratios lap by lap.
//!
//! - **webpki**: the library alone finds and verifies the path: two signatures
//!   (ECDSA on P-256).
//! - **edge-always**: a decision without verification, cold and by a gate that knows
//!   the certificate.
//! - **in-process**: the same with verification; also with revocation lists of
//!   100,000 numbers for each issuer, whose signatures are verified once.
//! - **stranger**: a certificate of nobody's that is sent again and again, which no
//!   cache keeps.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a bench takes the time and prints"
)]

#[path = "../tests/verify/ask.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod ask;
#[path = "../tests/verify/pki.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod pki;

use std::hint::black_box;
use std::time::{Duration, Instant};

use certgate::decide::{Decision, decide};
use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::Request;
use rustls_pki_types::{CertificateDer, UnixTime};

use ask::{at, headers, lists, policy};
use pki::Ca;

const LAPS: usize = 60;
const WARM_UP: usize = 6;
/// Of one lap.
const DECISIONS: u32 = 20;
const NOW: &str = "2026-06-01";

/// What a lap measures, by its name.
type Case<'c> = (&'static str, Box<dyn Fn() + 'c>);

fn main() {
    let root = Ca::root("Root");
    let below = root.below("Below");
    let (leaf, chain) = (below.client("acme", 7), vec![below.der()]);
    let forged = Ca::root("Below").client("acme", 7);
    let numbers: Vec<u64> = (1_000..101_000).collect();
    let current = ((2026, 5), (2026, 7));
    let long = [
        root.revokes(&numbers, current),
        below.revokes(&numbers, current),
    ];
    let verifying = || policy(&[&root], "");
    let listing = || verifying().with_revocation_lists(lists(&[&long[0], &long[1]]));

    let anchor = CertificateDer::from(root.der());
    let anchors = [webpki::anchor_from_trusted_cert(&anchor).unwrap()];
    let cases: Vec<Case<'_>> = vec![
        ("webpki", Box::new(|| verify(&anchors, &leaf, &chain))),
        ("edge-always, cold", cold(believing(), &leaf, &chain)),
        ("in-process, cold", cold(verifying(), &leaf, &chain)),
        ("in-process, lists, cold", cold(listing(), &leaf, &chain)),
        (
            "stranger, cold",
            warm(verifying(), &forged, &chain, "certificate_untrusted"),
        ),
        (
            "edge-always, warm",
            warm(believing(), &leaf, &chain, "allow"),
        ),
        (
            "in-process, warm",
            warm(verifying(), &leaf, &chain, "allow"),
        ),
        (
            "in-process, lists, warm",
            warm(listing(), &leaf, &chain, "allow"),
        ),
    ];
    let laps: Vec<Vec<f64>> = (0..WARM_UP + LAPS)
        .map(|_| cases.iter().map(|(_, lap)| timed(lap)).collect())
        .skip(WARM_UP)
        .collect();
    println!(
        "{:<26} {:>10} {:>8} {:>14}",
        "", "us", "webpki", "edge-always"
    );
    for (place, (name, _)) in cases.iter().enumerate() {
        let least = laps
            .iter()
            .map(|lap| lap[place])
            .fold(f64::INFINITY, f64::min);
        let believed = if name.ends_with("warm") { 5 } else { 1 };
        let (by_webpki, by_edge) = (ratio(&laps, place, 0), ratio(&laps, place, believed));
        println!("{name:<26} {least:>10.2} {by_webpki:>8.2} {by_edge:>14.2}");
    }
}

/// The same edge, whose word is taken.
fn believing() -> Policy {
    let text = "version = 1\n[edge]\npreset = 'rfc9440'\nverification = 'edge-always'\n\
                trusted_proxies = ['10.0.0.7']\n[authentication]\nmode = 'mtls'\n\
                [[identity]]\nclient = '{subject.cn}'\n\
                [[collections]]\nname = 'all'\npaths = ['/']\n\
                [[clients]]\nid = 'acme'\ncollections = ['all']\n\
                [[clients]]\nid = 'globex'\ncollections = ['all']\n";
    Policy::from_toml_str(text, "policy.toml").unwrap().policy
}

fn verify(anchors: &[rustls_pki_types::TrustAnchor<'_>], leaf: &[u8], chain: &[Vec<u8>]) {
    let leaf = CertificateDer::from(leaf);
    let chain: Vec<_> = chain
        .iter()
        .map(|der| CertificateDer::from(&**der))
        .collect();
    let entity = webpki::EndEntityCert::try_from(&leaf).unwrap();
    let verified = entity.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        anchors,
        &chain,
        UnixTime::since_unix_epoch(Duration::from_secs(1_780_272_000)),
        webpki::KeyUsage::client_auth(),
        None,
        None,
    );
    assert!(black_box(verified).is_ok());
}

/// `decide`, which knows no certificate.
fn cold<'c>(policy: Policy, leaf: &'c [u8], chain: &'c [Vec<u8>]) -> Box<dyn Fn() + 'c> {
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let lap = on_request(leaf, chain, move |request| {
        check(&decide(&policy, request, &limits), "allow");
    });
    Box::new(lap)
}

/// A gate, which has met the certificate.
fn warm<'c>(
    policy: Policy,
    leaf: &'c [u8],
    chain: &'c [Vec<u8>],
    expected: &'static str,
) -> Box<dyn Fn() + 'c> {
    let gate = Gate::new(policy).unwrap();
    let lap = on_request(leaf, chain, move |request| {
        gate.decide(request, |concluded| check(concluded.decision, expected));
    });
    lap();
    Box::new(lap)
}

fn on_request(leaf: &[u8], chain: &[Vec<u8>], decide: impl Fn(&Request<'_>)) -> impl Fn() {
    let headers = headers(leaf, chain);
    move || {
        decide(&Request {
            peer: ask::edge(),
            method: "GET",
            target: "/",
            headers: &headers,
            token: None,
            now: at(NOW),
        });
    }
}

fn check(decision: &Decision<'_>, expected: &str) {
    let found = ask::outcome(black_box(decision));
    assert!(found == expected, "{found}");
}

/// Microseconds for one decision.
fn timed(decide: impl Fn()) -> f64 {
    let start = Instant::now();
    for _ in 0..DECISIONS {
        decide();
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(DECISIONS)
}

/// The median of what one takes over what the other takes, lap by lap.
fn ratio(laps: &[Vec<f64>], one: usize, other: usize) -> f64 {
    let mut ratios: Vec<f64> = laps.iter().map(|lap| lap[one] / lap[other]).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}
