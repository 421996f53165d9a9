//! What of YAML is read, as what, and what is refused in which words.

use certgate::policy::{Document, PolicyErrors};

/// The least that is a policy; what a test adds starts in line 2.
pub(crate) const BASE: &str =
    "{version: 1, edge: {preset: nginx, trusted_proxies: []}, authentication: {mode: mtls},\n";

pub(crate) fn errors(text: &str) -> PolicyErrors {
    Document::from_yaml_str(text, "policy.yaml").unwrap_err()
}

pub(crate) fn problems(text: &str) -> Vec<String> {
    let lines = errors(text).to_string();
    lines
        .lines()
        .map(|line| line.strip_prefix("policy.yaml:").unwrap().to_owned())
        .collect()
}

#[test]
fn what_makes_yaml_dangerous_is_refused_with_its_place() {
    const ANCHOR: &str = "anchors are not allowed (write the value out where it is needed)";
    const ALIAS: &str = "aliases are not allowed (write the value out where it is needed)";
    const TAG: &str = "tags are not allowed (leave it out; what is in quotes is a string)";
    const MERGE: &str = "merge keys are not allowed (write the value out where it is needed)";
    const KEY: &str = "keys must be strings (put it in quotes)";
    const CONTROL: &str =
        "control characters are not allowed (there are escapes in double quotes, such as `\\r`)";
    for (text, expected) in [
        ("a: &é {b: 1}\n", &[("1:4", ANCHOR)] as &[_]),
        ("&a b: 1", &[("1:1", ANCHOR)]),
        ("--- &a\nb: 1", &[("1:5", ANCHOR)]),
        ("a: *b", &[("1:4", ALIAS)]),
        ("*a : 1", &[("1:1", ALIAS)]),
        ("[&a 1, *a]", &[("1:2", ANCHOR), ("1:8", ALIAS)]),
        ("a: &b !!str x", &[("1:4", ANCHOR), ("1:7", TAG)]),
        ("a: ! x", &[("1:4", TAG)]),
        ("!!str a: 1", &[("1:1", TAG)]),
        ("!!map\na: 1", &[("1:1", TAG)]),
        (
            "a: !!binary aGk=\nb: !<tag:yaml.org,2002:int> 1\nc: !x [1]",
            &[("1:4", TAG), ("2:4", TAG), ("3:4", TAG)],
        ),
        ("b: 1\n<<: {a: 1}", &[("2:1", MERGE)]),
        (
            "a: &a {b: 1}\nc:\n  <<: *a",
            &[("1:4", ANCHOR), ("3:3", MERGE), ("3:7", ALIAS)],
        ),
        ("1: a", &[("1:1", KEY)]),
        (
            "a: 1\ntrue: 1\nnull: 2\n~: 3\n1.5: 4\n0x1: 5\n: 6",
            &[
                ("2:1", KEY),
                ("3:1", KEY),
                ("4:1", KEY),
                ("5:1", KEY),
                ("6:1", KEY),
                ("7:1", KEY),
            ],
        ),
        ("{[a]: 1, {b: c}: 2}", &[("1:2", KEY), ("1:10", KEY)]),
        ("? - a\n: 1", &[("1:3", KEY)]),
        ("? |\n  1\n: a\n", &[]),
        ("a: 1\n---\nb: 1", &[("2:1", "a policy is one document")]),
        ("a: 1\n...\nb: 1", &[("3:1", "a policy is one document")]),
        (
            "a: &b 1\n--- x",
            &[("1:4", ANCHOR), ("2:1", "a policy is one document")],
        ),
        (
            "%YAML 1.2\n---\na: 1",
            &[("1:1", "YAML directives are disallowed")],
        ),
        (
            "%TAG ! tag:example.org,2026:\n---\na: 1",
            &[("1:1", "YAML directives are disallowed")],
        ),
        ("a: 1\n\0b: 2", &[("2:1", CONTROL)]),
        ("a: 1 # c\0\nb: 2", &[("1:9", CONTROL)]),
        ("a: é\u{7}", &[("1:5", CONTROL)]),
        ("a: \u{85}", &[("1:4", CONTROL)]),
        ("# a comment\redge: {}", &[("1:12", CONTROL)]),
        ("a: 1\r\nb: \u{7f}", &[("2:4", CONTROL)]),
    ] {
        let expected: Vec<String> = expected
            .iter()
            .map(|(place, message)| format!("{place}: error: {message}"))
            .collect();
        let mut found = problems(text);
        // What the reader says has a field.
        found.retain(|problem| problem.matches(": ").count() < 3);
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn what_is_not_yaml_is_named_with_its_place() {
    const COLON: &str = "mapping values are not allowed in this context (indent the keys of one table alike, and put a value with a `: ` in quotes)";
    const START: &str = "no value without quotes starts like this (put it in quotes)";
    for (text, place, message) in [
        ("a: b: c", "1:5", COLON),
        ("a: b\n c: d", "2:3", COLON),
        ("a: 1\n b: 2", "2:3", COLON),
        ("a: @x", "1:4", START),
        ("a: `x`", "1:4", START),
        ("a: %x", "1:4", START),
        (
            "a:\n\tb: 1",
            "2:2",
            "tabs disallowed within this context (block indentation)",
        ),
        (
            "a: - b",
            "1:4",
            "block sequence entries are not allowed in this context",
        ),
        (
            "- a\nb: 1",
            "2:1",
            "while parsing a block collection, did not find expected '-' indicator",
        ),
        (
            "  a: 1\nb: 2",
            "2:1",
            "did not find expected <document start>",
        ),
        ("a: [1, 2", "1:4", "unclosed bracket '['"),
        ("a: [1, 2}", "1:4", "mismatched bracket '[' closed by '}'"),
        ("a: {x: 1}}", "1:10", "misplaced bracket"),
        ("a: [\n1]", "2:1", "invalid indentation"),
        ("a: [b\n---\n]", "1:4", "unclosed bracket '['"),
        ("a: 'x", "1:4", "unclosed quote"),
        ("a: \"é", "1:4", "unclosed quote"),
        (
            "é: 'x' y",
            "1:8",
            "invalid trailing content after single-quoted scalar",
        ),
        (
            "a: \"x\" y",
            "1:8",
            "invalid trailing content after double-quoted scalar",
        ),
        (
            "a: \"\\q\"",
            "1:4",
            "while parsing a quoted scalar, found unknown escape character",
        ),
        (
            "a: \"\\xg\"",
            "1:4",
            "while parsing a quoted scalar, did not find expected hexadecimal number",
        ),
        (
            "a: \"\\ud800\"",
            "1:4",
            "while parsing a quoted scalar, found high surrogate without following low surrogate",
        ),
        (
            "a: \"\\udc00\"",
            "1:4",
            "while parsing a quoted scalar, found unpaired low surrogate",
        ),
        (
            "a: \"\\ud800\\u0041\"",
            "1:4",
            "while parsing a quoted scalar, found invalid low surrogate",
        ),
        (
            "a: \"\\UFFFFFFFF\"",
            "1:4",
            "while parsing a quoted scalar, found invalid Unicode character escape code",
        ),
        (
            "a: |0\n x",
            "1:4",
            "while scanning a block scalar, found an indentation indicator equal to 0",
        ),
        (
            "a: 1\n\u{feff}b: 2",
            "2:1",
            "a BOM must not appear inside a document",
        ),
    ] {
        assert_eq!(
            problems(text),
            [format!("{place}: error: {message}")],
            "{text:?}"
        );
    }
}

#[test]
fn a_value_without_quotes_is_what_can_be_seen() {
    for (kind, values) in [
        (
            "a boolean",
            &["true", "True", "TRUE", "false", "False", "FALSE"] as &[_],
        ),
        ("null", &["", "~", "null", "Null", "NULL"]),
        (
            "an integer",
            &[
                "0",
                "7",
                "-7",
                "+7",
                "9223372036854775807",
                "-9223372036854775808",
                "-0",
            ],
        ),
        (
            "a number with a leading zero",
            &["010", "00", "-01", "0123456789"],
        ),
        ("a hexadecimal number", &["0x10", "0xfF", "-0x1"]),
        ("an octal number", &["0o10", "+0o7"]),
        (
            "a float",
            &[
                "1.5", "1.", ".5", "-.5", "1e3", "1E+3", "1.5e-3", "1e400", ".inf", "-.INF",
                ".NaN", "10.0", "00.1",
            ],
        ),
        ("a table", &["{}", "{a: 1}"]),
    ] {
        for value in values {
            assert_eq!(
                problems(&format!("{BASE}clients: {value}}}")),
                [format!(
                    "2:{}: error: clients: expected a list of clients, or \"open\", found {kind}",
                    if value.is_empty() { 8 } else { 10 }
                )]
            );
        }
    }
    for value in ["9223372036854775808", "-9223372036854775809"] {
        let found = problems(&format!("{BASE}clients: {value}}}"));
        assert_eq!(
            found[0],
            "2:10: error: the integer does not fit into 64 bits"
        );
    }
}

#[test]
fn whatever_another_yaml_takes_for_something_else_stays_a_string() {
    for value in [
        "yes",
        "Yes",
        "no",
        "NO",
        "on",
        "Off",
        "y",
        "N",
        "tRUE",
        "nULL",
        "nil",
        "None",
        "NaN",
        "inf",
        "Infinity",
        "1_000",
        "0b11",
        "0x",
        "0o8",
        "0xfg",
        "1:30",
        "12:30:45",
        "190:20:30.15",
        "2001-12-14",
        "2001-12-14t21:59:43.10-05:00",
        "1.2.3",
        "10.0.0.1",
        "1e",
        "e1",
        ".e1",
        ".",
        "+",
        "--1",
        "+-1",
        "1e5e5",
        "1.5.",
        "=",
        "１",
        "-.",
        "0.x",
        "١",
    ] {
        let text = format!("{BASE}selectors: {{client_header: {value}}}}}");
        let document =
            Document::from_yaml_str(&text, "").unwrap_or_else(|errors| panic!("{errors}"));
        let header = document.selectors.unwrap().client_header.unwrap();
        assert_eq!(header.value, value);
    }
}

#[test]
fn what_stands_in_quotes_is_a_string() {
    for value in ["true", "null", "~", "", "1", "1.5", "010", "0x10", "<<"] {
        for quoted in [format!("'{value}'"), format!("\"{value}\"")] {
            let text = format!("{BASE}selectors: {{client_header: {quoted}}}}}");
            let document = Document::from_yaml_str(&text, "").unwrap();
            let header = document.selectors.unwrap().client_header.unwrap();
            assert_eq!(header.value, value);
        }
    }
    // And so is a key.
    assert_eq!(
        problems(&format!("{BASE}selectors: {{'<<': 1, \"1\": 2}}}}")),
        [
            "2:13: error: selectors.\"<<\": unknown key `\"<<\"` (known keys: `client_header`, `profile_header`, `set_by`)",
            "2:22: error: selectors.1: unknown key `1` (known keys: `client_header`, `profile_header`, `set_by`)",
        ]
    );
}

#[test]
fn every_escape_is_its_character() {
    let text = r#""\"\\\/\0\a\b\t\n\v\f\r\e\N\_\L\P\xe9\u00e9\U0001F600\uD83D\uDE00日""#;
    let document = format!("{BASE}selectors: {{client_header: {text}}}}}");
    let document = Document::from_yaml_str(&document, "").unwrap();
    assert_eq!(
        document.selectors.unwrap().client_header.unwrap().value,
        "\"\\/\0\u{7}\u{8}\t\n\u{b}\u{c}\r\u{1b}\u{85}\u{a0}\u{2028}\u{2029}éé😀😀日"
    );
}

#[test]
fn positions_are_right_in_every_form_of_yaml() {
    let text = "\u{feff}# é\r
version: 1\r
edge: {trusted_proxies: [ é, '日本', \"x\" ], preset: envoi}\r
authentication:\r
  ? mode\r
  : bearer_\r
paths: {case: 日, \"unlisted\":x}\r
clients:\r
- id: 1\r
  profiles:\r
    -\r
      id: >-\r
        p\r
      methods: x\r
    - - x\r
- active:\r
";
    let places: Vec<String> = errors(text)
        .iter()
        .map(|problem| format!("{} {}", problem.position.unwrap(), problem.field))
        .collect();
    assert_eq!(
        places,
        [
            "3:51 edge.preset",
            "6:5 authentication.mode",
            "7:15 paths.case",
            "7:29 paths.unlisted",
            "9:7 clients[0].id",
            "14:16 clients[0].profiles[0].methods",
            "15:7 clients[0].profiles[1]",
            "16:3 clients[1].id",
            "16:9 clients[1].active",
        ]
    );
}

#[test]
fn repeated_keys_are_refused_and_the_rest_is_read() {
    let text = "\
version: 1
edge: {preset: nginx, trusted_proxies: [], 'preset': nginx}
authentication:
  mode: mtls
  mode: bearer
  \"mod\\u0065\": mtls
  realm: 1
version: 2
";
    assert_eq!(
        problems(text),
        [
            "2:44: error: duplicate key (the first is at 2:8)",
            "5:3: error: duplicate key (the first is at 4:3)",
            "6:3: error: duplicate key (the first is at 4:3)",
            "7:10: error: authentication.realm: expected a string, found an integer",
            "8:1: error: duplicate key (the first is at 1:1)",
        ]
    );
}

#[test]
fn a_text_without_a_document_is_no_table() {
    for text in ["", "\n", "# nothing\n", "\u{feff}"] {
        assert_eq!(
            problems(text),
            ["1:1: error: expected a table, found null"],
            "{text:?}"
        );
    }
    assert_eq!(
        problems("---\n...\n"),
        ["1:4: error: expected a table, found null"]
    );
    assert_eq!(
        problems("version 1"),
        ["1:1: error: expected a table, found a string"]
    );
}
