//! What policies differ in, setting by setting.

use certgate::policy::{Policy, PolicyDifference};
use serde_json::{Value, json};

use crate::world::ONE;

/// What differs, without the lists that are empty.
fn between(old: &str, new: &str) -> Value {
    let load = |text: &str| Policy::from_toml_str(text, "policy.toml").unwrap().policy;
    let difference = PolicyDifference::between(&load(old), &load(new));
    let mut all = serde_json::to_value(difference).unwrap();
    all.as_object_mut().unwrap().retain(|_, part| {
        if let Some(names) = part.as_object_mut() {
            names.retain(|_, list| list.as_array().is_some_and(|list| !list.is_empty()));
        }
        !(part.is_null() || *part == json!([]) || *part == json!({}))
    });
    all
}

#[test]
fn what_clients_profiles_and_collections_may_say_besides_is_told() {
    let client = "id = \"pisp-partner-acme\"";
    let profile = "id = \"pisp-prod\"";
    let collection = "paths = [\"/payments\"]";
    let clients = json!({ "clients": { "changed": ["pisp-partner-acme"] } });
    let profiles = json!({ "profiles": { "changed": [
        { "client": "pisp-partner-acme", "profile": "pisp-prod" }
    ] } });
    let collections = json!({ "collections": { "changed": ["collection-one"] } });
    for (line, setting, expected) in [
        (client, "requires = [\"certificate\"]", &clients),
        (client, "methods = [\"GET\"]", &clients),
        (client, "ip_allowlist = [\"203.0.113.0/24\"]", &clients),
        (profile, "requires = [\"certificate\"]", &profiles),
        (profile, "last_rotated = \"2026-01-02\"", &profiles),
        (profile, "token_expiry = \"2027-01-02\"", &profiles),
        (collection, "methods = [\"GET\"]", &collections),
        (collection, "cost = 2", &collections),
        (collection, "hosts = [\"api.example.com\"]", &collections),
    ] {
        assert_eq!(ONE.matches(line).count(), 1, "{line}");
        let with = ONE.replace(line, &format!("{line}\n{setting}"));
        assert_eq!(between(ONE, &with), *expected, "{setting}");
        assert_eq!(between(&with, ONE), *expected, "{setting}");
        assert_eq!(between(&with, &with), json!({}), "{setting}");
    }
    // A limit that a collection or a profile has from now on is new to the clients.
    let spare = "[[limits]]\nname = \"spare\"\nrate = { requests = 5, per = \"1m\" }\n";
    for (line, of) in [(profile, "profiles"), (collection, "collections")] {
        let two = format!("{ONE}\n{spare}");
        let with = two.replace(line, &format!("{line}\nlimits = \"spare\""));
        let changes = between(&two, &with);
        assert!(changes[of]["changed"].is_array(), "{changes}");
        assert_eq!(
            changes["limits"],
            json!({ "added": ["spare"] }),
            "{changes}"
        );
    }
    let hosts =
        |host: &str| ONE.replace(collection, &format!("{collection}\nhosts = [\"{host}\"]"));
    assert_eq!(
        between(&hosts("a.example"), &hosts("b.example")),
        collections
    );
}

#[test]
fn opening_a_policy_is_told() {
    let (head, _) = ONE.split_once("[[clients]]").unwrap();
    let closed = format!("{head}[[clients]]\nid = \"pisp-partner-acme\"\n")
        .replace("profile = \"{subject.ou}\"\n", "");
    let open = head.replace("profile = \"{subject.ou}\"\n", "").replacen(
        "version = 1\n",
        "version = 1\nclients = \"open\"\n",
        1,
    );
    let changes = between(&closed, &open);
    assert_eq!(changes["settings"], json!(["clients"]));
    assert_eq!(
        changes["clients"],
        json!({ "removed": ["pisp-partner-acme"] })
    );
}

#[test]
fn how_limits_are_told_and_kept_is_told() {
    let with = |lines: &str| format!("{ONE}\n[limiting]\n{lines}\n");
    let settings = json!({ "settings": ["limiting"] });
    for (old, new) in [
        ("", "headers = [\"ratelimit\"]"),
        ("headers = [\"ratelimit\"]", "headers = [\"x-ratelimit\"]"),
        ("", "when_away = \"allow\""),
        (
            "when_away = \"allow\"",
            "when_away = \"local\"\nlocal_percent = 50",
        ),
        (
            "when_away = \"local\"\nlocal_percent = 50",
            "when_away = \"local\"\nlocal_percent = 25",
        ),
    ] {
        assert_eq!(between(&with(old), &with(new)), settings, "{new}");
        assert_eq!(between(&with(new), &with(old)), settings, "{new}");
        assert_eq!(between(&with(new), &with(new)), json!({}), "{new}");
    }
    // What holds without the word as with it is no difference.
    assert_eq!(between(ONE, &with("when_away = \"deny\"")), json!({}));
}
