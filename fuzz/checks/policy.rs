//! Any text as a policy in each format: it loads, or every problem has its
//! place. What is a document in JSON and in YAML is the same one.

use certgate::policy::{Document, Format, Policy, Problem};

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    for format in [Format::Toml, Format::Json, Format::Yaml] {
        check_as(text, format);
    }
    let json = Document::from_json_str(text, "");
    let yaml = Document::from_yaml_str(text, "");
    if let (Ok(json), Ok(yaml)) = (json, yaml) {
        assert_eq!(json, yaml);
    }
}

fn check_as(text: &str, format: Format) {
    let lines = text.lines().count().max(1) + 1;
    let problems = match Policy::from_str_as(text, "", format) {
        Ok(loaded) => loaded.warnings,
        Err(errors) => {
            assert!(errors.iter().any(Problem::is_error));
            errors.into_iter().collect()
        }
    };
    for problem in problems {
        assert!(problem.position.is_none_or(|at| at.line <= lines));
        assert!(!problem.to_string().is_empty());
    }
}
