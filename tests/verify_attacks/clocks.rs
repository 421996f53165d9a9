//! Moments that nobody expects.

use std::time::Duration;

use certgate::decide::decide;
use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::request::{Now, Timestamp};

use crate::ask::{lists, outcome, policy, with_request};
use crate::pki::Ca;

#[test]
fn no_moment_panics_or_passes_outside_of_the_dates() {
    let root = Ca::root("Root");
    let below = root.below("Below");
    let leaf = below.client("acme", 7);
    let months = ((2026, 5), (2026, 7));
    let quiet = [root.revokes(&[], months), below.revokes(&[], months)];
    let lists = lists(&[&quiet[0], &quiet[1]]);
    for settings in [
        "",
        "dangerous_allow_expired = true",
        "dangerous_allow_revoked = true",
        "[authentication.chain]\nstale_lists = 'warn'",
        "[authentication.chain]\nstale_lists = 'allow'\nrevocation = 'required'",
    ] {
        let policy = || policy(&[&root], settings).with_revocation_lists(lists.clone());
        let (own, gate) = (policy(), Gate::new(policy()).unwrap());
        let limits = MemoryLimits::new(own.limits()).unwrap();
        for seconds in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
            let now = Now {
                wall: Timestamp::from_unix_seconds(seconds),
                monotonic: Duration::ZERO,
            };
            with_request(&leaf, &[below.der()], now, |request| {
                let decision = decide(&own, request, &limits);
                let expected = if seconds > 1 {
                    "certificate_expired"
                } else {
                    "certificate_not_yet_valid"
                };
                assert_eq!(outcome(&decision), expected, "{seconds} {settings}");
                gate.decide(request, |concluded| {
                    assert_eq!(outcome(concluded.decision), expected);
                });
            });
        }
    }
}
