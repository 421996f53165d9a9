//! The policies of the tests, by name.

use certgate::policy::Policy;

/// The text of `tests/data/policies/NAME.toml`.
pub fn text(name: &str) -> String {
    let path = format!(
        "{}/tests/data/policies/{name}.toml",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The policy of that name. Test policies load without warnings.
pub fn load(name: &str) -> Policy {
    let loaded = Policy::from_toml_str(&text(name), &format!("{name}.toml"))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert!(warnings.is_empty(), "{warnings:#?}");
    loaded.policy
}

/// Every policy, by name.
pub fn names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/policies");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}
