//! What a request must prove, and against what certificates are held.

use std::num::NonZeroU64;

use crate::policy::keywords::{Mode, Observe, Revocation, StaleLists, UnverifiedBearer};
use crate::policy::parts::parts;

use super::{Located, Location, TextList, When, WordList};

parts! {
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
}
