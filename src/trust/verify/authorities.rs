//! The authorities whose certificates a policy takes, each under a name.

use core::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::certificate::{CertInfo, CertificateError, PemError};
use crate::request::Timestamp;

use super::blocks::{self, Foreign};
use super::signature;

/// Authorities under names, in the order in which they were added.
///
/// Each is a certificate that may sign others: a root's, or that of an
/// intermediate, above which nothing is looked at then. Somebody's own certificate
/// is refused, since whatever stands here is believed in all that it signed.
///
/// To replace an authority, [`add`](Self::add) the new one beside the old, under
/// another name. The certificates of both are taken, until the old one is
/// [removed](Self::remove); `evidence::AuthorityUse` tells who still uses it.
///
/// A policy has them under `[[authorities]]`:
///
/// ```
/// use certgate::edge::Preset;
/// use certgate::policy::document::{self, Authentication, Document, Edge};
/// use certgate::policy::{Mode, Policy, Verification};
/// use certgate::trust::AuthorityStore;
///
/// # let key = rcgen::KeyPair::generate()?;
/// # let mut params = rcgen::CertificateParams::new(vec![])?;
/// # params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
/// # let pem = params.self_signed(&key)?.pem();
/// let mut store = AuthorityStore::new();
/// store.add("acme-2026", pem.as_bytes())?;
/// store.rename("acme-2026", "acme-old")?;
///
/// let document = Document::new(
///     Edge::new(Preset::Azure, ["10.0.0.0/8"]).verification(Verification::InProcess),
///     Authentication::new(Mode::Mtls),
/// )
/// .identity([document::IdentityRule::new().client("{subject.cn}")])
/// .authorities(store.iter().map(|authority| {
///     document::Authority::new(authority.name(), authority.certificate().to_pem())
/// }));
/// let policy = Policy::from_document(&document)?.policy;
/// assert_eq!(policy.authorities().names().collect::<Vec<_>>(), ["acme-old"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuthorityStore {
    authorities: Vec<Authority>,
}

/// An authority and its name; cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Authority {
    name: Box<str>,
    certificate: Arc<CertInfo>,
}

/// What an operator wants to know of an authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuthorityDescription {
    /// Its name here.
    pub name: String,
    /// The subject (RFC 4514).
    pub subject: String,
    /// The issuer (RFC 4514): the same as the subject, for a root.
    pub issuer: String,
    /// The first second of its validity.
    pub not_before: Timestamp,
    /// The last.
    pub not_after: Timestamp,
    /// The SHA-256 of the certificate: upper-case hexadecimal with colons.
    pub sha256_fingerprint: String,
    /// The identifier of its key, in lower-case hexadecimal, if the certificate
    /// has one.
    pub key_id: Option<String>,
}

/// Why a store does not take an authority, or has none to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// The name is no identifier.
    #[error(
        "a name has 1 to 64 of the characters A-Z, a-z, 0-9, `_` and `-`, and begins with a letter"
    )]
    Name,
    /// Another authority has this name.
    #[error("there is an authority of this name; to replace it, add the new one under another")]
    NameTaken,
    /// The store has this certificate already, under another name.
    #[error("this certificate is there already, under another name")]
    AlreadyThere,
    /// No authority has this name.
    #[error("there is no authority of this name")]
    Unknown,
    /// A block of the text cannot be read.
    #[error("{0}")]
    Pem(#[from] PemError),
    /// There is no certificate.
    #[error("there is no certificate; PEM has it between lines of CERTIFICATE, DER as it is")]
    NoCertificate,
    /// A block of PEM holds something else.
    #[error("block {number} is no CERTIFICATE; give the certificate alone")]
    ForeignBlock {
        /// Which block, from 1.
        number: usize,
    },
    /// A private key was given, which belongs nowhere near here.
    #[error(
        "this holds a private key: give the certificate alone, and keep the key with its owner"
    )]
    PrivateKey,
    /// There are several certificates.
    #[error("there are several certificates: add each under a name of its own")]
    SeveralCertificates,
    /// It is no certificate.
    #[error("not a certificate: {0}")]
    Certificate(#[from] CertificateError),
    /// The certificate may not sign others, by its basicConstraints and keyUsage:
    /// it is somebody's own, or of a version without extensions.
    #[error(
        "not an authority's certificate: its basicConstraints have to say CA, and its keyUsage, if \
         any, keyCertSign; to take one client's own certificate, list it for that client"
    )]
    NotAnAuthority,
    /// The key is of a kind with which no signature can be verified here.
    #[error("a key of this kind is not supported: RSA, ECDSA on P-256 or P-384, and Ed25519 are")]
    Key,
}

/// The longest name, in bytes.
const LONGEST_NAME: usize = 64;

