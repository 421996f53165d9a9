//! Limits of clients, profiles and collections together.

use super::{BASE, problems};

const PROFILE: &str = "limits = \"some\"\n[[clients.profiles]]\nid = 'p'\n";

fn with_collection(limits: &str) -> String {
    let paths = "paths = [\"/all\"]\n";
    BASE.replace(paths, &format!("{paths}limits = {limits}\n"))
}

/// More limits, of a rate and a quota each.
fn and_limits(text: &str, names: &[&str]) -> String {
    let mut text = text.to_owned();
    for name in names {
        text.push_str(&format!(
            "[[limits]]\nname = '{name}'\nrate = {{ requests = 5, per = '1m' }}\n\
             quota = {{ requests = 5, per = '1d' }}\n"
        ));
    }
    text
}

#[test]
fn a_request_owes_a_limit_once() {
    let text = and_limits(&with_collection("'some'"), &[]);
    assert_eq!(
        problems(&text),
        [
            "18:16: error: clients[0].collections[0]: the client has the limit \"some\" already, \
             and a request owes a limit once"
        ]
    );
    let text = and_limits(&with_collection("['other']"), &["other"]);
    assert_eq!(problems(&text), [""; 0]);

    let text = BASE.replace(
        "limits = \"some\"\n",
        &format!("{PROFILE}limits = 'some'\n"),
    );
    assert_eq!(
        problems(&text),
        [
            "21:10: error: clients[0].profiles[0].limits: the client has the limit \"some\" \
             already, and a request owes a limit once"
        ]
    );
    let text = BASE.replace(
        "limits = \"some\"\n",
        &format!("{PROFILE}limits = 'other'\n"),
    );
    assert_eq!(problems(&and_limits(&text, &["other"])), [""; 0]);

    let text = with_collection("'other'").replace(
        "limits = \"some\"\n",
        &format!("{PROFILE}limits = 'other'\n"),
    );
    assert_eq!(
        problems(&and_limits(&text, &["other"])),
        [
            "18:16: error: clients[0].collections[0]: profile \"p\" has the limit \"other\" \
             already, and a request owes a limit once"
        ]
    );
}

#[test]
fn a_request_owes_at_most_eight_windows() {
    let text = with_collection("['a', 'b']")
        .replace("limits = \"some\"\n", &format!("{PROFILE}limits = 'c'\n"));
    assert_eq!(problems(&and_limits(&text, &["a", "b", "c"])), [""; 0]);
    let text = text.replace("limits = 'c'", "limits = ['c', 'd']");
    assert_eq!(
        problems(&and_limits(&text, &["a", "b", "c", "d"])),
        [
            "18:16: error: clients[0].collections[0]: one request may owe at most 8 rates and \
             quotas, of its client, its profile and its collection together"
        ]
    );
}

#[test]
fn limits_of_collections_and_profiles_are_defined_used_and_large_enough() {
    assert_eq!(
        problems(&with_collection("'gold'")),
        [
            "12:10: error: collections[0].limits: there is no limit \"gold\" (define it under \
             [[limits]])"
        ]
    );
    // A collection that no client has charges nobody.
    let apart = "[[collections]]\nname = 'apart'\npaths = ['/apart']\nlimits = 'spare'\n";
    let text = and_limits(&format!("{BASE}{apart}"), &["spare"]);
    assert_eq!(
        problems(&text),
        ["24:8: warning: limits[1].name: no client has this limit"]
    );
    let used = text.replace(
        "collections = [\"all\"]",
        "collections = [\"all\", 'apart']",
    );
    assert_eq!(problems(&used), [""; 0]);

    let dear = with_collection("'other'\ncost = 6")
        .replace("requests = 5, per = \"1m\"", "requests = 6, per = \"1m\"");
    assert_eq!(
        problems(&and_limits(&dear, &["other"])),
        [
            "19:16: error: clients[0].collections[0]: a request to \"all\" costs 6, and the \
             limit \"other\" never holds more than 5 (lower the collection's `cost` or raise the \
             limit)"
        ]
    );
}
