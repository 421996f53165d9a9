//! What was learned under a policy goes with it, and not on the path of a
//! request.

use std::sync::{Arc, Weak};

use certgate::decide::{Assessed, Decision};
use certgate::gate::{Gate, Granted};

use crate::world::{Ask, ONE, change, gate, one, two};

/// What the gate knows of acme's certificate.
fn assessed(gate: &Gate) -> Weak<Assessed> {
    gate.decide(&Ask::acme().request(), |concluded| {
        Arc::downgrade(concluded.decision.findings().assessed().unwrap())
    })
}

fn granted(gate: &Gate) -> Granted {
    gate.decide(&Ask::acme().request(), |concluded| {
        let Decision::Allow(allow) = concluded.decision else {
            panic!("{:?}", concluded.decision.reason());
        };
        concluded.granted(allow)
    })
}

#[test]
fn nothing_that_was_learned_outlives_its_policy() {
    let gate = gate(ONE);
    let first = assessed(&gate);
    assert!(first.strong_count() > 0);
    assert!(first.ptr_eq(&assessed(&gate)));
    // The same policy again: what follows from it is worked out again all the
    // same.
    gate.install(one(), &change(0)).unwrap();
    assert_eq!(first.strong_count(), 0);
    let second = assessed(&gate);
    assert!(second.ptr_eq(&assessed(&gate)));
    gate.install(two(), &change(0)).unwrap();
    assert_eq!(second.strong_count(), 0);
    assert_eq!(Ask::acme().of(&gate).0.unwrap(), "two-pisp-partner-acme");
    // And a policy that comes back knows nothing from before.
    let third = assessed(&gate);
    gate.rollback(&change(0)).unwrap();
    assert_eq!(third.strong_count(), 0);
    assert_eq!(Ask::acme().of(&gate).0.unwrap(), "pisp-partner-acme");
}

#[test]
fn a_request_never_frees_what_it_was_the_last_to_use() {
    let gate = gate(ONE).with_history(0);
    let first = assessed(&gate);
    gate.decide(&Ask::acme().request(), |_| {
        gate.install(two(), &change(0)).unwrap();
        assert!(first.strong_count() > 0);
        assert_eq!(gate.free_retired(), 2, "a generation and its policy");
    });
    // The request is over, and all of it is still there.
    assert!(first.strong_count() > 0);
    assert_eq!(gate.free_retired(), 0);
    assert_eq!(first.strong_count(), 0);
}

#[test]
fn a_grant_keeps_its_policy_and_nothing_else() {
    let gate = gate(ONE).with_history(0);
    let first = assessed(&gate);
    let grant = granted(&gate);
    gate.install(two(), &change(0)).unwrap();
    // The grant has the certificate that it tells of; the cache is gone.
    assert_eq!(first.strong_count(), 1);
    assert_eq!(gate.free_retired(), 1);
    assert_eq!(grant.in_force().version(), 1);
    assert_eq!(grant.in_force().policy().realm(), "one");
    drop(grant);
    assert_eq!(first.strong_count(), 0);
    assert_eq!(gate.free_retired(), 0);
}

#[test]
fn one_policy_that_goes_back_and_forth_is_kept_once() {
    let gate = gate(ONE).with_history(2);
    gate.install(two(), &change(0)).unwrap();
    let held = gate.current();
    for _ in 0..20 {
        gate.rollback(&change(0)).unwrap();
        assert!(gate.free_retired() <= 2);
    }
    drop(held);
    gate.install(one(), &change(0)).unwrap();
    gate.install(one(), &change(0)).unwrap();
    gate.install(one(), &change(0)).unwrap();
    assert_eq!(gate.free_retired(), 0);
}
