//! What may be taken from what an edge tells about a certificate.

use crate::dialect::Dialect;
use crate::edge::{ClaimHeader, ClaimUse, Preset};
use crate::policy::document;
use crate::policy::problem::{Problem, Problems};

use super::names::header_name;

/// What the policy takes from claims.
pub(super) fn claim_uses(
    document: &document::Edge,
    dialect: Option<Dialect>,
    problems: &mut Problems,
) -> Vec<ClaimUse> {
    let Some(claims) = &document.claims else {
        if dialect.is_none() && document.preset.value != Preset::Direct {
            problems.push(
                Problem::error(
                    &document.preset.at,
                    "this edge sends no certificate, and nothing may be taken from what it tells \
                     about one",
                )
                .with_hint("write `[edge.claims]` with `use = [\"subject\"]`"),
            );
        }
        return Vec::new();
    };
    for named in &claims.uses.value {
        let forgeable = matches!(named.value, ClaimUse::Subject | ClaimUse::Issuer);
        if dialect == Some(Dialect::Xfcc) && forgeable {
            problems.push(
                Problem::error(
                    &named.at,
                    "a client can forge this part of an XFCC element that has no `Cert`",
                )
                .with_hint("let the edge send `Cert`, or take `spiffe` and `thumbprint`"),
            );
        }
    }
    claims.uses.value.iter().map(|named| named.value).collect()
}

/// The headers from which the policy takes claims.
pub(super) fn claim_headers<'d>(
    document: &'d document::Edge,
    uses: &[ClaimUse],
    dialect: Option<Dialect>,
    problems: &mut Problems,
) -> Vec<(ClaimHeader, &'d str)> {
    let Some(claims) = &document.claims else {
        return Vec::new();
    };
    let preset = document.preset.value.facts().claims;
    let mut headers = Vec::new();
    for (used, setting, form, word) in [
        (
            ClaimUse::Subject,
            &claims.subject_header,
            ClaimHeader::Subject,
            "subject_header",
        ),
        (
            ClaimUse::Issuer,
            &claims.issuer_header,
            ClaimHeader::Issuer,
            "issuer_header",
        ),
        (
            ClaimUse::Thumbprint,
            &claims.thumbprint_header,
            ClaimHeader::Sha256Hex,
            "thumbprint_header",
        ),
        (
            ClaimUse::Spiffe,
            &claims.spiffe_header,
            ClaimHeader::SpiffeId,
            "spiffe_header",
        ),
    ] {
        let known = preset.iter().find(|(header, _)| used.reads(*header));
        let named = header_name(setting.as_ref(), problems);
        match (uses.contains(&used), named, known) {
            (true, Some(name), Some((form, _))) => headers.push((*form, name)),
            (true, Some(name), None) => headers.push((form, name)),
            (true, None, Some((form, name))) => headers.push((*form, *name)),
            (true, None, None) if dialect == Some(Dialect::Xfcc) => {}
            (true, None, None) => problems.push(
                Problem::error(
                    &claims.uses.at,
                    "this edge does not tell all of this by itself",
                )
                .with_hint(format!("name the `{word}`")),
            ),
            (false, Some(_), _) => {
                if let Some(setting) = setting {
                    problems.push(
                        Problem::error(&setting.at, "nothing may be taken from this header")
                            .with_hint("list it under `use`, or leave the setting out"),
                    );
                }
            }
            (false, None, _) => {}
        }
    }
    if uses.is_empty() {
        return headers;
    }
    match header_name(claims.validity_header.as_ref(), problems) {
        Some(name) => headers.push((ClaimHeader::Validity, name)),
        None => headers.extend(preset.iter().filter(|(header, _)| header.tells_validity())),
    }
    headers
}
