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
//! number of quotes before every key, so what Traefik writes behind a value, if
//! it writes anything, is always read as keys. From that follows:
//!
//! - A `Subject` that is the only key of the only block is whole: text that cut
//!   it short would show as another key or block.
//!   [`Info::subject_attribute`] gives no other.
//! - If the middleware is configured to send, say, the issuer, `Issuer` stands
//!   behind every subject: forged keys between the two are out of order, or
//!   `Issuer` is there twice. Where the operator vouches for that,
//!   [`Info::subject_attribute_before`] may be asked.
//! - `NB` and `NA`, where they are sent, are there, and once. Where they are
//!   not, they may be forged. They can only make a certificate valid for less
//!   long.
//! - `Issuer`, `SerialNumber` and `SAN` are held to the grammar and then
//!   dropped: where one is not sent, or a certificate has no such names, it is
//!   whatever the client likes.
//!
//! Within the subject the list is no more reliable: the organization
//! `Foo,CN=admin` reads as two attributes. Hence a subject is usable only if it
//! holds exactly one, without `,` and `;` in it. Even then it says less than
//! the certificate: of several common names Traefik writes the last alone, and
//! attributes that it is not configured to send, not at all.

use core::fmt;

use crate::certificate::{AttributeType, is_matchable};
use crate::request::Timestamp;

use super::text::unescape;
use super::{Budget, DialectError, DialectErrorKind};

/// Reads the value of the header's one line.
///
/// The empty value is one empty block: a certificate without any field that is
/// sent. Without a certificate, Traefik sends no header.
///
/// ```
/// use certgate::certificate::AttributeType;
/// use certgate::dialect::{Budget, traefik_info};
///
/// let budget = Budget::default();
/// let info = traefik_info::parse(b"Subject%3D%22CN%3Dpartner+acme%22", &budget)?;
/// assert_eq!(info.subject_attribute(), Some((AttributeType::COMMON_NAME, "partner acme")));
///
/// // Nobody can tell whether this is one attribute of the certificate or two.
/// let info = traefik_info::parse(b"Subject%3D%22O%3DFoo%2CCN%3Dadmin%22", &budget)?;
/// assert_eq!(info.subject_attribute(), None);
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
pub fn parse(value: &[u8], budget: &Budget) -> Result<Info, DialectError> {
    budget.admit(value)?;
    let text = form_decoded(value)?;
    let text = str::from_utf8(&text).map_err(|error| {
        DialectErrorKind::NotUtf8.at(escaped_offset(value, error.valid_up_to()))
    })?;
    let blocks = Reader::new(text)
        .blocks(budget.certificates)
        .map_err(|error| error.kind().at(escaped_offset(value, error.offset())))?;
    Ok(match blocks.as_slice() {
        [only] => Info::from_block(only),
        _ => Info::default(),
    })
}

/// What the header says and the client cannot have forged to its advantage.
///
/// `Debug` prints what is there, never the subject.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Info {
    /// Of the first key, if that is `Subject` and usable.
    subject: Option<(AttributeType, String)>,
    /// The second key.
    next: Option<Key>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
}

impl Info {
    /// The one attribute of the client's subject: its type and its value.
    ///
    /// `Some` only for one certificate of which the subject alone is there, if
    /// that is one attribute whose value is not empty, has no `,` or `;`, and
    /// [may match](is_matchable) a rule. Everything else is not malformed, but
    /// proves nothing.
    ///
    /// The type is one of `C`, `ST`, `L`, `O`, `OU`, `CN`, `DC` and
    /// `serialNumber`, which Traefik calls `SN`.
    #[must_use]
    pub fn subject_attribute(&self) -> Option<(AttributeType, &str)> {
        if self.next.is_some() {
            return None;
        }
        self.subject()
    }

