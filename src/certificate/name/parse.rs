//! The text of RFC 4514 and RFC 2253, and what configuration may write beyond.

use super::AttributeType;
use super::distinguished::{NameAttribute, NameValue};
use super::error::{NameError, NameErrorKind};
use crate::certificate::reader::Elements;
use crate::certificate::thumbprint::hex_octet;

/// How freely a name may be written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Grammar {
    /// RFC 4514 and RFC 2253 alone.
    Request,
    /// Spaces around separators, `E=`, `email=` and `OID.` as well.
    Configuration,
}

/// The RDNs in the order of the text: most specific first.
pub(super) fn parse_attributes(
    text: &str,
    grammar: Grammar,
) -> Result<Vec<Vec<NameAttribute>>, NameError> {
    let mut cursor = Cursor {
        text,
        at: 0,
        grammar,
    };
    cursor.skip_free_spaces();
    let mut rdns = Vec::new();
    if cursor.peek().is_none() {
        return Ok(rdns);
    }
    loop {
        let mut rdn = vec![cursor.attribute()?];
        while cursor.take(b'+') {
            rdn.push(cursor.attribute()?);
        }
        rdns.push(rdn);
        if cursor.peek().is_none() {
            return Ok(rdns);
        }
        if !cursor.take(b',') && !cursor.take(b';') {
            return Err(cursor.error(NameErrorKind::Character));
        }
    }
}

/// A type as configuration may write it.
pub(super) fn configured_type(text: &str) -> Option<AttributeType> {
    if ["E", "email"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(text))
    {
        return Some(AttributeType::EMAIL_ADDRESS);
    }
    match text.split_at_checked(4) {
        Some((prefix, dotted)) if prefix.eq_ignore_ascii_case("OID.") => {
            let numeric = dotted.starts_with(|c: char| c.is_ascii_digit());
            numeric.then(|| dotted.parse().ok()).flatten()
        }
        _ => text.parse().ok(),
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
    grammar: Grammar,
}

impl Cursor<'_> {
    fn attribute(&mut self) -> Result<NameAttribute, NameError> {
        self.skip_free_spaces();
        let attribute_type = self.attribute_type()?;
        self.skip_free_spaces();
        let value = match self.peek() {
            Some(b'#') => NameValue::Der(self.hex_value()?),
            Some(b'"') => NameValue::Text(self.quoted_value()?),
            _ => NameValue::Text(self.plain_value()?),
        };
        self.skip_free_spaces();
        Ok(NameAttribute::new(attribute_type, value))
    }

    /// `type=`
    fn attribute_type(&mut self) -> Result<AttributeType, NameError> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
        {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let attribute_type = match self.grammar {
            Grammar::Request => text.parse().ok(),
            Grammar::Configuration => configured_type(text),
        };
        let Some(attribute_type) = attribute_type else {
            return Err(NameError::new(NameErrorKind::AttributeType, start));
        };
        self.skip_free_spaces();
        if self.take(b'=') {
            Ok(attribute_type)
        } else {
            Err(self.error(NameErrorKind::MissingEquals))
        }
    }

    /// Characters up to a separator, special ones escaped.
    fn plain_value(&mut self) -> Result<Box<str>, NameError> {
        let start = self.at;
        let mut octets = Vec::new();
        // Up to where the value reaches without spaces that are not escaped.
        let mut kept = 0;
        let mut loose_space = None;
        while let Some(octet) = self.peek() {
            match octet {
                b',' | b';' | b'+' => break,
                b'\\' => {
                    octets.push(self.escaped()?);
                    kept = octets.len();
                    loose_space = None;
                    continue;
                }
                b'"' | b'<' | b'>' | 0 => return Err(self.error(NameErrorKind::Character)),
                b' ' => {
                    loose_space = loose_space.or(Some(self.at));
                    if octets.is_empty() && self.grammar == Grammar::Request {
                        return Err(self.error(NameErrorKind::Space));
                    }
                }
                _ => loose_space = None,
            }
            octets.push(octet);
            self.at += 1;
            if octet != b' ' {
                kept = octets.len();
            }
        }
        match loose_space {
            Some(at) if self.grammar == Grammar::Request => {
                Err(NameError::new(NameErrorKind::Space, at))
            }
            _ => {
                octets.truncate(kept);
                utf8(octets, start)
            }
        }
    }

    /// `"…"` of RFC 2253 section 4, in which only `"` and `\` are special.
    fn quoted_value(&mut self) -> Result<Box<str>, NameError> {
        let start = self.at;
        let mut octets = Vec::new();
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(NameError::new(NameErrorKind::OpenQuote, start)),
                Some(b'"') => break,
                Some(b'\\') => octets.push(self.escaped()?),
                Some(0) => return Err(self.error(NameErrorKind::Character)),
                Some(octet) => {
                    octets.push(octet);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        utf8(octets, start)
    }

    /// A backslash and the special character or two hex digits after it.
    fn escaped(&mut self) -> Result<u8, NameError> {
        let octet = match self.text.as_bytes().get(self.at + 1..) {
            Some([special, ..]) if b" \"#+,;<=>\\".contains(special) => Some((*special, 2)),
            Some([high, low, ..]) => hex_octet(*high, *low).map(|octet| (octet, 3)),
            _ => None,
        };
        let Some((octet, length)) = octet else {
            return Err(self.error(NameErrorKind::Escape));
        };
        self.at += length;
        Ok(octet)
    }

    /// `#` and the hexadecimal of one DER element.
    fn hex_value(&mut self) -> Result<Box<[u8]>, NameError> {
        let error = self.error(NameErrorKind::HexValue);
        self.at += 1;
        let mut der = Vec::new();
        while let Some([high, low, ..]) = self.text.as_bytes().get(self.at..) {
            let Some(octet) = hex_octet(*high, *low) else {
                break;
            };
            der.push(octet);
            self.at += 2;
        }
        let mut elements = Elements::new(&der, 0);
        if elements.any().is_ok() && elements.is_empty() {
            Ok(der.into())
        } else {
            Err(error)
        }
    }

    /// Spaces that only configuration may have.
    fn skip_free_spaces(&mut self) {
        if self.grammar == Grammar::Configuration {
            while self.take(b' ') {}
        }
    }

    fn take(&mut self, octet: u8) -> bool {
        let taken = self.peek() == Some(octet);
        self.at += usize::from(taken);
        taken
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn error(&self, kind: NameErrorKind) -> NameError {
        NameError::new(kind, self.at)
    }
}

fn utf8(octets: Vec<u8>, start: usize) -> Result<Box<str>, NameError> {
    match String::from_utf8(octets) {
        Ok(text) => Ok(text.into()),
        Err(_) => Err(NameError::new(NameErrorKind::Utf8, start)),
    }
}
