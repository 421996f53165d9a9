//! What the policy says of requests while the store does not answer.

use certgate::decide::Reason;
use certgate::gate::Gate;
use certgate::policy::Hazard;

use crate::store::{Elsewhere, acme, acme_lines, clocks, outcome, outcome_at, record, to};
use crate::support::{POLICY, at, policy, policy_with};

const LIMIT: &str = "[[limits]]\nname = \"three-a-minute\"\nrate = { requests = 3, per = \"1m\" }";

/// A gate of the policy with this at the front of its limits, and its store.
fn gate(limiting: &str) -> (Gate<Elsewhere>, Elsewhere) {
    gate_of(&POLICY.replace(LIMIT, &format!("{limiting}\n{LIMIT}")))
}

fn gate_of(text: &str) -> (Gate<Elsewhere>, Elsewhere) {
    let policy = policy(text);
    let store = Elsewhere::of(&policy);
    let gate = Gate::new(policy).unwrap().sharing(store.clone()).unwrap();
    (gate, store)
}

fn allowed(counted: &str) -> (u16, Option<&'static str>, Option<String>) {
    (200, None, Some(counted.to_owned()))
}

fn denied(reason: &'static str, status: u16, counted: &str) -> Counted {
    (status, Some(reason), Some(counted.to_owned()))
}

