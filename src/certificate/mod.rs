//! From DER to [`CertInfo`]: one strict walk, then views into the bytes.
//!
//! A lenient parser reads other bytes than it hashes, so nothing is passed over
//! here: lengths are definite and minimal, nothing follows where nothing may,
//! and the thumbprint is over exactly the bytes received. Nothing is verified
//! either: no signature, no path, no revocation. What a certificate *says* is
//! here; whether it is *true* is another stage's word.
//!
//! Names are compared as [`Name`] documents, alternative names and attributes
//! keep their types, and text that could pass for other text
//! ([`is_matchable`]) is never matched and is escaped in every output.

mod error;
mod reader;
mod walk;
mod oid;
mod serial;
mod validity;
mod name;
mod extensions;
mod general_name;
#[cfg(feature = "verify")]
mod name_constraints;
#[cfg(any(feature = "credential", feature = "verify"))]
pub(crate) mod pem;
mod spiffe;
mod thumbprint;
mod claims;
mod revocation_list;

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

pub(crate) use claims::ClaimedSpiffeId;
pub use claims::{Claims, ClientCertificate};
pub use error::{CertificateError, CertificateErrorKind};
pub use extensions::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
pub use general_name::{AlternativeNames, GeneralName};
pub(crate) use name::EncodedName;
pub use name::{
    Attribute, AttributeType, AttributeValue, ConfiguredName, DistinguishedName, Name,
    NameAttribute, NameError, NameErrorKind, NameValue, NameWarning, Rdn, Rdns, is_matchable,
};
#[cfg(feature = "verify")]
pub(crate) use name_constraints::{NameConstraints, Subtree};
pub(crate) use oid::NamedOid;
pub use oid::ObjectIdentifier;
#[cfg(feature = "credential")]
pub(crate) use pem::BlockPlace;
#[cfg(any(feature = "credential", feature = "verify"))]
pub use pem::{PemError, PemErrorKind};
pub(crate) use reader::split_sequence;
#[cfg(feature = "verify")]
pub(crate) use reader::{SignedParts, split_public_key_info, split_signed};
pub use revocation_list::{ListScope, RevocationList};
pub use serial::Serial;
pub use spiffe::{SpiffeId, SpiffeIdError};
pub use thumbprint::{Thumbprint, ThumbprintError};
pub use validity::{Validity, ValidityAt};
pub use walk::Version;

use walk::{Fields, Span, walk};

/// How many alternative names and name attributes a certificate may have,
/// unless the caller says otherwise.
const DEFAULT_MAX_NAMES: usize = 256;

/// A certificate, read: its DER and where things are in it.
///
/// It was read strictly and hashed; nothing about it was verified. Two are
/// equal if their DER is. `Debug` shows the thumbprint and nothing else.
///
/// ```
/// use certgate::certificate::{AttributeType, CertInfo};
///
/// # let der = include_bytes!("../../tests/data/certificates/acme.der").to_vec();
/// let certificate = CertInfo::from_der(der)?;
/// let subject = certificate.subject();
/// assert_eq!(subject.to_string(), "CN=pisp-partner-acme,OU=pisp-prod,O=Acme Payment Services,C=GB");
///
/// let unit = subject.values(AttributeType::ORGANIZATIONAL_UNIT).next();
/// assert_eq!(unit.and_then(|unit| unit.matchable()).as_deref(), Some("pisp-prod"));
/// # Ok::<(), certgate::certificate::CertificateError>(())
/// ```
#[derive(Clone)]
pub struct CertInfo {
    der: Vec<u8>,
    fields: Fields,
    thumbprint: Thumbprint,
}

