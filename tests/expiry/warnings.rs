//! Which decisions warn, and what the response is given.

use certgate::decide::{Decision, decide};
use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::request::{Request, Timestamp};

use crate::support::{nginx, peer};
use crate::{Ask, DAY, END, with};

/// The status, the warning (days left, threshold), and the response headers.
type Seen = (u16, Option<(u32, u32)>, Vec<(String, String)>);

fn seen(gate: &Gate, ask: &Ask) -> Seen {
    ask.of(gate, |concluded| {
        let decision = concluded.decision;
        let warning = decision.findings().expiry_warning();
        let headers = match decision {
            Decision::Allow(allow) => {
                let granted = concluded.granted(allow);
                assert_eq!(
                    granted.expiry_warning().is_some(),
                    warning.is_some() && granted.identity().is_some()
                );
                let own = |(name, value): (&str, String)| (name.to_owned(), value);
                granted.response_headers().map(own).collect()
            }
            Decision::Deny(_) => Vec::new(),
        };
        if let Some(warning) = warning {
            assert_eq!(warning.not_after, Timestamp::from_unix_seconds(END));
        }
        let warning = warning.map(|warning| (warning.days_left, warning.threshold_days));
        (decision.status(), warning, headers)
    })
}

fn header(value: &str) -> Vec<(String, String)> {
    vec![("x-days-left".to_owned(), value.to_owned())]
}

#[test]
fn a_certificate_that_ends_soon_is_warned_of_and_told_to_its_holder() {
    let gate = Gate::new(with(
        "[expiry]\nwarn_days = [7, 30, 1]\nheader = \"X-Days-Left\"",
    ))
    .unwrap();
    for (left, expected) in [
        (30 * DAY + 1, (200, None, vec![])),
        (30 * DAY, (200, Some((30, 30)), header("30"))),
        (8 * DAY - 1, (200, Some((7, 30)), header("7"))),
        (7 * DAY, (200, Some((7, 7)), header("7"))),
        (DAY - 1, (200, Some((0, 1)), header("0"))),
        (0, (200, Some((0, 1)), header("0"))),
        (-1, (401, None, vec![])),
    ] {
        // Cold and warm.
        assert_eq!(seen(&gate, &Ask::at(left)), expected, "{left}");
        assert_eq!(seen(&gate, &Ask::at(left)), expected, "{left}");
    }
}

#[test]
fn without_the_section_nothing_warns_and_without_thresholds_three_do() {
    let silent = Gate::new(with("")).unwrap();
    assert_eq!(seen(&silent, &Ask::at(0)), (200, None, vec![]));
    let default = Gate::new(with("[expiry]")).unwrap();
    for (left, expected) in [
        (30 * DAY + 1, None),
        (30 * DAY, Some((30, 30))),
        (7 * DAY, Some((7, 7))),
        (DAY, Some((1, 1))),
    ] {
        assert_eq!(seen(&default, &Ask::at(left)), (200, expected, vec![]));
    }
}

#[test]
fn only_a_certificate_that_passed_is_warned_of() {
    let section = "[expiry]\nheader = \"X-Days-Left\"";
    let gate = Gate::new(with(section)).unwrap();
    // Denied later on: it is acme's certificate all the same.
    let elsewhere = Ask {
        target: "/admin",
        ..Ask::at(DAY)
    };
    assert_eq!(seen(&gate, &elsewhere), (403, Some((1, 1)), vec![]));
    // An exempt request has no certificate.
    let exempt = Ask {
        target: "/healthz",
        ..Ask::at(DAY)
    };
    assert_eq!(seen(&gate, &exempt), (200, None, vec![]));
    // Nor has a stranger's.
    let stranger = Ask {
        peer: "203.0.113.9",
        ..Ask::at(DAY)
    };
    assert_eq!(seen(&gate, &stranger), (401, None, vec![]));
    // And one of an issuer that is not allowed is nobody's.
    let text = crate::POLICY.replace("CN=Example Root CA,", "CN=Another CA,");
    let other = Gate::new(crate::policy(&format!("{text}\n{section}"))).unwrap();
    assert_eq!(seen(&other, &Ask::at(DAY)), (401, None, vec![]));
}

#[test]
fn without_a_gate_it_is_the_same() {
    let policy = with("[expiry]");
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let headers = [
        ("X-SSL-Client-Cert", nginx("acme")),
        ("X-SSL-Client-Verify", "SUCCESS".to_owned()),
        ("X-Forwarded-For", "203.0.113.9".to_owned()),
    ];
    let request = Request {
        peer: peer("10.0.0.7"),
        method: "GET",
        target: "/payments",
        headers: &headers,
        token: None,
        now: certgate::request::Now {
            wall: Timestamp::from_unix_seconds(END - 2 * DAY),
            monotonic: std::time::Duration::ZERO,
        },
    };
    let decision = decide(&policy, &request, &limits);
    let warning = decision.findings().expiry_warning().unwrap();
    assert_eq!((warning.days_left, warning.threshold_days), (2, 7));
}
