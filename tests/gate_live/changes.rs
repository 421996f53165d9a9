//! Installing, refusing and rolling back.

use certgate::gate::{Gate, PolicyInForce, Refusal};
use certgate::policy::Policy;

use crate::world::{Ask, ONE, change, gate, one, two};

const ACME: &str = "pisp-partner-acme";
const TWO_ACME: &str = "two-pisp-partner-acme";

/// Who acme is, and by which version.
fn acme(gate: &Gate) -> (String, u64) {
    let (client, version) = Ask::acme().of(gate);
    (client.unwrap(), version)
}

fn earlier(gate: &Gate) -> Vec<(u64, String)> {
    let earlier = gate.earlier();
    earlier
        .iter()
        .map(|past| (past.version(), past.policy().realm().to_owned()))
        .collect()
}

#[test]
fn a_gate_begins_with_version_one_and_nothing_to_go_back_to() {
    let gate = gate(ONE);
    assert_eq!(acme(&gate), (ACME.to_owned(), 1));
    assert_eq!(gate.current().version(), 1);
    assert_eq!(gate.current().policy().realm(), "one");
    assert!(gate.earlier().is_empty());
    let refused = gate.rollback(&change(0)).unwrap_err();
    assert!(matches!(refused.why, Refusal::NoEarlierPolicy));
    assert_eq!(
        refused.to_string(),
        "version 1 of the policy stays in force: there is no such earlier policy to go back to"
    );
    assert_eq!(acme(&gate), (ACME.to_owned(), 1));
}

#[test]
fn a_rollback_is_a_new_version_and_can_be_rolled_back() {
    let gate = gate(ONE);
    let installed = gate.install(two(), &change(0)).unwrap();
    assert_eq!(installed.in_force.version(), 2);
    assert_eq!(acme(&gate), (TWO_ACME.to_owned(), 2));
    let rolled_back = gate.rollback(&change(0)).unwrap();
    assert_eq!(rolled_back.in_force.version(), 3);
    assert_eq!(rolled_back.in_force.policy().realm(), "one");
    assert_eq!(acme(&gate), (ACME.to_owned(), 3));
    gate.rollback(&change(0)).unwrap();
    assert_eq!(acme(&gate), (TWO_ACME.to_owned(), 4));
    gate.rollback(&change(0)).unwrap();
    assert_eq!(acme(&gate), (ACME.to_owned(), 5));
    let realms = [(1, "one"), (2, "two"), (3, "one"), (4, "two")];
    assert_eq!(
        earlier(&gate),
        realms.map(|(n, realm)| (n, realm.to_owned()))
    );
}

#[test]
fn a_rollback_can_go_further_back_by_number() {
    let gate = gate(ONE);
    gate.install(two(), &change(0)).unwrap();
    gate.install(two(), &change(0)).unwrap();
    let refused = gate.rollback_to(3, &change(0)).unwrap_err();
    assert!(
        matches!(refused.why, Refusal::NoEarlierPolicy),
        "it is in force"
    );
    assert!(gate.rollback_to(0, &change(0)).is_err());
    assert!(gate.rollback_to(4, &change(0)).is_err());
    let restored = gate.rollback_to(1, &change(0)).unwrap();
    assert_eq!(restored.record.restored_version, Some(1));
    assert_eq!(acme(&gate), (ACME.to_owned(), 4));
}

#[test]
fn the_history_is_as_long_as_it_is_said_to_be() {
    let numbers = |gate: &Gate| -> Vec<u64> {
        let earlier = gate.earlier();
        earlier.iter().map(PolicyInForce::version).collect()
    };
    let by_default = gate(ONE);
    let two_long = gate(ONE).with_history(2);
    let none = gate(ONE).with_history(0);
    for _ in 0..9 {
        for gate in [&by_default, &two_long, &none] {
            gate.install(two(), &change(0)).unwrap();
        }
    }
    assert_eq!(Gate::HISTORY, 4);
    assert_eq!(numbers(&by_default), [6, 7, 8, 9]);
    assert_eq!(numbers(&two_long), [8, 9]);
    assert!(numbers(&none).is_empty());
    assert!(two_long.rollback_to(7, &change(0)).is_err());
    assert!(none.rollback(&change(0)).is_err());
    let shorter = by_default.with_history(1);
    assert_eq!(numbers(&shorter), [9]);
    shorter.rollback_to(9, &change(0)).unwrap();
    assert_eq!(numbers(&shorter), [10]);
}

#[test]
fn a_document_with_mistakes_leaves_the_last_good_policy_in_force() {
    let gate = gate(ONE);
    gate.install(two(), &change(0)).unwrap();
    let broken = ONE.replace("\"collection-one\"]", "\"collection-none\"]");
    let refused = gate
        .install(Policy::from_toml_str(&broken, "policy.toml"), &change(0))
        .unwrap_err();
    let Refusal::Document(errors) = &refused.why else {
        panic!("{refused}");
    };
    assert_eq!(errors.iter().count(), 2, "a warning and an error");
    // Of the two, the record has the error.
    let details = &refused.record.details;
    assert_eq!(details.len(), 1);
    assert!(details[0].contains("error: clients[0].collections[0]: "));
    assert!(refused.to_string().contains("collection-none"), "{refused}");
    assert_eq!(acme(&gate), (TWO_ACME.to_owned(), 2));
    assert_eq!(earlier(&gate), [(1, "one".to_owned())]);
    // The number was not used up.
    let installed = gate
        .install(Policy::from_toml_str(ONE, "policy.toml"), &change(0))
        .unwrap();
    assert_eq!(installed.in_force.version(), 3);
    assert!(installed.warnings.is_empty());
}

#[test]
fn warnings_come_with_what_was_installed() {
    let gate = gate(ONE);
    let text = ONE.to_owned() + "[[clients]]\nid = \"idle\"\n";
    let installed = gate
        .install(Policy::from_toml_str(&text, "policy.toml"), &change(0))
        .unwrap();
    let warnings: Vec<String> = installed.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("this client can reach nothing"));
}

#[test]
fn what_a_caller_holds_stays_what_it_was() {
    let gate = gate(ONE);
    let first = gate.current();
    gate.install(two(), &change(0)).unwrap();
    gate.install(one(), &change(0)).unwrap();
    assert_eq!(first.version(), 1);
    assert_eq!(first.policy().realm(), "one");
    assert_eq!(format!("{first:?}"), "PolicyInForce { version: 1, .. }");
}
