//! Policy documents in TOML: what is refused, where, and in which words.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use certgate::policy::{Document, PolicyErrors, Severity};

/// The least that is a policy; what a test adds starts in line 8.
const BASE: &str = r#"version = 1
[edge]
preset = "nginx"
trusted_proxies = []
[authentication]
mode = "mtls"

"#;

fn errors(text: &str) -> PolicyErrors {
    Document::from_toml_str(text, "policy.toml").unwrap_err()
}

/// The problems, a line each, without what every line starts with.
fn problems(text: &str) -> Vec<String> {
    errors(text)
        .iter()
        .map(|problem| {
            assert_eq!(problem.severity, Severity::Error);
            let line = problem.to_string();
            line.strip_prefix("policy.toml:").unwrap().to_owned()
        })
        .collect()
}

#[test]
fn what_is_wrong_in_an_added_line_is_named_with_its_place() {
    for (added, expected) in [
        // Unknown keys, near to a known one and not, and strange ones.
        (
            "[[clients]]\nid = 'a'\nprofile = []",
            "10:1: error: clients[0].profile: unknown key `profile` (did you mean `profiles`?)",
        ),
        (
            "[Paths]",
            "8:2: error: Paths: unknown key `Paths` (did you mean `paths`?)",
        ),
        (
            "[paths]\nunlsited = 'deny'",
            "9:1: error: paths.unlsited: unknown key `unlsited` (did you mean `unlisted`?)",
        ),
        (
            "[selectors]\nrole = 'x'",
            "9:1: error: selectors.role: unknown key `role` (known keys: `client_header`, `profile_header`, `set_by`)",
        ),
        (
            "[selectors]\n\"a.b\\n\\u202e\" = 'x'",
            r#"9:1: error: selectors."a.b\n\u{202e}": unknown key `"a.b\n\u{202e}"` (known keys: `client_header`, `profile_header`, `set_by`)"#,
        ),
        (
            "[[identity]]\nwhen.subject = { x = 'a', cn = 'b' }",
            "9:18: error: identity[0].when.subject.x: unknown key `x` (known keys: `cn`, `ou`, `o`, `c`, `l`, `st`, `street`, `dc`, `uid`, `email`, `serial_number`)",
        ),
        // Missing keys stand at their table.
        (
            "[[clients]]\nactive = true",
            "8:1: error: clients[0].id: missing required key `id`",
        ),
        (
            "[[clients]]\nid = 'a'\n[[clients.profiles]]",
            "10:1: error: clients[0].profiles[0].id: missing required key `id`",
        ),
        (
            "[[limits]]\nrate = { requests = 1, per = '1m' }",
            "8:1: error: limits[0].name: missing required key `name`",
        ),
        (
            "[[limits]]\nname = 'a'\nquota = { per = '1d' }",
            "10:9: error: limits[0].quota.requests: missing required key `requests`",
        ),
        (
            "[[limits]]\nname = 'a'\nrate = { requests = 5 }",
            "10:8: error: limits[0].rate.per: missing required key `per`",
        ),
        (
            "[[collections]]\nname = 'a'",
            "8:1: error: collections[0].paths: missing required key `paths`",
        ),
        (
            "[[collections]]\nname = 'a'\npaths = [{ match = 'exact' }]",
            "10:10: error: collections[0].paths[0].path: missing required key `path`",
        ),
        (
            "[[exemptions]]\npath = '/'",
            "8:1: error: exemptions[0].method: missing required key `method`",
        ),
        // Wrong types.
        (
            "[selectors]\nclient_header = 1",
            "9:17: error: selectors.client_header: expected a string, found an integer",
        ),
        (
            "[[clients]]\nid = 'a'\nactive = 'yes'",
            "10:10: error: clients[0].active: expected true or false, found a string",
        ),
        (
            "[[clients]]\nid = 1979-05-27",
            "9:6: error: clients[0].id: expected a string, found a date or time",
        ),
        (
            "[[clients]]\nid = 'a'\ncollections = 'b'",
            "10:15: error: clients[0].collections: expected a list, found a string",
        ),
        (
            "[[clients]]\nid = 'a'\ncollections = ['b', 2]",
            "10:21: error: clients[0].collections[1]: expected a string, found an integer",
        ),
        (
            "[[clients]]\nid = 'a'\nlimits = true",
            "10:10: error: clients[0].limits: expected a string or a list of strings, found a boolean",
        ),
        (
            "[clients]\nid = 'a'",
            "8:1: error: clients: expected a list of clients, or \"open\", found a table",
        ),
        (
            "[[paths]]",
            "8:1: error: paths: expected a table, found a list",
        ),
        (
            "identity = [1]",
            "8:1: error: authentication.identity: unknown key `identity` (known keys: `mode`, `binding_required_paths`, `issuers`, `unverified_bearer`, `realm`, `observe`, `revoked`, `constraints`, `chain`, `dangerous_allow_expired`, `dangerous_allow_revoked`)",
        ),
        (
            "[[collections]]\nname = 'a'\npaths = [1.5]",
            "10:10: error: collections[0].paths[0]: expected a table, found a float",
        ),
        // Words.
        (
            "[paths]\ncase = 'insensetive'",
            "9:8: error: paths.case: must be one of `sensitive`, `insensitive` (did you mean `insensitive`?)",
        ),
        (
            "[paths]\nunlisted = 'forbid'",
            "9:12: error: paths.unlisted: must be one of `deny`, `allow`",
        ),
        (
            "[paths]\nparameters = false",
            "9:14: error: paths.parameters: expected a string, found a boolean",
        ),
        (
            "[[collections]]\nname = 'a'\npaths = [{ path = '/', match = 'Exact' }]",
            "10:32: error: collections[0].paths[0].match: must be one of `prefix`, `exact` (did you mean `exact`?)",
        ),
        // Numbers.
        (
            "[edge.budget]\nnames = 0",
            "9:9: error: edge.budget.names: must be at least 1",
        ),
        (
            "[edge.budget]\nnames = -1",
            "9:9: error: edge.budget.names: must be at least 1",
        ),
        (
            "[edge.budget]\nnames = '9'",
            "9:9: error: edge.budget.names: expected an integer, found a string",
        ),
        (
            "[edge.budget]\nnames = 99999999999999999999",
            "9:9: error: the integer does not fit into 64 bits",
        ),
        // Lists that could be taken for everything.
        (
            "[[clients]]\nid = 'a'\nprofiles = [{ id = 'p', methods = [] }]",
            "10:35: error: clients[0].profiles[0].methods: an empty list could be taken for everything (leave the key out, or name at least one entry)",
        ),
        (
            "[[clients]]\nid = 'a'\nprofiles = [{ id = 'p', ip_allowlist = [] }]",
            "10:40: error: clients[0].profiles[0].ip_allowlist: an empty list could be taken for everything (leave the key out, or name at least one entry)",
        ),
        (
            "[[clients]]\nid = 'a'\nspiffe_ids = []",
            "10:14: error: clients[0].spiffe_ids: an empty list could be taken for everything (leave the key out, or name at least one entry)",
        ),
        (
            "[[collections]]\nname = 'a'\npaths = []",
            "10:9: error: collections[0].paths: an empty list could be taken for everything (leave the key out, or name at least one entry)",
        ),
        (
            "[[identity]]\nwhen = { dns = [] }",
            "9:16: error: identity[0].when.dns: an empty list could be taken for everything (leave the key out, or name at least one entry)",
        ),
        (
            "[[identity]]\nwhen = {}",
            "9:8: error: identity[0].when: no condition: the rule would apply to every certificate",
        ),
        (
            "[[identity]]\n[identity.when]\nsubject = {}",
            "10:11: error: identity[0].when.subject: no attribute: the rule would apply to every subject",
        ),
    ] {
        let text = format!("{BASE}{added}");
        assert_eq!(problems(&text), [expected], "{added}");
    }
}

