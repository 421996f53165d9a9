//! JSON that was made to do harm, or by chance.

use std::fmt::Write as _;

use certgate::policy::{Document, PolicyErrors, Problem};
use proptest::prelude::*;

const JSON: &str = include_str!("every_key.json");

/// The least that is a policy; what a test adds goes into line 2.
const BASE: &str = r#"{"version": 1, "edge": {"preset": "nginx", "trusted_proxies": []}, "authentication": {"mode": "mtls"},"#;

fn errors(text: &str) -> PolicyErrors {
    Document::from_json_str(text, "policy.json").unwrap_err()
}

fn problems(text: &str) -> Vec<String> {
    let lines = errors(text).to_string();
    lines
        .lines()
        .map(|line| line.strip_prefix("policy.json:").unwrap().to_owned())
        .collect()
}

#[test]
fn what_is_not_json_is_named_with_its_place() {
    const ESCAPES: &str = r#"there are `\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t` and `\u` with four hexadecimal digits"#;
    const HALF: &str = "half of a surrogate pair (write the character itself, or both halves)";
    const UNTERMINATED: &str = r"the string does not end in its line (close the quotes; a line break within is written `\n`)";
    const CONTROL: &str =
        r"a control character in a string (write it as an escape, such as `\t` or `\u0000`)";
    let digits = r"expected four hexadecimal digits after `\u`";
    let escape = format!("unknown escape ({ESCAPES})");
    for (text, place, message) in [
        // No value, or more than one.
        ("", "1:1", "expected a value"),
        (" \r\n\t", "2:2", "expected a value"),
        ("{} {}", "1:4", "expected the end of the text"),
        ("{}}", "1:3", "expected the end of the text"),
        ("{}\0", "1:3", "expected the end of the text"),
        ("\u{a0}{}", "1:1", "expected a value"),
        ("\u{c}{}", "1:1", "expected a value"),
        // Literals of other languages.
        ("[NaN]", "1:2", "expected a value"),
        ("[Infinity]", "1:2", "expected a value"),
        ("[-Infinity]", "1:3", "expected a digit"),
        ("[undefined]", "1:2", "expected a value"),
        ("[True]", "1:2", "expected a value"),
        ("[truth]", "1:2", "expected a value"),
        ("[truer]", "1:6", "expected `,` or `]`"),
        (
            "['a']",
            "1:2",
            "expected a value (strings and keys stand in double quotes)",
        ),
        // Numbers.
        ("[01]", "1:2", "a number does not start with zeros"),
        ("[-00]", "1:2", "a number does not start with zeros"),
        ("[+1]", "1:2", "expected a value"),
        ("[.5]", "1:2", "expected a value"),
        ("[5.]", "1:4", "expected a digit"),
        ("[5.e1]", "1:4", "expected a digit"),
        ("[1e]", "1:4", "expected a digit"),
        ("[1e+]", "1:5", "expected a digit"),
        ("[-]", "1:3", "expected a digit"),
        ("[0x10]", "1:3", "expected `,` or `]`"),
        ("[1_000]", "1:3", "expected `,` or `]`"),
        ("[1 000]", "1:4", "expected `,` or `]`"),
        ("[１]", "1:2", "expected a value"),
        // Lists and tables.
        ("[1,]", "1:3", "a comma after the last entry"),
        ("{\"a\": 1\n,\n}", "2:1", "a comma after the last entry"),
        ("[,]", "1:2", "expected a value"),
        ("[1,,2]", "1:4", "expected a value"),
        ("[1 2]", "1:4", "expected `,` or `]`"),
        ("[1", "1:3", "expected `,` or `]`"),
        ("[", "1:2", "expected a value"),
        ("[1}", "1:3", "expected `,` or `]`"),
        ("{", "1:2", "expected a key in double quotes"),
        ("{\"a\"", "1:5", "expected `:`"),
        ("{\"a\":", "1:6", "expected a value"),
        ("{\"a\" 1}", "1:6", "expected `:`"),
        ("{\"a\" = 1}", "1:6", "expected `:`"),
        ("{\"a\": 1", "1:8", "expected `,` or `}`"),
        ("{\"a\": 1]", "1:8", "expected `,` or `}`"),
        ("{\"a\": 1 \"b\": 2}", "1:9", "expected `,` or `}`"),
        ("{a: 1}", "1:2", "expected a key in double quotes"),
        ("{1: 1}", "1:2", "expected a key in double quotes"),
        ("{null: 1}", "1:2", "expected a key in double quotes"),
        (
            "{'a': 1}",
            "1:2",
            "expected a key in double quotes (strings and keys stand in double quotes)",
        ),
        ("{,}", "1:2", "expected a key in double quotes"),
        // Comments.
        ("// a\n{}", "1:1", "expected a value (JSON has no comments)"),
        (
            "{} # a",
            "1:4",
            "expected the end of the text (JSON has no comments)",
        ),
        (
            "{ /* a */ }",
            "1:3",
            "expected a key in double quotes (JSON has no comments)",
        ),
        (
            "[1 // a\n]",
            "1:4",
            "expected `,` or `]` (JSON has no comments)",
        ),
        // Strings.
        ("[\"", "1:2", UNTERMINATED),
        ("[\"é", "1:2", UNTERMINATED),
        ("[\"a\nb\"]", "1:2", UNTERMINATED),
        ("[\"a\r\nb\"]", "1:2", UNTERMINATED),
        ("[\"a\tb\"]", "1:4", CONTROL),
        ("[\"é\0\"]", "1:4", CONTROL),
        ("[\"\u{1f}\"]", "1:3", CONTROL),
        ("[\"é\\x\"]", "1:4", &escape),
        ("[\"\\'\"]", "1:3", &escape),
        ("[\"\\é\"]", "1:3", &escape),
        ("[\"\\U0041\"]", "1:3", &escape),
        ("[\"\\", "1:3", &escape),
        ("[\"\\u\"]", "1:3", digits),
        ("[\"\\u12\"]", "1:3", digits),
        ("[\"\\u+123\"]", "1:3", digits),
        ("[\"\\u12é4\"]", "1:3", digits),
        ("[\"\\u{41}\"]", "1:3", digits),
        ("[\"\\u123", "1:3", digits),
        ("[\"\\ud83d\"]", "1:3", HALF),
        ("[\"\\ude00\"]", "1:3", HALF),
        ("[\"\\ud83d\\ud83d\"]", "1:3", HALF),
        ("[\"\\ude00\\ud83d\"]", "1:3", HALF),
        ("[\"\\ud83d\\u0041\"]", "1:3", HALF),
        ("[\"\\ud83d\\n\"]", "1:3", HALF),
        ("[\"\\ud83dé\"]", "1:3", HALF),
        ("[\"\\ud83d\\u\"]", "1:9", digits),
        ("[\"\\ude00\\u\"]", "1:3", HALF),
    ] {
        assert_eq!(
            problems(text),
            [format!("{place}: error: {message}")],
            "{text:?}"
        );
    }
}

