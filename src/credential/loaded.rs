//! A credential that was read, and is whole.

use core::fmt;

use secrecy::SecretString;

use crate::certificate::{BlockPlace, CertInfo, ValidityAt};
use crate::request::Timestamp;

use super::bundle::{Bundle, KeyBlock, Placed};
use super::chain::chain;
use super::error::{CredentialError, CredentialErrorKind, CredentialField};
use super::form::usable;
use super::matching::{Matcher, public_key};
use super::private_key::PrivateKey;

/// A client certificate with its chain, the private key that belongs to it, and the
/// authorities of the servers that are called with it.
///
/// `Debug` shows the thumbprint of the certificate and how many others there are.
#[derive(Clone)]
pub struct Credential {
    certificate: CertInfo,
    intermediates: Vec<CertInfo>,
    key: PrivateKey,
    authorities: Vec<CertInfo>,
}

/// The texts that a credential is made of, in PEM.
#[derive(Clone, Copy)]
pub struct CredentialParts<'a> {
    certificates: &'a [u8],
    private_key: Option<&'a [u8]>,
    passphrase: Option<&'a SecretString>,
    authorities: Option<&'a [u8]>,
}

/// Whether the certificates of a credential have to be valid when it is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidityCheck {
    /// They have to be valid at this moment: the client's and those of its chain.
    /// An authority counts for as long as it is listed.
    ValidAt(Timestamp),
    /// They need not be: to look at a credential, or to prepare one that begins
    /// later. Servers refuse certificates that are not valid.
    Unchecked,
}

impl<'a> CredentialParts<'a> {
    /// The client's certificate and those above it, in any order. It may hold the
    /// private key too.
    #[must_use]
    pub const fn new(certificates: &'a [u8]) -> Self {
        Self {
            certificates,
            private_key: None,
            passphrase: None,
            authorities: None,
        }
    }

    /// The private key, where it is apart. The text of the certificates over again
    /// counts once, since other software takes one file for both.
    #[must_use]
    pub const fn with_private_key(self, text: &'a [u8]) -> Self {
        Self {
            private_key: Some(text),
            ..self
        }
    }

    /// The passphrase of an encrypted private key; an empty one is none.
    #[must_use]
    pub const fn with_passphrase(self, passphrase: &'a SecretString) -> Self {
        Self {
            passphrase: Some(passphrase),
            ..self
        }
    }

    /// Who signs the certificates of the servers.
    #[must_use]
    pub const fn with_authorities(self, text: &'a [u8]) -> Self {
        Self {
            authorities: Some(text),
            ..self
        }
    }
}

impl Credential {
    /// Reads a bundle: certificates and one private key, in any order, with whatever
    /// stands around their blocks.
    ///
    /// # Errors
    ///
    /// As [`from_parts`](Self::from_parts).
    pub fn from_pem(
        bundle: &[u8],
        passphrase: Option<&SecretString>,
        check: ValidityCheck,
    ) -> Result<Self, CredentialError> {
        let parts = CredentialParts {
            passphrase,
            ..CredentialParts::new(bundle)
        };
        Self::from_parts(&parts, check)
    }

    /// Reads a credential from texts that are apart.
    ///
    /// The client's certificate is the one whose public key follows from the private
    /// key; the issuer of each certificate comes after it, by name, and a root at
    /// the end is left out.
    ///
    /// # Errors
    ///
    /// [`CredentialError`] for every text that is not exactly a credential. It tells
    /// the field, the block of PEM and what to do.
    pub fn from_parts(
        parts: &CredentialParts<'_>,
        check: ValidityCheck,
    ) -> Result<Self, CredentialError> {
        let (certificates, key) = material(parts)?;
        let in_certificates =
            |error: CredentialError| error.in_field(CredentialField::ClientCertificate);
        let matcher = Matcher::new(&key.key).map_err(|kind| key.error(kind))?;
        let chain = chain(certificates, &matcher).map_err(in_certificates)?;
        if let ValidityCheck::ValidAt(now) = check {
            for placed in core::iter::once(&chain.leaf).chain(&chain.above) {
                valid_at(placed, now).map_err(in_certificates)?;
            }
        }
        let authorities = match parts.authorities {
            Some(text) => {
                authorities(text).map_err(|error| error.in_field(CredentialField::CaCertificate))?
            }
            None => Vec::new(),
        };
        drop(matcher);
        let point = public_key(&chain.leaf.certificate).map_or(&[][..], |(_, point)| point);
        let key = key.usable(point)?;
        let above = chain.above.into_iter();
        Ok(Self {
            certificate: chain.leaf.certificate,
            intermediates: above.map(|placed| placed.certificate).collect(),
            key,
            authorities,
        })
    }

