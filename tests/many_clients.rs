//! A policy with many clients is loaded with work that grows as the number of
//! clients does, and every one of them is found.

#![cfg(all(feature = "toml", feature = "json", feature = "yaml"))]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fmt::Write as _;

use certgate::decide::{Verdict, forecast};
use certgate::policy::{Format, Policy};
use certgate::request::{Confirmation, Now, OwnedRequest, Peer, Timestamp, VerifiedToken};

/// A policy of so many clients with a collection each.
fn text(format: Format, clients: usize) -> String {
    let mut text = String::new();
    if format == Format::Json {
        text.push_str(
            r#"{"version":1,"edge":{"preset":"nginx","trusted_proxies":["10.0.0.0/8"]},
            "authentication":{"mode":"bearer"},
            "collections":[{"name":"all","paths":["/"]}],"clients":["#,
        );
        for n in 0..clients {
            let comma = if n == 0 { "" } else { "," };
            write!(text, r#"{comma}{{"id":"c{n:07}","collections":["all"]}}"#).unwrap();
        }
        text.push_str("]}");
        return text;
    }
    if format == Format::Yaml {
        text.push_str(
            "version: 1\nedge: {preset: nginx, trusted_proxies: [10.0.0.0/8]}\n\
             authentication: {mode: bearer}\n\
             collections: [{name: all, paths: [/]}]\nclients:\n",
        );
        for n in 0..clients {
            writeln!(text, "- {{id: c{n:07}, collections: [all]}}").unwrap();
        }
        return text;
    }
    text.push_str(
        "version = 1\nedge = { preset = \"nginx\", trusted_proxies = [\"10.0.0.0/8\"] }\n\
         authentication.mode = \"bearer\"\n\
         [[collections]]\nname = \"all\"\npaths = [\"/\"]\n",
    );
    for n in 0..clients {
        writeln!(
            text,
            "[[clients]]\nid = \"c{n:07}\"\ncollections = [\"all\"]"
        )
        .unwrap();
    }
    text
}

fn load(format: Format, clients: usize) -> Policy {
    Policy::from_str_as(&text(format, clients), "policy", format)
        .unwrap()
        .policy
}

#[test]
fn clients_are_found_among_many() {
    for (format, clients) in [
        (Format::Toml, 100_000),
        (Format::Json, 10_000),
        (Format::Yaml, 10_000),
    ] {
        let policy = load(format, clients);
        assert_eq!(policy.limits().count(), clients);
        let now = Now {
            wall: Timestamp::from_unix_seconds(0),
            monotonic: core::time::Duration::ZERO,
        };
        let verdict = |client: &str| {
            let token = VerifiedToken::assert_verified(Some(client), Confirmation::default());
            let request = OwnedRequest::new(Peer::UNKNOWN, "GET", "/", now).with_token(token);
            let forecast = forecast(&policy, &request.request());
            (forecast.verdict, forecast.client.map(String::from))
        };
        for n in (0..clients).step_by(97).chain([clients - 1]) {
            let id = format!("c{n:07}");
            assert_eq!(verdict(&id), (Verdict::Allow, Some(id)));
        }
        let (unknown, _) = verdict(&format!("c{clients:07}"));
        assert_ne!(unknown, Verdict::Allow);
    }
}

/// Allocations stand for the work: they are counted, and no machine changes them.
#[test]
fn ten_times_the_clients_are_ten_times_the_work_and_the_memory() {
    for format in [Format::Toml, Format::Json, Format::Yaml] {
        let cost = |clients| {
            let text = text(format, clients);
            let mut policy = None;
            let cost = allocation_counter::measure(|| {
                policy = Some(Policy::from_str_as(&text, "policy", format).unwrap());
            });
            drop(policy);
            cost
        };
        let (few, many) = (cost(1_000), cost(10_000));
        let is_tenfold = |few: f64, many: f64| (9.0..11.0).contains(&(many / few));
        assert!(
            is_tenfold(few.count_total as f64, many.count_total as f64),
            "{format:?}: {} and {} allocations",
            few.count_total,
            many.count_total
        );
        // Tables double, so memory grows by steps.
        let a_client = many.bytes_current as f64 / 10_000.0;
        assert!(a_client < 260.0, "{format:?}: {a_client} bytes a client");
        let peak = many.bytes_max as f64 / 10_000.0;
        assert!(peak < 4_000.0, "{format:?}: {peak} bytes a client at most");
    }
}
