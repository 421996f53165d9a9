//! Text as a header's value spells it, one byte of the text at a time.

use core::marker::PhantomData;

use super::{DialectError, DialectErrorKind, strict_base64};

/// A way to write text into a header's value.
pub(super) trait Spelling: Clone {
    /// The next byte of the text and what comes after it; `None` at the end.
    fn next(rest: &[u8]) -> Result<Option<(u8, &[u8])>, DialectErrorKind>;

    /// Whether a byte needs [`next`](Self::next): it begins an escape, or
    /// stands for a line end. Control characters need not stop: they are not
    /// base64.
    fn stops(byte: u8) -> bool;

    /// How many of `bytes` come before the first one that stops.
    fn run(bytes: &[u8; 16]) -> usize {
        bytes.iter().take_while(|&&byte| !Self::stops(byte)).count()
    }
}

/// Percent-encoded: `%` takes two hex digits and anything else is itself.
#[derive(Clone)]
pub(super) struct Escaped;

impl Spelling for Escaped {
    #[inline]
    fn next(rest: &[u8]) -> Result<Option<(u8, &[u8])>, DialectErrorKind> {
        match rest.split_first() {
            None => Ok(None),
            Some((b'%', rest)) => unescape(rest).map(Some),
            Some((&byte, rest)) => uncontrolled(byte).map(|byte| Some((byte, rest))),
        }
    }

    fn stops(byte: u8) -> bool {
        byte == b'%'
    }

    fn run(bytes: &[u8; 16]) -> usize {
        bytes_before_percent(*bytes)
    }
}

/// As it is, line ends and all.
#[derive(Clone)]
pub(super) struct Verbatim;

impl Spelling for Verbatim {
    #[inline]
    fn next(rest: &[u8]) -> Result<Option<(u8, &[u8])>, DialectErrorKind> {
        match rest.split_first() {
            None => Ok(None),
            Some((&byte @ (b'\r' | b'\n'), rest)) => Ok(Some((byte, rest))),
            Some((&byte, rest)) => uncontrolled(byte).map(|byte| Some((byte, rest))),
        }
    }

    fn stops(byte: u8) -> bool {
        matches!(byte, b'\r' | b'\n')
    }
}

/// With a space for each line end. (The space inside of armour is compared as
/// it stands: [`Reader::literal`].)
#[derive(Clone)]
pub(super) struct Spaced;

impl Spelling for Spaced {
    #[inline]
    fn next(rest: &[u8]) -> Result<Option<(u8, &[u8])>, DialectErrorKind> {
        match rest.split_first() {
            None => Ok(None),
            Some((b' ', rest)) => Ok(Some((b'\n', rest))),
            Some((&byte, rest)) => uncontrolled(byte).map(|byte| Some((byte, rest))),
        }
    }

    fn stops(byte: u8) -> bool {
        byte == b' '
    }
}

/// The byte, unless it is a control character, which no header value holds:
/// whoever put it there did not escape.
const fn uncontrolled(byte: u8) -> Result<u8, DialectErrorKind> {
    if byte.is_ascii_control() {
        return Err(DialectErrorKind::ControlCharacter);
    }
    Ok(byte)
}

/// The byte that the two hex digits after a percent sign stand for, and what
/// comes after them.
#[inline]
pub(super) fn unescape(digits: &[u8]) -> Result<(u8, &[u8]), DialectErrorKind> {
    digits
        .split_first_chunk::<2>()
        .and_then(|(&[high, low], rest)| Some((hex_digit(high)? << 4 | hex_digit(low)?, rest)))
        .ok_or(DialectErrorKind::BadPercentEscape)
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

/// A place in a value, read as the text that it stands for.
#[derive(Clone)]
pub(super) struct Reader<'a, S> {
    rest: &'a [u8],
    /// The offset, in the header's value, of the end of `rest`.
    end: usize,
    spelling: PhantomData<S>,
}

impl<'a, S: Spelling> Reader<'a, S> {
    /// `base` is the offset of `text` in the header's value.
    pub(super) const fn new(text: &'a [u8], base: usize) -> Self {
        Self {
            rest: text,
            end: base + text.len(),
            spelling: PhantomData,
        }
    }

    /// What is left, as it is spelled.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The offset of what is read next, in the header's value.
    pub(super) const fn at(&self) -> usize {
        self.end - self.rest.len()
    }

    pub(super) fn peek(&self) -> Result<Option<u8>, DialectError> {
        self.clone().next()
    }

    /// The next byte of the text; `None` at its end.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<u8>, DialectError> {
        match S::next(self.rest) {
            Ok(Some((byte, rest))) => {
                self.rest = rest;
                Ok(Some(byte))
            }
            Ok(None) => Ok(None),
            Err(kind) => Err(kind.at(self.at())),
        }
    }

    /// Skips `text`, which no edge escapes, though it may.
    pub(super) fn literal(&mut self, text: &[u8]) -> Result<bool, DialectError> {
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

    /// Copies what comes before the next byte that stops, sixteen bytes at a
    /// time. What does not belong into base64 is found when it is decoded.
    pub(super) fn copy_run(&mut self, base64: &mut Vec<u8>) {
        while let Some(chunk) = self.rest.first_chunk::<16>() {
            let run = S::run(chunk);
            // A copy of fixed length, cut back, is faster than one of the run.
            base64.extend_from_slice(chunk);
            base64.truncate(base64.len() - (chunk.len() - run));
            self.skip(run);
            if run < chunk.len() {
                return;
            }
        }
        let run = self
            .rest
            .iter()
            .take_while(|&&byte| !S::stops(byte))
            .count();
        base64.extend(self.rest.iter().take(run));
        self.skip(run);
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Why the next `count` symbols, not counting bytes that are `between`
    /// them, are not base64: a second pass, for refused values alone, that
    /// knows the offsets.
    pub(super) fn fault(mut self, count: usize, between: fn(u8) -> bool) -> DialectError {
        let mut symbols = Vec::with_capacity(count);
        while symbols.len() < count {
            let at = self.at();
            match self.next() {
                Ok(Some(byte)) if between(byte) => {}
                Ok(Some(byte)) => symbols.push((at, byte)),
                Ok(None) => break,
                Err(error) => return error,
            }
        }
        strict_base64::fault(symbols.into_iter(), self.at())
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