#[test]
fn what_is_wrong_in_the_base_is_named_with_its_place() {
    let empty = "an empty list could be taken for everything (leave the key out, or name at least one entry)";
    for (from, to, expected) in [
        ("version = 1\n", "", "1:1: error: version: missing required key `version`".to_owned()),
        ("version = 1", "version = '1'", "1:11: error: version: expected an integer, found a string".to_owned()),
        ("\"nginx\"", "\"ngnix\"", "3:10: error: edge.preset: must be one of `nginx`, `ingress-nginx`, `traefik`, `traefik-info`, `haproxy`, `apache`, `caddy`, `envoy`, `istio`, `aws-alb`, `aws-alb-passthrough`, `cloudflare`, `gcp`, `azure`, `cloudfront`, `rfc9440`, `direct` (did you mean `nginx`?)".to_owned()),
        ("trusted_proxies = []\n", "", "2:1: error: edge.trusted_proxies: missing required key `trusted_proxies`".to_owned()),
        ("trusted_proxies = []", "trusted_proxies = '10.0.0.0/8'", "4:19: error: edge.trusted_proxies: expected a list, found a string".to_owned()),
        ("mode = \"mtls\"", "", "5:1: error: authentication.mode: missing required key `mode`".to_owned()),
        ("\"mtls\"", "\"mtsl\"", "6:8: error: authentication.mode: must be one of `bearer`, `mtls`, `bearer_plus_mtls_optional`, `bearer_plus_mtls_required` (did you mean `mtls`?)".to_owned()),
        ("[authentication]\nmode = \"mtls\"\n", "", "1:1: error: authentication: missing required key `authentication`".to_owned()),
        ("mode = \"mtls\"", "mode = \"mtls\"\nissuers = []", format!("7:11: error: authentication.issuers: {empty}")),
        ("mode = \"mtls\"", "mode = \"mtls\"\nunverified_bearer = \"drop\"", "7:21: error: authentication.unverified_bearer: must be one of `deny`, `ignore`".to_owned()),
        ("preset =", "client_address = \"proxy\"\npreset =", "3:18: error: edge.client_address: must be one of `x-forwarded-for`, `forwarded`, `proxy-protocol`, `peer`".to_owned()),
    ] {
        assert!(BASE.contains(from), "{from}");
        assert_eq!(problems(&BASE.replace(from, to)), [expected], "{to}");
    }
}

