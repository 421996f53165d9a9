//! Who may call what, how often, and as whom.

use std::num::NonZeroU64;
use std::time::Duration;

use crate::policy::keywords::{
    Letters, Observe, PathMatch, PathParameters, Requirement, UnlistedPaths,
};
use crate::policy::parts::{parts, text_or_table};
use crate::request::Timestamp;

use super::{Constraints, Located, Location, TextList, WordList};

parts! {
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
}
