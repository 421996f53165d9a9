//! A document with every key reads to the same in every format.

use certgate::policy::{Document, Format};

const TOML: &str = include_str!("every_key.toml");
const JSON: &str = include_str!("every_key.json");
const YAML: &str = include_str!("every_key.yaml");

/// A document without its places. A line of `Debug` is one field at most, and
/// a line break in a text is escaped.
pub(crate) fn without_positions(text: &str, format: Format) -> String {
    let document = Document::from_str_as(text, "policy", format);
    let shown = format!(
        "{:#?}",
        document.unwrap_or_else(|errors| panic!("{errors}"))
    );
    let is_place = |line: &str| {
        ["line: ", "column: ", "source: "]
            .iter()
            .any(|field| line.starts_with(field))
    };
    shown
        .lines()
        .filter(|line| !is_place(line.trim_start()))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn no_key_is_left_out() {
    let document = without_positions(TOML, Format::Toml);
    // But for one path, which is written as a text.
    let absent = document.matches("None").count();
    assert_eq!(absent, 1, "a key that every_key.* lacks: {document}");
    assert!(!document.contains("[]"), "{document}");
}

#[test]
fn json_reads_to_the_document_of_toml() {
    assert_eq!(
        without_positions(JSON, Format::Json),
        without_positions(TOML, Format::Toml)
    );
}

#[test]
fn yaml_reads_to_the_document_of_toml() {
    assert_eq!(
        without_positions(YAML, Format::Yaml),
        without_positions(TOML, Format::Toml)
    );
}
