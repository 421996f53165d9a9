//! One strict walk over a certificate (RFC 5280 section 4.1), from the first
//! byte to the last, noting where things are.

use super::error::{CertificateError, CertificateErrorKind};
use super::extensions::Extensions;
use super::name;
use super::reader::{Element, Elements, tag};
use super::serial::integer;
use super::validity::Validity;

/// What the walk notes.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    pub(super) version: Version,
    pub(super) serial: Span,
    pub(super) issuer: Span,
    pub(super) validity: Validity,
    pub(super) subject: Span,
    pub(super) public_key_info: Span,
    pub(super) extensions: Extensions,
}

/// The version of a certificate's syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Version 1, without extensions.
    V1,
    /// Version 2, with unique identifiers.
    V2,
    /// Version 3, with extensions; what is issued today.
    V3,
}

/// `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm,
/// signatureValue BIT STRING }`
pub(super) fn walk(der: &[u8], max_names: usize) -> Result<Fields, CertificateError> {
    if u32::try_from(der.len()).is_err() {
        return Err(CertificateError::new(CertificateErrorKind::Oversized, 0));
    }
    let mut input = Elements::new(der, 0);
    let mut certificate = input.expect(tag::SEQUENCE)?.open();
    input.finish()?;

    let mut to_be_signed = certificate.expect(tag::SEQUENCE)?.open();
    let outer_algorithm = certificate.expect(tag::SEQUENCE)?;
    bit_string(&certificate.expect(tag::BIT_STRING)?)?;
    certificate.finish()?;

    fields(&mut to_be_signed, &outer_algorithm, max_names)
}

/// `TBSCertificate`, all of it.
fn fields(
    input: &mut Elements<'_>,
    outer_algorithm: &Element<'_>,
    max_names: usize,
) -> Result<Fields, CertificateError> {
    let mut budget = NameBudget::new(max_names);
    let version = version(input)?;
    let serial = input.expect(tag::INTEGER)?;
    integer(&serial)?;
    let algorithm = input.expect(tag::SEQUENCE)?;
    if algorithm.der != outer_algorithm.der {
        return Err(outer_algorithm.error(CertificateErrorKind::AlgorithmMismatch));
    }
    let issuer = input.expect(tag::SEQUENCE)?;
    if issuer.content.is_empty() {
        return Err(issuer.error(CertificateErrorKind::EmptyIssuer));
    }
    name::check(&issuer, &mut budget)?;
    let validity = Validity::read(input)?;
    let subject = input.expect(tag::SEQUENCE)?;
    name::check(&subject, &mut budget)?;
    let public_key_info = input.expect(tag::SEQUENCE)?;
    check_public_key_info(&public_key_info)?;
    for unique_id in [tag::context(1), tag::context(2)] {
        if let Some(unique_id) = input.optional(unique_id)? {
            require(version >= Version::V2, &unique_id)?;
            bit_string(&unique_id)?;
        }
    }
    let mut extensions = Extensions::default();
    if let Some(wrapper) = input.optional(tag::context_constructed(3))? {
        require(version == Version::V3, &wrapper)?;
        extensions = Extensions::read(&wrapper, &mut budget)?;
    }
    input.finish()?;
    Ok(Fields {
        version,
        serial: Span::of_content(&serial),
        issuer: Span::of(&issuer),
        validity,
        subject: Span::of(&subject),
        public_key_info: Span::of(&public_key_info),
        extensions,
    })
}

/// `[0] EXPLICIT INTEGER DEFAULT v1`
fn version(input: &mut Elements<'_>) -> Result<Version, CertificateError> {
    let Some(wrapper) = input.optional(tag::context_constructed(0))? else {
        return Ok(Version::V1);
    };
    let mut inside = wrapper.open();
    let version = inside.expect(tag::INTEGER)?;
    inside.finish()?;
    match integer(&version)? {
        [1] => Ok(Version::V2),
        [2] => Ok(Version::V3),
        _ => Err(version.error(CertificateErrorKind::Version)),
    }
}

/// `SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }`
fn check_public_key_info(element: &Element<'_>) -> Result<(), CertificateError> {
    let mut parts = element.open();
    parts.expect(tag::SEQUENCE)?;
    bit_string(&parts.expect(tag::BIT_STRING)?)?;
    parts.finish()
}

fn require(version_has_it: bool, field: &Element<'_>) -> Result<(), CertificateError> {
    if version_has_it {
        Ok(())
    } else {
        Err(field.error(CertificateErrorKind::VersionMismatch))
    }
}

/// The octets of a BIT STRING: at most seven unused bits, all zero (X.690
/// section 11.2).
pub(super) fn bit_string<'a>(element: &Element<'a>) -> Result<&'a [u8], CertificateError> {
    let octets = match element.content {
        [0] => Some(&[] as &[u8]),
        [unused @ 0..=7, octets @ ..] => octets
            .last()
            .filter(|last| last.trailing_zeros() >= u32::from(*unused))
            .map(|_| octets),
        _ => None,
    };
    octets.ok_or_else(|| element.error(CertificateErrorKind::BitString))
}

/// How many more alternative names and name attributes may come.
pub(super) struct NameBudget(usize);

impl NameBudget {
    pub(super) const fn new(names: usize) -> Self {
        Self(names)
    }

    pub(super) fn spend(&mut self, on: &Element<'_>) -> Result<(), CertificateError> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => Err(on.error(CertificateErrorKind::TooManyNames)),
        }
    }
}

/// A place in the DER. Offsets fit, because the walk takes no more than
/// 4 GiB.
#[derive(Clone, Copy)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    pub(super) fn of(element: &Element<'_>) -> Self {
        Self::new(element.offset, element.der)
    }

    pub(super) fn of_content(element: &Element<'_>) -> Self {
        Self::new(element.content_offset(), element.content)
    }

    /// The bytes there.
    pub(super) fn of_der(self, der: &[u8]) -> &[u8] {
        der.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }

    fn new(start: usize, bytes: &[u8]) -> Self {
        Self {
            start: start as u32,
            end: (start + bytes.len()) as u32,
        }
    }
}
