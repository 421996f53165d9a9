//! What is only observed.

use super::{BASE, check, problems};

const MODE: &str = "mode = \"mtls\"";
const PATHS: &str = "paths = [\"/all\"]";
const CLIENT: &str = "id = \"acme\"";

#[test]
fn observing_everything_everywhere_is_warned_of() {
    let with = |list: &str| format!("{MODE}\nobserve = {list}");
    check(
        MODE,
        &with("['certificates', 'policy']"),
        "7:11: warning: authentication.observe: nothing is enforced but well-formed paths, tokens and what they are bound to (observe single collections or clients, for as long as it takes)",
        &with("['certificates']"),
    );
    check(
        MODE,
        &with("['policy', 'policy']"),
        "7:22: warning: authentication.observe[1]: this stands here twice",
        &with("['policy']"),
    );
}

#[test]
fn a_client_has_no_certificates_of_its_own_to_observe() {
    let with = |list: &str| format!("{CLIENT}\nobserve = {list}");
    check(
        CLIENT,
        &with("['certificates']"),
        "17:12: error: clients[0].observe[0]: certificates are judged before it is known whose they are (observe them in a collection, or under [authentication])",
        &with("['policy']"),
    );
    check(
        CLIENT,
        &with("['policy', 'certificates']"),
        "17:22: error: clients[0].observe[1]: certificates are judged before it is known whose they are (observe them in a collection, or under [authentication])",
        &with("['policy']"),
    );
}

#[test]
fn what_is_observed_everywhere_needs_no_switch_of_its_own() {
    let base = BASE.replace(MODE, &format!("{MODE}\nobserve = ['policy']"));
    let collection = |list: &str| base.replace(PATHS, &format!("{PATHS}\nobserve = {list}"));
    assert_eq!(
        problems(&collection("['certificates', 'policy']")),
        ["13:28: warning: collections[0].observe[1]: this is observed everywhere already"]
    );
    assert_eq!(problems(&collection("['certificates']")), [""; 0]);
    let client = |base: &str| base.replace(CLIENT, &format!("{CLIENT}\nobserve = ['policy']"));
    assert_eq!(
        problems(&client(&base)),
        ["18:12: warning: clients[0].observe[0]: this is observed everywhere already"]
    );
    assert_eq!(problems(&client(BASE)), [""; 0]);
}

#[test]
fn a_collection_may_have_both() {
    let both = BASE.replace(
        PATHS,
        &format!("{PATHS}\nobserve = ['certificates', 'policy']"),
    );
    assert_eq!(problems(&both), [""; 0]);
}

#[test]
fn an_empty_list_and_another_word_are_refused() {
    let with = |list: &str| BASE.replace(PATHS, &format!("{PATHS}\nobserve = {list}"));
    for (list, start) in [
        ("[]", "12:11: error: collections[0].observe: "),
        ("['binding']", "12:12: error: collections[0].observe[0]: "),
        ("true", "12:11: error: collections[0].observe: "),
    ] {
        let problems = problems(&with(list));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with(start), "{problems:?}");
    }
}
