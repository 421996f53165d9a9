//! The proxies in front, and the headers that select.

use std::num::NonZeroU64;

use crate::dialect::Dialect;
use crate::edge::{ClaimUse, Preset};
use crate::policy::keywords::{
    AddressSource, DirectTls, IdentityHeaders, SelectorsSetBy, Verification,
};
use crate::policy::parts::parts;
use crate::policy::schema::{Json, Table};

use super::{Located, Location, TextList};

parts! {
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
}
