//! The CRUD Service's environment variables.

use std::io;

use certgate::edge::Preset;
use certgate::policy::{Document, Format, Policy, Verification};

use crate::bare::{bare, differ, outcome, read};

const MAPPINGS: &str = "version: 1\nidentity: [{client: '{subject.cn}'}]\n";

/// What the service brings along.
const BASE: &str = r#"
version = 1
edge = { preset = "traefik", verification = "edge-always", trusted_proxies = ["192.0.2.1"] }
authentication = { mode = "mtls", binding_required_paths = ["/old"] }
collections = [{ name = "all", paths = ["/workflow", "/execute"] }]
clients = [{ id = "acme", collections = ["all"] }]
"#;

/// The variables as the service's guide has them.
const GUIDE: [(&str, &str); 5] = [
    ("INBOUND_AUTH_MODE", "bearer_plus_mtls_optional"),
    (
        "BINDING_REQUIRED_PATHS",
        "/workflow/start,/workflow/resume,/execute",
    ),
    (
        "FORWARDED_CLIENT_CERT_HEADER",
        "X-Forwarded-Tls-Client-Cert",
    ),
    ("TRUSTED_PROXY_CIDRS", "172.16.0.0/12,10.0.0.0/8"),
    (
        "CERT_IDENTITY_MAPPINGS",
        "/app/config/cert_identity_mappings.yaml",
    ),
];

/// What the two come to.
const WHOLE: &str = r#"
version = 1
edge = { preset = "traefik", verification = "edge-always", trusted_proxies = ["172.16.0.0/12", "10.0.0.0/8"], certificate_header = "X-Forwarded-Tls-Client-Cert" }
authentication = { mode = "bearer_plus_mtls_optional", binding_required_paths = ["/workflow/start", "/workflow/resume", "/execute"] }
collections = [{ name = "all", paths = ["/workflow", "/execute"] }]
clients = [{ id = "acme", collections = ["all"] }]
identity = [{ client = "{subject.cn}" }]
"#;

fn base() -> Document {
    read(BASE, Format::Toml)
}

fn mappings(path: &str) -> io::Result<String> {
    assert_eq!(path, "/app/config/cert_identity_mappings.yaml");
    Ok(MAPPINGS.to_owned())
}

fn no_file(_path: &str) -> io::Result<String> {
    panic!("no file is named");
}

fn problems(document: Document, variables: &[(&str, &str)]) -> String {
    let document = document.with_variables(variables.iter().copied(), no_file);
    document.unwrap_err().to_string()
}

#[test]
fn the_variables_of_the_guide_take_the_place_of_the_document_s_settings() {
    let whole = read(WHOLE, Format::Toml);
    // Whatever their order, and what else there is.
    let mut variables = GUIDE.to_vec();
    variables.push(("PATH", ""));
    variables.push(("PATH", "/bin"));
    variables.push(("inbound_auth_mode", "none"));
    variables.reverse();
    for variables in [GUIDE.to_vec(), variables] {
        let document = base().with_variables(variables, mappings).unwrap();
        assert_eq!(bare(&document), bare(&whole));
        let ((one, problems), (other, others)) = (outcome(&document), outcome(&whole));
        assert_eq!(problems, [""; 0]);
        assert_eq!(others, problems);
        assert!(!differ(one.as_ref(), other.as_ref()));
    }
    let none = base().with_variables([("", ""); 0], no_file).unwrap();
    assert_eq!(none, base());
    // Owned pairs, as `std::env::vars` gives them.
    let owned = [("INBOUND_AUTH_MODE".to_owned(), "bearer".to_owned())];
    let document = base().with_variables(owned, no_file).unwrap();
    assert_eq!(document.authentication.mode.value.as_str(), "bearer");
}

