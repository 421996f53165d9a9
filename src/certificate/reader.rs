//! DER elements one after another, each with its place in the whole (X.690
//! section 8.1, with the restrictions of section 10.1).
//!
//! This is not `der`'s reader: with that one the walk took about twice the time
//! when measured, and it knows no UniversalString, which a name may hold. The
//! tests compare the walk with x509-cert, which stands on `der`.

use super::error::{CertificateError, CertificateErrorKind};

/// The tags that a certificate uses (X.690 section 8.1.2).
pub(super) mod tag {
    pub(in super::super) const BOOLEAN: u8 = 0x01;
    pub(in super::super) const INTEGER: u8 = 0x02;
    pub(in super::super) const BIT_STRING: u8 = 0x03;
    pub(in super::super) const OCTET_STRING: u8 = 0x04;
    pub(in super::super) const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(in super::super) const ENUMERATED: u8 = 0x0A;
    pub(in super::super) const UTF8_STRING: u8 = 0x0C;
    pub(in super::super) const NUMERIC_STRING: u8 = 0x12;
    pub(in super::super) const PRINTABLE_STRING: u8 = 0x13;
    pub(in super::super) const TELETEX_STRING: u8 = 0x14;
    pub(in super::super) const IA5_STRING: u8 = 0x16;
    pub(in super::super) const UTC_TIME: u8 = 0x17;
    pub(in super::super) const GENERALIZED_TIME: u8 = 0x18;
    pub(in super::super) const VISIBLE_STRING: u8 = 0x1A;
    pub(in super::super) const UNIVERSAL_STRING: u8 = 0x1C;
    pub(in super::super) const BMP_STRING: u8 = 0x1E;
    pub(in super::super) const SEQUENCE: u8 = 0x30;
    pub(in super::super) const SET: u8 = 0x31;

    /// `[number]`, primitive.
    pub(in super::super) const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// `[number]`, constructed.
    pub(in super::super) const fn context_constructed(number: u8) -> u8 {
        0xA0 | number
    }
}

/// One DER element.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    /// All of it: tag, length and content.
    pub(super) der: &'a [u8],
    /// The content alone.
    pub(super) content: &'a [u8],
    /// Where it starts in the whole.
    pub(super) offset: usize,
}

impl<'a> Element<'a> {
    /// Where the content starts in the whole.
    pub(super) fn content_offset(&self) -> usize {
        self.offset + (self.der.len() - self.content.len())
    }

    /// The elements inside.
    pub(super) fn open(&self) -> Elements<'a> {
        Elements::new(self.content, self.content_offset())
    }

    /// That this element is at fault.
    pub(super) const fn error(&self, kind: CertificateErrorKind) -> CertificateError {
        CertificateError::new(kind, self.offset)
    }
}

/// A run of DER elements.
#[derive(Clone)]
pub(super) struct Elements<'a> {
    remaining: &'a [u8],
    /// Where `remaining` starts in the whole.
    offset: usize,
}

impl<'a> Elements<'a> {
    /// Reads `bytes`, which start at `offset` in the whole.
    pub(super) const fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self {
            remaining: bytes,
            offset,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.remaining.is_empty()
    }

    /// The next element, whatever it is.
    #[inline]
    pub(super) fn any(&mut self) -> Result<Element<'a>, CertificateError> {
        let (tag, header, length) = header(self.remaining).map_err(|kind| self.error(kind))?;
        let end = header.saturating_add(length);
        let Some((der, remaining)) = self.remaining.split_at_checked(end) else {
            return Err(self.error(CertificateErrorKind::Truncated));
        };
        let element = Element {
            tag,
            der,
            content: der.get(header..).unwrap_or_default(),
            offset: self.offset,
        };
        self.remaining = remaining;
        self.offset += end;
        Ok(element)
    }

    /// The next element, which has to be of this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Result<Element<'a>, CertificateError> {
        match self.remaining.first() {
            Some(next) if *next != tag => Err(self.error(CertificateErrorKind::UnexpectedElement)),
            _ => self.any(),
        }
    }

    /// The next element if it is of this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, CertificateError> {
        if self.remaining.first() == Some(&tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// That nothing follows.
    pub(super) const fn finish(&self) -> Result<(), CertificateError> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.error(CertificateErrorKind::TrailingData))
        }
    }

    const fn error(&self, kind: CertificateErrorKind) -> CertificateError {
        CertificateError::new(kind, self.offset)
    }
}

