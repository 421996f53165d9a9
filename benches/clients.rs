//! What a policy with many clients costs: how long it takes to load, and how much
//! memory it then holds, and held at most while it was loaded.
//!
//! `cargo bench --all-features --bench clients` prints, for 10,000, 100,000 and a
//! million clients with a collection each, in TOML, JSON and YAML: the length of the
//! text, the time for each client as a ratio to that of the fewest clients in TOML
//! (1.00 throughout would be linear), and bytes for each client. The allocator counts,
//! which takes time of its own.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a bench takes the time and prints"
)]

use std::fmt::Write as _;
use std::time::Instant;

use certgate::limits::MemoryLimits;
use certgate::policy::{Format, Policy};

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

fn main() {
    println!(
        "{:<8}{:>10}{:>10}{:>8}{:>8}{:>8}{:>8}",
        "format", "clients", "text MiB", "time", "bytes", "peak", "gate"
    );
    let mut yardstick = None;
    for (format, name) in [
        (Format::Toml, "toml"),
        (Format::Json, "json"),
        (Format::Yaml, "yaml"),
    ] {
        for clients in SIZES {
            let text = document(format, clients);
            if text.len() > Format::MAX_BYTES {
                println!("{name:<8}{clients:>10}  is longer than a text may be");
                continue;
            }
            let measured = measure(&text, format, clients);
            let a_client = |value: f64| value / clients as f64;
            let time = a_client(measured.seconds);
            let yardstick = *yardstick.get_or_insert(time);
            println!(
                "{name:<8}{clients:>10}{:>10.1}{:>8.2}{:>8.0}{:>8.0}{:>8.0}",
                text.len() as f64 / f64::from(1 << 20),
                time / yardstick,
                a_client(measured.held),
                a_client(measured.peak),
                a_client(measured.counters),
            );
        }
    }
}

struct Measured {
    seconds: f64,
    /// Bytes of the policy, and at most while it was loaded.
    held: f64,
    peak: f64,
    /// Bytes that a gate's counters take besides.
    counters: f64,
}

fn measure(text: &str, format: Format, clients: usize) -> Measured {
    let mut loaded = None;
    let began = Instant::now();
    let counted = allocation_counter::measure(|| {
        loaded = Some(Policy::from_str_as(text, "policy", format).unwrap());
    });
    let seconds = began.elapsed().as_secs_f64();
    let policy = loaded.unwrap().policy;
    assert_eq!(policy.limits().count(), clients);
    let mut limits = None;
    let counters = allocation_counter::measure(|| {
        limits = Some(MemoryLimits::new(policy.limits()).unwrap());
    });
    drop(limits);
    Measured {
        seconds,
        held: counted.bytes_current as f64,
        peak: counted.bytes_max as f64,
        counters: counters.bytes_current as f64,
    }
}

/// A policy of so many clients with a collection each.
fn document(format: Format, clients: usize) -> String {
    let ids = (0..clients).map(|n| format!("c{n:07}"));
    let mut text = String::new();
    match format {
        Format::Json => {
            text.push_str(
                r#"{"version":1,"edge":{"preset":"nginx","trusted_proxies":["10.0.0.0/8"]},"authentication":{"mode":"mtls"},"identity":[{"client":"{subject.cn}"}],"collections":[{"name":"all","paths":["/"]}],"clients":["#,
            );
            for (n, id) in ids.enumerate() {
                let comma = if n == 0 { "" } else { "," };
                write!(text, r#"{comma}{{"id":"{id}","collections":["all"]}}"#).unwrap();
            }
            text.push_str("]}");
        }
        Format::Yaml => {
            text.push_str("version: 1\nedge: {preset: nginx, trusted_proxies: [10.0.0.0/8]}\nauthentication: {mode: mtls}\nidentity: [{client: \"{subject.cn}\"}]\ncollections: [{name: all, paths: [/]}]\nclients:\n");
            for id in ids {
                writeln!(text, "- {{id: {id}, collections: [all]}}").unwrap();
            }
        }
        _ => {
            text.push_str("version = 1\nedge = { preset = \"nginx\", trusted_proxies = [\"10.0.0.0/8\"] }\nauthentication.mode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"\n[[collections]]\nname = \"all\"\npaths = [\"/\"]\n");
            for id in ids {
                writeln!(text, "[[clients]]\nid = \"{id}\"\ncollections = [\"all\"]").unwrap();
            }
        }
    }
    text
}