#[test]
fn every_mistake_has_its_variable_and_never_the_value() {
    for (name, value, expected) in [
        (
            "INBOUND_AUTH_MODE",
            "SECRET",
            "error: authentication.mode: must be one of `bearer`, `mtls`, `bearer_plus_mtls_optional`, `bearer_plus_mtls_required`",
        ),
        (
            "INBOUND_AUTH_MODE",
            " mtls",
            "error: authentication.mode: must be one of `bearer`, `mtls`, `bearer_plus_mtls_optional`, `bearer_plus_mtls_required`",
        ),
        (
            "INBOUND_AUTH_MODE",
            "",
            "error: authentication.mode: the variable is empty (leave it out, or give it a value)",
        ),
        (
            "BINDING_REQUIRED_PATHS",
            "",
            "error: authentication.binding_required_paths: the variable is empty (leave it out, or give it a value)",
        ),
        (
            "BINDING_REQUIRED_PATHS",
            "/SECRET, /execute",
            "error: authentication.binding_required_paths[1]: there are spaces around the entry (write commas between entries, and no spaces)",
        ),
        (
            "TRUSTED_PROXY_CIDRS",
            "10.0.0.0/8,",
            "error: edge.trusted_proxies[1]: the entry is empty (write commas between entries, and no spaces)",
        ),
        (
            "TRUSTED_PROXY_CIDRS",
            "\t,10.0.0.0/8\n",
            "error: edge.trusted_proxies[0]: the entry is empty (write commas between entries, and no spaces)\n\
             TRUSTED_PROXY_CIDRS: error: edge.trusted_proxies[1]: there are spaces around the entry (write commas between entries, and no spaces)",
        ),
        (
            "FORWARDED_CLIENT_CERT_HEADER",
            "SECRET ",
            "error: edge.certificate_header: there are spaces around the value",
        ),
        (
            "FORWARDED_CLIENT_CERT_HEADER",
            "SSL-Client-Cert",
            "error: edge.certificate_header: this is the header of `ingress-nginx`, where certificates are written in another way than the document's edge writes them (change `edge.preset`, or write out `edge.dialect`)",
        ),
        (
            "CERT_IDENTITY_MAPPINGS",
            "/SECRET/mappings",
            "error: identity: the file's name ends in no format of policies (`.toml`, `.json`, `.yaml` or `.yml`, with the feature of that name)",
        ),
    ] {
        assert_eq!(
            problems(base(), &[(name, value)]),
            format!("{name}: {expected}")
        );
    }
    // Twice, even with the same value.
    let twice = [("INBOUND_AUTH_MODE", "mtls"), ("INBOUND_AUTH_MODE", "mtls")];
    assert_eq!(
        problems(base(), &twice),
        "INBOUND_AUTH_MODE: error: authentication.mode: the variable is given twice"
    );
    assert!(
        base()
            .with_variables(twice.into_iter().take(1), no_file)
            .is_ok()
    );
    // Values that are no setting are found where a document's are.
    let wrong = [
        ("INBOUND_AUTH_MODE", "bearer_plus_mtls_optional"),
        ("TRUSTED_PROXY_CIDRS", "10.0.0.0/8,SECRET"),
        ("BINDING_REQUIRED_PATHS", "SECRET"),
    ];
    let document = base().with_variables(wrong, no_file).unwrap();
    let errors = Policy::from_document(&document).unwrap_err();
    let mut named: Vec<(&str, &str)> = errors
        .iter()
        .map(|problem| (problem.source.as_str(), problem.field.as_str()))
        .collect();
    named.retain(|(source, _)| *source != "policy");
    assert_eq!(
        named,
        [
            (
                "BINDING_REQUIRED_PATHS",
                "authentication.binding_required_paths[0]"
            ),
            ("TRUSTED_PROXY_CIDRS", "edge.trusted_proxies[1]"),
        ]
    );
    assert!(!errors.to_string().contains("SECRET"), "{errors}");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let variables = [
        ("INBOUND_AUTH_MODE", "none"),
        ("BINDING_REQUIRED_PATHS", "/a,,/b"),
        ("FORWARDED_CLIENT_CERT_HEADER", ""),
        ("TRUSTED_PROXY_CIDRS", " 10.0.0.0/8"),
        ("CERT_IDENTITY_MAPPINGS", "m.yaml"),
    ];
    let read = |_: &str| Ok("version: 1\nidentity: [{clint: a}]".to_owned());
    let errors = base().with_variables(variables, read).unwrap_err();
    let sources: Vec<&str> = errors
        .iter()
        .map(|problem| problem.source.as_str())
        .collect();
    let expected = [
        "BINDING_REQUIRED_PATHS",
        "FORWARDED_CLIENT_CERT_HEADER",
        "INBOUND_AUTH_MODE",
        "TRUSTED_PROXY_CIDRS",
        "m.yaml",
    ];
    assert_eq!(sources, expected);
    let whole = errors.to_string();
    assert!(
        whole.contains("m.yaml:2:13: error: identity[0].clint: unknown key"),
        "{whole}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named_by_its_variable() {
    let read = |path: &str| {
        Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            path.to_owned(),
        ))
    };
    let variables = [("CERT_IDENTITY_MAPPINGS", "/SECRET/m.yaml")];
    let errors = base().with_variables(variables, read).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "CERT_IDENTITY_MAPPINGS: error: identity: the file cannot be read: permission denied"
    );
    // A document with rules takes no others.
    let text = format!("{BASE}identity = [{{ client = \"acme\" }}]");
    let document = read_document(&text).with_variables(GUIDE, mappings);
    assert_eq!(
        document.unwrap_err().to_string(),
        "/app/config/cert_identity_mappings.yaml: error: identity: the document has identity rules of its own (keep them in one of the two places)"
    );
}

