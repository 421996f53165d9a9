//! Captured header values and certificates.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::inspect;

/// A file of `tests/data/captures`.
pub(crate) fn file(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join("tests/data/captures").join(name)
}

/// The base64 of a captured client certificate.
pub(crate) fn der(cert: &str) -> String {
    STANDARD.encode(std::fs::read(file(&format!("certs/{cert}.der"))).unwrap())
}

/// What an edge sent for a certificate, and under which name.
pub(crate) fn captured(edge: &str, style: &str, cert: &str, header: &str) -> [String; 2] {
    let text = std::fs::read_to_string(file("captures.json")).unwrap();
    let all: Vec<Value> = serde_json::from_str(&text).unwrap();
    let wanted = |capture: &&Value| {
        let is = |member: &str, text: &str| capture.get(member).unwrap() == text;
        let name = capture.get("header_name").and_then(Value::as_str);
        is("edge", edge)
            && is("style", style)
            && is("cert", cert)
            && name.is_some_and(|name| name.eq_ignore_ascii_case(header))
            && capture.get("value").is_some_and(Value::is_string)
    };
    let capture = all.iter().find(wanted).unwrap();
    ["header_name", "value"].map(|member| {
        let text = capture.get(member).and_then(Value::as_str);
        text.unwrap().to_owned()
    })
}

/// Checks that `inspect` answers one line with another.
pub(crate) fn inspects(line: &str, expected: &str) {
    assert_eq!(inspect::answer(line.as_bytes()), expected, "{line}");
}
