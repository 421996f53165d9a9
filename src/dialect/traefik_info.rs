//! Traefik's `X-Forwarded-Tls-Client-Cert-Info`: some fields of the
//! certificates that the client sent, as text.
//!
//! The value is form-encoded (`+` is a space, `%XX` any byte; only letters,
//! digits and `-_.~` stand for themselves) and must then be UTF-8 of this form,
//! one block for each certificate, the client's own first:
//!
//! ```text
//! info   = block *( "," block )
//! block  = [ pair *( ";" pair ) ]
//! pair   = key "=" DQUOTE *( any but DQUOTE ) DQUOTE
//! key    = "Subject" / "Issuer" / "SerialNumber" / "NB" / "NA" / "SAN"
//! ```
//!
//! Keys are optional, occur at most once in a block, and stand in that order.
//! `Subject` and `Issuer` are a list such as `C=GB,O=Example,CN=client`,
//! `SerialNumber` is decimal, `NB` and `NA` are seconds since 1970, and `SAN` is
//! a list of names of every kind. A block is empty where a certificate has none
//! of the fields that the middleware is configured to send.
//!
//! # What can be believed
//!
//! Traefik escapes nothing inside the quotes. Whoever gets a certificate with
//! the common name `admin";SAN="x` writes
//!
//! ```text
//! Subject="CN=admin";SAN="x"
//! ```
//!
//! which is what Traefik writes for a certificate of `admin` with a name `x`.
//! So a field can be forged from within each field before it, and cut short from
//! within itself. One thing cannot be forged: the quote that Traefik itself
//! writes at the end of a value. Text that follows the grammar has an even
//! number of quotes before every key, so text that cuts a subject short always
//! shows behind it as another key or block.
//!
//! Hence only a `Subject` that is the sole key of the sole block is whole. Every
//! other key is held to the grammar and then dropped, and a subject beside it is
//! not used: the edge is to send the subject alone.
//!
//! Within the subject the list is no more reliable: the organization
//! `Foo,CN=admin` reads as two attributes. Hence a subject is usable only if it
//! holds exactly one, without `,` and `;` in it. Even then it says less than
//! the certificate: of several common names Traefik writes the last alone, and
//! attributes that it is not configured to send, not at all.

use core::fmt;

use crate::certificate::{AttributeType, is_matchable};

use super::text::unescape;
use super::{Budget, DialectError, DialectErrorKind};

/// Reads the value of the header's one line: the one attribute of the client's
/// subject, where it can be believed.
///
/// `Some` only for one certificate of which the subject alone is sent, if that
/// is one attribute whose value is not empty, has no `,` or `;`, and
/// [may match](is_matchable) a rule. Everything else that follows the grammar
/// proves nothing, the empty value included: it is a certificate without any
/// field that is sent. Without a certificate, Traefik sends no header.
///
/// ```
/// use certgate::certificate::AttributeType;
/// use certgate::dialect::{Budget, traefik_info};
///
/// let budget = Budget::default();
/// let subject = traefik_info::parse(b"Subject%3D%22CN%3Dpartner+acme%22", &budget)?;
/// let subject = subject.expect("a subject alone");
/// assert_eq!(subject.attribute_type(), AttributeType::COMMON_NAME);
/// assert_eq!(subject.value(), "partner acme");
///
/// // Nobody can tell whether this is one attribute of the certificate or two.
/// let subject = traefik_info::parse(b"Subject%3D%22O%3DFoo%2CCN%3Dadmin%22", &budget)?;
/// assert_eq!(subject, None);
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// - The value is longer than the budget, or has more blocks than it has
///   certificates.
/// - `%` without two hex digits, or a byte that form encoding never leaves as it
///   is.
/// - The text is not UTF-8.
/// - The text does not follow the grammar above: an unknown or repeated key, a
///   key out of order, a value without quotes, an open quote, bytes behind the
///   closing one, an empty pair.
/// - A name does not begin with an attribute that Traefik writes, or a number is
///   not decimal, without sign and leading zeros, and for a time within 64 bits.
pub fn parse(value: &[u8], budget: &Budget) -> Result<Option<SubjectAttribute>, DialectError> {
    budget.admit(value)?;
    let text = form_decoded(value)?;
    let text = str::from_utf8(&text).map_err(|error| {
        DialectErrorKind::NotUtf8.at(escaped_offset(value, error.valid_up_to()))
    })?;
    let blocks = Reader::new(text)
        .blocks(budget.certificates)
        .map_err(|error| error.kind().at(escaped_offset(value, error.offset())))?;
    let [block] = blocks.as_slice() else {
        return Ok(None);
    };
    let [pair] = block.as_slice() else {
        return Ok(None);
    };
    Ok(pair
        .subject
        .map(|(attribute_type, value)| SubjectAttribute {
            attribute_type,
            value: value.to_owned(),
        }))
}

