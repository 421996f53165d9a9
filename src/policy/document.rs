//! The shape of a policy document: plain structs, in which every value keeps
//! the place it was read from.
//!
//! An absent optional setting is `None` here, whatever it defaults to. Texts
//! (addresses, names, paths, templates) are as written; nothing is checked
//! beyond the shape.
//!
//! Later versions read more settings, so the structs are made by reading a text,
//! or by their constructors and the methods named like their fields:
//!
//! ```
//! use std::num::NonZeroU64;
//! use std::time::Duration;
//!
//! use certgate::edge::Preset;
//! use certgate::policy::document::{
//!     Authentication, Client, Collection, Document, Edge, IdentityRule, Limit, Profile,
//!     RequestsPer,
//! };
//! use certgate::policy::{Mode, Policy};
//!
//! let minute = Duration::from_secs(60);
//! let requests = NonZeroU64::new(500).ok_or("no requests")?;
//! let document = Document::new(
//!     Edge::new(Preset::Nginx, ["10.0.0.0/8"]),
//!     Authentication::new(Mode::Mtls).issuers(["CN=Internal CA,O=Example,C=GB"]),
//! )
//! .identity([IdentityRule::new().client("{subject.cn}").profile("{subject.ou}")])
//! .limits([Limit::new("standard").rate(RequestsPer::new(requests, minute))])
//! .collections([Collection::new("payments", ["/payments"])])
//! .clients([Client::new("acme")
//!     .collections(["payments"])
//!     .limits(["standard"])
//!     .profiles([Profile::new("prod").methods(["GET", "POST"])])]);
//! let loaded = Policy::from_document(&document)?;
//! assert!(loaded.warnings.is_empty());
//!
//! // A mistake has the name of the setting, as one in a file has.
//! let document = document.exemptions([]).clients([Client::new("acme").limits(["gold"])]);
//! let problems = Policy::from_document(&document).unwrap_err().to_string();
//! assert!(problems.contains("error: clients[0].limits[0]: there is no limit \"gold\""));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A method sets what it is named after, in place of what it was before. A
//! document serializes, with any format of serde, to what reads to the same
//! document, but for its places:
//!
//! ```
//! # #[cfg(feature = "json")] {
//! use certgate::policy::Document;
//!
//! let text = r#"{"version":1,"edge":{"preset":"direct","trusted_proxies":[]},"authentication":{"mode":"mtls"}}"#;
//! let document = Document::from_json_str(text, "policy.json")?;
//! assert_eq!(serde_json::to_string(&document)?, text);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Secrets are in no document: of an edge's secret it has the SHA-256.

// `parts!` makes more of each struct than the struct: what it is written as, what
// it is checked for, and its part of the JSON Schema, whose descriptions are the
// documentation below. `as` says how a setting is written where its type does not.

use std::num::NonZeroU64;
use std::time::Duration;

use crate::dialect::Dialect;
use crate::edge::{ClaimUse, Preset};
use crate::request::Timestamp;

#[cfg(any(feature = "toml", feature = "json", feature = "yaml"))]
pub(super) use super::location::quoted_key;
pub use super::location::{Located, Location, Position};

use super::keywords::{
    AddressSource, DirectTls, IdentityHeaders, Letters, LimitHeaders, Mode, Observe, PathMatch,
    PathParameters, RecordedCertificate, Requirement, Revocation, SelectorsSetBy, StaleLists,
    SubjectAttribute, UnlistedPaths, UnverifiedBearer, Verification, WhenAway,
};
use super::parts::{parts, text_or_table};
use super::schema::{Json, Table};

parts! {
/// A whole policy document.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// The name of the file, for messages; empty without a file.
    pub source: String,
    /// The proxies in front, and what they forward.
    pub edge: Edge,
    /// What a request must prove.
    pub authentication: Authentication,
    /// The authorities that certificates are verified against, in this process.
    pub authorities: Vec<Authority>,
    /// The headers that select a client or a profile.
    pub selectors: Option<Selectors>,
    /// How paths are read.
    pub paths: Option<PathSettings>,
    /// How a certificate leads to a client, in order.
    pub identity: Vec<IdentityRule>,
    /// The limits that clients refer to.
    pub limits: Vec<Limit>,
    /// The sets of paths that clients refer to.
    pub collections: Vec<Collection>,
    /// Requests that need no authentication.
    pub exemptions: Vec<Exemption>,
    /// Who may call.
    pub clients: Clients,
    /// When to warn that a certificate ends.
    pub expiry: Option<Expiry>,
    /// What records tell.
    pub evidence: Option<Evidence>,
    /// How limits are told, and kept where many processes share them.
    pub limiting: Option<Limiting>,
}
also {
    const VERSION: Option<i64> = Some(1);
}