type Counted = (u16, Option<&'static str>, Option<String>);

#[test]
fn an_answering_store_counts_and_refuses() {
    let (gate, store) = gate("");
    for _ in 0..3 {
        assert_eq!(outcome(&gate, 0), allowed("store"));
    }
    let refused = denied("rate_limit_exceeded", 429, "store");
    assert_eq!(outcome(&gate, 59), refused);
    assert_eq!(outcome(&gate, 60), allowed("store"));
    assert_eq!(store.asked(), 5);
}

#[test]
fn without_a_word_of_the_policy_nothing_goes_on_until_the_store_is_back() {
    for limiting in ["", "[limiting]\nwhen_away = \"deny\"\n"] {
        let (gate, store) = gate(limiting);
        assert_eq!(outcome(&gate, 0), allowed("store"));
        store.goes_away();
        for _ in 0..5 {
            let unavailable = denied("limits_unavailable", 503, "nowhere");
            assert_eq!(outcome(&gate, 1), unavailable);
        }
        store.comes_back();
        assert_eq!(outcome(&gate, 2), allowed("store"));
        assert_eq!(outcome(&gate, 2), allowed("store"));
        let refused = denied("rate_limit_exceeded", 429, "store");
        assert_eq!(outcome(&gate, 2), refused);
    }
}

#[test]
fn where_the_policy_allows_it_nothing_counts_and_every_record_says_so() {
    let (gate, store) = gate("[limiting]\nwhen_away = \"allow\"\n");
    assert_eq!(outcome(&gate, 0), allowed("store"));
    store.goes_away();
    for _ in 0..10 {
        assert_eq!(outcome(&gate, 1), allowed("nowhere"));
    }
    store.comes_back();
    assert_eq!(outcome(&gate, 2), allowed("store"));
    assert_eq!(gate.hazards().last(), Some(&Hazard::LimitsNotHeld));
}

/// Of 20 a minute 25 percent are 5.
fn quarter() -> (Gate<Elsewhere>, Elsewhere) {
    let limiting = "[limiting]\nwhen_away = \"local\"\nlocal_percent = 25\n";
    let text = POLICY.replace(LIMIT, &format!("{limiting}\n{LIMIT}"));
    gate_of(&text.replace("requests = 3", "requests = 20"))
}

#[test]
fn a_local_share_holds_while_the_store_is_away() {
    let (gate, store) = quarter();
    store.goes_away();
    for _ in 0..5 {
        assert_eq!(outcome(&gate, 0), allowed("local_share"));
    }
    let refused = denied("rate_limit_exceeded", 429, "local_share");
    assert_eq!(outcome(&gate, 0), refused);
    assert_eq!(outcome(&gate, 59), refused);
    assert_eq!(outcome(&gate, 60), allowed("local_share"));
    store.comes_back();
    assert_eq!(outcome(&gate, 60), allowed("store"));
}

#[test]
fn what_was_admitted_before_counts_against_the_share() {
    let (gate, store) = quarter();
    for _ in 0..3 {
        assert_eq!(outcome(&gate, 0), allowed("store"));
    }
    store.goes_away();
    assert_eq!(outcome(&gate, 10), allowed("local_share"));
    assert_eq!(outcome(&gate, 10), allowed("local_share"));
    let refused = denied("rate_limit_exceeded", 429, "local_share");
    assert_eq!(outcome(&gate, 10), refused);
    // A minute after the first three there is room for three.
    for _ in 0..3 {
        assert_eq!(outcome(&gate, 60), allowed("local_share"));
    }
    assert_eq!(outcome(&gate, 60), refused);
}

#[test]
fn more_than_the_share_was_admitted_and_none_is_left() {
    let (gate, store) = quarter();
    for _ in 0..20 {
        assert_eq!(outcome(&gate, 0), allowed("store"));
    }
    let refused_by = |counted| denied("rate_limit_exceeded", 429, counted);
    assert_eq!(outcome(&gate, 0), refused_by("store"));
    store.goes_away();
    assert_eq!(outcome(&gate, 1), refused_by("local_share"));
    // What the store refused was not counted here: one window later all of
    // the share is there.
    for _ in 0..5 {
        assert_eq!(outcome(&gate, 60), allowed("local_share"));
    }
    assert_eq!(outcome(&gate, 60), refused_by("local_share"));
}

#[test]
fn a_share_with_no_room_at_all_is_unavailable() {
    // A quarter of 3 is nothing.
    let (gate, store) = gate("[limiting]\nwhen_away = \"local\"\nlocal_percent = 25\n");
    assert_eq!(outcome(&gate, 0), allowed("store"));
    store.goes_away();
    let unavailable = denied("limits_unavailable", 503, "nowhere");
    assert_eq!(outcome(&gate, 1), unavailable);
}

#[test]
fn a_local_share_goes_by_the_clocks_of_this_process() {
    let (gate, store) = quarter();
    store.goes_away();
    for _ in 0..5 {
        assert_eq!(outcome(&gate, 0), allowed("local_share"));
    }
    let refused = denied("rate_limit_exceeded", 429, "local_share");
    assert_eq!(outcome_at(&gate, clocks(3_600, 1)), refused);
    assert_eq!(outcome_at(&gate, clocks(0, 59)), refused);
    assert_eq!(outcome_at(&gate, clocks(0, 60)), allowed("local_share"));
}

#[test]
fn who_owes_nothing_is_not_held_up_and_the_store_not_asked() {
    let (gate, store) = gate("");
    store.goes_away();
    let lines = acme_lines();
    let health = record(&gate, &to("/healthz", &[].to_vec(), at(0)));
    assert_eq!((health.reason, health.limits_counted), (None, None));
    let admin = record(&gate, &to("/admin", &lines, at(0)));
    let reason = admin.reason.map(Reason::code);
    assert_eq!(
        (reason, admin.limits_counted),
        (Some("collection_not_allowed"), None)
    );
    assert_eq!(store.asked(), 0);

    let (gate, store) = gate_of(&POLICY.replace("limits = \"three-a-minute\"\n", ""));
    store.goes_away();
    let record = record(&gate, &acme(&lines, at(0)));
    assert_eq!((record.reason, record.limits_counted), (None, None));
    assert_eq!(store.asked(), 0);
}

#[test]
fn a_gate_in_memory_counts_whatever_is_said_of_stores() {
    for when_away in ["deny", "allow", "local"] {
        let percent = if when_away == "local" {
            "local_percent = 1"
        } else {
            ""
        };
        let limiting = format!("[limiting]\nwhen_away = \"{when_away}\"\n{percent}\n{LIMIT}");
        let gate = Gate::new(policy_with(LIMIT, &limiting)).unwrap();
        let lines = acme_lines();
        let status = |second| {
            let request = acme(&lines, at(second));
            gate.decide(&request, |concluded| concluded.decision.status())
        };
        assert_eq!([0; 4].map(status), [200, 200, 200, 429], "{when_away}");
    }
}

#[test]
fn an_observed_policy_lets_go_on_what_nobody_could_count() {
    let observed = POLICY.replace("realm = \"payments\"", "observe = [\"policy\"]");
    let (gate, store) = gate_of(&observed);
    store.goes_away();
    let record = record(&gate, &acme(&acme_lines(), at(0)));
    let observed: Vec<&str> = record.observed.iter().map(|reason| reason.code()).collect();
    assert_eq!(
        (record.reason, observed),
        (None, vec!["limits_unavailable"])
    );
}
