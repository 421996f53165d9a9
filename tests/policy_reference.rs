//! The reference of the policy document is itself a policy, and loads.

#![cfg(feature = "toml")]
#![expect(clippy::expect_used, reason = "a test that cuts a document up")]

use certgate::edge::{Preset, Verifies};
use certgate::policy::Policy;

const REFERENCE: &str = include_str!("../src/policy/reference.md");
const README: &str = include_str!("../README.md");

/// The first fenced block of a language after a marker.
fn block<'t>(text: &'t str, after: &str, language: &str) -> &'t str {
    let (_, text) = text.split_once(after).expect("the marker is there");
    let (_, text) = text
        .split_once(&format!("```{language}\n"))
        .expect("a block begins");
    text.split_once("\n```").expect("the block ends").0
}

#[test]
fn the_reference_loads_without_a_warning() {
    let loaded = Policy::from_toml_str(block(REFERENCE, "# The document", "toml"), "reference");
    let warnings: Vec<String> = loaded
        .unwrap_or_else(|errors| panic!("{errors}"))
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(warnings, [""; 0]);
}

#[test]
fn the_reference_s_table_has_every_preset_as_it_is() {
    for (word, preset) in Preset::WORDS {
        let mut rows = REFERENCE.lines().filter(|row| {
            let first = row.split('|').nth(1).unwrap_or_default();
            row.starts_with("| `")
                && first
                    .split(", ")
                    .any(|name| name.trim() == format!("`{word}`"))
        });
        let row = rows.next().unwrap_or_else(|| panic!("no row of {word}"));
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, _, header, dialect, status, verification, _] = cells[..] else {
            panic!("{row}");
        };
        let facts = preset.facts();
        let code = |text: &str| format!("`{text}`");
        match facts.certificate {
            None => assert_eq!((header, dialect), ("none", ""), "{word}"),
            Some(own) => {
                assert!(header.starts_with(&code(own.name)), "{row}");
                assert_eq!(header.contains("chain in"), own.chain.is_some(), "{row}");
                assert!(
                    own.chain.is_none_or(|chain| header.ends_with(&code(chain))),
                    "{row}"
                );
                assert!(dialect.starts_with(&code(own.dialect.as_str())), "{row}");
            }
        }
        let (said, how) = match facts.verifies {
            Verifies::Says(statuses) => {
                let words = statuses
                    .iter()
                    .map(|(name, word)| code(&format!("{name}: {word}")));
                (
                    words.collect::<Vec<_>>().join(" and "),
                    "`edge-status` (default)",
                )
            }
            Verifies::Silently => ("none".to_owned(), "has to be written out"),
            Verifies::Never => ("verifies nothing".to_owned(), "every rule pins"),
            Verifies::OnAccept => ("the connection's own".to_owned(), ""),
            other => panic!("{other:?}"),
        };
        assert_eq!((status, verification), (&*said, how), "{word}");
    }
}

#[test]
fn the_policy_of_the_readme_loads_without_a_warning() {
    let loaded = Policy::from_toml_str(block(README, "`policy.toml`:", "toml"), "README.md");
    assert_eq!(
        loaded
            .unwrap_or_else(|errors| panic!("{errors}"))
            .warnings
            .len(),
        0
    );
}

#[test]
fn mistakes_of_shape_and_of_meaning_are_reported_together() {
    let text = r#"version = 1
[edge]
preset = "nginx"
trusted_proxies = ["010.0.0.1"]
statu_header = "X-Verify"
[authentication]
mode = "mtls"
[[identity]]
client = "{subject.cm}"
[[clients]]
id = "acme"
limits = "gold"
"#;
    let errors = Policy::from_toml_str(text, "policy.toml").expect_err("there are four mistakes");
    let places: Vec<String> = errors
        .iter()
        .filter(|problem| problem.is_error())
        .map(|problem| problem.field.clone())
        .collect();
    assert_eq!(
        places,
        [
            "edge.trusted_proxies[0]",
            "edge.statu_header",
            "identity[0].client",
            "clients[0].limits",
        ]
    );
}
