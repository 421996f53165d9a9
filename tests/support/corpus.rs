//! The corpus: requests, and the decisions that are right for them.

use std::collections::BTreeMap;
use std::time::Duration;

use certgate::policy::Policy;
use certgate::request::{
    Confirmation, Connection, Now, Peer, PeerCertificate, Request, Timestamp, VerifiedToken,
};
use serde::Deserialize;

use super::certificate::{Certificate, tlv};
use super::{placeholders, policies, time};

/// Every case of every file, ready to run.
pub struct Corpus {
    pub cases: Vec<Case>,
    pub certificates: BTreeMap<String, Vec<u8>>,
    policies: BTreeMap<String, Policy>,
}

/// One request and the decision that is right for it.
pub struct Case {
    pub name: String,
    /// The file that it stands in, without `.json`.
    pub theme: String,
    pub policy: String,
    pub request: Message,
    pub before: Option<Before>,
    pub expect: Expect,
    /// For a denial, the allowed case that differs from it in `changed`.
    pub neighbour: Option<String>,
    /// What differs from the case that this one is derived from.
    pub changed: Vec<String>,
    /// Why more than one thing differs.
    pub several: Option<String>,
    /// Why the request cannot be sent as an HTTP message.
    pub not_http: Option<String>,
}

/// A request with every placeholder filled in.
pub struct Message {
    pub connection: Connection,
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub token: Option<VerifiedToken>,
    pub now: Timestamp,
}

/// The same request, sent and allowed `requests` times, `seconds` before the
/// one that counts.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    pub requests: u32,
    pub seconds: u64,
}

/// The right decision. For an allow, an id that is absent is expected to be
/// absent; for a denial, only what stands here is compared.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub outcome: Outcome,
    pub status: u16,
    /// The reason's code.
    pub reason: Option<String>,
    /// The code that the caller sees, where it is another.
    pub wire: Option<String>,
    pub client: Option<String>,
    pub profile: Option<String>,
    pub collection: Option<String>,
    /// Compared wherever it stands.
    pub principal: Option<String>,
    /// The methods of `Allow`, for 405.
    pub allow: Option<Vec<String>>,
    /// The seconds of `Retry-After`, for 429.
    pub retry_after: Option<u64>,
    /// Why mode `bearer` left the certificate out.
    pub dropped_certificate: Option<String>,
    /// The codes of what would have denied it and was only noted, in order.
    #[serde(default)]
    pub observed: Vec<String>,
    /// Headers of the response, and that some are not there.
    #[serde(default)]
    pub told: BTreeMap<String, Option<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Allowed, and the caller is proven.
    Allow,
    /// Allowed without looking at the caller.
    Exempt,
    /// Allowed though it would have been denied; the caller is proven.
    Observed,
    /// Allowed though it would have been denied; nobody is proven.
    Unproven,
    Deny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    cases: Vec<Raw>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: String,
    policy: Option<String>,
    request: Option<RawRequest>,
    /// Derived from this case, which is an allow too.
    like: Option<String>,
    /// Derived from this case, which is allowed where this one is not.
    neighbour: Option<String>,
    change: Option<Change>,
    expect: Expect,
    several: Option<String>,
    not_http: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequest {
    peer: String,
    proxied: Option<String>,
    tls: Option<RawTls>,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    token: Option<RawToken>,
    now: String,
}

/// The certificate of the peer's own TLS connection.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawTls {
    Verified(String),
    Unverified(String),
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawToken {
    client_id: Option<String>,
    cnf: Option<serde_json::Value>,
    other_method_checked: bool,
}

/// What differs from the case that this one is derived from.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Change {
    policy: Option<String>,
    peer: Option<String>,
    /// `null` for none.
    #[serde(deserialize_with = "present")]
    proxied: Option<Option<String>>,
    /// `null` for none.
    #[serde(deserialize_with = "present")]
    tls: Option<Option<RawTls>>,
    method: Option<String>,
    target: Option<String>,
    /// Name to the values of all of its lines; none removes it.
    header: BTreeMap<String, Vec<String>>,
    /// `null` for no token.
    #[serde(deserialize_with = "present")]
    token: Option<Option<RawToken>>,
    now: Option<String>,
    before: Option<Before>,
}

fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawCertificate {
    Derived(Derived),
    Made(Certificate),
}

/// The bytes of another certificate, not quite as they were.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Derived {
    from: String,
    #[serde(rename = "about")]
    _about: String,
    damage: Damage,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Damage {
    TrailingByte,
    SecondCertificate,
    IndefiniteLength,
    LongLength,
    CutShort,
}

