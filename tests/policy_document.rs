//! Policy documents in TOML: what they read to.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::time::Duration;

use certgate::edge::Preset;
use certgate::policy::document::TextList;
use certgate::policy::{
    AddressSource, Document, IdentityHeaders, Letters, Located, Mode, PathMatch, PathParameters,
    SubjectAttribute, UnlistedPaths, UnverifiedBearer, Verification,
};

/// The sketch that the design of the document started from.
const PARTNER: &str = r#"version = 1

[edge]
preset = "nginx"
trusted_proxies = ["10.0.0.0/8"]

[authentication]
mode = "bearer_plus_mtls_optional"
binding_required_paths = ["/workflow/start", "/execute"]
issuers = ["CN=example-ca,O=Example,C=US"]

[[identity]]
client = "{subject.cn}"
profile = "{subject.ou}"

[[limits]]
name = "pisp-standard"
rate = { requests = 500, per = "1m" }
quota = { requests = 100000, per = "1d" }

[[collections]]
name = "payments"
paths = ["/payments"]

[[clients]]
id = "pisp-partner-acme"
collections = ["payments"]
limits = "pisp-standard"
  [[clients.profiles]]
  id = "pisp-prod"
  methods = ["GET", "POST"]
  ip_allowlist = ["203.0.113.0/24"]
"#;

fn read(text: &str) -> Document {
    Document::from_toml_str(text, "policy.toml").unwrap()
}

/// A value as `value @ line:column field`.
fn shown<T: std::fmt::Debug>(located: &Located<T>) -> String {
    let Located { value, at } = located;
    format!("{value:?} @ {} {}", at.position.unwrap(), at.field)
}

fn texts(list: &TextList) -> Vec<&str> {
    list.value.iter().map(|text| text.value.as_str()).collect()
}

#[test]
fn the_partner_scenario_reads_to_its_document() {
    let document = read(PARTNER);
    assert_eq!(document.source, "policy.toml");

    let edge = &document.edge;
    assert_eq!(edge.at.position.unwrap().to_string(), "3:1");
    assert_eq!(shown(&edge.preset), "Nginx @ 4:10 edge.preset");
    assert_eq!(edge.trusted_proxies.at.field, "edge.trusted_proxies");
    assert_eq!(
        shown(&edge.trusted_proxies.value[0]),
        r#""10.0.0.0/8" @ 5:20 edge.trusted_proxies[0]"#
    );
    assert_eq!(edge.verification, None);
    assert_eq!(edge.budget, None);

    let authentication = &document.authentication;
    assert_eq!(
        shown(&authentication.mode),
        "BearerPlusMtlsOptional @ 8:8 authentication.mode"
    );
    let paths = authentication.binding_required_paths.as_ref().unwrap();
    assert_eq!(
        shown(&paths.value[1]),
        r#""/execute" @ 9:46 authentication.binding_required_paths[1]"#
    );
    assert_eq!(
        texts(authentication.issuers.as_ref().unwrap()),
        ["CN=example-ca,O=Example,C=US"]
    );

    let rule = &document.identity[0];
    assert_eq!(
        shown(rule.client.as_ref().unwrap()),
        r#""{subject.cn}" @ 13:10 identity[0].client"#
    );
    assert_eq!(rule.profile.as_ref().unwrap().value, "{subject.ou}");
    assert_eq!(rule.when, None);

    let limit = &document.limits[0];
    let rate = limit.rate.as_ref().unwrap();
    assert_eq!(rate.at.position.unwrap().to_string(), "18:8");
    assert_eq!(shown(&rate.requests), "500 @ 18:21 limits[0].rate.requests");
    assert_eq!(shown(&rate.per), "60s @ 18:32 limits[0].rate.per");
    let quota = limit.quota.as_ref().unwrap();
    assert_eq!(quota.requests.value.get(), 100_000);
    assert_eq!(quota.per.value, Duration::from_secs(86_400));

    let path = &document.collections[0].paths.value[0];
    assert_eq!(
        shown(&path.path),
        r#""/payments" @ 23:10 collections[0].paths[0]"#
    );
    assert_eq!(path.matching, None);

    let client = &document.clients.listed()[0];
    assert_eq!(client.at.position.unwrap().to_string(), "25:1");
    assert_eq!(
        shown(&client.id),
        r#""pisp-partner-acme" @ 26:6 clients[0].id"#
    );
    assert_eq!(texts(client.collections.as_ref().unwrap()), ["payments"]);
    let limits = client.limits.as_ref().unwrap();
    assert_eq!(
        shown(&limits.value[0]),
        r#""pisp-standard" @ 28:10 clients[0].limits"#
    );
    let profile = &client.profiles[0];
    assert_eq!(texts(profile.methods.as_ref().unwrap()), ["GET", "POST"]);
    assert_eq!(
        shown(&profile.ip_allowlist.as_ref().unwrap().value[0]),
        r#""203.0.113.0/24" @ 32:19 clients[0].profiles[0].ip_allowlist[0]"#
    );
    assert!(document.exemptions.is_empty());
    assert_eq!(document.selectors, None);
    assert_eq!(document.paths, None);
}