impl AuthorityStore {
    /// No authorities.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            authorities: Vec::new(),
        }
    }

    /// Adds an authority: one certificate, as PEM or DER.
    ///
    /// # Errors
    ///
    /// [`AuthorityError`] but for [`Unknown`](AuthorityError::Unknown); the store
    /// stays as it is.
    pub fn add(&mut self, name: &str, certificate: &[u8]) -> Result<&Authority, AuthorityError> {
        self.check_name(name)?;
        let certificate = read(certificate)?;
        if self.iter().any(|known| *known.certificate == certificate) {
            return Err(AuthorityError::AlreadyThere);
        }
        self.authorities.push(Authority {
            name: name.into(),
            certificate: Arc::new(certificate),
        });
        self.authorities.last().ok_or(AuthorityError::Unknown)
    }

    /// Gives an authority another name.
    ///
    /// # Errors
    ///
    /// [`Unknown`](AuthorityError::Unknown), [`Name`](AuthorityError::Name) and
    /// [`NameTaken`](AuthorityError::NameTaken).
    pub fn rename(&mut self, name: &str, to: &str) -> Result<(), AuthorityError> {
        let place = self.place(name)?;
        if name != to {
            self.check_name(to)?;
        }
        if let Some(authority) = self.authorities.get_mut(place) {
            authority.name = to.into();
        }
        Ok(())
    }

    /// Removes an authority, and gives it back.
    ///
    /// # Errors
    ///
    /// [`Unknown`](AuthorityError::Unknown).
    pub fn remove(&mut self, name: &str) -> Result<Authority, AuthorityError> {
        let place = self.place(name)?;
        Ok(self.authorities.remove(place))
    }

    /// The authority of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Authority> {
        self.iter().find(|authority| authority.name() == name)
    }

    /// Every authority.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Authority> {
        self.authorities.iter()
    }

    /// The name of each.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(Authority::name)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.authorities.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.authorities.is_empty()
    }

    pub(super) fn at(&self, place: usize) -> Option<&Authority> {
        self.authorities.get(place)
    }

    fn place(&self, name: &str) -> Result<usize, AuthorityError> {
        let place = self.iter().position(|authority| authority.name() == name);
        place.ok_or(AuthorityError::Unknown)
    }

    fn check_name(&self, name: &str) -> Result<(), AuthorityError> {
        if !is_identifier(name) {
            Err(AuthorityError::Name)
        } else if self.get(name).is_some() {
            Err(AuthorityError::NameTaken)
        } else {
            Ok(())
        }
    }
}

impl Authority {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its certificate.
    #[must_use]
    pub fn certificate(&self) -> &CertInfo {
        &self.certificate
    }

    /// What an operator wants to know of it.
    #[must_use]
    pub fn describe(&self) -> AuthorityDescription {
        let certificate = self.certificate();
        let validity = certificate.validity();
        AuthorityDescription {
            name: self.name.to_string(),
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            not_before: validity.not_before,
            not_after: validity.not_after,
            sha256_fingerprint: certificate.thumbprint().colon_hex(),
            key_id: certificate
                .subject_key_id()
                .map(|id| id.iter().map(|octet| format!("{octet:02x}")).collect()),
        }
    }
}

/// A line for each.
impl fmt::Display for AuthorityDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "name: {}", self.name)?;
        writeln!(f, "subject: {}", self.subject)?;
        writeln!(f, "issuer: {}", self.issuer)?;
        writeln!(f, "valid: {} to {}", self.not_before, self.not_after)?;
        writeln!(f, "SHA-256: {}", self.sha256_fingerprint)?;
        write!(f, "key id: {}", self.key_id.as_deref().unwrap_or("none"))
    }
}

fn is_identifier(name: &str) -> bool {
    let begins = name
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic());
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    begins && name.len() <= LONGEST_NAME && name.bytes().all(is_part)
}

/// The only certificate, which has to be an authority's.
fn read(bytes: &[u8]) -> Result<CertInfo, AuthorityError> {
    if blocks::hold_private_key(bytes) {
        return Err(AuthorityError::PrivateKey);
    }
    let mut found = blocks::only(bytes, b"CERTIFICATE")?
        .map_err(|Foreign { number }| AuthorityError::ForeignBlock { number })?;
    let der = match (found.pop(), found.is_empty()) {
        (Some(der), true) => der,
        (Some(_), false) => return Err(AuthorityError::SeveralCertificates),
        (None, _) => return Err(AuthorityError::NoCertificate),
    };
    let certificate = CertInfo::from_der(der)?;
    if !certificate.may_sign_certificates() {
        return Err(AuthorityError::NotAnAuthority);
    }
    if !signature::knows_key(certificate.public_key_info()) {
        return Err(AuthorityError::Key);
    }
    Ok(certificate)
}
