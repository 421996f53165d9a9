//! Bare base64 of the DER: HAProxy's `ssl_c_der,base64`, Traefik's
//! `passTLSClientCert.pem`, Caddy's `certificate_der_base64`.
//!
//! Base64 is accepted in one spelling only: the standard alphabet of RFC 4648
//! section 4, padded with `=` to a multiple of four, the unused bits of the
//! last character zero, and no whitespace, armour or percent-encoding.
//!
//! A chain has two forms. Traefik separates the certificates by commas, leaf
//! first ([`decode`]). HAProxy's `ssl_c_chain_der` is one base64 of all the
//! other certificates' DER, one after the other ([`decode_chain`]).

use crate::certificate::split_sequence;

use super::{Budget, DialectError, DialectErrorKind, Forwarded, strict_base64};

/// Decodes a certificate, or a comma-separated chain with the leaf first.
///
/// `None` for the empty value. Where the edge sends one certificate, a budget
/// of one refuses a comma: a list there is two headers merged into one.
///
/// ```
/// use certgate::dialect::{Budget, base64_der};
///
/// let forwarded = base64_der::decode(b"MAMCAQE=,MAMCAQI=", &Budget::default())?
///     .expect("a certificate");
/// assert_eq!(forwarded.leaf, [0x30, 0x03, 0x02, 0x01, 0x01]);
/// assert_eq!(forwarded.chain, [[0x30, 0x03, 0x02, 0x01, 0x02]]);
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// - The value is longer than the budget, or has more members than it has
///   certificates.
/// - A member is empty.
/// - A member is not canonical base64.
pub fn decode(value: &[u8], budget: &Budget) -> Result<Option<Forwarded>, DialectError> {
    budget.admit(value)?;
    if value.is_empty() {
        return Ok(None);
    }
    // No comma decodes, so this is the usual case: one certificate.
    if budget.certificates > 0
        && let Some(leaf) = strict_base64::decode_quietly(value)
    {
        return Ok(Some(Forwarded::alone(leaf)));
    }
    let mut certificates = Vec::new();
    let mut at = 0;
    for member in value.split(|&byte| byte == b',') {
        if certificates.len() == budget.certificates {
            return Err(DialectErrorKind::TooManyCertificates.at(at));
        }
        if member.is_empty() {
            return Err(DialectErrorKind::EmptyCertificate.at(at));
        }
        certificates.push(strict_base64::decode(member, at)?);
        at += member.len() + 1;
    }
    Ok(Forwarded::leaf_first(certificates))
}

/// Decodes HAProxy's `ssl_c_chain_der,base64`: what the client sent beside its
/// certificate, concatenated. Empty for the empty value.
///
/// Only the outermost tag and length of each certificate are read here, to
/// tell where the next one begins.
///
/// ```
/// use certgate::dialect::{Budget, base64_der};
///
/// let chain = base64_der::decode_chain(b"MAMCAQEwAwIBAg==", &Budget::default())?;
/// assert_eq!(chain, [[0x30, 0x03, 0x02, 0x01, 0x01], [0x30, 0x03, 0x02, 0x01, 0x02]]);
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// - The value is longer than the budget, or the chain and the leaf together
///   are more certificates than it has.
/// - The value is not canonical base64.
/// - The bytes are not a sequence of whole DER sequences: another tag, a
///   length that is indefinite or not minimal, or bytes that end too early.
pub fn decode_chain(value: &[u8], budget: &Budget) -> Result<Vec<Vec<u8>>, DialectError> {
    budget.admit(value)?;
    let concatenated = strict_base64::decode(value, 0)?;
    let mut certificates = Vec::new();
    let mut rest = concatenated.as_slice();
    while !rest.is_empty() {
        let at = strict_base64::symbol_of_byte(concatenated.len() - rest.len());
        if certificates.len() == budget.certificates.saturating_sub(1) {
            return Err(DialectErrorKind::TooManyCertificates.at(at));
        }
        let (certificate, tail) =
            split_sequence(rest).ok_or(DialectErrorKind::BadConcatenation.at(at))?;
        certificates.push(certificate.to_vec());
        rest = tail;
    }
    Ok(certificates)
}