    /// The client's certificate.
    #[must_use]
    pub fn certificate(&self) -> &CertInfo {
        &self.certificate
    }

    /// The certificates to send: the client's, then the issuer of each, without a
    /// root.
    pub fn chain(&self) -> impl Iterator<Item = &CertInfo> {
        core::iter::once(&self.certificate).chain(&self.intermediates)
    }

    /// The private key of the client's certificate.
    #[must_use]
    pub fn private_key(&self) -> &PrivateKey {
        &self.key
    }

    /// Who signs the certificates of the servers, in the order given; none where
    /// nobody was named. Each may sign certificates, by its own word.
    #[must_use]
    pub fn authorities(&self) -> &[CertInfo] {
        &self.authorities
    }
}

/// A private key and where it stood, for what is found out later.
struct Opened {
    key: PrivateKey,
    field: CredentialField,
    place: BlockPlace,
}

impl Opened {
    /// The key as TLS libraries take it, with its public key.
    fn usable(self, point: &[u8]) -> Result<PrivateKey, CredentialError> {
        let error = |kind| {
            CredentialError::new(kind)
                .in_field(self.field)
                .at(self.place)
        };
        usable(self.key, point).map_err(error)
    }

    fn error(&self, kind: CredentialErrorKind) -> CredentialError {
        CredentialError::new(kind)
            .in_field(self.field)
            .at(self.place)
    }
}

/// The certificates and the key, from one text or from two.
fn material(parts: &CredentialParts<'_>) -> Result<(Vec<Placed>, Opened), CredentialError> {
    let field = CredentialField::ClientCertificate;
    let bundle = Bundle::read(parts.certificates).map_err(|error| error.in_field(field))?;
    let apart = parts.private_key.filter(|text| *text != parts.certificates);
    let (block, field) = match (bundle.key, apart) {
        (key, None) => (key, field),
        (None, Some(text)) => (key_alone(text)?, CredentialField::ClientPrivateKey),
        (Some(key), Some(_)) => {
            let several = CredentialError::new(CredentialErrorKind::SeveralKeys);
            return Err(several.in_field(field).at(key.place));
        }
    };
    let block = block.ok_or_else(|| {
        let field = CredentialField::ClientPrivateKey;
        CredentialError::new(CredentialErrorKind::NoKey).in_field(field)
    })?;
    let place = block.place;
    let error = |kind| CredentialError::new(kind).in_field(field).at(place);
    let key = block.open(parts.passphrase).map_err(error)?;
    Ok((bundle.certificates, Opened { key, field, place }))
}

/// The key in a text of its own.
fn key_alone(text: &[u8]) -> Result<Option<KeyBlock<'_>>, CredentialError> {
    let field = CredentialField::ClientPrivateKey;
    let bundle = Bundle::read(text).map_err(|error| error.in_field(field))?;
    match bundle.certificates.first() {
        Some(placed) => Err(
            CredentialError::new(CredentialErrorKind::CertificateBesideKey)
                .in_field(field)
                .at(placed.place),
        ),
        None => Ok(bundle.key),
    }
}

fn valid_at(placed: &Placed, now: Timestamp) -> Result<(), CredentialError> {
    let kind = match placed.certificate.validity().at(now) {
        ValidityAt::Valid => return Ok(()),
        ValidityAt::Expired => CredentialErrorKind::CertificateExpired,
        ValidityAt::NotYetValid => CredentialErrorKind::CertificateNotYetValid,
    };
    Err(CredentialError::new(kind).at(placed.place))
}

/// The certificates of authorities, one at least.
fn authorities(text: &[u8]) -> Result<Vec<CertInfo>, CredentialError> {
    let bundle = Bundle::read(text)?;
    if let Some(key) = bundle.key {
        return Err(CredentialError::new(CredentialErrorKind::KeyAmongAuthorities).at(key.place));
    }
    let mut certificates = Vec::new();
    for Placed { certificate, place } in bundle.certificates {
        if !certificate.may_sign_certificates() {
            return Err(CredentialError::new(CredentialErrorKind::NotAnAuthority).at(place));
        }
        certificates.push(certificate);
    }
    if certificates.is_empty() {
        return Err(CredentialError::new(CredentialErrorKind::NoCertificate));
    }
    Ok(certificates)
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("certificate", &self.certificate)
            .field("intermediates", &self.intermediates.len())
            .field("authorities", &self.authorities.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CredentialParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialParts").finish_non_exhaustive()
    }
}
