//! Names as RFC 4514 text.

use core::fmt::{self, Write};

use super::distinguished::{DistinguishedName, NameValue};
use super::value::is_unmatchable;
use super::{AttributeType, Name};

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Collected, because stepping from the back walks the rest each time.
        let rdns: Vec<_> = self.rdns().collect();
        let rdns = rdns.into_iter().rev().map(|rdn| {
            rdn.attributes().map(|attribute| {
                let attribute_type = attribute.attribute_type();
                let value = attribute.value();
                // A type without a keyword calls for the hexadecimal form.
                let text = value.text().filter(|_| attribute_type.keyword().is_some());
                (attribute_type, text.ok_or(value.as_der()))
            })
        });
        write_name(f, rdns)
    }
}

impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rdns = self.rdns().rev().map(|rdn| {
            rdn.iter().map(|attribute| {
                let value = match attribute.value() {
                    NameValue::Text(text) => Ok(&**text),
                    NameValue::Der(der) => Err(&**der),
                };
                (*attribute.attribute_type(), value)
            })
        });
        write_name(f, rdns)
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

impl fmt::Debug for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistinguishedName({self})")
    }
}

/// Writes RDNs that come most specific first; a value is text or else DER.
fn write_name<'a, T: AsRef<str>>(
    f: &mut fmt::Formatter<'_>,
    rdns: impl Iterator<Item = impl Iterator<Item = (AttributeType, Result<T, &'a [u8]>)>>,
) -> fmt::Result {
    for (at, rdn) in rdns.enumerate() {
        for (within, (attribute_type, value)) in rdn.enumerate() {
            match (at, within) {
                (0, 0) => {}
                (_, 0) => f.write_char(',')?,
                (_, _) => f.write_char('+')?,
            }
            write!(f, "{attribute_type}=")?;
            match value {
                Ok(text) => write_escaped(f, text.as_ref())?,
                Err(der) => {
                    f.write_char('#')?;
                    der.iter().try_for_each(|octet| write!(f, "{octet:02x}"))?;
                }
            }
        }
    }
    Ok(())
}

/// RFC 4514 section 2.4; further, whatever is not
/// [`is_matchable`](super::is_matchable) becomes hexadecimal pairs, so that no
/// output can be made to look like another.
fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut characters = text.chars().enumerate().peekable();
    while let Some((at, c)) = characters.next() {
        let first = at == 0;
        let last = characters.peek().is_none();
        match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{c}")?,
            '#' if first => f.write_str("\\#")?,
            ' ' if first || last => f.write_str("\\ ")?,
            c if is_unmatchable(c) => {
                let mut utf8 = [0; 4];
                let mut octets = c.encode_utf8(&mut utf8).bytes();
                octets.try_for_each(|octet| write!(f, "\\{octet:02X}"))?;
            }
            c => f.write_char(c)?,
        }
    }
    Ok(())
}
