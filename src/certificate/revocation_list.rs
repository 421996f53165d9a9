//! From DER to [`RevocationList`]: one strict walk over a CertificateList
//! (RFC 5280 section 5), as over a certificate.

use core::fmt;

use super::error::{CertificateError, CertificateErrorKind};
use super::extensions::{self, Extension};
use super::name;
use super::reader::{Element, Elements, tag};
use super::serial::integer;
use super::validity::{Validity, time};
use super::walk::{NameBudget, Span, bit_string};
use super::{Name, Serial};
use crate::request::Timestamp;

const CRL_NUMBER: &[u8] = b"\x55\x1D\x14";
const REASON_CODE: &[u8] = b"\x55\x1D\x15";
const DELTA_INDICATOR: &[u8] = b"\x55\x1D\x1B";
const ISSUING_DISTRIBUTION_POINT: &[u8] = b"\x55\x1D\x1C";
const ENTRY_ISSUER: &[u8] = b"\x55\x1D\x1D";

/// How many attributes the issuer's name may have.
const MAX_NAMES: usize = 256;

/// A list of revoked certificates, read: its DER and where things are in it.
///
/// It is a whole list of its issuer's certificates, or of all those that are, or
/// are not, authorities'. Delta lists, lists of one distribution point or of some
/// reasons, and lists that name certificates of other issuers are refused, and so
/// is a list without a next update.
///
/// It was read strictly; nothing about it was verified, and its signature is
/// for whoever knows the issuer's key. `Debug` shows its dates and how many
/// certificates it revokes.
pub struct RevocationList {
    der: Vec<u8>,
    signed: Span,
    algorithm: Span,
    signature: Span,
    issuer: Span,
    updates: Validity,
    /// Content octets of the INTEGER.
    number: Option<Span>,
    authority_key_id: Option<Span>,
    scope: ListScope,
    /// Content octets of the INTEGERs, in the order of these octets.
    serials: Vec<Span>,
}

/// Which of its issuer's certificates a list is about (RFC 5280 section 5.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListScope {
    /// All of them.
    All,
    /// Those that are no authorities'.
    EndEntities,
    /// Those of authorities.
    Authorities,
}

impl RevocationList {
    /// Reads a list, and keeps `der`.
    ///
    /// # Errors
    ///
    /// [`CertificateError`] says what part is not as RFC 5280 and DER have it, or
    /// is of a list that is not taken, and where.
    pub fn from_der(der: Vec<u8>) -> Result<Self, CertificateError> {
        if u32::try_from(der.len()).is_err() {
            return Err(CertificateError::new(CertificateErrorKind::Oversized, 0));
        }
        let mut input = Elements::new(&der, 0);
        let mut parts = input.expect(tag::SEQUENCE)?.open();
        input.finish()?;
        let signed = parts.expect(tag::SEQUENCE)?;
        let algorithm = parts.expect(tag::SEQUENCE)?;
        let signature = parts.expect(tag::BIT_STRING)?;
        parts.finish()?;
        // The first octet counts the unused bits, of which a signature has none.
        bit_string(&signature)?;
        if signature.content.first() != Some(&0) {
            return Err(signature.error(CertificateErrorKind::BitString));
        }
        let read = Signed::read(&signed, &algorithm)?;
        let (issuer, updates) = (Span::of(&read.issuer), read.updates);
        let (number, authority_key_id) = (read.number, read.authority_key_id);
        let (scope, serials) = (read.scope, read.serials_in_order(&der));
        let (signed, algorithm) = (Span::of(&signed), Span::of_content(&algorithm));
        let signature = Span::of_content(&signature);
        Ok(Self {
            signed,
            algorithm,
            signature,
            issuer,
            updates,
            number,
            authority_key_id,
            scope,
            serials,
            der,
        })
    }

