//! Documents without a text: the same as those of a text, and held to the same.

use std::num::NonZeroU64;
use std::time::Duration;

use certgate::dialect::Dialect;
use certgate::edge::{ClaimUse, Preset};
use certgate::policy::document::{
    Authentication, Authority, Budget, Chain, Client, Collection, Constraints, Document, Edge,
    EdgeClaims, Evidence, Exemption, Expiry, IdentityRule, Limit, Limiting, ListedDigest, PathRule,
    PathSettings, Profile, Proof, RequestsPer, Revoked, RevokedSerial, Selectors, When,
};
use certgate::policy::{
    AddressSource, DirectTls, Format, IdentityHeaders, Letters, LimitHeaders, Mode, Observe,
    PathMatch, PathParameters, Policy, RecordedCertificate, Requirement, Revocation,
    SelectorsSetBy, StaleLists, SubjectAttribute, UnlistedPaths, UnverifiedBearer, Verification,
    WhenAway,
};
use certgate::request::Timestamp;

use crate::bare::{differ, outcome, read};

const EVERY_KEY: &str = include_str!("../policy_formats/every_key.toml");
const CERTIFICATE: &str = "fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e";
const KEY: &str = "3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9";
const ISSUER: &str = "CN=example-ca,O=Exämple\\, Inc.,C=US";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn number(number: u64) -> NonZeroU64 {
    NonZeroU64::new(number).unwrap()
}

fn moment(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339_utc(text.as_bytes()).unwrap()
}

fn edge() -> Edge {
    Edge::new(Preset::Envoy, ["10.0.0.0/8", "unix"])
        .address_proxies(["192.0.2.0/24"])
        .client_address(AddressSource::XForwardedFor)
        .verification(Verification::EdgeAlways)
        .certificate_header("X-Cert")
        .chain_header("X-Chain")
        .status_header("X-Status")
        .status_value("OK")
        .identity_headers(IdentityHeaders::Replace)
        .dialect(Dialect::Xfcc)
        .hops(number(2))
        .hop_certificates([[CERTIFICATE]])
        .direct_tls(DirectTls::Ignore)
        .proof(
            Proof::new()
                .secret_header("X-Edge-Secret")
                .secret_sha256([KEY])
                .certificate_sha256([CERTIFICATE]),
        )
        .claims(
            EdgeClaims::new([ClaimUse::Subject, ClaimUse::Thumbprint])
                .subject_header("X-Subject")
                .issuer_header("X-Issuer")
                .thumbprint_header("X-Hash")
                .spiffe_header("X-Spiffe")
                .validity_header("X-Validity"),
        )
        .budget(
            Budget::new()
                .header_bytes(number(16384))
                .certificates(number(3))
                .names(number(64)),
        )
}

fn constraints() -> Constraints {
    use SubjectAttribute as Attribute;
    let conditions = When::new()
        .spiffe(["spiffe://example.org/ns/*/sa/api"])
        .trust_domain(["example.org"])
        .uri(["urn:example:*"])
        .dns(["*.example.org"])
        .email(["*@example.org"])
        .upn(["*@corp.example.org"])
        .ip(["192.0.2.7"])
        .serial(["0a"])
        .thumbprint([CERTIFICATE])
        .public_key([KEY])
        .subject(Attribute::CommonName, ["*"])
        .subject(Attribute::OrganizationalUnit, ["b"])
        .subject(Attribute::Organization, ["c"])
        .subject(Attribute::Country, ["d"])
        .subject(Attribute::Locality, ["e"])
        .subject(Attribute::State, ["f"])
        .subject(Attribute::Street, ["g"])
        .subject(Attribute::DomainComponent, ["h"])
        .subject(Attribute::UserId, ["i"])
        .subject(Attribute::Email, ["j"])
        .subject(Attribute::SerialNumber, ["8"]);
    Constraints::new()
        .conditions(conditions)
        .issuer([ISSUER])
        .required_extensions(["1.3.6.1.4.1.99999.1"])
        .extended_key_usage(["client-auth"])
        .issuer_key([KEY])
}

fn authentication() -> Authentication {
    Authentication::new(Mode::BearerPlusMtlsRequired)
        .binding_required_paths(["/workflow/start", "/execute"])
        .issuers([ISSUER])
        .unverified_bearer(UnverifiedBearer::Ignore)
        .realm("partners: \"all\"")
        .observe([Observe::Certificates, Observe::Policy])
        .revoked(
            Revoked::new()
                .thumbprints([CERTIFICATE])
                .serials([RevokedSerial::new(ISSUER, "0a:1b")]),
        )
        .constraints(constraints())
        .chain(
            Chain::new()
                .max_depth(number(3))
                .revocation(Revocation::Required)
                .stale_lists(StaleLists::Warn),
        )
        .dangerous_allow_expired(true)
        .dangerous_allow_revoked(false)
}

