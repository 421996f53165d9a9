//! DER elements one after another, each with its place in the whole.
//!
//! Lengths and bounds are `der`'s; tags are plain octets here, because `der`
//! knows no UniversalString and a name may hold one.

use der::{Decode, ErrorKind, Length, Reader, SliceReader};

use super::error::{CertificateError, CertificateErrorKind};

/// The tags that a certificate uses (X.690 section 8.1.2).
pub(super) mod tag {
    pub(in super::super) const BOOLEAN: u8 = 0x01;
    pub(in super::super) const INTEGER: u8 = 0x02;
    pub(in super::super) const BIT_STRING: u8 = 0x03;
    pub(in super::super) const OCTET_STRING: u8 = 0x04;
    pub(in super::super) const OBJECT_IDENTIFIER: u8 = 0x06;
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
    pub(super) fn open(&self) -> Result<Elements<'a>, CertificateError> {
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
    bytes: &'a [u8],
    reader: SliceReader<'a>,
    base: usize,
}

impl<'a> Elements<'a> {
    /// Reads `bytes`, which start at `base` in the whole.
    pub(super) fn new(bytes: &'a [u8], base: usize) -> Result<Self, CertificateError> {
        match SliceReader::new(bytes) {
            Ok(reader) => Ok(Self {
                bytes,
                reader,
                base,
            }),
            Err(_) => Err(CertificateError::new(CertificateErrorKind::Oversized, base)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reader.is_finished()
    }

    /// The next element, whatever it is.
    pub(super) fn any(&mut self) -> Result<Element<'a>, CertificateError> {
        let start = self.position();
        let offset = self.base + start;
        let (tag, content) = self
            .tag_and_content()
            .map_err(|kind| CertificateError::new(kind, offset))?;
        let der = self.bytes.get(start..self.position()).unwrap_or_default();
        Ok(Element {
            tag,
            der,
            content,
            offset,
        })
    }

    /// The next element, which has to be of this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Result<Element<'a>, CertificateError> {
        match self.peek() {
            Some(next) if next != tag => Err(self.error(CertificateErrorKind::UnexpectedElement)),
            _ => self.any(),
        }
    }

    /// The next element if it is of this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, CertificateError> {
        if self.peek() == Some(tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// That nothing follows.
    pub(super) fn finish(&self) -> Result<(), CertificateError> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.error(CertificateErrorKind::TrailingData))
        }
    }

    fn tag_and_content(&mut self) -> Result<(u8, &'a [u8]), CertificateErrorKind> {
        let tag = self.reader.read_byte().map_err(kind_of)?;
        if !is_der_tag(tag) {
            return Err(CertificateErrorKind::UnexpectedElement);
        }
        let length = Length::decode(&mut self.reader).map_err(kind_of)?;
        let content = self.reader.read_slice(length).map_err(kind_of)?;
        Ok((tag, content))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position()).copied()
    }

    fn position(&self) -> usize {
        u32::from(self.reader.position()) as usize
    }

    fn error(&self, kind: CertificateErrorKind) -> CertificateError {
        CertificateError::new(kind, self.base + self.position())
    }
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
        if self.bytes.is_empty() {
            return None;
        }
        let element = Elements::new(self.bytes, 0).ok()?.any().ok()?;
        self.bytes = self.bytes.get(element.der.len()..).unwrap_or_default();
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

fn kind_of(error: der::Error) -> CertificateErrorKind {
    match error.kind() {
        ErrorKind::IndefiniteLength => CertificateErrorKind::IndefiniteLength,
        ErrorKind::Overlength => CertificateErrorKind::NonMinimalLength,
        _ => CertificateErrorKind::Truncated,
    }
}