impl Corpus {
    /// Every case, in the order of the files' names and of the files.
    pub fn load() -> Self {
        let certificates = certificates();
        let mut raw: Vec<(String, Raw)> = Vec::new();
        for path in files() {
            let theme = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let file: File = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            raw.extend(file.cases.into_iter().map(|case| (theme.clone(), case)));
        }
        let by_name: BTreeMap<String, Raw> = raw
            .iter()
            .map(|(_, case)| (case.name.clone(), case.clone()))
            .collect();
        assert_eq!(by_name.len(), raw.len(), "two cases have one name");
        let cases: Vec<Case> = raw
            .into_iter()
            .map(|(theme, case)| resolve(theme, &case, &by_name, &certificates))
            .collect();
        let policies = cases
            .iter()
            .map(|case| (case.policy.clone(), ()))
            .collect::<BTreeMap<_, _>>()
            .into_keys()
            .map(|name| (name.clone(), policies::load(&name)))
            .collect();
        Self {
            cases,
            certificates,
            policies,
        }
    }

    pub fn policy(&self, case: &Case) -> &Policy {
        &self.policies[&case.policy]
    }

    pub fn find(&self, name: &str) -> &Case {
        self.cases
            .iter()
            .find(|case| case.name == name)
            .unwrap_or_else(|| panic!("there is no case {name}"))
    }
}

impl Message {
    /// The request, `elapsed` after its own time.
    pub fn request(&self, elapsed: Duration) -> Request<'_> {
        let seconds = self.now.unix_seconds() + elapsed.as_secs() as i64;
        Request {
            peer: self.connection.peer(),
            method: &self.method,
            target: &self.target,
            headers: &self.headers,
            token: self.token.as_ref(),
            now: Now {
                wall: Timestamp::from_unix_seconds(seconds),
                monotonic: Duration::from_secs(1_000) + elapsed,
            },
        }
    }

    /// Why the request cannot be an HTTP/1.1 message, if it cannot.
    pub fn http_fault(&self) -> Option<&'static str> {
        let visible = |byte: u8| byte == b'\t' || (byte >= b' ' && byte != 0x7F);
        if self
            .target
            .bytes()
            .any(|byte| !(b'!'..=b'~').contains(&byte) || byte == b'#')
            || !self.target.starts_with('/')
        {
            return Some("target");
        }
        let is_authority = |(name, _): &&(String, String)| name == ":authority";
        if self.headers.iter().filter(is_authority).count() > 1 {
            return Some("two authorities");
        }
        let values = || self.headers.iter().map(|(_, value)| value);
        if values().any(|value| !value.bytes().all(visible)) {
            return Some("header value");
        }
        values()
            .any(|value| value.trim_matches([' ', '\t']) != value)
            .then_some("header value with outer spaces")
    }
}

impl Expect {
    /// The code that the caller sees.
    pub fn wire_code(&self) -> Option<&str> {
        self.wire.as_deref().or(self.reason.as_deref())
    }
}

fn files() -> Vec<std::path::PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .filter(|path| !path.ends_with("certificates.json"))
        .collect();
    files.sort();
    files
}

/// The DER of every certificate of `certificates.json`.
pub fn certificates() -> BTreeMap<String, Vec<u8>> {
    let text = include_str!("../corpus/certificates.json");
    let raw: BTreeMap<String, RawCertificate> = serde_json::from_str(text).unwrap();
    let made: BTreeMap<&str, Vec<u8>> = raw
        .iter()
        .filter_map(|(name, certificate)| match certificate {
            RawCertificate::Made(made) => Some((name.as_str(), made.der())),
            RawCertificate::Derived(_) => None,
        })
        .collect();
    raw.iter()
        .map(|(name, certificate)| {
            let der = match certificate {
                RawCertificate::Made(_) => made[name.as_str()].clone(),
                RawCertificate::Derived(derived) => {
                    damaged(&made[derived.from.as_str()], derived.damage)
                }
            };
            (name.clone(), der)
        })
        .collect()
}

fn damaged(der: &[u8], damage: Damage) -> Vec<u8> {
    // A certificate of these tests has a two-byte length: 30 82 xx xx.
    assert_eq!(der[..2], [0x30, 0x82]);
    let content = &der[4..];
    match damage {
        Damage::TrailingByte => [der, &[0]].concat(),
        Damage::SecondCertificate => [der, der].concat(),
        Damage::IndefiniteLength => [&[0x30, 0x80], content, &[0, 0]].concat(),
        Damage::LongLength => [&[0x30, 0x83, 0], &der[2..4], content].concat(),
        Damage::CutShort => tlv(0x30, &content[..content.len() - 1]),
    }
}

fn resolve(
    theme: String,
    raw: &Raw,
    all: &BTreeMap<String, Raw>,
    certificates: &BTreeMap<String, Vec<u8>>,
) -> Case {
    let (policy, request, before) = flatten(raw, all, 0);
    Case {
        name: raw.name.clone(),
        theme,
        policy,
        request: message(&raw.name, request, certificates),
        before,
        expect: expect(raw, certificates),
        neighbour: raw.neighbour.clone(),
        changed: raw.change.as_ref().map(Change::parts).unwrap_or_default(),
        several: raw.several.clone(),
        not_http: raw.not_http.clone(),
    }
}