fn rule() -> IdentityRule {
    use SubjectAttribute as Attribute;
    let when = When::new()
        .spiffe(["spiffe://example.org/ns/payments/sa/api"])
        .uri(["urn:example:a", "urn:example:b"])
        .dns(["api.example.org"])
        .email(["api@example.org"])
        .trust_domain(["example.org"])
        .upn(["api@corp.example.org"])
        .ip(["192.0.2.7"])
        .serial(["0a:1b"])
        .thumbprint([CERTIFICATE])
        .public_key([KEY])
        .subject(Attribute::SerialNumber, ["7"])
        .subject(Attribute::CommonName, ["another", "in its place"])
        .subject(Attribute::CommonName, ["a"])
        .subject(Attribute::OrganizationalUnit, ["b", "yes"])
        .subject(Attribute::Organization, ["c"])
        .subject(Attribute::Country, ["NO"])
        .subject(Attribute::Locality, ["e"])
        .subject(Attribute::State, ["f"])
        .subject(Attribute::Street, ["g"])
        .subject(Attribute::DomainComponent, ["h"])
        .subject(Attribute::UserId, ["0x10"])
        .subject(Attribute::Email, ["i"]);
    IdentityRule::new()
        .name("workloads")
        .issuer(ISSUER)
        .client("{subject.cn}")
        .profile("{subject.ou}")
        .principal("auth:account:x509:sha256:{thumbprint}")
        .when(when)
}

fn client(id: &str, spiffe_id: &str) -> Client {
    Client::new(id)
        .collections(["payments"])
        .limits(["gold"])
        .spiffe_ids([spiffe_id])
        .certificates([ListedDigest::new(CERTIFICATE).until(moment("2026-12-31T00:00:00Z"))])
        .public_keys([ListedDigest::new(KEY).until(moment("2027-01-31T12:00:00Z"))])
        .constraints(constraints())
        .requires([Requirement::Binding])
        .methods(["GET"])
        .ip_allowlist(["203.0.113.0/24"])
        .observe([Observe::Policy])
}