/// `[edge]`: the proxies in front, and what they forward.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Edge {
    /// Where the section stands.
    pub at: Location,
    /// The product at the edge.
    pub preset: Located<Preset>,
    /// Peers that may speak for a client: CIDRs, addresses, or `unix`; may be
    /// empty, and is for preset `direct`.
    pub trusted_proxies: TextList,
    /// Proxies that are passed over in `X-Forwarded-For` or `Forwarded` and trusted
    /// for nothing else.
    pub address_proxies: Option<TextList>,
    /// Where the client's address is read from.
    pub client_address: Option<Located<AddressSource>>,
    /// Who verified the certificate.
    pub verification: Option<Located<Verification>>,
    /// What a trusted proxy proves besides its address.
    pub proof: Option<Proof>,
    /// The header with the certificate, in place of the preset's.
    pub certificate_header: Option<Located<String>>,
    /// The header with the chain, in place of the preset's.
    pub chain_header: Option<Located<String>>,
    /// The header with the edge's verdict, in place of the preset's.
    pub status_header: Option<Located<String>>,
    /// The one word of that header that means verified, in place of the preset's.
    pub status_value: Option<Located<String>>,
    /// What the application gets in the selecting headers; `strip` if absent.
    pub identity_headers: Option<Located<IdentityHeaders>>,
    /// How the certificate is written, in place of the preset's way.
    pub dialect: Option<Located<Dialect>>,
    /// How many proxies write an XFCC element; 1 if absent.
    pub hops: Option<Located<NonZeroU64>>,
    /// For each hop but the first, the SHA-256 of the certificates by which it
    /// knows the proxy before it.
    pub hop_certificates: Option<Located<Vec<TextList>>> as filled_of_one_or_more,
    /// What the TLS certificate of a peer counts for that is no trusted proxy;
    /// nothing if absent, save under preset `direct`.
    pub direct_tls: Option<Located<DirectTls>>,
    /// What may be taken from what the edge tells about a certificate.
    pub claims: Option<EdgeClaims>,
    /// How much work one request may cause.
    pub budget: Option<Budget>,
}
also {
    fn refine(table: &mut Table) {
        table.not_always("trusted_proxies");
        let direct = Json::table([("const", Json::text("direct"))]);
        let properties = Json::table([("preset", direct)]);
        table.set("if", Json::table([("properties", properties)]));
        table.set("else", Json::table([("required", Json::texts(["trusted_proxies"]))]));
    }
}

/// `[edge.claims]`: what may be taken from what the edge tells about a
/// certificate without sending it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EdgeClaims {
    /// Where the section stands.
    pub at: Location,
    /// What may be taken; not empty.
    pub uses: Located<Vec<Located<ClaimUse>>> as filled "use",
    /// The header with the subject, in place of the preset's.
    pub subject_header: Option<Located<String>>,
    /// The header with the issuer, in place of the preset's.
    pub issuer_header: Option<Located<String>>,
    /// The header with the SHA-256, in place of the preset's.
    pub thumbprint_header: Option<Located<String>>,
    /// The header with the SPIFFE ID, in place of the preset's.
    pub spiffe_header: Option<Located<String>>,
    /// The header with both ends of the validity, in place of the preset's.
    pub validity_header: Option<Located<String>>,
}

/// `[edge.proof]`: what a trusted proxy proves besides its address; at least one
/// of the lists.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Proof {
    /// Where the section stands.
    pub at: Location,
    /// The header with the proxy's secret; `X-Edge-Secret` if absent.
    pub secret_header: Option<Located<String>>,
    /// SHA-256 of the secrets, any of which will do, in hexadecimal; not empty.
    pub secret_sha256: Option<TextList>,
    /// SHA-256 of the proxy's TLS certificates, any of which will do, in
    /// hexadecimal; not empty.
    pub certificate_sha256: Option<TextList>,
}

/// `[edge.budget]`: how much work one request may cause.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Budget {
    /// Where the section stands.
    pub at: Location,
    /// The longest certificate header, in bytes.
    pub header_bytes: Option<Located<NonZeroU64>>,
    /// How many certificates a request may carry.
    pub certificates: Option<Located<NonZeroU64>>,
    /// How many names a certificate may carry: alternative names and the
    /// attributes of subject and issuer together.
    pub names: Option<Located<NonZeroU64>>,
}