/// The one attribute of a client's subject.
///
/// `Debug` prints its type and how long it is, never the value.
#[derive(Clone, PartialEq, Eq)]
pub struct SubjectAttribute {
    attribute_type: AttributeType,
    value: String,
}

impl SubjectAttribute {
    /// One of `C`, `ST`, `L`, `O`, `OU`, `CN`, `DC` and `serialNumber`, which
    /// Traefik calls `SN`.
    #[must_use]
    pub const fn attribute_type(&self) -> AttributeType {
        self.attribute_type
    }

    /// The value, decoded, as Traefik read it from the certificate.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for SubjectAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectAttribute")
            .field("attribute_type", &self.attribute_type)
            .field("value_bytes", &self.value.len())
            .finish()
    }
}

/// The keys, in Traefik's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Subject,
    Issuer,
    SerialNumber,
    NotBefore,
    NotAfter,
    San,
}

impl Key {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "Subject" => Self::Subject,
            "Issuer" => Self::Issuer,
            "SerialNumber" => Self::SerialNumber,
            "NB" => Self::NotBefore,
            "NA" => Self::NotAfter,
            "SAN" => Self::San,
            _ => return None,
        })
    }
}

struct Pair<'a> {
    key: Key,
    /// The type and the value of a usable subject's one attribute.
    subject: Option<(AttributeType, &'a str)>,
}

/// What is left of the text. Offsets are those in the text.
struct Reader<'a> {
    rest: &'a str,
    end: usize,
}

impl<'a> Reader<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            end: text.len(),
        }
    }

    const fn at(&self) -> usize {
        self.end - self.rest.len()
    }

    fn blocks(&mut self, limit: usize) -> Result<Vec<Vec<Pair<'a>>>, DialectError> {
        let mut blocks = Vec::new();
        loop {
            if blocks.len() == limit {
                return Err(DialectErrorKind::TooManyCertificates.at(self.at()));
            }
            blocks.push(self.block()?);
            if !self.skip(',') {
                return Ok(blocks);
            }
        }
    }

    /// A block, up to the comma after it or the end.
    fn block(&mut self) -> Result<Vec<Pair<'a>>, DialectError> {
        let mut pairs: Vec<Pair<'a>> = Vec::new();
        if self.rest.is_empty() || self.rest.starts_with(',') {
            return Ok(pairs);
        }
        loop {
            let at = self.at();
            let pair = self.pair()?;
            match pairs.last() {
                Some(last) if pair.key > last.key => {}
                None => {}
                Some(_) if pairs.iter().any(|earlier| earlier.key == pair.key) => {
                    return Err(DialectErrorKind::DuplicateKey.at(at));
                }
                Some(_) => return Err(DialectErrorKind::KeyOrder.at(at)),
            }
            pairs.push(pair);
            if !self.skip(';') {
                return Ok(pairs);
            }
        }
    }

    /// A pair, up to the separator after it or the end.
    fn pair(&mut self) -> Result<Pair<'a>, DialectError> {
        let key_at = self.at();
        let name = self.take_until(&['=', '"', ';', ',']);
        if !self.skip('=') {
            return Err(if name.is_empty() {
                DialectErrorKind::EmptyPair.at(key_at)
            } else {
                DialectErrorKind::MissingEquals.at(self.at())
            });
        }
        let key = Key::from_name(name).ok_or(DialectErrorKind::UnknownKey.at(key_at))?;
        let quote_at = self.at();
        if !self.skip('"') {
            return Err(DialectErrorKind::MissingQuote.at(quote_at));
        }
        let value_at = self.at();
        let value = self.take_until(&['"']);
        if !self.skip('"') {
            return Err(DialectErrorKind::OpenQuote.at(quote_at));
        }
        if !(self.rest.is_empty() || self.rest.starts_with([';', ','])) {
            return Err(DialectErrorKind::TrailingBytes.at(self.at()));
        }
        Ok(Pair {
            key,
            subject: subject(key, value, value_at)?,
        })
    }

    /// Everything before the first of `stops`, or all that is left.
    fn take_until(&mut self, stops: &[char]) -> &'a str {
        let length = self.rest.find(stops).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or_default();
        self.rest = rest;
        taken
    }

    fn skip(&mut self, character: char) -> bool {
        let Some(rest) = self.rest.strip_prefix(character) else {
            return false;
        };
        self.rest = rest;
        true
    }
}

