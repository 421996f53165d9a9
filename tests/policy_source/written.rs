//! A document that is written with serde reads to the same document.

use certgate::policy::{Document, Format};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::any_document::document;
use crate::bare::{bare, differ, outcome, policies, read};

/// The document written in each format and read again. JSON is YAML, too.
fn written(document: &Document) -> Vec<(Format, String, Document)> {
    let json = serde_json::to_string(document).unwrap();
    let yaml = json_for_yaml(&json);
    [
        (Format::Toml, toml::to_string_pretty(document).unwrap()),
        (Format::Json, json),
        (Format::Yaml, yaml),
    ]
    .map(|(format, text)| {
        let again = read(&text, format);
        (format, text, again)
    })
    .into()
}

/// The characters that YAML takes only as escapes.
fn json_for_yaml(json: &str) -> String {
    let strange = |c: char| {
        matches!(
            c,
            '\u{7f}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
        .then(|| format!("\\u{:04x}", u32::from(c)))
    };
    json.chars()
        .map(|c| strange(c).unwrap_or_else(|| c.to_string()))
        .collect()
}

proptest! {
    #[test]
    fn any_document_reads_to_itself(document in document()) {
        let document = read(&document.to_string(), Format::Json);
        let expected = bare(&document);
        for (format, text, again) in written(&document) {
            prop_assert_eq!(bare(&again), expected.clone(), "{:?} {}", format, text);
        }
    }

    /// Policies that make sense, without this or that: what comes of them is the
    /// same, be it a policy or its problems.
    #[test]
    fn what_is_written_decides_alike(policy in any::<Index>(), cuts in prop::collection::vec(any::<Index>(), 0..3)) {
        let policies = policies();
        let (path, text) = policy.get(&policies);
        let mut value = serde_json::to_value(read(text, Format::Toml)).unwrap();
        for cut in cuts {
            let mut places = Vec::new();
            keys(&value, "", &mut places);
            let place = cut.get(&places);
            let (table, key) = place.rsplit_once('/').unwrap();
            let table = value.pointer_mut(table).and_then(Value::as_object_mut).unwrap();
            table.remove(key);
        }
        let Ok(document) = Document::from_json_str(&value.to_string(), "policy") else {
            return Ok(());
        };
        let (policy, problems) = outcome(&document);
        for (format, text, again) in written(&document) {
            let (other, others) = outcome(&again);
            prop_assert_eq!(&others, &problems, "{} as {:?}: {}", path, format, text);
            prop_assert!(!differ(policy.as_ref(), other.as_ref()), "{} {}", path, text);
        }
    }
}

/// Every key, as a JSON pointer; none of them has a `/` or `~`.
fn keys(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let place = format!("{place}/{key}");
                keys(value, &place, found);
                found.push(place);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                keys(item, &format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_policy_of_the_repository_stays_the_policy_that_it_is() {
    for (path, text) in policies() {
        let document = read(&text, Format::Toml);
        let (policy, problems) = outcome(&document);
        assert!(policy.is_some(), "{path}: {problems:?}");
        for (_, text, again) in written(&document) {
            assert_eq!(bare(&again), bare(&document), "{path} {text}");
            let (other, others) = outcome(&again);
            assert_eq!(others, problems, "{path}");
            assert!(!differ(policy.as_ref(), other.as_ref()), "{path} {text}");
        }
    }
}

#[test]
fn a_document_is_written_in_one_form() {
    let text = r#"
        [[clients]]
        limits = "gold"
        id = "acme"
        certificates = ["aa", { sha256 = "bb", until = "2026-12-31" }]

        [authentication]
        mode = "bearer_plus_mtls_optional"

        [[collections]]
        paths = ["/a", { match = "exact", path = "/b" }, { path = "/c" }]
        name = "c"

        [[limits]]
        quota = { per = "7d", requests = 1 }
        rate = { per = "3600s", requests = 90 }
        name = "gold"

        [[identity]]
        when = { subject = { ou = "b", cn = ["a", "z"] }, dns = "d" }

        [edge]
        trusted_proxies = ["unix"]
        preset = "istio"
    "#;
    let document = read(&format!("version = 1\n{text}"), Format::Toml);
    let expected = r#"{"version":1,
        "edge":{"preset":"envoy","trusted_proxies":["unix"]},
        "authentication":{"mode":"bearer_plus_mtls_optional"},
        "identity":[{"when":{"subject":{"cn":["a","z"],"ou":["b"]},"dns":["d"]}}],
        "limits":[{"name":"gold",
            "rate":{"requests":90,"per":"1h"},
            "quota":{"requests":1,"per":"7d"}}],
        "collections":[{"name":"c","paths":["/a",{"path":"/b","match":"exact"},"/c"]}],
        "clients":[{"id":"acme","limits":["gold"],
            "certificates":["aa",{"sha256":"bb","until":"2026-12-31T00:00:00Z"}]}]}"#;
    let expected: String = expected.lines().map(str::trim_start).collect();
    assert_eq!(serde_json::to_string(&document).unwrap(), expected);
}

#[test]
fn nobody_and_everybody_are_written_apart() {
    let base = json!({
        "version": 1,
        "edge": {"preset": "nginx", "trusted_proxies": []},
        "authentication": {"mode": "mtls"},
    });
    let with = |clients: Value| {
        let mut document = base.clone();
        document["clients"] = clients;
        document
    };
    for (document, written) in [
        (base.clone(), base.clone()),
        (with(json!([])), base.clone()),
        (with(json!("open")), with(json!("open"))),
        (with(json!([{"id": "a"}])), with(json!([{"id": "a"}]))),
    ] {
        let document = read(&document.to_string(), Format::Json);
        assert_eq!(serde_json::to_value(&document).unwrap(), written);
    }
}