/// `[authentication]`: what a request must prove.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Authentication {
    /// Where the section stands.
    pub at: Location,
    /// Token, certificate, or both.
    pub mode: Located<Mode>,
    /// Paths on which the token must be bound to the certificate.
    pub binding_required_paths: Option<TextList>,
    /// Names of the issuers whose certificates are accepted; not empty.
    pub issuers: Option<TextList> as filled,
    /// What becomes of a bearer token that nobody verified; `deny` if absent.
    pub unverified_bearer: Option<Located<UnverifiedBearer>>,
    /// The realm of `WWW-Authenticate`.
    pub realm: Option<Located<String>>,
    /// The stages whose denials are only noted, for every request; not empty.
    pub observe: Option<WordList<Observe>> as filled,
    /// Certificates that nobody may use any more.
    pub revoked: Option<Revoked>,
    /// What every certificate has to have.
    pub constraints: Option<Constraints>,
    /// What is asked of a path from a certificate to an authority.
    pub chain: Option<Chain>,
    /// Whether a certificate passes that has expired, if nothing else is wrong with
    /// it; it does not if absent.
    pub dangerous_allow_expired: Option<Located<bool>>,
    /// Whether a certificate passes that its issuer revoked, if nothing else is
    /// wrong with it; it does not if absent.
    pub dangerous_allow_revoked: Option<Located<bool>>,
}

/// `[authentication.chain]`: what is asked of a path from a certificate to an
/// authority, where it is verified in this process.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Chain {
    /// Where the section stands.
    pub at: Location,
    /// How many signatures a path may have, from 1, which is the authority's own
    /// under the certificate, to 7; 4 if absent.
    pub max_depth: Option<Located<NonZeroU64>>,
    /// Whether every issuer on a path needs a revocation list; `if-listed` if
    /// absent.
    pub revocation: Option<Located<Revocation>>,
    /// What to make of a revocation list that is not current; `deny` if absent.
    pub stale_lists: Option<Located<StaleLists>>,
}

/// One of `[[authorities]]`: an authority that certificates are verified against.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Authority {
    /// Where it stands.
    pub at: Location,
    /// Its name in records.
    pub name: Located<String>,
    /// Its certificate, as PEM.
    pub certificate: Located<String>,
}

/// `[authentication.revoked]`: certificates that nobody may use any more; at
/// least one of the lists.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Revoked {
    /// Where the section stands.
    pub at: Location,
    /// SHA-256 of certificates in hexadecimal; not empty.
    pub thumbprints: Option<TextList> as filled,
    /// Serial numbers, each of an issuer; not empty.
    pub serials: Option<Located<Vec<RevokedSerial>>> as filled,
}
also {
    const NEVER_EMPTY: Option<&'static str> =
        Some("no certificate is named");
}

/// `{ issuer = "CN=example-ca", serial = "0a1b" }`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RevokedSerial {
    /// Where it stands.
    pub at: Location,
    /// The name of the issuer, for which alone the number is unique.
    pub issuer: Located<String>,
    /// The serial number in hexadecimal.
    pub serial: Located<String>,
}

/// `[authentication.constraints]` and `[clients.constraints]`: what a certificate
/// has to have, all of it; at least one.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Constraints {
    /// Where the section stands.
    pub at: Location,
    /// Conditions as those of an identity rule.
    pub conditions: When as inline,
    /// Names of issuers, any of which will do; not empty.
    pub issuer: Option<TextList> as one_or_more,
    /// Object identifiers of extensions, all of which have to be there; not empty.
    pub required_extensions: Option<TextList> as one_or_more,
    /// Purposes, all of which the certificate has to allow: `client-auth` and the
    /// like, or object identifiers; not empty.
    pub extended_key_usage: Option<TextList> as one_or_more,
    /// SHA-256 of public keys in hexadecimal, one of which verified the signature
    /// of the certificate; not empty.
    pub issuer_key: Option<TextList> as one_or_more,
}
also {
    const NEVER_EMPTY: Option<&'static str> =
        Some("no constraint: every certificate would pass");
}

/// `[selectors]`: the headers that select a client or a profile.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Selectors {
    /// Where the section stands.
    pub at: Location,
    /// Selects a client; `X-Client-ID` if absent.
    pub client_header: Option<Located<String>>,
    /// Selects a profile; `X-Profile-ID` if absent.
    pub profile_header: Option<Located<String>>,
    /// Who sets them; anyone if absent.
    pub set_by: Option<Located<SelectorsSetBy>>,
}

/// `[paths]`: how paths are read.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct PathSettings {
    /// Where the section stands.
    pub at: Location,
    /// What becomes of paths in no collection; `deny` if absent.
    pub unlisted: Option<Located<UnlistedPaths>>,
    /// Whether letter case tells paths apart; it does if absent.
    pub case: Option<Located<Letters>>,
    /// What becomes of paths with a `;`; `deny` if absent.
    pub parameters: Option<Located<PathParameters>>,
}

