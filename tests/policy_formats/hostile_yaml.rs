//! YAML that was made to do harm, or by chance.

use std::fmt::Write as _;

use certgate::policy::{Document, Problem};
use proptest::prelude::*;

use crate::strict_yaml::{BASE, errors, problems};

const YAML: &str = include_str!("every_key.yaml");

#[test]
fn values_are_never_echoed() {
    const SECRET: &str = "hunter2-s3cr3t";
    for text in [
        format!("{BASE}paths: {{case: {SECRET}}}}}"),
        format!("{BASE}paths: {SECRET}}}"),
        format!("{BASE}paths: '{SECRET}"),
        format!("{BASE}paths: '{SECRET}' {SECRET}}}"),
        format!("{BASE}paths: \"{SECRET}\\q\"}}"),
        format!("{BASE}paths: &{SECRET} a}}"),
        format!("{BASE}paths: *{SECRET} }}"),
        format!("{BASE}paths: !{SECRET} a}}"),
        format!("{BASE}paths: !{SECRET}!a b}}"),
        format!("{BASE}paths: @{SECRET}}}"),
        format!("a: |{SECRET}\n"),
        format!("%{SECRET}\n"),
        format!("a: {SECRET}: {SECRET}"),
        SECRET.to_owned(),
    ] {
        let errors = errors(&text);
        assert!(!errors.to_string().contains(SECRET), "{errors}");
    }
}

#[test]
fn an_alias_bomb_does_not_go_off() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..100 {
        let alias = format!("*a{}", level - 1);
        writeln!(
            text,
            "a{level}: &a{level} [{}]",
            [alias.as_str(); 10].join(", ")
        )
        .unwrap();
    }
    let found = problems(&text);
    assert_eq!(found.len(), 100 + 99 * 10);
    assert!(found[0].starts_with("1:5: error: anchors are not allowed"));
    assert!(found[2].starts_with("2:10: error: aliases are not allowed"));
    // One that holds itself.
    assert_eq!(problems("a: &a [*a]").len(), 2);
}

/// On a stack that would not hold a thousand levels.
fn on_a_small_stack(text: String) -> Vec<String> {
    let small_stack = std::thread::Builder::new().stack_size(256 << 10);
    let found = small_stack.spawn(move || problems(&text)).unwrap().join();
    found.unwrap()
}

#[test]
fn deep_nesting_is_refused_before_anything_recurses() {
    let indented: String = (0..40).fold(String::new(), |mut text, level| {
        writeln!(text, "{}a:", " ".repeat(level)).unwrap();
        text
    });
    for (text, place) in [
        ("[".repeat(33), "1:33"),
        ("[".repeat(500_000), "1:33"),
        ("{a: ".repeat(500_000), "1:129"),
        ("[{a: ".repeat(500_000), "1:81"),
        ("- ".repeat(500_000), "1:65"),
        ("? ".repeat(500_000), "1:65"),
        ("- ? ".repeat(500_000), "1:65"),
        (
            format!("{}{}", "- ".repeat(20), "[".repeat(13) + &"]".repeat(13)),
            "1:53",
        ),
        (
            format!("{}{}", "- ".repeat(20), "[".repeat(500_000)),
            "1:73",
        ),
        (indented, "33:33"),
    ] {
        assert_eq!(
            on_a_small_stack(text),
            [format!("{place}: error: nested too deeply")]
        );
    }
    // The neighbours: as deep as may be is read, and refused for what it is.
    for deep in [
        format!("{}{}", "[".repeat(32), "]".repeat(32)),
        format!("{}x", "- ".repeat(32)),
        format!("{}{}{}", "- ".repeat(16), "[".repeat(16), "]".repeat(16)),
    ] {
        assert_eq!(
            on_a_small_stack(deep),
            ["1:1: error: expected a table, found a list"]
        );
    }
}

#[test]
fn large_texts_are_read_in_linear_time() {
    // Each would take minutes if its time grew with the square of its size.
    let mut keys = String::new();
    for key in 0..20_000 {
        writeln!(keys, "k{key}: 1").unwrap();
    }
    for text in [
        keys,
        "x: 1\n".repeat(100_000),
        format!("{}: 1", "k".repeat(500_000)),
        format!("\"{}\"", "\\u00e9".repeat(100_000)),
        format!("[{}1]", "1,".repeat(100_000)),
        format!("a: {}", "x\n ".repeat(100_000)),
        format!("a: \"{}\"", "x\n ".repeat(100_000)),
        format!("a: |\n{}", "  x\n".repeat(100_000)),
        format!("a: {}", "1".repeat(500_000)),
        "# x\n".repeat(100_000),
        "- &a x\n- *a\n".repeat(20_000),
        "a: !t x\n".repeat(20_000),
        "---\n".repeat(100_000),
        "\n".repeat(500_000),
        "\"".repeat(500_000),
        "- x\n".repeat(100_000),
        "{a: b}, ".repeat(100_000),
    ] {
        assert!(errors(&text).iter().all(Problem::is_error));
    }
}

/// Fragments that get further into the reader than random characters do.
fn fragments() -> impl Strategy<Value = String> {
    const FRAGMENTS: &[&str] = &[
        "version", "edge", "clients", "profiles", "identity", "when", "subject", "limits", "rate",
        "per", ": ", ": ", ": ", "\n", "\n", "\n  ", "\n    ", "- ", "- ", "? ", ", ", "[", "]",
        "{", "}", "'", "\"", "a", "é", "1", "true", "null", "~", "&a ", "*a", "!t ", "!!str ",
        "<<", "|", ">-", "#", " # ", "---", "...", "%", "\\", "\t", "\r\n", "\r", "\u{feff}", "\0",
        "@",
    ];
    let some = proptest::collection::vec(proptest::sample::select(FRAGMENTS), 0..60);
    some.prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn no_text_stops_the_reader(text in ".{0,200}", parts in fragments()) {
        for text in [text, parts.clone(), format!("{BASE}{parts}")] {
            if let Err(errors) = Document::from_yaml_str(&text, "policy.yaml") {
                prop_assert!(errors.iter().any(Problem::is_error));
                prop_assert!(errors.iter().map(|p| p.position).is_sorted());
                for problem in &errors {
                    prop_assert_eq!(problem.to_string().lines().count(), 1);
                }
            }
        }
    }

    #[test]
    fn one_changed_character_is_read_or_refused(
        at in proptest::sample::select(YAML.char_indices().map(|(at, _)| at).collect::<Vec<_>>()),
        with in any::<char>(),
    ) {
        let (before, after) = YAML.split_at(at);
        let rest: String = after.chars().skip(1).collect();
        let _ = Document::from_yaml_str(&format!("{before}{with}{rest}"), "");
    }
}
