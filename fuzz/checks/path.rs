//! Any request target: what is accepted is canonical, and stays what it is.

use certgate::request::{Case, CleanPath, Parameters, PathSyntax};

pub(crate) fn check(input: &[u8]) {
    let Ok(target) = str::from_utf8(input) else {
        return;
    };
    for case in [Case::Sensitive, Case::Insensitive] {
        for parameters in [Parameters::Refused, Parameters::Ignored] {
            let syntax = PathSyntax { case, parameters };
            match CleanPath::parse(target, syntax) {
                Ok(path) => is_canonical(path.as_str(), syntax),
                Err(error) => assert!(error.offset() <= target.len() * 3),
            }
        }
    }
}

fn is_canonical(path: &str, syntax: PathSyntax) {
    assert!(path.starts_with('/') && !path.contains("//") && !path.contains(['?', '#', ';', '\\']));
    assert!(
        path.split('/')
            .all(|segment| segment != "." && segment != "..")
    );
    assert!(!path.contains("%2F") && !path.contains("%5C") && !path.contains("%00"));
    let again = CleanPath::parse(path, syntax).expect("a canonical path is accepted");
    assert_eq!(again.as_str(), path);
}