/// Every key that the partner scenario leaves out.
const OTHERS: &str = r#"
version = 1
edge.preset = "rfc9440"
edge.trusted_proxies = []
edge.address_proxies = ["198.51.100.7"]
edge.client_address = "peer"
edge.verification = "edge-always"
edge.certificate_header = "X-Cert"
edge.chain_header = "X-Chain"
edge.status_header = "X-Status"
edge.status_value = "OK"
edge.identity_headers = "replace"
edge.proof = { secret_header = "X-Proof", secret_sha256 = ["a", "b"], certificate_sha256 = ["c"] }
edge.budget = { header_bytes = 0x4000, certificates = 3, names = 64 }

[authentication]
mode = "mtls"
unverified_bearer = "ignore"
realm = "partners"

[selectors]
client_header = "X-Partner"
profile_header = "X-Role"

[paths]
unlisted = "allow"
case = "insensitive"
parameters = "allow"

[[identity]]
name = "by-certificate"
issuer = "CN=ca"
principal = "auth:account:x509:sha256:{thumbprint}"
[identity.when]
subject = { ou = ["a", "b"], serial_number = "7" }
spiffe = "spiffe://td/a"
uri = ["urn:x"]
dns = "a.example"
email = "a@example.org"

[[collections]]
name = "c"
paths = ["/a", { path = "/b", match = "exact" }, { path = "/c" }]

[[exemptions]]
method = "GET"
path = "/healthz"

[[clients]]
id = "x"
active = false
limits = ["gold", "silver"]
spiffe_ids = ["spiffe://td/x"]
[[clients.profiles]]
id = "p"
active = true
"#;

#[test]
fn every_other_key_is_read() {
    let document = read(OTHERS);
    let value = |text: &Option<Located<String>>| text.as_ref().unwrap().value.clone();

    let edge = document.edge;
    assert_eq!(edge.preset.value, Preset::Rfc9440);
    assert!(edge.trusted_proxies.value.is_empty());
    assert_eq!(texts(&edge.address_proxies.unwrap()), ["198.51.100.7"]);
    assert_eq!(edge.client_address.unwrap().value, AddressSource::Peer);
    assert_eq!(edge.verification.unwrap().value, Verification::EdgeAlways);
    assert_eq!(value(&edge.certificate_header), "X-Cert");
    assert_eq!(value(&edge.chain_header), "X-Chain");
    assert_eq!(value(&edge.status_header), "X-Status");
    assert_eq!(value(&edge.status_value), "OK");
    assert_eq!(
        edge.identity_headers.unwrap().value,
        IdentityHeaders::Replace
    );
    let proof = edge.proof.unwrap();
    assert_eq!(value(&proof.secret_header), "X-Proof");
    assert_eq!(texts(&proof.secret_sha256.unwrap()), ["a", "b"]);
    assert_eq!(texts(&proof.certificate_sha256.unwrap()), ["c"]);
    let budget = edge.budget.unwrap();
    assert_eq!(budget.header_bytes.unwrap().value.get(), 0x4000);
    assert_eq!(budget.certificates.unwrap().value.get(), 3);
    assert_eq!(budget.names.unwrap().value.get(), 64);

    let authentication = document.authentication;
    assert_eq!(authentication.mode.value, Mode::Mtls);
    assert_eq!(
        authentication.unverified_bearer.unwrap().value,
        UnverifiedBearer::Ignore
    );
    assert_eq!(value(&authentication.realm), "partners");

    let selectors = document.selectors.unwrap();
    assert_eq!(value(&selectors.client_header), "X-Partner");
    assert_eq!(value(&selectors.profile_header), "X-Role");

    let paths = document.paths.unwrap();
    assert_eq!(paths.unlisted.unwrap().value, UnlistedPaths::Allow);
    assert_eq!(paths.case.unwrap().value, Letters::CaseInsensitive);
    assert_eq!(paths.parameters.unwrap().value, PathParameters::Allow);

    let rule = &document.identity[0];
    assert_eq!(value(&rule.name), "by-certificate");
    assert_eq!(value(&rule.issuer), "CN=ca");
    assert_eq!(
        value(&rule.principal),
        "auth:account:x509:sha256:{thumbprint}"
    );
    let when = rule.when.as_ref().unwrap();
    let subject: Vec<_> = when
        .subject
        .iter()
        .map(|condition| (condition.attribute, texts(&condition.values)))
        .collect();
    assert_eq!(
        subject,
        [
            (SubjectAttribute::OrganizationalUnit, vec!["a", "b"]),
            (SubjectAttribute::SerialNumber, vec!["7"]),
        ]
    );
    assert_eq!(texts(when.spiffe.as_ref().unwrap()), ["spiffe://td/a"]);
    assert_eq!(texts(when.uri.as_ref().unwrap()), ["urn:x"]);
    assert_eq!(texts(when.dns.as_ref().unwrap()), ["a.example"]);
    assert_eq!(texts(when.email.as_ref().unwrap()), ["a@example.org"]);

    let rules: Vec<_> = document.collections[0].paths.value.iter().collect();
    assert_eq!(rules[0].path.value, "/a");
    assert_eq!(rules[1].path.value, "/b");
    assert_eq!(rules[1].path.at.field, "collections[0].paths[1].path");
    assert_eq!(rules[1].matching.as_ref().unwrap().value, PathMatch::Exact);
    assert_eq!(rules[2].matching, None);

    assert_eq!(document.exemptions[0].method.value, "GET");
    assert_eq!(document.exemptions[0].path.value, "/healthz");

    let client = &document.clients.listed()[0];
    assert!(!client.active.as_ref().unwrap().value);
    assert_eq!(texts(client.limits.as_ref().unwrap()), ["gold", "silver"]);
    assert_eq!(
        texts(client.spiffe_ids.as_ref().unwrap()),
        ["spiffe://td/x"]
    );
    assert!(client.profiles[0].active.as_ref().unwrap().value);
    assert_eq!(client.profiles[0].methods, None);
}

