//! Any document, written in each format, reads to the same.

use std::fmt::Write as _;

use certgate::policy::{Document, Format};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::same_document::without_positions;

/// Texts that some format could take for something else, and any other.
fn text() -> impl Strategy<Value = Value> {
    const STRANGE: &[&str] = &[
        "", " ", "yes", "NO", "null", "~", "true", "1", "010", "0x1F", "1e3", "<<", "- a", "a: b",
        "a #b", "#", "&a", "*a", "!t", "{", "}", "[", "]", ",", "?", "|", ">", "'", "\"", "\\",
        "%", "@", "`", "---", "...", "\n", "a\r\nb", "\t", "\0", "\u{7f}", "\u{85}", "\u{2028}",
        "\u{feff}", "\u{ffff}", "😀", "'''", "\"\"\"",
    ];
    prop_oneof![
        proptest::sample::select(STRANGE).prop_map(str::to_owned),
        "[ -~]{0,12}",
        ".{0,8}",
    ]
    .prop_map(Value::from)
}

fn texts() -> impl Strategy<Value = Value> {
    vec(text(), 1..4).prop_map(Value::from)
}

/// The settings that are there.
fn table<const N: usize>(settings: [(&str, Option<Value>); N]) -> Value {
    let there = settings
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(there.collect())
}

fn limit() -> impl Strategy<Value = Value> {
    let requests = (1..=i64::MAX, 1..100_000, "[smhd]").prop_map(
        |(requests, count, unit)| json!({"requests": requests, "per": format!("{count}{unit}")}),
    );
    (text(), option::of(requests))
        .prop_map(|(name, rate)| table([("name", Some(name)), ("rate", rate)]))
}

fn profile() -> impl Strategy<Value = Value> {
    (text(), option::of(texts()))
        .prop_map(|(id, methods)| table([("id", Some(id)), ("methods", methods)]))
}

fn client() -> impl Strategy<Value = Value> {
    let limits = prop_oneof![text(), texts()];
    let profiles = vec(profile(), 0..3).prop_map(Value::from);
    (
        text(),
        option::of(any::<bool>()),
        option::of(limits),
        option::of(profiles),
    )
        .prop_map(|(id, active, limits, profiles)| {
            let active = active.map(Value::from);
            table([
                ("id", Some(id)),
                ("active", active),
                ("limits", limits),
                ("profiles", profiles),
            ])
        })
}

fn rule() -> impl Strategy<Value = Value> {
    (option::of(text()), texts(), text()).prop_map(|(client, names, unit)| {
        let when = json!({"uri": names, "subject": {"ou": unit}});
        table([("client", client), ("when", Some(when))])
    })
}

fn document() -> impl Strategy<Value = Value> {
    let lists = (vec(rule(), 0..3), vec(limit(), 0..3), vec(client(), 0..4));
    (texts(), option::of(text()), lists).prop_map(|(proxies, realm, (rules, limits, clients))| {
        json!({
            "version": 1,
            "edge": {"preset": "nginx", "trusted_proxies": proxies},
            "authentication": table([("mode", Some("mtls".into())), ("realm", realm)]),
            "identity": rules,
            "limits": limits,
            "clients": clients,
        })
    })
}

/// In double quotes, as JSON, TOML and YAML all read it; what TOML and YAML have
/// as an escape alone is one.
fn quoted(text: &str) -> String {
    let mut quoted = Value::from(text).to_string();
    for strange in ['\u{7f}', '\u{85}', '\u{feff}', '\u{fffe}', '\u{ffff}'] {
        quoted = quoted.replace(strange, &format!("\\u{:04x}", u32::from(strange)));
    }
    quoted.chars().fold(String::new(), |mut escaped, c| {
        if c.is_control() {
            write!(escaped, "\\u{:04x}", u32::from(c)).unwrap();
        } else {
            escaped.push(c);
        }
        escaped
    })
}

/// As an inline value.
fn toml(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(toml).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{key} = {}", toml(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// As a value that stands behind a key or a dash, indented by `indent`.
fn yaml(value: &Value, indent: usize) -> String {
    let line = format!("\n{}", " ".repeat(indent));
    match value {
        Value::String(text) => yaml_text(text),
        Value::Array(items) if !items.is_empty() => items
            .iter()
            .map(|item| format!("{line}- {}", yaml(item, indent + 2)))
            .collect(),
        Value::Object(entries) if !entries.is_empty() => entries
            .iter()
            .map(|(key, value)| format!("{line}{key}: {}", yaml(value, indent + 2)))
            .collect(),
        other => other.to_string(),
    }
}

/// Without quotes where that is plainly possible, or in either sort of them.
fn yaml_text(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c == '/';
    if text.len() > 5 && text.chars().all(is_plain) {
        text.to_owned()
    } else if text.chars().all(|c| matches!(c, ' '..='~')) && text.len().is_multiple_of(2) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        quoted(text)
    }
}

proptest! {
    #[test]
    fn any_document_is_the_same_in_every_format(document in document()) {
        let entries = document.as_object().unwrap();
        let toml: String = entries
            .iter()
            .map(|(key, value)| format!("{key} = {}\n", toml(value)))
            .collect();
        let expected = without_positions(&toml, Format::Toml);
        for (format, text) in [
            (Format::Json, document.to_string()),
            (Format::Json, format!("{document:#}")),
            (Format::Yaml, yaml(&document, 0)),
        ] {
            prop_assert_eq!(&without_positions(&text, format), &expected, "{}", text);
        }
        // JSON with the escapes that YAML asks for is YAML, place by place.
        let json = json_for_yaml(&document);
        let read = |format| Document::from_str_as(&json, "", format).unwrap();
        prop_assert_eq!(read(Format::Yaml), read(Format::Json), "{}", json);
    }
}

fn json_for_yaml(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(json_for_yaml).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted(key), json_for_yaml(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}
