//! The grammar of the header, without a look at what the values mean.

use super::element::{Element, Key, Pair, Quoting, Value};
use super::{DialectError, DialectErrorKind};

/// Splits a value into at most `limit` elements; the empty value has none.
pub(super) fn elements(value: &[u8], limit: usize) -> Result<Vec<Element<'_>>, DialectError> {
    let mut reader = Reader {
        rest: value,
        end: value.len(),
    };
    let mut elements = Vec::new();
    if value.is_empty() {
        return Ok(elements);
    }
    loop {
        if elements.len() == limit {
            return Err(DialectErrorKind::TooManyElements.at(reader.at()));
        }
        elements.push(reader.element()?);
        if !reader.skip(b',') {
            return Ok(elements);
        }
    }
}

/// What is left of the header's value.
struct Reader<'a> {
    rest: &'a [u8],
    end: usize,
}

impl<'a> Reader<'a> {
    /// The offset of what is read next.
    const fn at(&self) -> usize {
        self.end - self.rest.len()
    }

    /// An element, up to the comma after it or the end.
    fn element(&mut self) -> Result<Element<'a>, DialectError> {
        let mut pairs: Vec<Pair<'a>> = Vec::new();
        loop {
            let pair = self.pair()?;
            // Asked in this order, it is linear: few pairs get to the second.
            if !pair.key.may_repeat() && pairs.iter().any(|earlier| earlier.key == pair.key) {
                return Err(DialectErrorKind::DuplicateKey.at(pair.key_at));
            }
            pairs.push(pair);
            if !self.skip(b';') {
                return Ok(Element::new(pairs));
            }
        }
    }

    /// A pair, up to the separator after it or the end.
    fn pair(&mut self) -> Result<Pair<'a>, DialectError> {
        let key_at = self.at();
        let name = self.take_until(|byte| matches!(byte, b'=' | b';' | b','));
        if !self.skip(b'=') {
            return Err(if name.is_empty() {
                DialectErrorKind::EmptyPair.at(key_at)
            } else {
                DialectErrorKind::MissingEquals.at(self.at())
            });
        }
        let key = Key::from_name(name).ok_or(DialectErrorKind::UnknownKey.at(key_at))?;
        let quote_at = self.at();
        let (value_at, value) = if self.skip(b'"') {
            (self.at(), self.quoted(quote_at)?)
        } else {
            (self.at(), self.unquoted()?)
        };
        Ok(Pair {
            key,
            value,
            key_at,
            value_at,
        })
    }

    /// The rest of a quoted value and its closing quote.
    fn quoted(&mut self, quote_at: usize) -> Result<Value<'a>, DialectError> {
        let mut escaped = false;
        let raw = self.take_until(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        if !self.skip(b'"') {
            return Err(DialectErrorKind::OpenQuote.at(quote_at));
        }
        if !matches!(self.rest.first(), None | Some(b';' | b',')) {
            return Err(DialectErrorKind::TrailingBytes.at(self.at()));
        }
        Ok(Value {
            raw,
            quoting: Quoting::Quoted,
        })
    }

    fn unquoted(&mut self) -> Result<Value<'a>, DialectError> {
        let raw = self.take_until(|byte| matches!(byte, b';' | b',' | b'"'));
        if self.rest.starts_with(b"\"") {
            return Err(DialectErrorKind::StrayQuote.at(self.at()));
        }
        Ok(Value {
            raw,
            quoting: Quoting::Unquoted,
        })
    }

    /// Everything before the first byte that `stops`, or all that is left.
    fn take_until(&mut self, mut stops: impl FnMut(u8) -> bool) -> &'a [u8] {
        let length = self.rest.iter().position(|&byte| stops(byte));
        let (taken, rest) = self
            .rest
            .split_at_checked(length.unwrap_or(self.rest.len()))
            .unwrap_or_default();
        self.rest = rest;
        taken
    }

    fn skip(&mut self, byte: u8) -> bool {
        let Some(rest) = self.rest.strip_prefix(&[byte]) else {
            return false;
        };
        self.rest = rest;
        true
    }
}
