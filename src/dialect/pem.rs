//! PEM in every spelling: the scanner behind the dialects that carry it and
//! behind `Cert` and `Chain` of XFCC.
//!
//! What is read is the text that the value spells, in the strict form of
//! RFC 7468 section 3, but with lines of any length and CRLF beside LF. The
//! spelling is resolved, armour checked and line ends dropped in one pass, into
//! one buffer of base64.

use super::text::{Reader, Spelling};
use super::{DialectError, DialectErrorKind, strict_base64};

/// Reads exactly one block. `base` is the offset of `text` in the header's
/// value.
pub(super) fn decode_one<S: Spelling>(text: &[u8], base: usize) -> Result<Vec<u8>, DialectError> {
    let mut scanner = Scanner::<S>(Reader::new(text, base));
    let certificate = scanner.block()?;
    scanner.line_end()?;
    if scanner.0.rest().is_empty() {
        return Ok(certificate);
    }
    let kind = if scanner.at_block() {
        DialectErrorKind::SeveralBlocks
    } else {
        DialectErrorKind::TextAroundBlock
    };
    Err(kind.at(scanner.0.at()))
}

/// Reads one block or more, at most `limit`, one after the other.
pub(super) fn decode_all<S: Spelling>(
    text: &[u8],
    base: usize,
    limit: usize,
) -> Result<Vec<Vec<u8>>, DialectError> {
    let mut scanner = Scanner::<S>(Reader::new(text, base));
    let mut certificates = Vec::new();
    loop {
        if certificates.len() == limit {
            return Err(DialectErrorKind::TooManyCertificates.at(scanner.0.at()));
        }
        certificates.push(scanner.block()?);
        let line_ended = scanner.line_end()?;
        if scanner.0.rest().is_empty() {
            return Ok(certificates);
        }
        if !line_ended || !scanner.at_block() {
            return Err(DialectErrorKind::TextAroundBlock.at(scanner.0.at()));
        }
    }
}

const BEGIN: &[u8] = b"-----BEGIN";
const END: &[u8] = b"-----END";

#[derive(Clone)]
struct Scanner<'a, S>(Reader<'a, S>);

impl<S: Spelling> Scanner<'_, S> {
    /// One block, up to the dashes that end its armour.
    fn block(&mut self) -> Result<Vec<u8>, DialectError> {
        let start = self.0.at();
        self.armour(BEGIN)?;
        if !self.line_end()? {
            return Err(DialectErrorKind::BadLineEnd.at(self.0.at()));
        }
        let body = self.0.clone();
        let mut base64 = Vec::with_capacity(body.rest().len());
        while self.0.peek()? != Some(b'-') {
            self.line(&mut base64)?;
        }
        self.armour(END)?;
        if base64.is_empty() {
            return Err(DialectErrorKind::EmptyCertificate.at(start));
        }
        strict_base64::decode_quietly(&base64)
            .ok_or_else(|| body.fault(base64.len(), |byte| matches!(byte, b'\r' | b'\n')))
    }

    /// A line of armour up to its last dash.
    fn armour(&mut self, boundary: &[u8]) -> Result<(), DialectError> {
        let start = self.0.clone();
        if !(self.0.literal(boundary)? && self.0.literal(b" ")?) {
            let mut later = start.rest().windows(BEGIN.len()).skip(1);
            let kind = if boundary == BEGIN && later.any(|part| part == BEGIN) {
                DialectErrorKind::TextAroundBlock
            } else {
                DialectErrorKind::MissingArmour
            };
            return Err(kind.at(start.at()));
        }
        let label = self.0.at();
        if !self.0.literal(b"CERTIFICATE-----")? {
            return Err(if self.0.rest().is_empty() {
                DialectErrorKind::MissingArmour.at(self.0.at())
            } else {
                DialectErrorKind::WrongLabel.at(label)
            });
        }
        Ok(())
    }

    /// Whether a block may begin here.
    fn at_block(&self) -> bool {
        self.0.clone().literal(BEGIN) == Ok(true)
    }

    /// Adds a line of the body, which is not empty, to `base64` and skips its
    /// end.
    fn line(&mut self, base64: &mut Vec<u8>) -> Result<(), DialectError> {
        let start = self.0.at();
        let length = base64.len();
        loop {
            self.0.copy_run(base64);
            let at = self.0.at();
            match self.0.next()? {
                Some(b'\n') => break,
                Some(b'\r') => {
                    self.rest_of_crlf(at)?;
                    break;
                }
                Some(symbol) => base64.push(symbol),
                None => return Err(DialectErrorKind::MissingArmour.at(at)),
            }
        }
        if base64.len() == length {
            return Err(DialectErrorKind::EmptyLine.at(start));
        }
        Ok(())
    }

    /// Skips LF or CRLF, if that is next.
    fn line_end(&mut self) -> Result<bool, DialectError> {
        let start = self.0.clone();
        match self.0.next()? {
            Some(b'\n') => Ok(true),
            Some(b'\r') => self.rest_of_crlf(start.at()).map(|()| true),
            _ => {
                self.0 = start;
                Ok(false)
            }
        }
    }

    /// Skips the LF after a CR, which stood at `at`.
    fn rest_of_crlf(&mut self, at: usize) -> Result<(), DialectError> {
        match self.0.next()? {
            Some(b'\n') => Ok(()),
            _ => Err(DialectErrorKind::BadLineEnd.at(at)),
        }
    }
}
