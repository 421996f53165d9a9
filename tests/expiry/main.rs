//! Certificates that end soon are warned of, and records tell of a certificate
//! what the policy says.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod evidence;
mod records;
#[path = "../gate_support/mod.rs"]
mod support;
mod warnings;

use std::time::Duration;

use certgate::gate::{Concluded, Gate};
use certgate::policy::Policy;
use certgate::request::{Now, Request, Timestamp};

use support::{POLICY, nginx, peer, policy};

/// 2036-11-18T21:51:13Z, the last second of acme's certificate.
const END: i64 = 2_110_657_873;

const DAY: i64 = 86_400;

/// The policy with this section, and without its rate.
fn with(section: &str) -> Policy {
    policy(&format!(
        "{}\n{section}\n",
        POLICY.replace("requests = 3,", "requests = 1000,")
    ))
}

/// What nginx forwards for acme.
struct Ask {
    method: &'static str,
    target: &'static str,
    peer: &'static str,
    /// Seconds to the end of the certificate.
    left: i64,
}

impl Ask {
    fn at(left: i64) -> Self {
        Self {
            method: "GET",
            target: "/payments",
            peer: "10.0.0.7",
            left,
        }
    }

    fn of<R>(&self, gate: &Gate, conclude: impl FnOnce(&Concluded<'_>) -> R) -> R {
        let headers = [
            ("X-SSL-Client-Cert", nginx("acme")),
            ("X-SSL-Client-Verify", "SUCCESS".to_owned()),
            ("X-Forwarded-For", "203.0.113.9".to_owned()),
        ];
        let request = Request {
            peer: peer(self.peer),
            method: self.method,
            target: self.target,
            headers: &headers,
            token: None,
            now: Now {
                wall: Timestamp::from_unix_seconds(END - self.left),
                monotonic: Duration::ZERO,
            },
        };
        gate.decide(&request, conclude)
    }
}
