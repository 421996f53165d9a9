//! The schema that is checked in, and what it says.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use certgate::policy::{Document, Format};
use jsonschema::Validator;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::any_document::{document, settings};
use crate::bare::{policies, read};

const CHECKED_IN: &str = include_str!("../../policy.schema.json");
pub(crate) const EVERY_KEY: &str = include_str!("../policy_formats/every_key.json");

pub(crate) static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(CHECKED_IN).unwrap();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    jsonschema::draft7::new(&schema).unwrap()
});

#[test]
fn the_schema_that_is_checked_in_is_that_of_the_types() {
    assert!(
        Document::json_schema() == CHECKED_IN,
        "run `cargo run --example schema > policy.schema.json`"
    );
}

#[test]
fn every_policy_of_the_repository_follows_it() {
    let every_key = serde_json::from_str(EVERY_KEY).unwrap();
    assert!(SCHEMA.is_valid(&every_key));
    for (path, text) in policies() {
        // As it is written, and as this crate writes it.
        let value: toml::Value = toml::from_str(&text).unwrap();
        assert!(
            SCHEMA.is_valid(&serde_json::to_value(&value).unwrap()),
            "{path}"
        );
        let document = read(&text, Format::Toml);
        assert!(
            SCHEMA.is_valid(&serde_json::to_value(&document).unwrap()),
            "{path}"
        );
    }
}

#[test]
fn it_refuses_what_is_no_policy() {
    let good = json!({
        "version": 1,
        "edge": {"preset": "nginx", "trusted_proxies": ["10.0.0.0/8"]},
        "authentication": {"mode": "mtls"},
        "clients": [{"id": "acme", "profiles": [{"id": "prod", "methods": ["GET"]}]}],
    });
    assert!(SCHEMA.is_valid(&good));
    for (place, bad) in [
        ("/version", json!(2)),
        ("/version", json!("1")),
        ("/edge", json!({"preset": "nginx"})),
        ("/edge", json!({"trusted_proxies": []})),
        ("/edge/preset", json!("ngnix")),
        ("/edge/trusted_proxies", json!("10.0.0.0/8")),
        ("/edge/trusted_proxies", json!([1])),
        ("/authentication", json!({})),
        ("/authentication", json!({"mode": "mtls", "issuers": []})),
        (
            "/authentication",
            json!({"mode": "mtls", "isuers": ["CN=a"]}),
        ),
        (
            "/authentication",
            json!({"mode": "mtls", "constraints": {}}),
        ),
        ("/clients", json!("closed")),
        ("/clients/0", json!({"id": "acme", "collection": []})),
        ("/clients/0/id", json!(7)),
        ("/clients/0/profiles/0", json!({"methods": ["GET"]})),
        ("/clients/0/profiles/0/methods", json!([])),
        ("/clients/0/profiles/0", json!({"id": "prod", "cost": 2})),
    ] {
        let mut document = good.clone();
        *document.pointer_mut(place).unwrap() = bad;
        assert!(!SCHEMA.is_valid(&document), "{document}");
        let text = document.to_string();
        assert!(Document::from_json_str(&text, "policy").is_err(), "{text}");
    }
    let mut direct = good.clone();
    direct["edge"] = json!({"preset": "direct"});
    assert!(SCHEMA.is_valid(&direct));
    assert!(Document::from_json_str(&direct.to_string(), "policy").is_ok());
}

/// Every setting that the schema has, such as `clients[].profiles[].id`.
fn described(schema: &Value, root: &Value, place: &str, found: &mut BTreeSet<String>) {
    if let Some(definition) = schema.get("$ref").and_then(Value::as_str) {
        let definition = root.pointer(definition.trim_start_matches('#')).unwrap();
        described(definition, root, place, found);
    }
    for (key, setting) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let place = format!("{place}.{key}");
        assert!(
            setting["description"].as_str().unwrap().len() > 5,
            "{place}"
        );
        described(setting, root, &place, found);
        found.insert(place);
    }
    for one in schema
        .get("anyOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        described(one, root, place, found);
    }
    if let Some(items) = schema.get("items") {
        described(items, root, &format!("{place}[]"), found);
    }
}

#[test]
fn it_has_the_settings_that_there_are() {
    let schema: Value = serde_json::from_str(CHECKED_IN).unwrap();
    let mut in_schema = BTreeSet::new();
    described(&schema, &schema, "", &mut in_schema);
    let mut in_every_key = BTreeSet::new();
    settings(
        &serde_json::from_str(EVERY_KEY).unwrap(),
        "",
        &mut in_every_key,
    );
    assert_eq!(in_schema, in_every_key);
    // And any document has any of them.
    let mut runner = TestRunner::deterministic();
    let mut in_any = BTreeSet::new();
    for _ in 0..400 {
        let document = document().new_tree(&mut runner).unwrap().current();
        settings(&document, "", &mut in_any);
    }
    assert_eq!(in_schema, in_any);
}