fn document() -> Document {
    let batch = Profile::new("batch")
        .active(false)
        .methods(["GET", "POST"])
        .ip_allowlist(["203.0.113.0/24", "2001:db8::/32"])
        .requires([Requirement::Certificate, Requirement::Binding])
        .limits(["extra"])
        .last_rotated(moment("2026-01-02T00:00:00Z"))
        .token_expiry(moment("2027-01-02T03:04:05Z"));
    let null = Profile::new("null")
        .active(true)
        .methods(["GET"])
        .ip_allowlist(["203.0.113.9"])
        .requires([Requirement::Certificate])
        .limits(["extra"])
        .last_rotated(moment("2026-01-02T00:00:00Z"))
        .token_expiry(moment("2027-01-02T03:04:05Z"));
    let gold = Limit::new("gold")
        .active(true)
        .rate(RequestsPer::new(number(500), Duration::from_secs(60)))
        .quota(RequestsPer::new(
            number(9_223_372_036_854_775_807),
            30 * DAY,
        ));
    let paths = [
        PathRule::from("/payments"),
        PathRule::new("/refunds").matching(PathMatch::Exact),
        PathRule::new("/日本").matching(PathMatch::Prefix),
    ];
    let payments = Collection::new("payments", paths)
        .hosts(["api.example.org"])
        .methods(["GET", "POST"])
        .cost(number(5))
        .limits(["spare"])
        .observe([Observe::Policy]);
    let clients = [
        client("acme", "spiffe://example.org/ns/acme/sa/a")
            .active(true)
            .profiles([batch]),
        client("12", "spiffe://example.org/ns/twelve/sa/a")
            .active(false)
            .profiles([null]),
    ];
    Document::new(edge(), authentication())
        .source("policy")
        .selectors(
            Selectors::new()
                .client_header("X-Partner")
                .profile_header("X-Role")
                .set_by(SelectorsSetBy::Anyone),
        )
        .paths(
            PathSettings::new()
                .unlisted(UnlistedPaths::Allow)
                .case(Letters::CaseInsensitive)
                .parameters(PathParameters::Allow),
        )
        .identity([rule()])
        .limits([gold])
        .collections([payments])
        .exemptions([Exemption::new("GET", "/health")])
        .clients(clients)
        .expiry(
            Expiry::new()
                .warn_days([30, 7, 1].map(number))
                .header("X-Certificate-Days-Left"),
        )
        .authorities([Authority::new(
            "acme-2026",
            "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        )])
        .evidence(Evidence::new().certificate(RecordedCertificate::Names))
        .limiting(
            Limiting::new()
                .headers([LimitHeaders::RateLimit, LimitHeaders::XRateLimit])
                .when_away(WhenAway::Local)
                .local_percent(number(25)),
        )
}

/// Every line of a document, but for lines and columns of a text.
fn without_positions(document: &Document) -> Vec<String> {
    let shown = format!("{document:#?}");
    let is_position = |line: &&str| {
        ["line: ", "column: ", "position: ", "Position {"]
            .iter()
            .any(|field| line.starts_with(field))
    };
    let brackets = |line: &&str| matches!(*line, "}" | "}," | ")" | "),");
    let lines = shown.lines().map(str::trim);
    let lines = lines.filter(|line| !is_position(line) && !brackets(line));
    lines.map(str::to_owned).collect()
}

#[test]
fn every_setting_can_be_made_by_hand_and_has_its_place() {
    // Written again, so that one text is a list of one, as it is by hand.
    let text = serde_json::to_string(&read(EVERY_KEY, Format::Toml)).unwrap();
    let text = read(&text, Format::Json);
    let made = document();
    let (of_made, of_text) = (without_positions(&made), without_positions(&text));
    for (line, (made, text)) in of_made.iter().zip(&of_text).enumerate() {
        assert_eq!(
            made,
            text,
            "after {:?}",
            &of_made[line.saturating_sub(5)..line]
        );
    }
    assert_eq!(of_made.len(), of_text.len());
    let (policy, problems) = outcome(&made);
    let (of_text, of_text_problems) = outcome(&text);
    assert_eq!(problems, of_text_problems);
    assert!(!differ(policy.as_ref(), of_text.as_ref()));
}

/// A document that loads.
fn small() -> Document {
    Document::new(
        Edge::new(Preset::Nginx, ["10.0.0.0/8"]),
        Authentication::new(Mode::Mtls),
    )
    .identity([IdentityRule::new().client("{subject.cn}")])
    .collections([Collection::new("payments", ["/payments"])])
    .clients([acme()])
}

fn acme() -> Client {
    Client::new("acme").collections(["payments"])
}

fn partner() -> &'static str {
    r#"
    version = 1
    edge = { preset = "nginx", trusted_proxies = ["10.0.0.0/8"] }
    authentication = { mode = "mtls" }
    identity = [{ client = "{subject.cn}" }]
    collections = [{ name = "payments", paths = ["/payments"] }]
    clients = [{ id = "acme", collections = ["payments"] }]
    "#
}

#[test]
fn the_policy_of_a_text_is_that_of_the_same_document_by_hand() {
    let text = Policy::from_toml_str(partner(), "p.toml").unwrap();
    let made = Policy::from_document(&small()).unwrap();
    assert!(text.warnings.is_empty() && made.warnings.is_empty());
    assert!(!differ(Some(&text.policy), Some(&made.policy)));
    let other = small().clients([acme(), Client::new("globex").collections(["payments"])]);
    let other = Policy::from_document(&other).unwrap().policy;
    assert!(differ(Some(&text.policy), Some(&other)));
}

#[test]
fn what_no_text_could_say_is_refused() {
    const EVERYTHING: &str = "an empty list could be taken for everything \
                              (leave the key out, or name at least one entry)";
    let requests = |per| RequestsPer::new(number(1), per);
    let rule = |when| IdentityRule::new().client("{subject.cn}").when(when);
    let with = |client| small().clients([client]);
    let limit = |limit| small().limits([limit]).clients([acme().limits(["l"])]);
    let authentication = || Authentication::new(Mode::Mtls);
    for (document, place, message, neighbour) in [
        (
            with(acme().methods([""; 0])),
            "clients[0].methods",
            EVERYTHING,
            small(),
        ),
        (
            with(acme().profiles([Profile::new("a").ip_allowlist([""; 0])])),
            "clients[0].profiles[0].ip_allowlist",
            EVERYTHING,
            with(acme().profiles([Profile::new("a").ip_allowlist(["192.0.2.1"])])),
        ),
        (
            small().identity([rule(When::new())]),
            "identity[0].when",
            "no condition: the rule would apply to every certificate",
            small().identity([rule(When::new().dns(["a.example"]))]),
        ),
        (
            small().identity([rule(
                When::new().subject(SubjectAttribute::CommonName, [""; 0]),
            )]),
            "identity[0].when.subject.cn",
            EVERYTHING,
            small().identity([rule(
                When::new().subject(SubjectAttribute::CommonName, ["a"]),
            )]),
        ),
        (
            small().authentication(authentication().issuers([""; 0])),
            "authentication.issuers",
            EVERYTHING,
            small().authentication(authentication().issuers(["CN=a"])),
        ),
        (
            small().collections([Collection::new("payments", [""; 0])]),
            "collections[0].paths",
            EVERYTHING,
            small(),
        ),
        (
            limit(Limit::new("l").rate(requests(Duration::from_millis(60_500)))),
            "limits[0].rate.per",
            "must be whole seconds",
            limit(Limit::new("l").rate(requests(Duration::from_secs(60)))),
        ),
        (
            limit(Limit::new("l").rate(requests(Duration::ZERO))),
            "limits[0].rate.per",
            "must be longer than zero",
            limit(Limit::new("l").rate(requests(Duration::from_secs(1)))),
        ),
        (
            limit(Limit::new("l").quota(RequestsPer::new(number(1 << 63), DAY))),
            "limits[0].quota.requests",
            "must be at most 9223372036854775807",
            limit(Limit::new("l").quota(RequestsPer::new(number((1 << 63) - 1), DAY))),
        ),
    ] {
        let errors = Policy::from_document(&document).unwrap_err();
        assert_eq!(errors.to_string(), format!("error: {place}: {message}"));
        if let Err(errors) = Policy::from_document(&neighbour) {
            panic!("{place}: {errors}");
        }
    }
}

/// What has no neighbour yet: settings that nothing enforces are refused either
/// way.
#[test]
fn what_no_text_could_say_is_named_all_at_once() {
    let edge = Edge::new(Preset::Envoy, ["unix"])
        .hop_certificates([[""; 0], [""; 0]])
        .claims(EdgeClaims::new([]));
    let authentication = Authentication::new(Mode::Mtls)
        .observe([])
        .revoked(Revoked::new())
        .constraints(Constraints::new());
    let until = Timestamp::from_unix_seconds(i64::MAX);
    let client = Client::new("a")
        .certificates([ListedDigest::new("aa").until(until)])
        .constraints(Constraints::new().conditions(When::new().dns([""; 0])))
        .requires([])
        .limits([""; 0]);
    let mut document = Document::new(edge, authentication)
        .clients([client])
        .expiry(Expiry::new().warn_days([]));
    let errors = Policy::from_document(&document).unwrap_err();
    let places: Vec<&str> = errors
        .iter()
        .map(|problem| problem.field.as_str())
        .collect();
    let expected = [
        "edge.hop_certificates[0]",
        "edge.hop_certificates[1]",
        "edge.claims.use",
        "authentication.observe",
        "authentication.revoked",
        "authentication.constraints",
        "clients[0].limits",
        "clients[0].certificates[0].until",
        "clients[0].constraints.dns",
        "clients[0].requires",
        "expiry.warn_days",
    ];
    assert_eq!(places, expected);
    // Fields are public: an attribute that stands there twice is no text either.
    let when = When::new().subject(SubjectAttribute::CommonName, ["a"]);
    document = small().identity([IdentityRule::new().client("x").when(when)]);
    let when = document.identity[0].when.as_mut().unwrap();
    when.subject.extend(when.subject.clone());
    let errors = Policy::from_document(&document).unwrap_err();
    assert_eq!(
        errors.to_string(),
        "error: identity[0].when.subject.cn: this attribute is listed twice"
    );
}

#[test]
fn everybody_is_let_in_by_name_alone() {
    use certgate::policy::document::Clients;
    let none = Document::new(Edge::direct(), Authentication::new(Mode::Mtls));
    assert!(none.clients.listed().is_empty());
    assert!(matches!(none.clients, Clients::Listed(_)));
    let open = none.clone().clients([acme()]).open_clients();
    let Clients::Open(at) = &open.clients else {
        panic!("{open:?}");
    };
    assert_eq!(at.field, "clients");
    assert!(matches!(open.clients([]).clients, Clients::Listed(none) if none.is_empty()));
}

#[test]
fn a_part_of_a_text_keeps_its_place_in_another_document() {
    let text = read(partner(), Format::Toml);
    let place = text.clients.listed()[0].id.at.clone();
    let moved = small().clients([Client::new("globex"), text.clients.listed()[0].clone()]);
    assert_eq!(moved.clients.listed()[1].id.at, place);
    assert_eq!(moved.clients.listed()[0].id.at.field, "clients[0].id");
    // Of one without a text it is the new one.
    let made = small().clients([Client::new("globex"), small().clients.listed()[0].clone()]);
    assert_eq!(made.clients.listed()[1].id.at.field, "clients[1].id");
}
