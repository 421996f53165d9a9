//! The extensions that a decision reads (RFC 5280 section 4.2.1).

use super::error::{CertificateError, CertificateErrorKind};
use super::general_name::check_alternative_names;
use super::oid::{ObjectIdentifier, object_identifier};
use super::reader::{Checked, Element, Elements, tag};
use super::serial::integer;
use super::walk::{NameBudget, Span, bit_string};

const SUBJECT_KEY_ID: &[u8] = b"\x55\x1D\x0E";
pub(super) const AUTHORITY_KEY_ID: &[u8] = b"\x55\x1D\x23";
const KEY_USAGE: &[u8] = b"\x55\x1D\x0F";
const ALTERNATIVE_NAMES: &[u8] = b"\x55\x1D\x11";
const BASIC_CONSTRAINTS: &[u8] = b"\x55\x1D\x13";
const EXTENDED_KEY_USAGE: &[u8] = b"\x55\x1D\x25";

/// id-kp-clientAuth, 1.3.6.1.5.5.7.3.2.
const CLIENT_AUTHENTICATION: &[u8] = b"\x2B\x06\x01\x05\x05\x07\x03\x02";
/// anyExtendedKeyUsage, 2.5.29.37.0.
const ANY_PURPOSE: &[u8] = b"\x55\x1D\x25\x00";

/// What the walk keeps of the extensions. Spans are the content of the outer
/// SEQUENCE of each value.
#[derive(Clone, Copy, Default)]
pub(super) struct Extensions {
    /// All of them.
    pub(super) all: Option<Span>,
    pub(super) alternative_names: Option<Span>,
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Option<Span>,
}

impl Extensions {
    /// `Extensions ::= SEQUENCE SIZE (1..) OF Extension`, inside its `[3]`.
    pub(super) fn read(
        wrapper: &Element<'_>,
        budget: &mut NameBudget,
    ) -> Result<Self, CertificateError> {
        let mut inner = wrapper.open();
        let all = inner.expect(tag::SEQUENCE)?;
        inner.finish()?;
        let mut extensions = all.open();
        let mut read = Self {
            all: Some(Span::of_content(&all)),
            ..Self::default()
        };
        loop {
            read.extension(&extensions.expect(tag::SEQUENCE)?, budget)?;
            if extensions.is_empty() {
                return Ok(read);
            }
        }
    }

    fn extension(
        &mut self,
        extension: &Element<'_>,
        budget: &mut NameBudget,
    ) -> Result<(), CertificateError> {
        let Extension { id, value, .. } = Extension::read(extension)?;
        let repeated = match id {
            KEY_USAGE => self.key_usage.replace(key_usage(&value)?).is_some(),
            BASIC_CONSTRAINTS => {
                let constraints = basic_constraints(&value)?;
                self.basic_constraints.replace(constraints).is_some()
            }
            ALTERNATIVE_NAMES => {
                let names = only_element(&value, tag::SEQUENCE)?;
                check_alternative_names(&names, budget)?;
                self.alternative_names
                    .replace(Span::of_content(&names))
                    .is_some()
            }
            EXTENDED_KEY_USAGE => {
                let purposes = only_element(&value, tag::SEQUENCE)?;
                check_purposes(&purposes)?;
                self.extended_key_usage
                    .replace(Span::of_content(&purposes))
                    .is_some()
            }
            _ => false,
        };
        if repeated {
            return Err(extension.error(CertificateErrorKind::DuplicateExtension));
        }
        Ok(())
    }
}

/// The kind of each of these extensions, which the walk has passed.
pub(super) fn ids(extensions: &[u8]) -> impl Iterator<Item = ObjectIdentifier<'_>> {
    let extensions = Checked { bytes: extensions };
    extensions.filter_map(|extension| {
        let id = extension.open().expect(tag::OBJECT_IDENTIFIER).ok()?;
        object_identifier(&id).ok()
    })
}

/// The SubjectKeyIdentifier (RFC 5280 section 4.2.1.2) among these extensions,
/// which the walk has passed; none if it is not as it should be.
pub(super) fn subject_key_id(extensions: &[u8]) -> Option<&[u8]> {
    let value = value_of(SUBJECT_KEY_ID, extensions)?;
    let id = only_element(&value, tag::OCTET_STRING).ok()?;
    Some(id.content)
}

