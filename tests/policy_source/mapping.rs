//! Identity rules in a file of their own.

use certgate::policy::{Document, Format, Policy};

use crate::bare::{bare, differ, outcome, read};

const BASE: &str = r#"
version = 1
edge = { preset = "nginx", trusted_proxies = ["10.0.0.0/8"] }
authentication = { mode = "mtls", issuers = ["CN=a", "CN=b"] }
collections = [{ name = "payments", paths = ["/payments"] }]
clients = [{ id = "acme", collections = ["payments"] }]
"#;

const RULES: &str = r#"
[[identity]]
name = "first"
issuer = "CN=a"
client = "{subject.cn}"
when = { dns = "*.example.org" }

[[identity]]
issuer = "CN=b"
client = "acme"
principal = "auth:account:x509:email:{san.email}"
when = { email = ["*@example.org"] }
"#;

const YAML: &str = r#"
version: 1
identity:
  - name: first
    issuer: CN=a
    client: "{subject.cn}"
    when: { dns: "*.example.org" }
  - issuer: CN=b
    client: acme
    principal: "auth:account:x509:email:{san.email}"
    when:
      email: ["*@example.org"]
"#;

const JSON: &str = r#"{"version": 1, "identity": [
    {"name": "first", "issuer": "CN=a", "client": "{subject.cn}", "when": {"dns": "*.example.org"}},
    {"issuer": "CN=b", "client": "acme", "principal": "auth:account:x509:email:{san.email}",
     "when": {"email": "*@example.org"}}]}"#;

fn base() -> Document {
    Document::from_toml_str(BASE, "policy.toml").unwrap()
}

#[test]
fn rules_of_a_file_are_those_of_a_document() {
    let whole = read(&format!("{BASE}{RULES}"), Format::Toml);
    let (expected, problems) = outcome(&whole);
    assert!(problems.is_empty(), "{problems:?}");
    let toml = format!("version = 1\n{RULES}");
    for (text, source, format) in [
        (toml.as_str(), "m.toml", Format::Toml),
        (JSON, "m.json", Format::Json),
        (YAML, "m.yaml", Format::Yaml),
    ] {
        let mut document = base().with_identity_from(text, source, format).unwrap();
        document.source = "policy".to_owned();
        assert_eq!(bare(&document), bare(&whole), "{source}");
        let (policy, problems) = outcome(&document);
        assert!(problems.is_empty(), "{source}: {problems:?}");
        assert!(!differ(policy.as_ref(), expected.as_ref()), "{source}");
    }
}

#[test]
fn its_mistakes_of_shape_have_its_name() {
    for (text, expected) in [
        (
            "version: 2\nidentity: []",
            "m.yaml:1:10: error: version: this version of certgate reads version 1 only",
        ),
        (
            "identity: [{client: a}]",
            "m.yaml:1:1: error: version: missing required key `version`",
        ),
        (
            "version: 1",
            "m.yaml:1:1: error: identity: missing required key `identity`",
        ),
        (
            "version: 1\nidentity: []",
            "m.yaml:2:11: error: identity: an empty list could be taken for everything (leave the key out, or name at least one entry)",
        ),
        (
            "version: 1\nidentity:\n  - clint: a\n    when: {dns: []}",
            "m.yaml:3:5: error: identity[0].clint: unknown key `clint` (did you mean `client`?)\n\
             m.yaml:4:17: error: identity[0].when.dns: an empty list could be taken for everything (leave the key out, or name at least one entry)",
        ),
        (
            "version: 1\nidentity: [{client: a}]\nclients: open",
            "m.yaml:3:1: error: clients: unknown key `clients` (known keys: `version`, `identity`)",
        ),
        (
            "version: 1\nidentity: *a",
            "m.yaml:2:11: error: aliases are not allowed (write the value out where it is needed)",
        ),
        ("", "m.yaml:1:1: error: expected a table, found null"),
    ] {
        let errors = base().with_identity_from(text, "m.yaml", Format::Yaml);
        assert_eq!(errors.unwrap_err().to_string(), expected);
    }
}

#[test]
fn its_mistakes_of_meaning_have_its_name_beside_those_of_the_document() {
    let mappings = "version: 1\n\
                    identity:\n\
                    \x20 - {issuer: CN=a, client: '{subject.cm}'}\n\
                    \x20 - {issuer: CN=c, client: '{subject.cn}'}\n";
    let text = BASE
        .replace("10.0.0.0/8", "10.0.0.1/8")
        .replace("/payments\"]", "payments\"]");
    let document = Document::from_toml_str(&text, "policy.toml").unwrap();
    let document = document
        .with_identity_from(mappings, "m.yaml", Format::Yaml)
        .unwrap();
    let errors = Policy::from_document(&document).unwrap_err();
    let places: Vec<String> = errors
        .iter()
        .map(|problem| {
            let position = problem.position.unwrap();
            format!("{}:{position} {}", problem.source, problem.field)
        })
        .collect();
    let expected = [
        "policy.toml:3:47 edge.trusted_proxies[0]",
        "policy.toml:5:46 collections[0].paths[0]",
        "m.yaml:3:28 identity[0].client",
        "m.yaml:4:14 identity[1].issuer",
    ];
    assert_eq!(places, expected);
}

#[test]
fn a_document_with_rules_takes_no_others() {
    let whole = read(&format!("{BASE}{RULES}"), Format::Toml);
    let errors = whole
        .clone()
        .with_identity_from(YAML, "m.yaml", Format::Yaml);
    assert_eq!(
        errors.unwrap_err().to_string(),
        "m.yaml: error: identity: the document has identity rules of its own (keep them in one of the two places)"
    );
    // Nor a second file.
    let once = base()
        .with_identity_from(YAML, "m.yaml", Format::Yaml)
        .unwrap();
    assert!(
        once.with_identity_from(YAML, "m.yaml", Format::Yaml)
            .is_err()
    );
    assert!(Policy::from_document(&whole).is_ok());
}