/// `[[identity]]`: how a certificate leads to a client.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct IdentityRule {
    /// Where the rule stands.
    pub at: Location,
    /// The rule's name in decision records.
    pub name: Option<Located<String>>,
    /// The issuer of the certificates that the rule is for.
    pub issuer: Option<Located<String>>,
    /// The template of the client's id.
    pub client: Option<Located<String>>,
    /// The template of the profile's id.
    pub profile: Option<Located<String>>,
    /// The template of the principal's name.
    pub principal: Option<Located<String>>,
    /// What a certificate must carry for the rule to apply.
    pub when: Option<When>,
}

/// `[identity.when]`: what a certificate must carry, all of it; at least one
/// condition.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct When {
    /// Where the section stands.
    pub at: Location,
    /// Attributes of the subject, each at most once.
    pub subject: Vec<SubjectCondition>,
    /// SPIFFE IDs, any of which will do; not empty.
    pub spiffe: Option<TextList> as one_or_more,
    /// Trust domains of SPIFFE IDs, any of which will do; not empty.
    pub trust_domain: Option<TextList> as one_or_more,
    /// URI names, any of which will do; not empty.
    pub uri: Option<TextList> as one_or_more,
    /// DNS names, any of which will do; not empty.
    pub dns: Option<TextList> as one_or_more,
    /// E-mail names, any of which will do; not empty.
    pub email: Option<TextList> as one_or_more,
    /// User principal names, any of which will do; not empty.
    pub upn: Option<TextList> as one_or_more,
    /// Addresses among the names, any of which will do; not empty.
    pub ip: Option<TextList> as one_or_more,
    /// Serial numbers in hexadecimal, any of which will do; not empty.
    pub serial: Option<TextList> as one_or_more,
    /// SHA-256 of certificates in hexadecimal, any of which will do; not empty.
    pub thumbprint: Option<TextList> as one_or_more,
    /// SHA-256 of public keys in hexadecimal, any of which will do; not empty.
    pub public_key: Option<TextList> as one_or_more,
}
also {
    const NEVER_EMPTY: Option<&'static str> =
        Some("no condition: the rule would apply to every certificate");
}
}

/// One line of `subject` in `[identity.when]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SubjectCondition {
    /// The attribute.
    pub attribute: SubjectAttribute,
    /// Its values, any of which will do; not empty.
    pub values: TextList,
}

parts! {
/// `[[limits]]`: how many requests a client may make.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limit {
    /// Where the limit stands.
    pub at: Location,
    /// What clients call it.
    pub name: Located<String>,
    /// Whether it counts; it does if absent.
    pub active: Option<Located<bool>>,
    /// The most in any window of that length.
    pub rate: Option<RequestsPer>,
    /// The most in each calendar period of that length.
    pub quota: Option<RequestsPer>,
}

/// `{ requests = 500, per = "1m" }`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RequestsPer {
    /// Where it stands.
    pub at: Location,
    /// How many requests.
    pub requests: Located<NonZeroU64>,
    /// In how long; not zero.
    pub per: Located<Duration>,
}

/// `[[collections]]`: a set of paths under a name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Collection {
    /// Where the collection stands.
    pub at: Location,
    /// What clients call it.
    pub name: Located<String>,
    /// Its paths; not empty.
    pub paths: Located<Vec<PathRule>> as filled,
    /// The hosts to which its paths belong, every one if absent; not empty.
    pub hosts: Option<TextList> as filled,
    /// The methods that its paths take, every one if absent; not empty.
    pub methods: Option<TextList> as filled,
    /// How many requests one to its paths counts for; 1 if absent.
    pub cost: Option<Located<NonZeroU64>>,
    /// Names of the limits that each client has for its paths.
    pub limits: Option<TextList> as one_or_more,
    /// The stages whose denials are only noted on its paths; not empty.
    pub observe: Option<WordList<Observe>> as filled,
}
}

text_or_table! {
/// An entry of `paths` in a collection: `"/payments"`, or
/// `{ path = "/payments", match = "exact" }`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PathRule {
    /// The path.
    pub path: Located<String>,
    /// How much of it must match; `prefix` if absent.
    pub matching: Option<Located<PathMatch>> as plain "match",
}
}

parts! {
/// `[[exemptions]]`: one method and path that needs no authentication.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exemption {
    /// Where the exemption stands.
    pub at: Location,
    /// The method.
    pub method: Located<String>,
    /// The exact path.
    pub path: Located<String>,
}
}