/// The OCTET STRING around the value of the extension of this kind among these,
/// which the walk has passed.
pub(super) fn value_of<'a>(id: &[u8], extensions: &'a [u8]) -> Option<Element<'a>> {
    let mut extensions = Checked { bytes: extensions };
    extensions.find_map(|extension| {
        let extension = Extension::read(&extension).ok()?;
        (extension.id == id).then_some(extension.value)
    })
}

/// `SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue }`
pub(super) struct Extension<'a> {
    whole: Element<'a>,
    /// The content octets of its object identifier.
    pub(super) id: &'a [u8],
    is_critical: bool,
    /// The OCTET STRING around its value.
    pub(super) value: Element<'a>,
}

impl<'a> Extension<'a> {
    fn read(whole: &Element<'a>) -> Result<Self, CertificateError> {
        let mut parts = whole.open();
        let id = parts.expect(tag::OBJECT_IDENTIFIER)?;
        object_identifier(&id)?;
        let is_critical = match parts.optional(tag::BOOLEAN)? {
            Some(critical) => boolean(&critical)?,
            None => false,
        };
        let value = parts.expect(tag::OCTET_STRING)?;
        parts.finish()?;
        Ok(Self {
            whole: *whole,
            id: id.content,
            is_critical,
            value,
        })
    }

    /// That this extension is at fault.
    pub(super) const fn error(&self, kind: CertificateErrorKind) -> CertificateError {
        self.whole.error(kind)
    }

    /// What nobody here knows may be left out only if it is not critical.
    pub(super) const fn refuse_if_critical(&self) -> Result<(), CertificateError> {
        if self.is_critical {
            Err(self.error(CertificateErrorKind::CriticalExtension))
        } else {
            Ok(())
        }
    }
}

/// Visits every extension in `all`, of which there is one at least and none
/// twice.
pub(super) fn each<'a>(
    all: &Element<'a>,
    mut visit: impl FnMut(Extension<'a>) -> Result<(), CertificateError>,
) -> Result<(), CertificateError> {
    let mut extensions = all.open();
    let mut seen: Vec<&[u8]> = Vec::new();
    loop {
        let extension = Extension::read(&extensions.expect(tag::SEQUENCE)?)?;
        if seen.contains(&extension.id) {
            return Err(extension.error(CertificateErrorKind::DuplicateExtension));
        }
        seen.push(extension.id);
        visit(extension)?;
        if extensions.is_empty() {
            return Ok(());
        }
    }
}

/// Whether a certificate may sign others (RFC 5280 section 4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BasicConstraints {
    /// It may not.
    EndEntity,
    /// It is a certification authority's.
    Authority {
        /// How many intermediate certificates may follow it in a path; no
        /// limit if absent.
        path_len: Option<u32>,
    },
}

/// What the key may be used for (RFC 5280 section 4.2.1.3): a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyUsage(u16);

/// Bit 0 of the BIT STRING is the highest bit here.
impl KeyUsage {
    const fn has(self, bit: u8) -> bool {
        self.0 & 0x8000 >> bit != 0
    }

    /// Verifying signatures other than those on certificates and CRLs; what a
    /// TLS client signs with.
    #[must_use]
    pub const fn digital_signature(self) -> bool {
        self.has(0)
    }

    /// Non-repudiation, now called content commitment.
    #[must_use]
    pub const fn content_commitment(self) -> bool {
        self.has(1)
    }

    /// Enciphering keys.
    #[must_use]
    pub const fn key_encipherment(self) -> bool {
        self.has(2)
    }

    /// Enciphering data directly.
    #[must_use]
    pub const fn data_encipherment(self) -> bool {
        self.has(3)
    }

    /// Key agreement.
    #[must_use]
    pub const fn key_agreement(self) -> bool {
        self.has(4)
    }

    /// Verifying signatures on certificates.
    #[must_use]
    pub const fn key_cert_sign(self) -> bool {
        self.has(5)
    }

    /// Verifying signatures on CRLs.
    #[must_use]
    pub const fn crl_sign(self) -> bool {
        self.has(6)
    }

    /// With key agreement: only to encipher.
    #[must_use]
    pub const fn encipher_only(self) -> bool {
        self.has(7)
    }