#[test]
fn another_version_is_the_only_problem() {
    let text = BASE
        .replace("version = 1", "version = 2")
        .replace("preset", "product");
    assert_eq!(
        problems(&text),
        ["1:11: error: version: this version of certgate reads version 1 only"]
    );
}

#[test]
fn lengths_of_time_that_could_be_misread_are_refused() {
    for text in [
        "",
        "m",
        "1",
        "1M",
        "1y",
        "1month",
        "1 m",
        "1 0m",
        "1.5m",
        "-1m",
        "+1m",
        "1h30m",
        "1ms",
        "1w",
        "１m",
        "1m ",
        "99999999999999999999s",
        "999999999999999999d",
    ] {
        let limit = format!("[[limits]]\nname = 'a'\nrate = {{ requests = 1, per = '{text}' }}");
        assert_eq!(
            problems(&format!("{BASE}{limit}")),
            [
                "10:30: error: limits[0].rate.per: not a length of time (write a whole number and one of the units s, m, h, d, such as \"30d\")"
            ],
            "{text:?}"
        );
    }
    for (per, message) in [
        ("'0s'", "must be longer than zero"),
        (
            "60",
            "expected a length of time such as \"1m\", found an integer",
        ),
    ] {
        let limit = format!("[[limits]]\nname = 'a'\nrate = {{ requests = 1, per = {per} }}");
        assert_eq!(
            problems(&format!("{BASE}{limit}")),
            [format!("10:30: error: limits[0].rate.per: {message}")]
        );
    }
}

#[test]
fn ten_mistakes_are_reported_at_once_and_in_order() {
    let text = r#"version = 1

[edge]
preset = "ngnix"
trusted_proxy = ["10.0.0.0/8"]

[authentication]
mode = "mtls"
dangerous_allow_expired = "yes"
issuers = []

[[limits]]
name = "gold"
rate = { requests = 0, per = "1 month" }

[[collections]]
name = "payments"
paths = [7]

[[clients]]
collections = ["payments"]
  [[clients.profiles]]
  id = "prod"
  methods = "GET"
"#;
    assert_eq!(
        errors(text).to_string(),
        "\
policy.toml:3:1: error: edge.trusted_proxies: missing required key `trusted_proxies`
policy.toml:4:10: error: edge.preset: must be one of `nginx`, `ingress-nginx`, `traefik`, `traefik-info`, `haproxy`, `apache`, `caddy`, `envoy`, `istio`, `aws-alb`, `aws-alb-passthrough`, `cloudflare`, `gcp`, `azure`, `cloudfront`, `rfc9440`, `direct` (did you mean `nginx`?)
policy.toml:5:1: error: edge.trusted_proxy: unknown key `trusted_proxy` (did you mean `trusted_proxies`?)
policy.toml:9:27: error: authentication.dangerous_allow_expired: expected true or false, found a string
policy.toml:10:11: error: authentication.issuers: an empty list could be taken for everything (leave the key out, or name at least one entry)
policy.toml:14:21: error: limits[0].rate.requests: must be at least 1
policy.toml:14:30: error: limits[0].rate.per: not a length of time (write a whole number and one of the units s, m, h, d, such as \"30d\")
policy.toml:18:10: error: collections[0].paths[0]: expected a table, found an integer
policy.toml:20:1: error: clients[0].id: missing required key `id`
policy.toml:24:13: error: clients[0].profiles[0].methods: expected a list, found a string"
    );
}

#[test]
fn every_line_that_is_not_toml_is_reported_once() {
    let text = "\
version = 1
version = 1
a = haproxy
[edge
b = 1
é = 1
[paths]
[paths]
";
    assert_eq!(
        problems(text),
        [
            "2:1: error: duplicate key",
            "3:5: error: string values must be quoted, expected literal string",
            "4:6: error: unclosed table, expected `]`",
            "6:1: error: invalid unquoted key, expected letters, numbers, `-`, `_`",
            "8:2: error: duplicate key",
        ]
    );
    assert_eq!(
        problems("a = \"é\" b"),
        ["1:9: error: unexpected key or value, expected newline, `#`"]
    );
}
