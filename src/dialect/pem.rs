//! Percent-encoded PEM: the scanner behind `pem-escaped` and behind `Cert` and
//! `Chain` of XFCC.
//!
//! What is read is the percent-decoded text, in the strict form of RFC 7468
//! section 3, but with lines of any length and CRLF beside LF. Escapes are
//! resolved, armour checked and line ends dropped in one pass, into one buffer
//! of base64.

use super::{DialectError, DialectErrorKind, strict_base64};

/// Reads exactly one block; `None` if its body is empty. `base` is the offset
/// of `text` in the header's value.
pub(super) fn decode_one(text: &[u8], base: usize) -> Result<Option<Vec<u8>>, DialectError> {
    let mut scanner = Scanner::new(text, base);
    let certificate = scanner.block()?;
    scanner.line_end()?;
    if scanner.rest.is_empty() {
        return Ok(certificate);
    }
    let kind = if scanner.at_block() {
        DialectErrorKind::SeveralBlocks
    } else {
        DialectErrorKind::TextAroundBlock
    };
    Err(kind.at(scanner.at()))
}

/// Reads one block or more, at most `limit`, one after the other.
pub(super) fn decode_all(
    text: &[u8],
    base: usize,
    limit: usize,
) -> Result<Vec<Vec<u8>>, DialectError> {
    let mut scanner = Scanner::new(text, base);
    let mut certificates = Vec::new();
    loop {
        let start = scanner.at();
        if certificates.len() == limit {
            return Err(DialectErrorKind::TooManyCertificates.at(start));
        }
        let certificate = scanner.block()?;
        certificates.push(certificate.ok_or(DialectErrorKind::EmptyCertificate.at(start))?);
        let line_ended = scanner.line_end()?;
        if scanner.rest.is_empty() {
            return Ok(certificates);
        }
        if !line_ended || !scanner.at_block() {
            return Err(DialectErrorKind::TextAroundBlock.at(scanner.at()));
        }
    }
}

const BEGIN: &[u8] = b"-----BEGIN";
const END: &[u8] = b"-----END";

/// A place in percent-encoded text, read as the text that it stands for.
#[derive(Clone)]
struct Scanner<'a> {
    rest: &'a [u8],
    /// The offset, in the header's value, of the end of `rest`.
    end: usize,
}

impl<'a> Scanner<'a> {
    const fn new(text: &'a [u8], base: usize) -> Self {
        Self {
            rest: text,
            end: base + text.len(),
        }
    }

    /// The offset of what is read next, in the header's value.
    const fn at(&self) -> usize {
        self.end - self.rest.len()
    }

    /// One block, up to the dashes that end its armour. `None` if its body is
    /// empty.
    fn block(&mut self) -> Result<Option<Vec<u8>>, DialectError> {
        self.armour(BEGIN)?;
        if !self.line_end()? {
            return Err(DialectErrorKind::BadLineEnd.at(self.at()));
        }
        let body = self.clone();
        let mut base64 = Vec::with_capacity(self.rest.len());
        while self.peek()? != Some(b'-') {
            self.line(&mut base64)?;
        }
        self.armour(END)?;
        if base64.is_empty() {
            return Ok(None);
        }
        match strict_base64::decode_quietly(&base64) {
            Some(certificate) => Ok(Some(certificate)),
            None => Err(body.fault(base64.len())),
        }
    }

    /// A line of armour up to its last dash.
    fn armour(&mut self, boundary: &[u8]) -> Result<(), DialectError> {
        let start = self.clone();
        if !(self.literal(boundary)? && self.literal(b" ")?) {
            let mut later = start.rest.windows(BEGIN.len()).skip(1);
            let kind = if boundary == BEGIN && later.any(|part| part == BEGIN) {
                DialectErrorKind::TextAroundBlock
            } else {
                DialectErrorKind::MissingArmour
            };
            return Err(kind.at(start.at()));
        }
        let label = self.at();
        if !self.literal(b"CERTIFICATE-----")? {
            return Err(if self.rest.is_empty() {
                DialectErrorKind::MissingArmour.at(self.end)
            } else {
                DialectErrorKind::WrongLabel.at(label)
            });
        }
        Ok(())
    }

    /// Whether a block may begin here.
    fn at_block(&self) -> bool {
        self.clone().literal(BEGIN) == Ok(true)
    }

    /// Adds a line of the body, which is not empty, to `base64` and skips its
    /// end.
    fn line(&mut self, base64: &mut Vec<u8>) -> Result<(), DialectError> {
        let start = self.at();
        let length = base64.len();
        loop {
            self.unescaped_run(base64);
            let at = self.at();
            match self.next()? {
                Some(b'\n') => break,
                Some(b'\r') => {
                    self.rest_of_crlf(at)?;
                    break;
                }
                Some(symbol) => base64.push(symbol),
                None => return Err(DialectErrorKind::MissingArmour.at(self.end)),
            }
        }
        if base64.len() == length {
            return Err(DialectErrorKind::EmptyLine.at(start));
        }
        Ok(())
    }