    /// The bytes received.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whose certificates it is about.
    #[must_use]
    pub fn issuer(&self) -> Name<'_> {
        Name::from_checked(self.bytes(self.issuer))
    }

    /// When it was made.
    #[must_use]
    pub fn this_update(&self) -> Timestamp {
        self.updates.not_before
    }

    /// Up to and in which second there is to be another.
    #[must_use]
    pub fn next_update(&self) -> Timestamp {
        self.updates.not_after
    }

    /// Its number, which grows from list to list of an issuer.
    #[must_use]
    pub fn number(&self) -> Option<Serial<'_>> {
        let number = self.number?;
        Some(Serial::from_checked(self.bytes(number)))
    }

    /// How many certificates it revokes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.serials.len()
    }

    /// Whether it revokes none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.serials.is_empty()
    }

    /// Whether it revokes the certificate of this number of its issuer.
    #[must_use]
    pub fn revokes(&self, serial: Serial<'_>) -> bool {
        let wanted = serial.as_bytes();
        let found = self
            .serials
            .binary_search_by(|listed| self.bytes(*listed).cmp(wanted));
        found.is_ok()
    }

    /// Which of its issuer's certificates it is about.
    #[must_use]
    pub fn scope(&self) -> ListScope {
        self.scope
    }

    /// The identifier of the key that it says it is signed with.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.authority_key_id.map(|id| self.bytes(id))
    }

    /// What is signed: the DER of the TBSCertList.
    #[must_use]
    pub fn signed(&self) -> &[u8] {
        self.bytes(self.signed)
    }

    /// What it is signed with: the content of the AlgorithmIdentifier.
    #[must_use]
    pub fn algorithm(&self) -> &[u8] {
        self.bytes(self.algorithm)
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        self.bytes(self.signature).get(1..).unwrap_or_default()
    }

    fn bytes(&self, span: Span) -> &[u8] {
        span.of_der(&self.der)
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationList")
            .field("this_update", &self.this_update())
            .field("next_update", &self.next_update())
            .field("revoked", &self.len())
            .finish_non_exhaustive()
    }
}

/// What is noted of a TBSCertList.
struct Signed<'a> {
    issuer: Element<'a>,
    updates: Validity,
    number: Option<Span>,
    authority_key_id: Option<Span>,
    scope: ListScope,
    serials: Vec<Span>,
}

impl<'a> Signed<'a> {
    /// `TBSCertList`, all of it.
    fn read(whole: &Element<'a>, outer: &Element<'a>) -> Result<Self, CertificateError> {
        let mut input = whole.open();
        let version = input.optional(tag::INTEGER)?;
        if let Some(version) = &version
            && integer(version)? != [1]
        {
            return Err(version.error(CertificateErrorKind::Version));
        }
        let algorithm = input.expect(tag::SEQUENCE)?;
        if algorithm.der != outer.der {
            return Err(outer.error(CertificateErrorKind::AlgorithmMismatch));
        }
        let issuer = input.expect(tag::SEQUENCE)?;
        if issuer.content.is_empty() {
            return Err(issuer.error(CertificateErrorKind::EmptyIssuer));
        }
        name::check(&issuer, &mut NameBudget::new(MAX_NAMES))?;
        let this_update = time(&input.any()?)?;
        let mut read = Self {
            updates: Validity {
                not_before: this_update,
                not_after: next_update(&mut input, whole)?,
            },
            issuer,
            number: None,
            authority_key_id: None,
            scope: ListScope::All,
            serials: Vec::new(),
        };
        if let Some(revoked) = input.optional(tag::SEQUENCE)? {
            read.entries(&revoked, version.is_some())?;
        }
        if let Some(wrapper) = input.optional(tag::context_constructed(0))? {
            if version.is_none() {
                return Err(wrapper.error(CertificateErrorKind::VersionMismatch));
            }
            let mut inner = wrapper.open();
            let all = inner.expect(tag::SEQUENCE)?;
            inner.finish()?;
            extensions::each(&all, |extension| read.extension(&extension))?;
        }
        input.finish()?;
        Ok(read)
    }