#[test]
fn values_that_no_setting_takes_are_json_all_the_same() {
    for (value, expected) in [
        (
            "null",
            "2:12: error: clients: expected a list of clients, or \"open\", found null",
        ),
        (
            "-0",
            "2:12: error: clients: expected a list of clients, or \"open\", found an integer",
        ),
        (
            "1.0",
            "2:12: error: clients: expected a list of clients, or \"open\", found a float",
        ),
        (
            "1e400",
            "2:12: error: clients: expected a list of clients, or \"open\", found a float",
        ),
        (
            "-1E-5",
            "2:12: error: clients: expected a list of clients, or \"open\", found a float",
        ),
        (
            "0.10e+05",
            "2:12: error: clients: expected a list of clients, or \"open\", found a float",
        ),
        (
            "\"\\ud83d\\ude00\"",
            "2:12: error: clients: expected a list of clients, or \"open\", found a string",
        ),
        (
            "9223372036854775808",
            "2:12: error: the integer does not fit into 64 bits",
        ),
        (
            "-9223372036854775809",
            "2:12: error: the integer does not fit into 64 bits",
        ),
    ] {
        let found = problems(&format!("{BASE}\n \"clients\":{value}}}"));
        assert_eq!(found.first().unwrap(), expected, "{value}");
    }
    let root = "1:1: error: expected a table, found a list";
    assert_eq!(problems("[]"), [root]);
}

#[test]
fn every_escape_is_its_character() {
    let text = r#""\"\\\/\b\f\n\r\t\u0000\u00e9\u00E9\uD83D\uDE00\uffff日""#;
    let document = format!("{BASE} \"selectors\": {{\"client_header\": {text}}}}}");
    let document = Document::from_json_str(&document, "").unwrap();
    assert_eq!(
        document.selectors.unwrap().client_header.unwrap().value,
        "\"\\/\u{8}\u{c}\n\r\t\0éé😀\u{ffff}日"
    );
}

#[test]
fn repeated_keys_are_refused_and_the_rest_is_read() {
    let text = r#"{
  "version": 1,
  "edge": {"preset": "nginx", "trusted_proxies": []},
  "authentication": {"mode": "mtls", "mode": "bearer", "mod\u0065": "mtls", "realm": 1},
  "version": 2
}"#;
    assert_eq!(
        problems(text),
        [
            "4:38: error: duplicate key (the first is at 4:22)",
            "4:56: error: duplicate key (the first is at 4:22)",
            "4:86: error: authentication.realm: expected a string, found an integer",
            "5:3: error: duplicate key (the first is at 2:3)",
        ]
    );
    // They are no excuse for what is no JSON.
    assert_eq!(
        problems("{\"a\": {\"b\": 1, \"b\": 2},\n}"),
        [
            "1:16: error: duplicate key (the first is at 1:8)",
            "1:23: error: a comma after the last entry",
        ]
    );
}

