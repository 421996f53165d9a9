//! The header of the certificate, and that of its chain.

use crate::dialect::Dialect;
use crate::policy::document;
use crate::policy::problem::{Problem, Problems};

use super::names::header_name;

/// The dialect of the certificate header; `None` without one.
pub(super) fn dialect(document: &document::Edge, problems: &mut Problems) -> Option<Dialect> {
    let preset = document.preset.value.facts().certificate;
    let named = document.dialect.as_ref().map(|setting| setting.value);
    let dialect = named.or(preset.map(|header| header.dialect));
    let header = document.certificate_header.as_ref();
    let has_header = header.is_some() || preset.is_some();
    match (dialect, header, &document.dialect) {
        (None, Some(header), _) => problems.push(
            Problem::error(&header.at, "this edge sends no certificate by itself")
                .with_hint("say in which `dialect` the header is"),
        ),
        (Some(_), _, Some(dialect)) if !has_header => problems.push(
            Problem::error(&dialect.at, "this edge sends no certificate by itself")
                .with_hint("name the `certificate_header`"),
        ),
        _ => {}
    }
    dialect.filter(|_| has_header)
}

/// The header of the chain. Only some dialects have one apart; in the others
/// every request with that header would be refused.
pub(super) fn chain_header<'d>(
    document: &'d document::Edge,
    problems: &mut Problems,
) -> Option<&'d str> {
    let preset = document.preset.value.facts().certificate;
    // Who writes the certificate in another dialect writes the chain so, too.
    let kept = preset.filter(|header| {
        let named = document.dialect.as_ref();
        named.is_none_or(|named| named.value == header.dialect)
    });
    let dialect = document.dialect.as_ref().map(|named| named.value);
    let dialect = dialect.or(preset.map(|header| header.dialect));
    if let Some(header) = &document.chain_header
        && !matches!(dialect, Some(Dialect::Rfc9440 | Dialect::Base64Der))
    {
        problems.push(
            Problem::warning(
                &header.at,
                "this edge sends no chain in a header of its own, and a request with one is refused",
            )
            .with_hint("leave the setting out"),
        );
    }
    header_name(document.chain_header.as_ref(), problems).or(kept.and_then(|header| header.chain))
}
