//! Requests that wait while the world goes on.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use certgate::evidence::{ActorType, Change};
use certgate::gate::Gate;

use crate::store::{Elsewhere, acme, acme_lines, outcome, run};
use crate::support::{POLICY, at, policy, policy_with};

fn gate() -> (Gate<Elsewhere>, Elsewhere) {
    let policy = policy(POLICY);
    let store = Elsewhere::of(&policy);
    let gate = Gate::new(policy).unwrap().sharing(store.clone()).unwrap();
    (gate, store)
}

fn change() -> Change {
    Change::new(at(0).wall, ActorType::User, "jo@example.com")
}

/// The decision may move between threads while it waits.
#[test]
fn a_decision_that_waits_is_send() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let (gate, _) = gate();
    let lines = acme_lines();
    let request = acme(&lines, at(0));
    let deciding = gate.decide_shared(&request, |concluded| concluded.decision.status());
    assert_eq!(run(is_send(deciding)), 200);
}

#[test]
fn it_ends_under_the_policy_that_it_began_with() {
    let (gate, store) = gate();
    let lines = acme_lines();
    let request = acme(&lines, at(0));
    let deciding = gate.decide_shared(&request, |concluded| {
        (concluded.decision.status(), concluded.in_force().version())
    });
    let mut deciding = pin!(deciding);
    let mut context = Context::from_waker(Waker::noop());
    assert!(deciding.as_mut().poll(&mut context).is_pending());

    let without = policy_with("collections = [\"payments\"]", "collections = [\"admin\"]");
    gate.install(without, &change()).unwrap();
    // The old policy is still in use, and only then freed.
    assert_eq!(gate.free_retired(), 1);
    assert_eq!(outcome(&gate, 0).1, Some("collection_not_allowed"));
    let Poll::Ready(decided) = deciding.as_mut().poll(&mut context) else {
        panic!("the store has answered");
    };
    assert_eq!(decided, (200, 1));
    assert_eq!(store.asked(), 1);
}

#[test]
fn a_caller_that_does_not_wait_leaves_the_gate_as_it_was() {
    let (gate, store) = gate();
    let lines = acme_lines();
    let request = acme(&lines, at(0));
    {
        let mut deciding = pin!(gate.decide_shared(&request, |_| panic!("nothing was decided")));
        let mut context = Context::from_waker(Waker::noop());
        assert!(deciding.as_mut().poll(&mut context).is_pending());
    }
    gate.install(policy(POLICY), &change()).unwrap();
    assert_eq!(gate.free_retired(), 0);
    assert_eq!(store.asked(), 1);
    assert_eq!(outcome(&gate, 0).0, 200);
}

#[test]
fn counters_elsewhere_and_here_outlive_a_change_of_the_policy() {
    let local = "realm = \"payments\"\n[limiting]\nwhen_away = \"local\"\nlocal_percent = 67\n";
    let text = POLICY.replace("realm = \"payments\"", local);
    let store = Elsewhere::of(&policy(&text));
    let gate = Gate::new(policy(&text))
        .unwrap()
        .sharing(store.clone())
        .unwrap();
    assert_eq!(outcome(&gate, 0).0, 200);
    gate.install(
        policy(&text.replace("payments\"\n[lim", "again\"\n[lim")),
        &change(),
    )
    .unwrap();
    store.goes_away();
    // The share is 2, of which the first request took one.
    assert_eq!([outcome(&gate, 0).0, outcome(&gate, 0).0], [200, 429]);
    store.comes_back();
    assert_eq!([outcome(&gate, 0).0, outcome(&gate, 0).0], [200, 200]);
    assert_eq!(outcome(&gate, 0).0, 429);

    // A policy that wants none has no counters here; those of the policy before
    // are kept with it.
    gate.install(policy(POLICY), &change()).unwrap();
    store.goes_away();
    assert_eq!(outcome(&gate, 0).0, 503);
    gate.rollback(&change()).unwrap();
    assert_eq!([outcome(&gate, 0).0, outcome(&gate, 60).0], [429, 200]);
}

#[test]
fn two_gates_over_one_store_admit_what_the_limit_says_together() {
    let (gate, store) = gate();
    let other = Gate::new(policy(POLICY))
        .unwrap()
        .sharing(store.clone())
        .unwrap();
    let both = || [outcome(&gate, 0).0, outcome(&other, 0).0];
    assert_eq!([both(), both()], [[200, 200], [200, 429]]);
}

#[test]
fn a_request_costs_in_the_store_what_its_collection_says() {
    let text = POLICY.replace(
        "paths = [\"/payments\"]",
        "paths = [\"/payments\"]\ncost = 2",
    );
    let store = Elsewhere::of(&policy(&text));
    let gate = Gate::new(policy(&text))
        .unwrap()
        .sharing(store.clone())
        .unwrap();
    assert_eq!([outcome(&gate, 0).0, outcome(&gate, 0).0], [200, 429]);
    assert_eq!(store.costs(), [2, 2]);
}

#[test]
fn a_shadow_asks_no_store() {
    let (gate, store) = gate();
    gate.set_shadow(policy(POLICY), &change()).unwrap();
    assert_eq!(outcome(&gate, 0).0, 200);
    assert_eq!(store.asked(), 1);
}