/// `clients`: who may call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Clients {
    /// These, in `[[clients]]`.
    Listed(Vec<Client>),
    /// `clients = "open"`: whoever proves a principal.
    Open(Location),
}

impl Clients {
    /// The clients that are listed.
    #[must_use]
    pub fn listed(&self) -> &[Client] {
        match self {
            Self::Listed(clients) => clients,
            Self::Open(_) => &[],
        }
    }
}

parts! {
/// One of `[[clients]]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Client {
    /// Where the client stands.
    pub at: Location,
    /// The client's id.
    pub id: Located<String>,
    /// Whether the client may call; it may if absent.
    pub active: Option<Located<bool>>,
    /// Names of the collections it may call.
    pub collections: Option<TextList>,
    /// Names of its limits.
    pub limits: Option<TextList> as one_or_more,
    /// The SPIFFE IDs that alone, with the certificates and keys below, lead to
    /// this client; not empty.
    pub spiffe_ids: Option<TextList> as filled,
    /// Certificates that lead to this client; not empty.
    pub certificates: Option<Located<Vec<ListedDigest>>> as filled,
    /// Public keys that lead to this client; not empty.
    pub public_keys: Option<Located<Vec<ListedDigest>>> as filled,
    /// What its certificates have to have.
    pub constraints: Option<Constraints>,
    /// What it has to present besides what the mode asks for; not empty.
    pub requires: Option<WordList<Requirement>> as filled,
    /// The methods it may use, every one if absent; not empty.
    pub methods: Option<TextList> as filled,
    /// The addresses it may come from, every one if absent; not empty.
    pub ip_allowlist: Option<TextList> as filled,
    /// The stages whose denials are only noted for it; not empty.
    pub observe: Option<WordList<Observe>> as filled,
    /// Its profiles.
    pub profiles: Vec<Profile>,
}
}

text_or_table! {
/// An entry of `certificates` or `public_keys` of a client: the SHA-256 in
/// hexadecimal, or `{ sha256 = "…", until = "2026-12-31" }`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ListedDigest {
    /// The SHA-256.
    pub sha256: Located<String>,
    /// The last moment at which it leads to the client; for ever if absent.
    pub until: Option<Located<Timestamp>>,
}
}

parts! {
/// `[[clients.profiles]]`: one way in which a client may call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// Where the profile stands.
    pub at: Location,
    /// The profile's id, within its client.
    pub id: Located<String>,
    /// Whether the profile may be used; it may if absent.
    pub active: Option<Located<bool>>,
    /// The methods it may use, every one if absent; not empty.
    pub methods: Option<TextList> as filled,
    /// The addresses it may come from, every one if absent; not empty.
    pub ip_allowlist: Option<TextList> as filled,
    /// What it has to present besides what mode and client ask for; not empty.
    pub requires: Option<WordList<Requirement>> as filled,
    /// Names of its limits, besides those of its client.
    pub limits: Option<TextList> as one_or_more,
    /// When its credentials were last replaced, as a reminder.
    pub last_rotated: Option<Located<Timestamp>>,
    /// When they have to be replaced, as a reminder.
    pub token_expiry: Option<Located<Timestamp>>,
}

/// `[expiry]`: when to warn that a certificate ends.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Expiry {
    /// Where the section stands.
    pub at: Location,
    /// The thresholds, in days before the end; not empty.
    pub warn_days: Option<Located<Vec<Located<NonZeroU64>>>> as filled,
    /// The response header that tells the client how many days are left; none
    /// if absent.
    pub header: Option<Located<String>>,
}

/// `[evidence]`: what records tell.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Evidence {
    /// Where the section stands.
    pub at: Location,
    /// How much of a certificate; its thumbprint if absent.
    pub certificate: Option<Located<RecordedCertificate>>,
}

/// `[limiting]`: how limits are told, and kept where many processes share them.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct Limiting {
    /// Where the section stands.
    pub at: Location,
    /// The response headers that tell a client how its limits stand; none if
    /// absent.
    pub headers: Option<WordList<LimitHeaders>> as filled,
    /// What becomes of a request while the shared store is away; denied if absent.
    pub when_away: Option<Located<WhenAway>>,
    /// With `when_away = "local"`, how much of each limit this process admits by
    /// itself, in percent from 1 to 100.
    pub local_percent: Option<Located<NonZeroU64>>,
}
}

/// A list of words, and the place of the list and of each of them.
pub type WordList<T> = Located<Vec<Located<T>>>;

/// A list of texts, and the place of the list and of each of them. A setting
/// that takes one text or a list of them is always a list here.
pub type TextList = Located<Vec<Located<String>>>;