/// Holds a value to the form that its key asks for, and keeps of it the one
/// attribute of a usable subject.
fn subject(
    key: Key,
    value: &str,
    at: usize,
) -> Result<Option<(AttributeType, &str)>, DialectError> {
    match key {
        Key::Subject | Key::Issuer => {
            let Some((keyword, rest)) = value.split_once('=') else {
                return Err(DialectErrorKind::MissingEquals.at(at + value.len()));
            };
            let attribute = attribute(keyword).ok_or(DialectErrorKind::UnknownKey.at(at))?;
            let usable = key == Key::Subject
                && !rest.is_empty()
                && !rest.contains([',', ';'])
                && is_matchable(rest);
            Ok(usable.then_some((attribute, rest)))
        }
        Key::SerialNumber if is_decimal(value) => Ok(None),
        // Traefik prints an unsigned number, of 64 bits.
        Key::NotBefore | Key::NotAfter if is_decimal(value) && value.parse::<u64>().is_ok() => {
            Ok(None)
        }
        Key::SerialNumber | Key::NotBefore | Key::NotAfter => {
            Err(DialectErrorKind::BadNumber.at(at))
        }
        Key::San => Ok(None),
    }
}

/// The type that one of Traefik's keywords stands for. `SN` is none of RFC 4519
/// here, where it would be the surname.
fn attribute(keyword: &str) -> Option<AttributeType> {
    Some(match keyword {
        "DC" => AttributeType::DOMAIN_COMPONENT,
        "C" => AttributeType::COUNTRY,
        "ST" => AttributeType::STATE,
        "L" => AttributeType::LOCALITY,
        "O" => AttributeType::ORGANIZATION,
        "OU" => AttributeType::ORGANIZATIONAL_UNIT,
        "SN" => AttributeType::SERIAL_NUMBER,
        "CN" => AttributeType::COMMON_NAME,
        _ => return None,
    })
}

/// Whether these are digits without a zero in front.
fn is_decimal(digits: &str) -> bool {
    digits == "0"
        || (!digits.starts_with('0')
            && !digits.is_empty()
            && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

/// Undoes form encoding, of which Go's `url.QueryEscape` has one kind only:
/// whatever is not a letter, a digit or one of `-_.~` is escaped.
fn form_decoded(value: &[u8]) -> Result<Vec<u8>, DialectError> {
    let mut text = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, behind)) = rest.split_first() {
        let at = value.len() - rest.len();
        let (byte, behind) = match byte {
            b'%' => unescape(behind).map_err(|kind| kind.at(at))?,
            b'+' => (b' ', behind),
            b'-' | b'_' | b'.' | b'~' => (byte, behind),
            _ if byte.is_ascii_alphanumeric() => (byte, behind),
            _ => return Err(DialectErrorKind::NotEscaped.at(at)),
        };
        text.push(byte);
        rest = behind;
    }
    Ok(text)
}

/// Where in a well-encoded `value` the byte at `index` of its text is.
fn escaped_offset(value: &[u8], index: usize) -> usize {
    let mut at = 0;
    for _ in 0..index {
        at += if value.get(at) == Some(&b'%') { 3 } else { 1 };
    }
    at.min(value.len())
}
