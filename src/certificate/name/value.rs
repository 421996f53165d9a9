//! Attribute values: what type of string, which characters, and whether they
//! may be matched at all.

use core::fmt;
use core::slice::ChunksExact;
use core::str::Chars;
use std::borrow::Cow;

use crate::certificate::reader::{Element, tag};

/// Whether a text may match a rule: it holds no NUL, no other control
/// character (C0, DEL, C1, line and paragraph separator) and no character that
/// controls the direction of text. Such characters make one name look like
/// another.
///
/// ```
/// use certgate::certificate::is_matchable;
///
/// assert!(is_matchable("Müller, Söhne"));
/// assert!(!is_matchable("admin\0.example.com"));
/// ```
#[must_use]
pub fn is_matchable(text: &str) -> bool {
    !text.chars().any(is_unmatchable)
}

pub(super) fn is_unmatchable(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{061C}' | '\u{200E}' | '\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        )
}

/// The value of an attribute in a certificate, typed as it was encoded.
#[derive(Clone, Copy)]
pub struct AttributeValue<'a> {
    tag: u8,
    content: &'a [u8],
    der: &'a [u8],
}

impl<'a> AttributeValue<'a> {
    pub(super) const fn from_element(element: &Element<'a>) -> Self {
        Self {
            tag: element.tag,
            content: element.content,
            der: element.der,
        }
    }

    /// The tag octet of its DER: `0x0C` for UTF8String, `0x13` for
    /// PrintableString and so on.
    #[must_use]
    pub const fn tag(self) -> u8 {
        self.tag
    }

    /// The content octets, without tag and length.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.content
    }

    /// The whole element, tag and length included.
    #[must_use]
    pub const fn as_der(self) -> &'a [u8] {
        self.der
    }

    /// The characters, whatever they are: of a UTF8String, BMPString or
    /// UniversalString, and of a PrintableString, IA5String, NumericString,
    /// VisibleString or TeletexString that is ASCII (real PrintableStrings hold
    /// `@` and `_`, which their type does not allow). Nothing for any other
    /// type, and for octets that their type does not allow otherwise.
    ///
    /// This is for showing. To decide by it, take
    /// [`matchable`](Self::matchable).
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self.characters()? {
            Characters::Narrow(chars) => Some(Cow::Borrowed(chars.as_str())),
            wide @ Characters::Wide(_) => Some(Cow::Owned(wide.collect())),
        }
    }

    /// The characters, if [`is_matchable`] holds for them.
    #[must_use]
    pub fn matchable(self) -> Option<Cow<'a, str>> {
        self.text().filter(|text| is_matchable(text))
    }

    /// The same characters one by one, without allocating.
    pub(super) fn characters(self) -> Option<Characters<'a>> {
        match self.tag {
            tag::UTF8_STRING => narrow(self.content),
            tag::PRINTABLE_STRING
            | tag::IA5_STRING
            | tag::NUMERIC_STRING
            | tag::VISIBLE_STRING
            | tag::TELETEX_STRING
                if self.content.is_ascii() =>
            {
                narrow(self.content)
            }
            tag::BMP_STRING => wide(self.content, 2),
            tag::UNIVERSAL_STRING => wide(self.content, 4),
            _ => None,
        }
    }
}

impl fmt::Debug for AttributeValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttributeValue({:#04x}", self.tag)?;
        match self.text() {
            Some(text) => write!(f, ", {text:?})"),
            None => write!(f, ", {} octets)", self.content.len()),
        }
    }
}

/// The characters of a value that has some.
#[derive(Clone)]
pub(super) enum Characters<'a> {
    /// UTF-8.
    Narrow(Chars<'a>),
    /// Big-endian code points of two or four octets.
    Wide(ChunksExact<'a, u8>),
}

impl Iterator for Characters<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::Narrow(chars) => chars.next(),
            Self::Wide(octets) => octets.next().and_then(code_point),
        }
    }
}

fn narrow(content: &[u8]) -> Option<Characters<'_>> {
    let text = core::str::from_utf8(content).ok()?;
    Some(Characters::Narrow(text.chars()))
}

/// A surrogate is no character, also in a BMPString.
fn wide(content: &[u8], width: usize) -> Option<Characters<'_>> {
    let octets = content.chunks_exact(width);
    let whole = octets.remainder().is_empty();
    let valid = whole && octets.clone().all(|octets| code_point(octets).is_some());
    valid.then_some(Characters::Wide(octets))
}

fn code_point(octets: &[u8]) -> Option<char> {
    char::from_u32(
        octets
            .iter()
            .fold(0, |code, &octet| code << 8 | u32::from(octet)),
    )
}