fn read_document(text: &str) -> Document {
    read(text, Format::Toml)
}

#[test]
fn a_header_of_another_edge_needs_its_dialect() {
    let nginx = BASE
        .replace("\"traefik\"", "\"nginx\"")
        .replace("edge-always", "edge-status");
    let header = |name| [("FORWARDED_CLIENT_CERT_HEADER", name)];
    for (base, name, is_fine) in [
        (nginx.as_str(), "ssl-client-cert", true),
        (nginx.as_str(), "X-SSL-Client-Cert", true),
        (nginx.as_str(), "X-Our-Own", true),
        (nginx.as_str(), "x-forwarded-tls-client-cert", false),
        (nginx.as_str(), "X-Forwarded-Client-Cert", false),
        (BASE, "X-Forwarded-Tls-Client-Cert", true),
        (BASE, "ssl-client-cert", false),
    ] {
        let document = read_document(base).with_variables(header(name), no_file);
        assert_eq!(document.is_ok(), is_fine, "{name}");
        let mut document = read_document(base);
        document.edge = document
            .edge
            .dialect(certgate::dialect::Dialect::PemEscaped);
        let document = document.with_variables(header(name), no_file).unwrap();
        assert_eq!(document.edge.certificate_header.unwrap().value, name);
    }
}

#[test]
fn variables_alone_make_a_document_that_lets_nobody_in() {
    for (header, preset) in [
        ("X-Forwarded-Tls-Client-Cert", Preset::Traefik),
        ("ssl-client-cert", Preset::IngressNginx),
        ("SSL-CLIENT-CERT", Preset::IngressNginx),
        ("X-Forwarded-Client-Cert", Preset::Envoy),
    ] {
        let mut variables = GUIDE;
        variables[2].1 = header;
        let document = Document::from_variables(variables, mappings).unwrap();
        assert_eq!(document.edge.preset.value, preset);
        assert_eq!(document.edge.verification, None);
        assert!(document.clients.listed().is_empty() && document.collections.is_empty());
    }
    // Traefik never says that it verified, so somebody has to.
    let document = Document::from_variables(GUIDE, mappings).unwrap();
    let errors = Policy::from_document(&document).unwrap_err();
    let verification = errors.iter().find(|problem| problem.is_error()).unwrap();
    assert_eq!(verification.source, "FORWARDED_CLIENT_CERT_HEADER");
    let edge = document.edge.clone().verification(Verification::EdgeAlways);
    Policy::from_document(&document.edge(edge)).unwrap();
}

#[test]
fn variables_alone_have_to_be_enough() {
    let errors = |variables: &[(&str, &str)]| {
        let document = Document::from_variables(variables.iter().copied(), no_file);
        document.unwrap_err().to_string()
    };
    assert_eq!(
        errors(&[]),
        "FORWARDED_CLIENT_CERT_HEADER: error: edge.certificate_header: the variable is not set\n\
         INBOUND_AUTH_MODE: error: authentication.mode: the variable is not set\n\
         TRUSTED_PROXY_CIDRS: error: edge.trusted_proxies: the variable is not set"
    );
    let with = |header| {
        errors(&[
            ("INBOUND_AUTH_MODE", "mtls"),
            ("FORWARDED_CLIENT_CERT_HEADER", header),
            ("TRUSTED_PROXY_CIDRS", "10.0.0.0/8"),
        ])
    };
    assert_eq!(
        with("X-Our-Own"),
        "FORWARDED_CLIENT_CERT_HEADER: error: edge.certificate_header: no edge is known by this header (start from a document that has the preset)"
    );
    assert_eq!(
        with("X-SSL-Client-Cert"),
        "FORWARDED_CLIENT_CERT_HEADER: error: edge.certificate_header: several edges send this header: `nginx`, `apache` (start from a document that has the preset)"
    );
}
