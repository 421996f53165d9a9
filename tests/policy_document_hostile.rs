//! Policy documents in TOML: texts that were made to do harm, or by chance.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use certgate::policy::{Document, PolicyErrors, Problem};
use proptest::prelude::*;

/// The least that is a policy.
const BASE: &str = r#"version = 1
[edge]
preset = "nginx"
trusted_proxies = []
[authentication]
mode = "mtls"

"#;

fn errors(text: &str) -> PolicyErrors {
    Document::from_toml_str(text, "policy.toml").unwrap_err()
}

fn problems(text: &str) -> Vec<String> {
    let lines = errors(text).to_string();
    lines
        .lines()
        .map(|line| line.strip_prefix("policy.toml:").unwrap().to_owned())
        .collect()
}

#[test]
fn values_are_never_echoed() {
    const SECRET: &str = "hunter2-s3cr3t";
    for text in [
        format!("{BASE}[paths]\ncase = '{SECRET}'"),
        format!("{BASE}[paths]\ncase = ['{SECRET}']"),
        format!("{BASE}[paths]\nkase = '{SECRET}'"),
        format!(
            "{BASE}[[limits]]\nname = 'a'\nrate = {{ requests = '{SECRET}', per = '{SECRET}' }}"
        ),
        format!("{BASE}[selectors]\nclient_header = {SECRET}"),
        format!("{BASE}[selectors]\nclient_header = '{SECRET}' '{SECRET}'"),
        format!("{BASE}[selectors]\nclient_header = '{SECRET}"),
        BASE.replace("\"mtls\"", &format!("'{SECRET}'")),
        BASE.replace("version = 1", &format!("version = '{SECRET}'")),
    ] {
        let errors = errors(&text);
        assert!(!errors.to_string().contains(SECRET), "{errors}");
        assert!(!format!("{errors:?}").contains(SECRET), "{errors:?}");
    }
}

#[test]
fn a_long_unknown_key_is_cut() {
    let key = "k".repeat(100_000);
    let found = problems(&format!("{BASE}[paths]\n{key} = 1"));
    assert!(found[0].len() < 300, "{}", found[0].len());
}

#[test]
fn deep_nesting_is_refused_before_anything_recurses() {
    let keys = |count: usize| vec!["a"; count].join(".");
    let nested = |count: usize| {
        let open = format!("{}={{", keys(30)).repeat(count);
        format!("{open}b=1{}", "}".repeat(count))
    };
    for text in [
        format!("x = {}{}", "[".repeat(33), "]".repeat(33)),
        "[".repeat(1_000_000),
        "x = {a=".repeat(1_000_000),
        keys(1_000_000),
        format!("[{}]", keys(70)),
        format!("{} = 1", keys(70)),
        nested(75),
        format!("[{}]\n{}\n{}", keys(70), nested(75), nested(75)),
        "{]".repeat(100_000),
    ] {
        let small_stack = std::thread::Builder::new().stack_size(256 << 10);
        let found = small_stack.spawn(move || problems(&text)).unwrap().join();
        let found = found.unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].ends_with("error: nested too deeply"), "{found:?}");
    }
    // The neighbour: as deep as may be is read, and refused for its key.
    let brackets = format!("[{}]\nx = {}{}", keys(32), "[".repeat(32), "]".repeat(32));
    let mixed = format!(
        "[{}]\nx = {}1{}",
        keys(32),
        "[{a=".repeat(16),
        "}]".repeat(16)
    );
    for text in [brackets, mixed] {
        let small_stack = std::thread::Builder::new().stack_size(256 << 10);
        let found = small_stack.spawn(move || problems(&text)).unwrap().join();
        assert!(
            found
                .unwrap()
                .iter()
                .any(|problem| problem.starts_with("1:2: error: a: unknown key `a`"))
        );
    }
    // The bound counts nesting, not brackets, dots or lines.
    let flat = format!(
        "{BASE}# {}\n[paths]\nx = [{}\n'{}']\n",
        ".[{".repeat(100),
        "[],{a.b=1.5},\n".repeat(100),
        "[.".repeat(100)
    );
    assert!(problems(&flat)[0].starts_with("10:1: error: paths.x: unknown key `x`"));
}

#[test]
fn a_text_that_is_too_long_is_not_parsed() {
    let text = format!("#{}", " ".repeat(64 << 20));
    assert_eq!(
        errors(&text).to_string(),
        "policy.toml: error: the text is longer than 67108864 bytes"
    );
}

/// Fragments that get further into the reader than random characters do.
fn fragments() -> impl Strategy<Value = String> {
    const FRAGMENTS: &[&str] = &[
        "version",
        "edge",
        "clients",
        "profiles",
        "identity",
        "when",
        "subject",
        "limits",
        "rate",
        "paths",
        "preset",
        "per",
        "=",
        "=",
        "=",
        ".",
        ",",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "\n",
        "\n",
        "\n[",
        "\n[[",
        "]\n",
        "]]\n",
        "'a'",
        "\"é\"",
        "1",
        "0x",
        "true",
        "1979-05-27",
        "1.5",
        "\"\"\"",
        "'''",
        "\\",
        "#",
        " ",
        "\r",
        "\u{feff}",
        "\0",
    ];
    let some = proptest::collection::vec(proptest::sample::select(FRAGMENTS), 0..60);
    some.prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn no_text_stops_the_reader(text in ".{0,200}", parts in fragments()) {
        for text in [text, parts.clone(), format!("{BASE}{parts}")] {
            if let Err(errors) = Document::from_toml_str(&text, "policy.toml") {
                prop_assert!(errors.iter().any(Problem::is_error));
                prop_assert!(errors.iter().map(|p| p.position).is_sorted());
                for problem in &errors {
                    prop_assert_eq!(problem.to_string().lines().count(), 1);
                }
            }
        }
    }

    #[test]
    fn one_changed_character_is_read_or_refused(at in 0..BASE.len(), with in any::<char>()) {
        let mut text = BASE.to_owned();
        text.replace_range(at..=at, &with.to_string());
        let _ = Document::from_toml_str(&text, "policy.toml");
    }
}
