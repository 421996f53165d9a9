//! Documents without their places, and the documents that the repository has.

use std::path::Path;

use certgate::policy::{Document, Format, Policy, PolicyDifference};

/// A document without its places. A line of `Debug` is one field at most, and a
/// line break in a text is escaped.
pub(crate) fn bare(document: &Document) -> String {
    let shown = format!("{document:#?}");
    let mut bare = String::with_capacity(shown.len());
    let mut inside_place = None;
    for line in shown.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        match inside_place {
            Some(outside) => {
                if indent == outside {
                    inside_place = None;
                }
            }
            None if text.ends_with("Location {") => inside_place = Some(indent),
            None => bare.push_str(text),
        }
    }
    bare
}

/// A document, of which the text is known to be one.
pub(crate) fn read(text: &str, format: Format) -> Document {
    Document::from_str_as(text, "policy", format).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What becomes of a document: the policy, and what is wrong or odd, without
/// places.
pub(crate) fn outcome(document: &Document) -> (Option<Policy>, Vec<String>) {
    let shown = |problem: &certgate::policy::Problem| {
        format!(
            "{}: {}: {}",
            problem.severity, problem.field, problem.message
        )
    };
    let (policy, mut problems): (_, Vec<String>) = match Policy::from_document(document) {
        Ok(loaded) => (
            Some(loaded.policy),
            loaded.warnings.iter().map(shown).collect(),
        ),
        Err(errors) => (None, errors.iter().map(shown).collect()),
    };
    // Their order is that of the text, which serializing may change.
    problems.sort();
    (policy, problems)
}

/// The policies, if there are any, decide alike as far as it can be told.
pub(crate) fn differ(one: Option<&Policy>, other: Option<&Policy>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            PolicyDifference::between(one, other) != PolicyDifference::default()
        }
        (None, None) => false,
        _ => true,
    }
}

/// Every policy of the tests and examples, by path.
pub(crate) fn policies() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["tests/data/policies", "examples/explain"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found.sort();
    assert!(found.len() > 60, "{}", found.len());
    found
}