/// The expectation, with the placeholders of the principal filled in.
fn expect(raw: &Raw, certificates: &BTreeMap<String, Vec<u8>>) -> Expect {
    let mut expect = raw.expect.clone();
    let certificate = |name: &str| certificates[name].clone();
    expect.principal = expect
        .principal
        .map(|principal| placeholders::expand(&principal, &certificate));
    expect
}

/// Policy, request and what goes before, with the changes of each derivation.
fn flatten(
    raw: &Raw,
    all: &BTreeMap<String, Raw>,
    depth: usize,
) -> (String, RawRequest, Option<Before>) {
    assert!(depth < 8, "{}: derived in a circle", raw.name);
    let base = raw.like.as_ref().or(raw.neighbour.as_ref());
    let Some(base) = base else {
        let missing = || panic!("{}: no request to derive from", raw.name);
        return (
            raw.policy.clone().unwrap_or_else(missing),
            raw.request
                .clone()
                .unwrap_or_else(|| panic!("{}: no request", raw.name)),
            None,
        );
    };
    assert!(
        raw.request.is_none() && raw.policy.is_none(),
        "{}: derived, and whole",
        raw.name
    );
    let base = all
        .get(base)
        .unwrap_or_else(|| panic!("{}: there is no case {base}", raw.name));
    let (mut policy, mut request, mut before) = flatten(base, all, depth + 1);
    let change = raw.change.clone().unwrap_or_default();
    policy = change.policy.unwrap_or(policy);
    request.peer = change.peer.unwrap_or(request.peer);
    request.proxied = change.proxied.unwrap_or(request.proxied);
    request.tls = change.tls.unwrap_or(request.tls);
    request.method = change.method.unwrap_or(request.method);
    request.target = change.target.unwrap_or(request.target);
    request.token = change.token.unwrap_or(request.token);
    request.now = change.now.unwrap_or(request.now);
    before = change.before.or(before);
    for (name, values) in change.header {
        request
            .headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
        request
            .headers
            .extend(values.into_iter().map(|value| (name.clone(), value)));
    }
    (policy, request, before)
}

impl Change {
    fn parts(&self) -> Vec<String> {
        let flags = [
            ("policy", self.policy.is_some()),
            ("peer", self.peer.is_some()),
            ("proxied", self.proxied.is_some()),
            ("tls", self.tls.is_some()),
            ("method", self.method.is_some()),
            ("target", self.target.is_some()),
            ("token", self.token.is_some()),
            ("now", self.now.is_some()),
            ("before", self.before.is_some()),
        ];
        flags
            .iter()
            .filter(|(_, changed)| *changed)
            .map(|(name, _)| (*name).to_owned())
            .chain(self.header.keys().cloned())
            .collect()
    }
}

fn message(case: &str, raw: RawRequest, certificates: &BTreeMap<String, Vec<u8>>) -> Message {
    let certificate = |name: &str| {
        certificates
            .get(name)
            .unwrap_or_else(|| panic!("{case}: there is no certificate {name}"))
            .clone()
    };
    let expand = |text: &str| placeholders::expand(text, &certificate);
    let peer = match raw.peer.as_str() {
        "unix" => Peer::UNIX,
        "unknown" => Peer::UNKNOWN,
        address => Peer::address(address.parse().unwrap()),
    };
    let peer = match raw.proxied {
        Some(address) => peer.with_proxied_address(address.parse().unwrap()),
        None => peer,
    };
    Message {
        connection: match raw.tls {
            Some(RawTls::Verified(name)) => peer
                .with_certificate(PeerCertificate::verified(&certificate(&name)))
                .into(),
            Some(RawTls::Unverified(name)) => peer
                .with_certificate(PeerCertificate::unverified(&certificate(&name)))
                .into(),
            None => peer.into(),
        },
        method: raw.method,
        target: raw.target,
        headers: raw
            .headers
            .into_iter()
            .map(|(name, value)| (name, expand(&value)))
            .collect(),
        token: raw.token.map(|token| verified(token, &expand)),
        now: time::parse(&raw.now),
    }
}

fn verified(raw: RawToken, expand: &dyn Fn(&str) -> String) -> VerifiedToken {
    let mut confirmation = match raw.cnf {
        None => Confirmation::default(),
        Some(cnf) => serde_json::from_str(&expand(&cnf.to_string())).unwrap(),
    };
    if raw.other_method_checked {
        confirmation = confirmation.with_other_method_checked();
    }
    VerifiedToken::assert_verified(raw.client_id.as_deref(), confirmation)
}
