//! What an edge tells about a certificate that it does not send.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::certificate::{ClaimedSpiffeId, Claims, DistinguishedName, SpiffeId, Thumbprint};
use crate::dialect::{Budget, alb, traefik_info, xfcc};
use crate::request::Timestamp;

use super::Unreadable;

/// What a header tells about a certificate, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimHeader {
    /// The subject, as RFC 4514 or RFC 2253 text.
    Subject,
    /// The issuer, as RFC 4514 or RFC 2253 text.
    Issuer,
    /// The SHA-256 of the certificate, in hexadecimal.
    Sha256Hex,
    /// The SHA-256 of the certificate, in base64 with or without padding.
    Sha256Base64,
    /// The SPIFFE ID.
    SpiffeId,
    /// The beginning of its validity, as RFC 3339 in UTC (`Z` or `+00:00`).
    NotBefore,
    /// The end of its validity, in the same form.
    NotAfter,
    /// Both, as AWS writes them: see [`alb`].
    Validity,
    /// Traefik's info: see [`traefik_info`].
    TraefikInfo,
}

/// What a policy takes from claims. What it does not name proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimUse {
    /// The subject may identify.
    Subject,
    /// The issuer counts for the allowed issuers and for identity rules.
    Issuer,
    /// The SHA-256 binds tokens, and may identify.
    Thumbprint,
    /// The SPIFFE ID may identify.
    Spiffe,
}

impl ClaimUse {
    /// Every use with the word by which a policy names it.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("subject", Self::Subject),
        ("issuer", Self::Issuer),
        ("thumbprint", Self::Thumbprint),
        ("spiffe", Self::Spiffe),
    ];

    /// Whether it takes something from such a header.
    #[must_use]
    pub const fn reads(self, header: ClaimHeader) -> bool {
        matches!(
            (self, header),
            (
                Self::Subject,
                ClaimHeader::Subject | ClaimHeader::TraefikInfo
            ) | (Self::Issuer, ClaimHeader::Issuer)
                | (
                    Self::Thumbprint,
                    ClaimHeader::Sha256Hex | ClaimHeader::Sha256Base64
                )
                | (Self::Spiffe, ClaimHeader::SpiffeId)
        )
    }
}

impl ClaimHeader {
    /// Whether it tells the validity, which can only narrow what is allowed
    /// and so needs no leave.
    #[must_use]
    pub const fn tells_validity(self) -> bool {
        matches!(self, Self::NotBefore | Self::NotAfter | Self::Validity)
    }

    /// Reads one value into `claims`.
    fn read(self, value: &[u8], budget: &Budget, claims: &mut Claims) -> Result<(), Unreadable> {
        let text = || str::from_utf8(value).map_err(|_| Unreadable::claim("claim_not_utf8"));
        match self {
            Self::Subject => claims.subject = Some(name(text()?)?),
            Self::Issuer => claims.issuer = Some(name(text()?)?),
            Self::Sha256Hex => {
                let sha256 = Thumbprint::from_hex(text()?);
                claims.thumbprint = Some(sha256.map_err(|_| Unreadable::claim("claimed_sha256"))?);
            }
            Self::Sha256Base64 => claims.thumbprint = Some(sha256_base64(value)?),
            Self::SpiffeId => {
                let id = SpiffeId::parse(text()?);
                let id = id.map_err(|_| Unreadable::claim("claimed_spiffe_id"))?;
                claims.spiffe_id = ClaimedSpiffeId::Id(id.as_str().into());
            }
            Self::NotBefore => claims.not_before = Some(moment(value)?),
            Self::NotAfter => claims.not_after = Some(moment(value)?),
            Self::Validity => {
                let validity = alb::validity(value)?;
                claims.not_before = Some(validity.not_before);
                claims.not_after = Some(validity.not_after);
            }
            Self::TraefikInfo => {
                claims.subject = traefik_info::parse(value, budget)?.map(|subject| {
                    DistinguishedName::of_attribute(subject.attribute_type(), subject.value())
                });
            }
        }
        Ok(())
    }
}

/// Reads the claims of a request, one line a header.
///
/// Empty values and Apache's `(null)` say nothing.
///
/// # Errors
///
/// A line that is repeated, or a value that is not what its header is for.
pub(super) fn read(
    lines: &[(ClaimHeader, &[u8])],
    uses: &[ClaimUse],
    budget: &Budget,
) -> Result<Claims, Unreadable> {
    let mut claims = Claims::default();
    if uses.contains(&ClaimUse::Spiffe) {
        claims.spiffe_id = ClaimedSpiffeId::None;
    }
    for (place, &(header, value)) in lines.iter().enumerate() {
        let earlier = lines.get(..place).unwrap_or_default();
        if earlier.iter().any(|&(other, _)| other == header) {
            return Err(Unreadable::Ambiguous);
        }
        if value.len() > budget.header_bytes {
            return Err(Unreadable::Oversized);
        }
        if !is_absent(value) {
            header.read(value, budget, &mut claims)?;
        }
    }
    Ok(claims)
}

/// Whether a value says that there is nothing to say.
pub(crate) fn is_absent(value: &[u8]) -> bool {
    value.is_empty() || value == b"(null)"
}

/// What an XFCC element without `Cert` proves, as far as the policy takes it:
/// nothing, if its SPIFFE ID or its hash could be forged.
pub(super) fn of_element(element: &xfcc::Element<'_>, uses: &[ClaimUse]) -> Claims {
    let mut claims = Claims::default();
    if uses.contains(&ClaimUse::Thumbprint) && hash_is_the_proxy_s(element) {
        claims.thumbprint = element.hash().map(Thumbprint::from_bytes);
    }
    if uses.contains(&ClaimUse::Spiffe) {
        claims.spiffe_id = match element.spiffe_id() {
            Some(id) => ClaimedSpiffeId::Id(id.as_str().into()),
            // A name that could be forged may hide the right one.
            None if element.has_uri() => ClaimedSpiffeId::Untold,
            None => ClaimedSpiffeId::None,
        };
    }
    claims
}

/// Whether no text of the client's own stands before the hash, which Envoy
/// writes first.
fn hash_is_the_proxy_s(element: &xfcc::Element<'_>) -> bool {
    let mut before = element.pairs().iter().map(|pair| pair.key);
    let first = before.find(|key| matches!(key, xfcc::Key::Hash | xfcc::Key::Uri | xfcc::Key::Dns));
    first == Some(xfcc::Key::Hash)
}

fn name(text: &str) -> Result<DistinguishedName, Unreadable> {
    DistinguishedName::parse(text).map_err(|error| Unreadable::Claim {
        code: "claimed_name",
        offset: error.offset(),
    })
}

/// UTC is `Z`, or `+00:00` as Google Cloud documents it.
fn moment(text: &[u8]) -> Result<Timestamp, Unreadable> {
    let moment = match text.strip_suffix(b"+00:00") {
        Some(local) => Timestamp::parse_rfc3339_utc(&[local, b"Z"].concat()),
        None => Timestamp::parse_rfc3339_utc(text),
    };
    moment.ok_or(Unreadable::claim("claimed_time"))
}

/// 43 characters, or 44 with the padding.
fn sha256_base64(value: &[u8]) -> Result<Thumbprint, Unreadable> {
    let digits = match value {
        [digits @ .., b'='] if digits.len() == 43 => digits,
        digits => digits,
    };
    let bytes = STANDARD_NO_PAD.decode(digits).ok();
    bytes
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        .map(Thumbprint::from_bytes)
        .ok_or(Unreadable::claim("claimed_sha256"))
}
