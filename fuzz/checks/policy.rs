//! Any text as a policy: it loads, or every problem has its place.

use certgate::policy::Policy;

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let lines = text.lines().count().max(1) + 1;
    let problems = match Policy::from_toml_str(text, "") {
        Ok(loaded) => loaded.warnings,
        Err(errors) => {
            assert!(errors.iter().any(certgate::policy::Problem::is_error));
            errors.into_iter().collect()
        }
    };
    for problem in problems {
        assert!(problem.position.is_none_or(|at| at.line <= lines));
        assert!(!problem.to_string().is_empty());
    }
}