    /// As [`subject_attribute`](Self::subject_attribute), where the edge writes
    /// `next` behind the subject of *every* certificate: `Some` only if `next`
    /// is the key behind it.
    ///
    /// That it does is the operator's word, and without it every subject can be
    /// forged: see [above](self#what-can-be-believed).
    ///
    /// ```
    /// use certgate::dialect::traefik_info::{self, NextKey};
    /// use certgate::dialect::Budget;
    ///
    /// let value = b"Subject%3D%22CN%3Dacme%22%3BNB%3D%221795297873%22";
    /// let info = traefik_info::parse(value, &Budget::default())?;
    /// assert_eq!(info.subject_attribute(), None);
    /// assert!(info.subject_attribute_before(NextKey::NotBefore).is_some());
    /// assert!(info.subject_attribute_before(NextKey::Issuer).is_none());
    /// # Ok::<(), certgate::dialect::DialectError>(())
    /// ```
    #[must_use]
    pub fn subject_attribute_before(&self, next: NextKey) -> Option<(AttributeType, &str)> {
        if self.next != Some(next.key()) {
            return None;
        }
        self.subject()
    }

    /// The first second of validity, of one certificate alone. It may be forged
    /// where the edge is not configured to send it, so that it can only refuse.
    #[must_use]
    pub const fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// The last second of validity; no more reliable than
    /// [`not_before`](Self::not_before).
    #[must_use]
    pub const fn not_after(&self) -> Option<Timestamp> {
        self.not_after
    }

    fn subject(&self) -> Option<(AttributeType, &str)> {
        let (attribute, value) = self.subject.as_ref()?;
        Some((*attribute, value))
    }

    fn from_block(block: &[Pair<'_>]) -> Self {
        let mut info = Self {
            next: block.get(1).map(|pair| pair.key),
            ..Self::default()
        };
        for pair in block {
            match pair.content {
                Content::Subject(attribute, value) => {
                    info.subject = Some((attribute, value.to_owned()));
                }
                Content::Moment(moment) if pair.key == Key::NotBefore => {
                    info.not_before = Some(moment);
                }
                Content::Moment(moment) => info.not_after = Some(moment),
                Content::Nothing => {}
            }
        }
        info
    }
}

impl fmt::Debug for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Info")
            .field(
                "subject_bytes",
                &self.subject().map(|(_, value)| value.len()),
            )
            .field("next", &self.next)
            .field("not_before", &self.not_before)
            .field("not_after", &self.not_after)
            .finish()
    }
}

/// A key that Traefik writes for every certificate, once it is configured to.
///
/// `SAN` is none: a certificate without names has none, and can forge it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextKey {
    /// `Issuer`, which is sure only if the issuer's name has one of the
    /// configured attributes, for every authority that the edge trusts.
    Issuer,
    /// `SerialNumber`
    SerialNumber,
    /// `NB`
    NotBefore,
    /// `NA`
    NotAfter,
}

impl NextKey {
    const fn key(self) -> Key {
        match self {
            Self::Issuer => Key::Issuer,
            Self::SerialNumber => Key::SerialNumber,
            Self::NotBefore => Key::NotBefore,
            Self::NotAfter => Key::NotAfter,
        }
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

/// A key, and what of its value is kept.
struct Pair<'a> {
    key: Key,
    content: Content<'a>,
}

enum Content<'a> {
    /// The one attribute of a usable subject.
    Subject(AttributeType, &'a str),
    Moment(Timestamp),
    Nothing,
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
            content: content(key, value, value_at)?,
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

/// Holds a value to the form that its key asks for.
fn content(key: Key, value: &str, at: usize) -> Result<Content<'_>, DialectError> {
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
            Ok(if usable {
                Content::Subject(attribute, rest)
            } else {
                Content::Nothing
            })
        }
        Key::SerialNumber if is_decimal(value) => Ok(Content::Nothing),
        Key::NotBefore | Key::NotAfter if is_decimal(value) => value
            .parse::<u64>()
            // Traefik prints the seconds before 1970 as their complement.
            .map(|seconds| Content::Moment(Timestamp::from_unix_seconds(seconds.cast_signed())))
            .map_err(|_| DialectErrorKind::BadNumber.at(at)),
        Key::SerialNumber | Key::NotBefore | Key::NotAfter => {
            Err(DialectErrorKind::BadNumber.at(at))
        }
        Key::San => Ok(Content::Nothing),
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
