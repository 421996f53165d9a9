//! Rates and quotas go on under another policy.

use certgate::decide::Decision;
use certgate::gate::Gate;

use certgate::request::Now;
use std::time::Duration;

use crate::support::at;
use crate::world::{Ask, change, gate, one, one_with, two};

const RATE: &str = "rate = { requests = 1000001, per = \"1h\" }";
const CLIENT: &str = "[[clients]]\nid = \"pisp-partner-acme\"";

/// A policy with a rate of so many an hour, and a quota of so many a day.
fn text(rate: u32, quota: u32) -> String {
    crate::world::ONE.replace(
        RATE,
        &format!(
            "rate = {{ requests = {rate}, per = \"1h\" }}\nquota = {{ requests = {quota}, per = \"1d\" }}"
        ),
    )
}

fn limited(rate: u32, quota: u32) -> certgate::policy::Policy {
    crate::support::policy(&text(rate, quota))
}

/// What is left of the rate and the quota, or why the request is denied.
fn left(gate: &Gate, seconds: u64) -> Result<Vec<u64>, &'static str> {
    let ask = Ask {
        now: at(seconds),
        ..Ask::acme()
    };
    gate.decide(&ask.request(), |concluded| match concluded.decision {
        Decision::Allow(_) => {
            let left = concluded.decision.allowances().unwrap();
            Ok(left
                .as_slice()
                .iter()
                .map(|window| window.remaining)
                .collect())
        }
        Decision::Deny(deny) => Err(deny.reason().code()),
    })
}

#[test]
fn counters_go_on_under_the_same_and_under_other_numbers() {
    let gate = gate(&text(3, 10));
    assert_eq!(left(&gate, 0), Ok(vec![2, 9]));
    gate.install(limited(3, 10), &change(0)).unwrap();
    assert_eq!(left(&gate, 1), Ok(vec![1, 8]));
    gate.install(limited(5, 4), &change(0)).unwrap();
    assert_eq!(left(&gate, 2), Ok(vec![2, 1]));
    gate.rollback(&change(0)).unwrap();
    assert_eq!(left(&gate, 3), Err("rate_limit_exceeded"));
    assert_eq!(left(&gate, 4_000), Ok(vec![2, 6]));
}

#[test]
fn a_request_between_two_policies_is_counted_once_in_both() {
    let gate = gate(&text(3, 10));
    let ask = Ask::acme();
    gate.decide(&ask.request(), |_| {
        gate.install(limited(3, 10), &change(0)).unwrap();
        assert_eq!(left(&gate, 0), Ok(vec![1, 8]));
    });
    assert_eq!(left(&gate, 0), Ok(vec![0, 7]));
    assert_eq!(left(&gate, 0), Err("rate_limit_exceeded"));
}

#[test]
fn a_client_that_is_left_out_for_a_while_has_nothing_for_free() {
    let gate = gate(&text(2, 10)).with_history(1);
    assert_eq!(left(&gate, 0), Ok(vec![1, 9]));
    assert_eq!(left(&gate, 0), Ok(vec![0, 8]));
    // Another client has its place.
    gate.install(one_with(CLIENT, "[[clients]]\nid = \"globex\""), &change(0))
        .unwrap();
    assert_eq!(left(&gate, 0), Err("client_unknown"));
    gate.install(limited(2, 10), &change(0)).unwrap();
    assert_eq!(left(&gate, 0), Err("rate_limit_exceeded"));
    // Past the end of the history it is a new client.
    gate.install(two(), &change(0)).unwrap();
    gate.install(two(), &change(0)).unwrap();
    gate.install(limited(2, 10), &change(0)).unwrap();
    assert_eq!(left(&gate, 0), Ok(vec![1, 9]));
}

#[test]
fn a_refused_change_and_one_to_the_same_policy_cost_nothing() {
    let gate = gate(&text(2, 10));
    assert_eq!(left(&gate, 0), Ok(vec![1, 9]));
    gate.rollback(&change(0)).unwrap_err();
    gate.install(one(), &change(0)).unwrap();
    gate.install(limited(2, 10), &change(0)).unwrap();
    assert_eq!(left(&gate, 0), Ok(vec![0, 8]));
}

/// The next process: its monotonic clock begins anew.
fn next_process(text: &str, before: &Gate, taken: u64, started: u64) -> Gate {
    let file = serde_json::to_string(&before.limits_snapshot(&at(taken))).unwrap();
    let snapshot = serde_json::from_str(&file).unwrap();
    let now = Now {
        monotonic: Duration::ZERO,
        ..at(started)
    };
    gate(text).with_limits_snapshot(&snapshot, &now)
}

/// The same at a time of the next process, which started so many seconds after the
/// start of 2027.
fn left_in(gate: &Gate, started: u64, seconds: u64) -> Result<Vec<u64>, &'static str> {
    let now = Now {
        monotonic: Duration::from_secs(seconds),
        ..at(started + seconds)
    };
    let ask = Ask { now, ..Ask::acme() };
    gate.decide(&ask.request(), |concluded| match concluded.decision {
        Decision::Allow(_) => {
            let left = concluded.decision.allowances().unwrap().as_slice().iter();
            Ok(left.map(|window| window.remaining).collect())
        }
        Decision::Deny(deny) => Err(deny.reason().code()),
    })
}

#[test]
fn a_restart_gives_nothing_for_free() {
    let gate = gate(&text(3, 10));
    for rest in [vec![2, 9], vec![1, 8], vec![0, 7]] {
        assert_eq!(left(&gate, 100), Ok(rest));
    }
    let next = next_process(&text(3, 10), &gate, 110, 170);
    assert_eq!(left_in(&next, 170, 0), Err("rate_limit_exceeded"));
    // An hour after the three, and the two seconds that a restart may cost.
    assert_eq!(left_in(&next, 170, 3_529), Err("rate_limit_exceeded"));
    assert_eq!(left_in(&next, 170, 3_532), Ok(vec![2, 6]));
    // Without the snapshot everybody begins anew.
    let forgetful = crate::world::gate(&text(3, 10));
    assert_eq!(left(&forgetful, 0), Ok(vec![2, 9]));
}

#[test]
fn a_restart_is_no_way_back_for_who_was_left_out() {
    let without = text(3, 10).replace(CLIENT, "[[clients]]\nid = \"another\"");
    let gate = gate(&text(3, 10));
    assert_eq!(left(&gate, 0), Ok(vec![2, 9]));
    gate.install(crate::support::policy(&without), &change(0))
        .unwrap();
    let next = next_process(&text(3, 10), &gate, 1, 2);
    assert_eq!(left_in(&next, 2, 0), Ok(vec![1, 8]));
}
