//! The least policy, and formats by name.

use certgate::policy::{Document, Format};

#[test]
fn a_format_is_known_by_the_end_of_a_name() {
    for (path, format) in [
        ("policy.toml", Some(Format::Toml)),
        ("a/b.d/policy.json", Some(Format::Json)),
        ("POLICY.JSON", Some(Format::Json)),
        ("policy.yaml", Some(Format::Yaml)),
        ("policy.yml", Some(Format::Yaml)),
        ("policy.toml.bak", None),
        ("policy", None),
        (".json", None),
        ("json", None),
        ("", None),
    ] {
        assert_eq!(Format::of_path(path), format, "{path}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_text() {
    for (format, text, place) in [
        (Format::Toml, "\u{feff}x = 1", "1:1"),
        (Format::Json, "\u{feff}{\"x\": 1}", "1:2"),
        (Format::Yaml, "\u{feff}x: 1", "1:1"),
    ] {
        let errors = Document::from_str_as(text, "", format).unwrap_err();
        let unknown = errors.iter().find(|problem| problem.field == "x").unwrap();
        assert_eq!(unknown.position.unwrap().to_string(), place);
    }
}

#[test]
fn a_text_that_is_too_long_is_not_parsed() {
    let text = " ".repeat((64 << 20) + 1);
    for format in [Format::Toml, Format::Json, Format::Yaml] {
        let errors = Document::from_str_as(&text, "policy", format).unwrap_err();
        assert_eq!(
            errors.to_string(),
            "policy: error: the text is longer than 67108864 bytes"
        );
    }
}