#[test]
fn values_are_never_echoed() {
    const SECRET: &str = "hunter2-s3cr3t";
    for text in [
        format!("{BASE} \"paths\": {{\"case\": \"{SECRET}\"}}}}"),
        format!("{BASE} \"paths\": [\"{SECRET}\"]}}"),
        format!("{BASE} \"paths\": {SECRET}}}"),
        format!("{BASE} \"paths\": \"{SECRET}"),
        format!("{BASE} \"paths\": \"{SECRET}\\x\"}}"),
        format!("{BASE} \"paths\": \"{SECRET}\" \"{SECRET}\"}}"),
        format!("\"{SECRET}\""),
        SECRET.to_owned(),
    ] {
        let errors = errors(&text);
        assert!(!errors.to_string().contains(SECRET), "{errors}");
    }
}

/// On a stack that would not hold a thousand levels.
fn on_a_small_stack(text: String) -> Vec<String> {
    let small_stack = std::thread::Builder::new().stack_size(256 << 10);
    let found = small_stack.spawn(move || problems(&text)).unwrap().join();
    found.unwrap()
}

#[test]
fn deep_nesting_is_refused_before_anything_recurses() {
    for (text, place) in [
        ("[".repeat(33), "1:33"),
        ("[".repeat(1_000_000), "1:33"),
        ("{\"a\":".repeat(1_000_000), "1:161"),
        ("[{\"a\":".repeat(1_000_000), "1:97"),
        (format!("{}{}", "[".repeat(33), "]".repeat(33)), "1:33"),
    ] {
        assert_eq!(
            on_a_small_stack(text),
            [format!("{place}: error: nested too deeply")]
        );
    }
    // The neighbour: as deep as may be is read, and refused for what it is.
    let deep = format!("{}{}", "[".repeat(32), "]".repeat(32));
    assert_eq!(
        on_a_small_stack(deep),
        ["1:1: error: expected a table, found a list"]
    );
    // The bound counts nesting, not brackets.
    let flat = format!("[{}[\"{}\"]]", "[],{},".repeat(100), "[{".repeat(100));
    assert_eq!(
        problems(&flat),
        ["1:1: error: expected a table, found a list"]
    );
}

#[test]
fn large_texts_are_read_in_linear_time() {
    // Each would take minutes if its time grew with the square of its size.
    let mut keys = String::new();
    for key in 0..100_000 {
        write!(keys, "\"{key}\":1,").unwrap();
    }
    for text in [
        format!("{{{keys}\"x\":1}}"),
        format!("{{{}\"x\":1}}", "\"x\":1,".repeat(100_000)),
        format!("{{\"{}\":1}}", "k".repeat(1_000_000)),
        format!("[\"{}\"]", "\\u00e9".repeat(500_000)),
        format!("[{}1]", "1,".repeat(500_000)),
        format!("[{}]", "1".repeat(1_000_000)),
        format!("[{}", "\n".repeat(1_000_000)),
    ] {
        assert!(errors(&text).iter().all(Problem::is_error));
    }
}

/// Fragments that get further into the reader than random characters do.
fn fragments() -> impl Strategy<Value = String> {
    const FRAGMENTS: &[&str] = &[
        "\"version\"",
        "\"edge\"",
        "\"clients\"",
        "\"profiles\"",
        "\"identity\"",
        "\"when\"",
        "\"subject\"",
        "\"limits\"",
        "\"rate\"",
        "\"per\"",
        ":",
        ":",
        ":",
        ",",
        ",",
        "[",
        "]",
        "{",
        "}",
        "{\"",
        "\":",
        "\n",
        "\"a\"",
        "\"é\"",
        "1",
        "-",
        "0",
        "e",
        ".",
        "true",
        "null",
        "\\u",
        "d83d",
        "\\",
        "\"",
        "/",
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
            if let Err(errors) = Document::from_json_str(&text, "policy.json") {
                prop_assert!(errors.iter().any(Problem::is_error));
                prop_assert!(errors.iter().map(|p| p.position).is_sorted());
                for problem in &errors {
                    prop_assert_eq!(problem.to_string().lines().count(), 1);
                }
            }
        }
    }

    /// What is JSON is what another parser takes for it, which keeps the last of
    /// repeated keys, and knows no float as large as 9e23372036854775807.
    #[test]
    fn one_changed_character_is_refused_where_another_parser_refuses_it(
        at in proptest::sample::select(JSON.char_indices().map(|(at, _)| at).collect::<Vec<_>>()),
        with in r#"[\]\[{}:,"\\0-9eEuntrfals.+\- \n\t\x00é]"#,
    ) {
        let (before, after) = JSON.split_at(at);
        let rest = after.chars().skip(1).collect::<String>();
        let text = format!("{before}{with}{rest}");
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        let reads = match Document::from_json_str(&text, "") {
            Ok(_) => true,
            // What the reader says has a field.
            Err(errors) => errors.iter().all(|problem| {
                !problem.field.is_empty()
                    || problem.message == "duplicate key"
                    || problem.message == "the integer does not fit into 64 bits"
            }),
        };
        let is_json = theirs.map_or_else(|error| error.to_string().starts_with("number out of range"), |_| true);
        prop_assert_eq!(reads, is_json, "{:?} at {}", with, at);
    }
}