impl CertInfo {
    /// Reads a certificate of at most 256 names. It keeps `der` and allocates
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`CertificateError`] says what part is not as RFC 5280 and DER have it,
    /// and where.
    pub fn from_der(der: Vec<u8>) -> Result<Self, CertificateError> {
        Self::from_der_within(der, DEFAULT_MAX_NAMES)
    }

    /// Reads a certificate of at most `max_names` names, which are alternative
    /// names and the attributes of issuer, subject and directory names taken
    /// together.
    ///
    /// # Errors
    ///
    /// As [`from_der`](Self::from_der);
    /// [`TooManyNames`](CertificateErrorKind::TooManyNames) at the first name
    /// beyond the budget.
    pub fn from_der_within(der: Vec<u8>, max_names: usize) -> Result<Self, CertificateError> {
        Self::from_hashed_der(der, None, max_names)
    }

    /// As [`from_der_within`](Self::from_der_within); whoever has hashed `der`
    /// already gives what came out.
    pub(crate) fn from_hashed_der(
        der: Vec<u8>,
        thumbprint: Option<Thumbprint>,
        max_names: usize,
    ) -> Result<Self, CertificateError> {
        let fields = walk(&der, max_names)?;
        let thumbprint = thumbprint.unwrap_or_else(|| Thumbprint::of(&der));
        Ok(Self {
            der,
            fields,
            thumbprint,
        })
    }

    /// The bytes received.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The version of its syntax.
    #[must_use]
    pub fn version(&self) -> Version {
        self.fields.version
    }

    /// The serial number, unique only for its issuer.
    #[must_use]
    pub fn serial(&self) -> Serial<'_> {
        Serial::from_checked(self.bytes(self.fields.serial))
    }

    /// The issuer's name, never empty.
    #[must_use]
    pub fn issuer(&self) -> Name<'_> {
        Name::from_checked(self.bytes(self.fields.issuer))
    }

    /// The subject's name, which may be empty.
    #[must_use]
    pub fn subject(&self) -> Name<'_> {
        Name::from_checked(self.bytes(self.fields.subject))
    }

    /// The period of validity.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.fields.validity
    }

    /// The subject alternative names, in encoded order; none without that
    /// extension.
    #[must_use]
    pub fn alternative_names(&self) -> AlternativeNames<'_> {
        let names = self.fields.extensions.alternative_names;
        AlternativeNames::from_checked(names.map_or(&[], |names| self.bytes(names)))
    }

    /// The alternative names that are URIs of the scheme `spiffe`, in any case,
    /// each read strictly. A certificate should have one at most.
    pub fn spiffe_ids(&self) -> impl Iterator<Item = Result<SpiffeId<'_>, SpiffeIdError>> {
        self.alternative_names().filter_map(|name| match name {
            GeneralName::Uri(uri) => {
                let (scheme, _) = uri.split_once(':')?;
                let is_spiffe = scheme.eq_ignore_ascii_case("spiffe");
                is_spiffe.then(|| SpiffeId::parse(uri))
            }
            _ => None,
        })
    }

    /// The kind of each extension, in encoded order; none without extensions.
    pub fn extension_ids(&self) -> impl Iterator<Item = ObjectIdentifier<'_>> {
        let all = self.fields.extensions.all;
        extensions::ids(all.map_or(&[], |all| self.bytes(all)))
    }

    /// The key identifier by which certificates and lists that it signed may name
    /// its key; absent, too, where it is not as RFC 5280 section 4.2.1.2 has it.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        extensions::subject_key_id(self.bytes(self.fields.extensions.all?))
    }

    /// The names that it lets the certificates below it have: of each form those
    /// permitted, and those excluded.
    #[cfg(feature = "verify")]
    pub(crate) fn name_constraints(&self) -> NameConstraints<'_> {
        let extensions = self.fields.extensions.all;
        let extensions = extensions.map_or(&[] as &[u8], |all| self.bytes(all));
        NameConstraints::among(extensions)
    }

    /// Whether it may sign certificates, if it says so.
    #[must_use]
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.fields.extensions.basic_constraints
    }

    /// Whether it is an authority's, and may sign certificates: its basicConstraints
    /// say so, and its keyUsage, if it has one, does not say otherwise (RFC 5280
    /// sections 4.2.1.3 and 4.2.1.9).
    #[must_use]
    pub fn may_sign_certificates(&self) -> bool {
        let is_authority = matches!(
            self.basic_constraints(),
            Some(BasicConstraints::Authority { .. })
        );
        is_authority && self.key_usage().is_none_or(KeyUsage::key_cert_sign)
    }

    /// What the key may do, if restricted.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.fields.extensions.key_usage
    }

    /// What the key is for, if restricted.
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<ExtendedKeyUsage<'_>> {
        let purposes = self.fields.extensions.extended_key_usage?;
        Some(ExtendedKeyUsage::from_checked(self.bytes(purposes)))
    }

    /// The DER of its SubjectPublicKeyInfo.
    #[must_use]
    pub fn public_key_info(&self) -> &[u8] {
        self.bytes(self.fields.public_key_info)
    }

    /// The SHA-256 of [`public_key_info`](Self::public_key_info), which stays
    /// the same when a certificate is renewed with its key (RFC 7469 section
    /// 2.4). It is computed at each call.
    #[must_use]
    pub fn public_key_sha256(&self) -> [u8; 32] {
        Sha256::digest(self.public_key_info()).into()
    }

    /// The SHA-256 of the DER.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.thumbprint
    }

    /// The value of a `Client-Cert` header (RFC 9440 section 2.2): base64
    /// between colons.
    #[must_use]
    pub fn to_rfc9440(&self) -> String {
        format!(":{}:", STANDARD.encode(&self.der))
    }

    /// Strict PEM (RFC 7468 section 3): lines of 64 characters, each ended by a
    /// line feed.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        // 48 bytes make 64 characters.
        for line in self.der.chunks(48) {
            STANDARD.encode_string(line, &mut pem);
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        pem
    }

    fn bytes(&self, span: Span) -> &[u8] {
        span.of_der(&self.der)
    }
}

impl PartialEq for CertInfo {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for CertInfo {}

impl fmt::Debug for CertInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertInfo({})", self.thumbprint)
    }
}
