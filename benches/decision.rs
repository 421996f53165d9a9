//! How long a decision takes, against what it cannot do without and against
//! what a service does by hand.
//!
//! `cargo bench --all-features --bench decision` prints one table. Machines
//! are shared and noisy, so a time means little and a ratio inside one run is
//! the figure: at the minimum, and the median of the ratios lap by lap. An
//! argument (`-- cold`) runs only the cases whose names hold it, for a profiler.
//!
//! This is no Criterion bench, because Criterion measures one function for
//! seconds, then the next, and reports no minimum: what else the machine does
//! meanwhile goes into the ratio. Here each lap runs every case once over all
//! the certificates, so that the cases share the noise.
//!
//! 256 certificates, 14 header lines, policies of 256 clients with a rate, a
//! quota, a profile and an allowlist each, and two issuers; requests carry a
//! token that is bound to the certificate. The cases:
//!
//! - **floor, PEM**: unescape and strip armour in one pass, base64 into a
//!   buffer used again, a walk of the needed fields, a SHA-256; no header is
//!   looked up and nothing decided. **Floor, bare base64**: without the first.
//!   Their parts stand above them.
//! - **warm floor**: one pass over the header lines, hash and compare of the
//!   certificate's, binding, path, address, two counters.
//! - **by hand**: `percent-encoding`, `pem`, `x509-parser`, `sha2`, `HashMap`,
//!   `governor` and `ipnet` with owned strings.
//! - **cold**: `decide` with counters in memory, behind nginx, behind Envoy
//!   (XFCC with the same PEM in `Cert`, beside `Hash` and `Subject`) and behind
//!   Traefik (bare base64); no certificate is met a second time before all the
//!   others. **Through a gate**: every header value is one that the gate has
//!   not met, and pushes an older one out of its cache.
//! - **warm, through a gate**: its cache has the certificate, the same one
//!   again and again, or 256 in turn. **By token**: `decide` where mode `bearer`
//!   leaves the certificate out (its status says `NONE`): what a warm decision
//!   does without the look-up of the certificate and what is asked of it.
//! - **two threads**: warm through one gate, with a certificate (and so a
//!   client, and counters) each, or with the same; its floor is the former.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a bench measures time, prints, and stops where an answer is wrong"
)]

mod support;

use std::time::Instant;

use support::{Case, Fixture};

/// As many as take about half a minute.
const LAPS: usize = 1_000;
/// Laps that fill caches and predictors and are not counted.
const WARM_UP: usize = 50;

fn main() {
    let fixture = Fixture::new();
    let mut cases = fixture.cases();
    cases.extend(fixture.two_threads());
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    if !wanted.is_empty() {
        cases.retain(|case| wanted.iter().any(|part| case.name.contains(part)));
    }
    let laps = run(&mut cases, fixture.decisions_in_a_round());
    let [pem, base64, der] = fixture.sizes();
    println!(
        "{} certificates of {der} bytes, {base64} in base64, {pem} escaped; {LAPS} laps\n",
        fixture.decisions_in_a_round()
    );
    print(&cases, &laps);
}

/// The nanoseconds of a decision of each case in each lap.
fn run(cases: &mut [Case<'_>], decisions: usize) -> Vec<Vec<f64>> {
    let mut laps = vec![Vec::with_capacity(LAPS); cases.len()];
    for lap in 0..WARM_UP + LAPS {
        // Nobody always comes after the same neighbour.
        for step in 0..cases.len() {
            let place = (step + lap) % cases.len();
            let case = &mut cases[place];
            (case.prepare)();
            let started = Instant::now();
            (case.lap)();
            let taken = started.elapsed().as_nanos() as f64;
            let nanoseconds = taken / (case.rounds * decisions) as f64;
            if lap >= WARM_UP {
                laps[place].push(nanoseconds);
            }
        }
    }
    laps
}

fn print(cases: &[Case<'_>], laps: &[Vec<f64>]) {
    println!(
        "{:<34}{:>9}{:>9}   {:>16}   {:>18}",
        "", "min", "median", "times its floor", "faster than by hand"
    );
    println!(
        "{:<34}{:>9}{:>9}   {:>8}{:>8}   {:>9}{:>9}",
        "measure", "ns", "ns", "min", "median", "min", "median"
    );
    let laps_of = |name: Option<&str>| {
        let place = cases.iter().position(|case| Some(case.name) == name)?;
        laps.get(place)
    };
    for (case, own) in cases.iter().zip(laps) {
        print!("{:<34}{:>9.0}{:>9.0}", case.name, minimum(own), median(own));
        if let (Some(floor), Some(by_hand)) = (laps_of(case.floor), laps_of(case.by_hand)) {
            print!(
                "   {:>8.2}{:>8.2}   {:>9.2}{:>9.2}",
                minimum(own) / minimum(floor),
                median(&ratios(own, floor)),
                minimum(by_hand) / minimum(own),
                median(&ratios(by_hand, own)),
            );
        }
        println!();
    }
}

fn ratios(of: &[f64], to: &[f64]) -> Vec<f64> {
    of.iter().zip(to).map(|(of, to)| of / to).collect()
}

fn minimum(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