    /// With key agreement: only to decipher.
    #[must_use]
    pub const fn decipher_only(self) -> bool {
        self.has(8)
    }
}

/// The purposes that the key is for (RFC 5280 section 4.2.1.12).
#[derive(Clone, Copy)]
pub struct ExtendedKeyUsage<'a> {
    purposes: &'a [u8],
}

impl<'a> ExtendedKeyUsage<'a> {
    pub(super) const fn from_checked(purposes: &'a [u8]) -> Self {
        Self { purposes }
    }

    /// Each purpose, in encoded order; at least one.
    pub fn purposes(self) -> impl Iterator<Item = ObjectIdentifier<'a>> + Clone {
        let purposes = Checked {
            bytes: self.purposes,
        };
        purposes.map(|purpose| ObjectIdentifier::from_checked(purpose.content))
    }

    /// Whether TLS client authentication (id-kp-clientAuth) is named.
    #[must_use]
    pub fn client_auth(self) -> bool {
        self.contains(CLIENT_AUTHENTICATION)
    }

    /// Whether anyExtendedKeyUsage is named, which RFC 5280 lets applications
    /// refuse where they ask for a particular purpose.
    #[must_use]
    pub fn any_purpose(self) -> bool {
        self.contains(ANY_PURPOSE)
    }

    fn contains(self, purpose: &[u8]) -> bool {
        self.purposes().any(|named| named.as_bytes() == purpose)
    }
}

impl core::fmt::Debug for ExtendedKeyUsage<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.purposes()).finish()
    }
}

/// `SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX)
/// OPTIONAL }`. A path length beside `cA FALSE` is wrong but common; it limits
/// nothing and is dropped.
fn basic_constraints(value: &Element<'_>) -> Result<BasicConstraints, CertificateError> {
    let mut fields = only_element(value, tag::SEQUENCE)?.open();
    let authority = match fields.optional(tag::BOOLEAN)? {
        Some(flag) => boolean(&flag)?,
        None => false,
    };
    let path_len = match fields.optional(tag::INTEGER)? {
        Some(length) => Some(path_length(&length)?),
        None => None,
    };
    fields.finish()?;
    Ok(if authority {
        BasicConstraints::Authority { path_len }
    } else {
        BasicConstraints::EndEntity
    })
}

fn path_length(element: &Element<'_>) -> Result<u32, CertificateError> {
    let octets = integer(element)?;
    let negative = octets.first().is_some_and(|first| first & 0x80 != 0);
    let value = octets.iter().try_fold(0_u32, |value, &octet| {
        value.checked_mul(256)?.checked_add(octet.into())
    });
    value
        .filter(|_| !negative)
        .ok_or_else(|| element.error(CertificateErrorKind::Integer))
}

/// Trailing zero bits, which DER drops from a list of named bits, change
/// nothing here and do occur; so do bits that are not named yet.
fn key_usage(value: &Element<'_>) -> Result<KeyUsage, CertificateError> {
    let bits = bit_string(&only_element(value, tag::BIT_STRING)?)?;
    let octet = |at: usize| u16::from(bits.get(at).copied().unwrap_or(0));
    Ok(KeyUsage(octet(0) << 8 | octet(1)))
}

fn check_purposes(purposes: &Element<'_>) -> Result<(), CertificateError> {
    let mut purposes = purposes.open();
    loop {
        object_identifier(&purposes.expect(tag::OBJECT_IDENTIFIER)?)?;
        if purposes.is_empty() {
            return Ok(());
        }
    }
}

/// FALSE, which DER leaves out where it is the default, is taken when written
/// out: many CAs write `cA FALSE`, some `critical FALSE`, and it can mean only
/// one thing.
pub(super) fn boolean(element: &Element<'_>) -> Result<bool, CertificateError> {
    match element.content {
        [0x00] => Ok(false),
        [0xFF] => Ok(true),
        _ => Err(element.error(CertificateErrorKind::Boolean)),
    }
}

/// The one element that an extension's value holds.
pub(super) fn only_element<'a>(
    value: &Element<'a>,
    tag: u8,
) -> Result<Element<'a>, CertificateError> {
    let mut inside: Elements<'a> = value.open();
    let element = inside.expect(tag)?;
    inside.finish()?;
    Ok(element)
}
