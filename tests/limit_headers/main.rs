//! What a gate's grants and rejections tell clients of their limits.

#![cfg(feature = "toml")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod names;
mod shared;
#[path = "../gate_support/mod.rs"]
mod support;
mod values;

use std::time::Duration;

use certgate::decide::Decision;
use certgate::gate::{Concluded, Gate};
use certgate::limits::WindowKind;
use certgate::request::{Now, Request, Timestamp};
use certgate::response::Rejection;

use support::{NEW_YEAR, POLICY, nginx, peer};

/// The policy of `support` with these limits in place of its own, all of them the
/// client's, and this line under `[limiting]`.
fn text(limits: &str, names: &str, limiting: &str) -> String {
    let own = "[[limits]]\nname = \"three-a-minute\"\nrate = { requests = 3, per = \"1m\" }\n";
    assert!(POLICY.contains(own));
    POLICY
        .replace(own, &format!("{limits}\n[limiting]\n{limiting}\n"))
        .replace("limits = \"three-a-minute\"", &format!("limits = {names}"))
}

/// The same, told in both ways.
fn gate(limits: &str, names: &str) -> Gate {
    let both = "headers = [\"ratelimit\", \"x-ratelimit\"]";
    Gate::new(support::policy(&text(limits, names, both))).unwrap()
}

/// So long after the start of 2027, on both clocks.
fn after(elapsed: Duration) -> Now {
    let seconds = i64::try_from(elapsed.as_secs()).unwrap();
    Now {
        wall: Timestamp::from_unix_seconds(NEW_YEAR + seconds),
        monotonic: elapsed,
    }
}

fn seconds(seconds: u64) -> Now {
    after(Duration::from_secs(seconds))
}

/// What nginx forwards for acme.
struct Ask {
    target: &'static str,
    headers: [(&'static str, String); 3],
    now: Now,
}

impl Ask {
    fn at(now: Now) -> Self {
        Self::of("/payments", now)
    }

    fn of(target: &'static str, now: Now) -> Self {
        Self {
            target,
            headers: [
                ("X-SSL-Client-Cert", nginx("acme")),
                ("X-SSL-Client-Verify", "SUCCESS".to_owned()),
                ("X-Forwarded-For", "203.0.113.9".to_owned()),
            ],
            now,
        }
    }

    fn request(&self) -> Request<'_> {
        Request {
            peer: peer("10.0.0.7"),
            method: "GET",
            target: self.target,
            headers: &self.headers,
            token: None,
            now: self.now,
        }
    }

    fn told(&self, gate: &Gate) -> Told {
        gate.decide(&self.request(), Told::of)
    }
}

/// The status, and the header lines but `cache-control`.
#[derive(Debug, PartialEq, Eq)]
struct Told(u16, Vec<String>);

impl Told {
    fn of(concluded: &Concluded<'_>) -> Self {
        let line = |(name, value): (&str, String)| format!("{name}: {value}");
        let lines: Vec<String> = match concluded.decision {
            Decision::Allow(allow) => {
                let granted = concluded.granted(allow);
                granted.response_headers().map(line).collect()
            }
            Decision::Deny(deny) => {
                let rejection = Rejection::new(deny, "id");
                let lines = rejection.headers();
                let lines = lines.filter(|(name, _)| *name != "cache-control");
                lines.map(line).collect()
            }
        };
        Self(concluded.decision.status(), lines)
    }
}

fn told<const N: usize>(status: u16, lines: [&str; N]) -> Told {
    Told(status, lines.map(str::to_owned).to_vec())
}

/// What a decision has left: of which limit's window, how many of how many, and
/// when that resets.
type Left = Vec<(String, WindowKind, u64, u64, Duration)>;

fn left(gate: &Gate, ask: &Ask) -> Left {
    gate.decide(&ask.request(), |concluded| {
        let decision = concluded.decision;
        let allowances = decision.allowances().unwrap().as_slice().iter();
        let left = allowances.map(|left| {
            let limit = decision.findings().limit(left.limit).unwrap();
            let name = limit.name().to_owned();
            (
                name,
                left.kind,
                left.remaining,
                left.allowed,
                left.resets_in,
            )
        });
        left.collect()
    })
}