    /// Copies what comes before the next escape, sixteen bytes at a time. What
    /// does not belong into base64 is found when it is decoded.
    fn unescaped_run(&mut self, base64: &mut Vec<u8>) {
        while let Some(chunk) = self.rest.first_chunk::<16>() {
            let run = bytes_before_percent(*chunk);
            // A copy of fixed length, cut back, is faster than one of the run.
            base64.extend_from_slice(chunk);
            base64.truncate(base64.len() - (chunk.len() - run));
            self.skip(run);
            if run < chunk.len() {
                return;
            }
        }
        let run = self.rest.iter().take_while(|&&byte| byte != b'%').count();
        base64.extend(self.rest.iter().take(run));
        self.skip(run);
    }

    /// Skips LF or CRLF, if that is next.
    fn line_end(&mut self) -> Result<bool, DialectError> {
        let start = self.clone();
        match self.next()? {
            Some(b'\n') => Ok(true),
            Some(b'\r') => self.rest_of_crlf(start.at()).map(|()| true),
            _ => {
                *self = start;
                Ok(false)
            }
        }
    }

    /// Skips the LF after a CR, which stood at `at`.
    fn rest_of_crlf(&mut self, at: usize) -> Result<(), DialectError> {
        match self.next()? {
            Some(b'\n') => Ok(()),
            _ => Err(DialectErrorKind::BadLineEnd.at(at)),
        }
    }

    /// Skips `text`, which no edge escapes; a space may be written either way.
    fn literal(&mut self, text: &[u8]) -> Result<bool, DialectError> {
        if let Some(rest) = self.rest.strip_prefix(text) {
            self.rest = rest;
            return Ok(true);
        }
        for &byte in text {
            if self.next()? != Some(byte) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn peek(&self) -> Result<Option<u8>, DialectError> {
        self.clone().next()
    }

    /// The next byte of the text; `None` at its end.
    #[inline]
    fn next(&mut self) -> Result<Option<u8>, DialectError> {
        let Some((&byte, rest)) = self.rest.split_first() else {
            return Ok(None);
        };
        if byte != b'%' {
            // Header values hold none: whoever put it here did not escape.
            if byte.is_ascii_control() {
                return Err(DialectErrorKind::ControlCharacter.at(self.at()));
            }
            self.rest = rest;
            return Ok(Some(byte));
        }
        let escape = rest.split_first_chunk::<2>();
        let Some((high, low, rest)) =
            escape.and_then(|(&[high, low], rest)| Some((hex_digit(high)?, hex_digit(low)?, rest)))
        else {
            return Err(DialectErrorKind::BadPercentEscape.at(self.at()));
        };
        self.rest = rest;
        Ok(Some(high << 4 | low))
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Why the body that begins here, of `symbols` symbols, is not base64: a
    /// second pass, for refused values alone, that knows the offsets.
    fn fault(mut self, symbols: usize) -> DialectError {
        let mut found = Vec::with_capacity(symbols);
        while found.len() < symbols {
            let at = self.at();
            match self.next() {
                Ok(Some(b'\r' | b'\n')) => {}
                Ok(Some(byte)) => found.push((at, byte)),
                Ok(None) => break,
                Err(error) => return error,
            }
        }
        strict_base64::fault(found.into_iter(), self.at())
    }
}

/// How many of `bytes` come before the first `%`: all, if there is none.
fn bytes_before_percent(bytes: [u8; 16]) -> usize {
    const ONES: u128 = u128::from_le_bytes([0x01; 16]);
    const HIGH_BITS: u128 = u128::from_le_bytes([0x80; 16]);
    const PERCENTS: u128 = u128::from_le_bytes([b'%'; 16]);
    // The lowest high bit that is set marks the first byte that became zero.
    let differences = u128::from_le_bytes(bytes) ^ PERCENTS;
    let zeros = differences.wrapping_sub(ONES) & !differences & HIGH_BITS;
    (zeros.trailing_zeros() / 8) as usize
}

/// The value of a hex digit of either case.
pub(super) fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_percent_sign_is_found_at_every_place() {
        for fill in 0..=u8::MAX {
            for place in 0..=16 {
                let mut bytes = [if fill == b'%' { b'A' } else { fill }; 16];
                if let Some(byte) = bytes.get_mut(place) {
                    *byte = b'%';
                }
                // What follows the first one must not matter.
                if let Some(byte) = bytes.get_mut(place + 2) {
                    *byte = b'%';
                }
                assert_eq!(bytes_before_percent(bytes), place, "{bytes:?}");
            }
        }
    }
}
