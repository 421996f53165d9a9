//! The `Client-Cert` and `Client-Cert-Chain` fields of [RFC 9440], written by
//! proxies that implement it and, by hand, with HAProxy's
//! `:%[ssl_c_der,base64]:`.
//!
//! Both are structured fields ([RFC 8941]): a certificate is a byte sequence,
//! `:base64:`; the chain is a list of them, with optional spaces and tabs
//! around the commas. Spaces around the whole value are ignored.
//!
//! Stricter than RFC 8941 where it leaves a choice or a door: base64 is
//! canonical (see [`base64_der`](super::base64_der)), and parameters are
//! refused, since RFC 9440 defines none.
//!
//! [RFC 9440]: https://www.rfc-editor.org/rfc/rfc9440
//! [RFC 8941]: https://www.rfc-editor.org/rfc/rfc8941#section-3.3.5

use super::{Budget, DialectError, DialectErrorKind, Forwarded, strict_base64};

/// Decodes `Client-Cert`: one byte sequence (RFC 9440 section 2.2).
///
/// `None` for the empty value and for `::`, which a template such as HAProxy's
/// gives when the client presented no certificate.
///
/// ```
/// use certgate::dialect::{Budget, rfc9440};
///
/// let forwarded = rfc9440::decode(b":MAMCAQE=:", &Budget::default())?.expect("a certificate");
/// assert_eq!(forwarded.leaf, [0x30, 0x03, 0x02, 0x01, 0x01]);
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// - The value is longer than the budget.
/// - A colon is missing.
/// - Something follows the item: a parameter, or a second member.
/// - What the colons enclose is not canonical base64.
pub fn decode(value: &[u8], budget: &Budget) -> Result<Option<Forwarded>, DialectError> {
    budget.admit(value)?;
    if is_absent(value) {
        return Ok(None);
    }
    let mut item = Cursor::new(value);
    let certificate = item.byte_sequence()?;
    if !item.rest.is_empty() {
        return Err(DialectErrorKind::TrailingBytes.at(item.at));
    }
    Ok(Some(Forwarded::alone(certificate)))
}

pub(super) fn is_absent(value: &[u8]) -> bool {
    matches!(Cursor::new(value).rest, b"" | b"::")
}

/// Decodes `Client-Cert-Chain`: a list of byte sequences without the leaf
/// (RFC 9440 section 2.3), which may be spread over several lines.
///
/// Empty without lines. An empty line is an empty list (RFC 8941 section
/// 4.2.1) and adds nothing.
///
/// ```
/// use certgate::dialect::{Budget, rfc9440};
///
/// let lines: [&[u8]; 2] = [b":MAMCAQE=:, :MAMCAQI=:", b":MAMCAQM=:"];
/// let chain = rfc9440::decode_chain(lines.into_iter(), &Budget::default())?;
/// assert_eq!(chain.len(), 3);
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// The offset is that in the line at fault.
///
/// - The lines together are longer than the budget, or the chain and the leaf
///   together are more certificates than it has.
/// - A member is missing (a comma at an end, or two in a row) or empty (`::`).
/// - A member has a parameter, or is not one byte sequence of canonical base64.
pub fn decode_chain<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
    budget: &Budget,
) -> Result<Vec<Vec<u8>>, DialectError> {
    let mut certificates = Vec::new();
    let mut left = *budget;
    for line in lines {
        left.admit(line)?;
        left.header_bytes -= line.len();
        chain_line(
            line,
            budget.certificates.saturating_sub(1),
            &mut certificates,
        )?;
    }
    Ok(certificates)
}

/// Adds the members of one line.
fn chain_line(
    line: &[u8],
    limit: usize,
    certificates: &mut Vec<Vec<u8>>,
) -> Result<(), DialectError> {
    let mut list = Cursor::new(line);
    if list.rest.is_empty() {
        return Ok(());
    }
    loop {
        let at = list.at;
        if certificates.len() == limit {
            return Err(DialectErrorKind::TooManyCertificates.at(at));
        }
        if list.rest.is_empty() || list.rest.starts_with(b",") {
            return Err(DialectErrorKind::EmptyCertificate.at(at));
        }
        let certificate = list.byte_sequence()?;
        if certificate.is_empty() {
            return Err(DialectErrorKind::EmptyCertificate.at(at));
        }
        certificates.push(certificate);
        list.skip_whitespace();
        if list.rest.is_empty() {
            return Ok(());
        }
        if !list.skip(b',') {
            return Err(DialectErrorKind::TrailingBytes.at(list.at));
        }
        list.skip_whitespace();
    }
}

/// What is left of a field value, and where that begins.
struct Cursor<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Without the spaces around the value (RFC 8941 section 4.2).
    fn new(value: &'a [u8]) -> Self {
        let leading = value.iter().take_while(|&&byte| byte == b' ').count();
        let mut rest = value.get(leading..).unwrap_or_default();
        while let Some(shorter) = rest.strip_suffix(b" ") {
            rest = shorter;
        }
        Self { rest, at: leading }
    }

    /// `:base64:`, decoded.
    fn byte_sequence(&mut self) -> Result<Vec<u8>, DialectError> {
        if !self.skip(b':') {
            return Err(DialectErrorKind::MissingColon.at(self.at));
        }
        let end = self.at + self.rest.len();
        let mut parts = self.rest.splitn(2, |&byte| byte == b':');
        let (Some(encoded), Some(rest)) = (parts.next(), parts.next()) else {
            return Err(DialectErrorKind::MissingColon.at(end));
        };
        let certificate = strict_base64::decode(encoded, self.at)?;
        self.rest = rest;
        self.at = end - rest.len();
        Ok(certificate)
    }

    fn skip(&mut self, byte: u8) -> bool {
        let Some(rest) = self.rest.strip_prefix(&[byte]) else {
            return false;
        };
        self.rest = rest;
        self.at += 1;
        true
    }

    fn skip_whitespace(&mut self) {
        while self.skip(b' ') || self.skip(b'\t') {}
    }
}