/// The first DER sequence in `bytes`, and what follows it: certificates that
/// stand one after another are told apart by it.
pub(crate) fn split_sequence(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut elements = Elements::new(bytes, 0);
    let sequence = elements.expect(tag::SEQUENCE).ok()?;
    Some((sequence.der, elements.remaining))
}

/// The parts of a SubjectPublicKeyInfo: the content of its AlgorithmIdentifier, and
/// the key, in whole octets.
#[cfg(feature = "verify")]
pub(crate) fn split_public_key_info(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut parts = Elements::new(der, 0).expect(tag::SEQUENCE).ok()?.open();
    let algorithm = parts.expect(tag::SEQUENCE).ok()?;
    let key = parts.expect(tag::BIT_STRING).ok()?;
    let [0, key @ ..] = key.content else {
        return None;
    };
    Some((algorithm.content, key))
}

/// What a certificate's signature is over, and with what it was made.
#[cfg(feature = "verify")]
pub(crate) struct SignedParts<'a> {
    /// The DER of what is signed.
    pub(crate) signed: &'a [u8],
    /// The content of the AlgorithmIdentifier.
    pub(crate) algorithm: &'a [u8],
    /// The signature, in whole octets.
    pub(crate) signature: &'a [u8],
}

/// The parts of a certificate.
#[cfg(feature = "verify")]
pub(crate) fn split_signed(der: &[u8]) -> Option<SignedParts<'_>> {
    let mut parts = Elements::new(der, 0).expect(tag::SEQUENCE).ok()?.open();
    let signed = parts.expect(tag::SEQUENCE).ok()?.der;
    let algorithm = parts.expect(tag::SEQUENCE).ok()?.content;
    let [0, signature @ ..] = parts.expect(tag::BIT_STRING).ok()?.content else {
        return None;
    };
    Some(SignedParts {
        signed,
        algorithm,
        signature,
    })
}

/// The elements in bytes that the walk has passed: it cannot fail, it only
/// ends.
#[derive(Clone)]
pub(super) struct Checked<'a> {
    pub(super) bytes: &'a [u8],
}

impl<'a> Iterator for Checked<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let mut elements = Elements::new(self.bytes, 0);
        let element = elements.any().ok()?;
        self.bytes = elements.remaining;
        Some(element)
    }
}

/// In DER only SEQUENCE and SET of the universal class are constructed (what
/// else could be, no certificate holds); tag numbers above 30 and tag 0, which
/// ends indefinite lengths, are not used either.
fn is_der_tag(tag: u8) -> bool {
    let number = tag & 0x1F;
    let universal = tag & 0xC0 == 0;
    let constructed = tag & 0x20 != 0;
    number != 0x1F && (!universal || (number != 0 && constructed == matches!(number, 16 | 17)))
}

/// The tag of the element that `bytes` start with, how many octets its tag and
/// length take, and how many its content.
#[inline]
fn header(bytes: &[u8]) -> Result<(u8, usize, usize), CertificateErrorKind> {
    let &[tag, first, ref more @ ..] = bytes else {
        return Err(CertificateErrorKind::Truncated);
    };
    if !is_der_tag(tag) {
        return Err(CertificateErrorKind::UnexpectedElement);
    }
    let (octets, length) = match (first, more) {
        (0..=0x7F, _) => return Ok((tag, 2, usize::from(first))),
        (0x80, _) => return Err(CertificateErrorKind::IndefiniteLength),
        (0x81, &[a, ..]) => (1, u32::from(a)),
        (0x82, &[a, b, ..]) => (2, u32::from_be_bytes([0, 0, a, b])),
        (0x83, &[a, b, c, ..]) => (3, u32::from_be_bytes([0, a, b, c])),
        (0x84, &[a, b, c, d, ..]) => (4, u32::from_be_bytes([a, b, c, d])),
        (0x81..=0x84, _) => return Err(CertificateErrorKind::Truncated),
        (0x85.., _) => return Err(CertificateErrorKind::NonMinimalLength),
    };
    let shortest = match octets {
        1 => length > 0x7F,
        _ => length >> (8 * (octets - 1)) != 0,
    };
    if !shortest {
        return Err(CertificateErrorKind::NonMinimalLength);
    }
    Ok((tag, 2 + octets, length as usize))
}