    /// Each `SEQUENCE { userCertificate, revocationDate, crlEntryExtensions
    /// OPTIONAL }`.
    fn entries(&mut self, all: &Element<'a>, extensible: bool) -> Result<(), CertificateError> {
        let mut entries = all.open();
        while !entries.is_empty() {
            let entry = entries.expect(tag::SEQUENCE)?;
            let mut parts = entry.open();
            let serial = parts.expect(tag::INTEGER)?;
            integer(&serial)?;
            time(&parts.any()?)?;
            if let Some(all) = parts.optional(tag::SEQUENCE)? {
                if !extensible {
                    return Err(all.error(CertificateErrorKind::VersionMismatch));
                }
                extensions::each(&all, |extension| check_entry_extension(&extension))?;
            }
            parts.finish()?;
            self.serials.push(Span::of_content(&serial));
        }
        Ok(())
    }

    fn extension(&mut self, extension: &Extension<'a>) -> Result<(), CertificateError> {
        let value = &extension.value;
        match extension.id {
            CRL_NUMBER => {
                let number = extensions::only_element(value, tag::INTEGER)?;
                integer(&number)?;
                self.number = Some(Span::of_content(&number));
            }
            extensions::AUTHORITY_KEY_ID => {
                let fields = extensions::only_element(value, tag::SEQUENCE)?;
                let id = fields.open().optional(tag::context(0))?;
                self.authority_key_id = id.as_ref().map(Span::of_content);
            }
            DELTA_INDICATOR => return Err(extension.error(CertificateErrorKind::PartialList)),
            ISSUING_DISTRIBUTION_POINT => self.scope = scope(value)?,
            _ => extension.refuse_if_critical()?,
        }
        Ok(())
    }

    /// The serial numbers in the order in which they are searched.
    fn serials_in_order(mut self, der: &[u8]) -> Vec<Span> {
        self.serials
            .sort_unstable_by(|one, other| one.of_der(der).cmp(other.of_der(der)));
        self.serials.shrink_to_fit();
        self.serials
    }
}

/// RFC 5280 section 5.1.2.5 wants one, and without it nobody could tell that a
/// list was held back.
fn next_update(
    input: &mut Elements<'_>,
    whole: &Element<'_>,
) -> Result<Timestamp, CertificateError> {
    for kind in [tag::UTC_TIME, tag::GENERALIZED_TIME] {
        if let Some(element) = input.optional(kind)? {
            return time(&element);
        }
    }
    Err(whole.error(CertificateErrorKind::NoNextUpdate))
}

/// IssuingDistributionPoint (RFC 5280 section 5.2.5): the certificates that the
/// list is about.
fn scope(value: &Element<'_>) -> Result<ListScope, CertificateError> {
    let mut fields = extensions::only_element(value, tag::SEQUENCE)?.open();
    let mut scope = ListScope::All;
    while !fields.is_empty() {
        let field = fields.any()?;
        let named = match field.tag {
            END_ENTITIES_ONLY => ListScope::EndEntities,
            AUTHORITIES_ONLY => ListScope::Authorities,
            // A distribution point, reasons, other issuers, attributes.
            _ => return Err(field.error(CertificateErrorKind::PartialList)),
        };
        if !extensions::boolean(&field)? {
            continue;
        }
        if scope != ListScope::All {
            return Err(field.error(CertificateErrorKind::PartialList));
        }
        scope = named;
    }
    Ok(scope)
}

const END_ENTITIES_ONLY: u8 = tag::context(1);
const AUTHORITIES_ONLY: u8 = tag::context(2);

/// What an entry may say besides the number: nothing that makes it another
/// certificate's, or that takes it back.
fn check_entry_extension(extension: &Extension<'_>) -> Result<(), CertificateError> {
    match extension.id {
        REASON_CODE => {
            let reason = extensions::only_element(&extension.value, tag::ENUMERATED)?;
            // removeFromCRL is for delta lists.
            if reason.content == [8] {
                return Err(extension.error(CertificateErrorKind::PartialList));
            }
            Ok(())
        }
        ENTRY_ISSUER => Err(extension.error(CertificateErrorKind::PartialList)),
        _ => extension.refuse_if_critical(),
    }
}