#[test]
fn positions_are_right_in_every_form_of_toml() {
    let text = "\u{feff}version = 1\r
edge = { trusted_proxies = [ 'é', '日本', \"x\" ], preset = \"envoy\" }\r
authentication.mode = \"bearer\"\r
[paths]\r
  \"case\" = 'sensitive'\r
[[clients]]\r
id = 'ü'\r
  [[clients.profiles]]\r
  id = \"\"\"
p\"\"\"\r
  [[clients.profiles]]\r
  id = 'q'\r
[[clients]]\r
id = 'z'\r
profiles = [{ id = 'é' }, { methods = ['GET'], id = 'r' }]\r
";
    let document = read(text);
    let proxies = &document.edge.trusted_proxies.value;
    let first = &document.clients.listed()[0];
    let second = &document.clients.listed()[1];
    let found = [
        shown(&proxies[0]),
        shown(&proxies[1]),
        shown(&proxies[2]),
        shown(&document.edge.preset),
        shown(&document.authentication.mode),
        shown(document.paths.as_ref().unwrap().case.as_ref().unwrap()),
        shown(&first.id),
        shown(&first.profiles[0].id),
        shown(&first.profiles[1].id),
        shown(&second.id),
        shown(&second.profiles[0].id),
        shown(&second.profiles[1].id),
    ];
    assert_eq!(
        found,
        [
            r#""é" @ 2:30 edge.trusted_proxies[0]"#,
            r#""日本" @ 2:35 edge.trusted_proxies[1]"#,
            r#""x" @ 2:41 edge.trusted_proxies[2]"#,
            "Envoy @ 2:57 edge.preset",
            "Bearer @ 3:23 authentication.mode",
            "CaseSensitive @ 5:12 paths.case",
            r#""ü" @ 7:6 clients[0].id"#,
            r#""p" @ 9:8 clients[0].profiles[0].id"#,
            r#""q" @ 12:8 clients[0].profiles[1].id"#,
            r#""z" @ 14:6 clients[1].id"#,
            r#""é" @ 15:20 clients[1].profiles[0].id"#,
            r#""r" @ 15:53 clients[1].profiles[1].id"#,
        ]
    );
    assert_eq!(
        document.authentication.at.position.unwrap().to_string(),
        "3:1"
    );
    assert_eq!(second.profiles[1].at.field, "clients[1].profiles[1]");
}

#[test]
fn durations_take_a_number_and_a_unit() {
    for (text, seconds) in [
        ("1s", 1),
        ("90s", 90),
        ("1m", 60),
        ("5m", 300),
        ("1h", 3_600),
        ("24h", 86_400),
        ("7d", 604_800),
        ("30d", 2_592_000),
    ] {
        let limits = format!("[[limits]]\nname = 'x'\nrate = {{ requests = 1, per = '{text}' }}");
        let document = read(&PARTNER.replace("[[limits]]", &format!("{limits}\n[[limits]]")));
        let per = document.limits[0].rate.as_ref().unwrap().per.value;
        assert_eq!(per, Duration::from_secs(seconds), "{text}");
    }
}
