//! A private key: its form, its kind, and its numbers as far as matching needs them.

use core::fmt;

use pkcs8::der::Decode as _;
use pkcs8::spki::ObjectIdentifier;
use pkcs8::{AlgorithmIdentifierRef, PrivateKeyInfoRef};
use sec1::{EcParameters, EcPrivateKey};
use zeroize::Zeroizing;

use super::error::CredentialErrorKind;

/// A private key that was read, in DER, as it came or as it was decrypted. An EC key
/// that came without its public key, as Java writes it, has that of the certificate
/// added, and is in SEC 1 then: ring takes no key without. An EC or RSA key in PKCS #8
/// that ring does not take, of version 2 say, is in SEC 1 or PKCS #1.
///
/// Its bytes are erased when it is dropped. `Debug` shows its form alone.
#[derive(Clone)]
pub struct PrivateKey {
    form: KeyForm,
    der: Zeroizing<Vec<u8>>,
}

/// The syntax in which a private key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyForm {
    /// `PRIVATE KEY`: PrivateKeyInfo, for keys of every kind (RFC 5958).
    Pkcs8,
    /// `RSA PRIVATE KEY`: RSAPrivateKey (RFC 8017).
    Pkcs1,
    /// `EC PRIVATE KEY`: ECPrivateKey (RFC 5915).
    Sec1,
}

impl KeyForm {
    /// The form that a block of PEM says that it has.
    pub(crate) fn of_label(label: &[u8]) -> Option<Self> {
        match label {
            b"PRIVATE KEY" => Some(Self::Pkcs8),
            b"RSA PRIVATE KEY" => Some(Self::Pkcs1),
            b"EC PRIVATE KEY" => Some(Self::Sec1),
            _ => None,
        }
    }
}

impl PrivateKey {
    pub(crate) const fn new(form: KeyForm, der: Zeroizing<Vec<u8>>) -> Self {
        Self { form, der }
    }

    /// Its form, which whoever takes [`expose_der`](Self::expose_der) has to know.
    #[must_use]
    pub const fn form(&self) -> KeyForm {
        self.form
    }

    /// **The secret itself**, in DER, for a TLS library. A copy is whoever's who
    /// makes it to erase.
    #[must_use]
    pub fn expose_der(&self) -> &[u8] {
        &self.der
    }

    /// What matching needs of it.
    pub(super) fn numbers(&self) -> Result<Numbers<'_>, CredentialErrorKind> {
        match self.form {
            KeyForm::Pkcs8 => Numbers::of_pkcs8(&self.der),
            KeyForm::Pkcs1 => Ok(Numbers::Rsa(&self.der)),
            KeyForm::Sec1 => Numbers::of_sec1(&self.der, None),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

/// A curve of the keys that are supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
}

/// The secret part of a key, and the public part that it claims to have, if any.
pub(super) enum Numbers<'a> {
    /// RSAPrivateKey in DER, which holds both.
    Rsa(&'a [u8]),
    Ec {
        curve: Curve,
        scalar: &'a [u8],
        point: Option<&'a [u8]>,
    },
    Ed25519 {
        seed: &'a [u8],
        point: Option<&'a [u8]>,
    },
}

pub(super) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(super) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(super) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

impl<'a> Numbers<'a> {
    fn of_pkcs8(der: &'a [u8]) -> Result<Self, CredentialErrorKind> {
        let info =
            PrivateKeyInfoRef::try_from(der).map_err(|_| CredentialErrorKind::KeyMalformed)?;
        let key = info.private_key.as_bytes();
        // A bit string with unused bits is no key, and compares with none.
        let point = info
            .public_key
            .map(|point| point.as_bytes().unwrap_or_default());
        match info.algorithm.oid {
            RSA => Ok(Self::Rsa(key)),
            EC => {
                let numbers = Self::of_sec1(key, Some(Curve::of_algorithm(&info.algorithm)?))?;
                Ok(numbers.or_point(point))
            }
            ED25519 => {
                // CurvePrivateKey ::= OCTET STRING (RFC 8410 section 7)
                let seed = <&pkcs8::der::asn1::OctetStringRef>::from_der(key)
                    .map_err(|_| CredentialErrorKind::KeyMalformed)?;
                Ok(Self::Ed25519 {
                    seed: seed.as_bytes(),
                    point,
                })
            }
            _ => Err(CredentialErrorKind::KeyUnsupported),
        }
    }

    /// `outer` is the curve that PKCS #8 names around it.
    fn of_sec1(der: &'a [u8], outer: Option<Curve>) -> Result<Self, CredentialErrorKind> {
        let key = match EcPrivateKey::from_der(der) {
            Ok(key) => key,
            Err(_) if describes_its_curve(der) => return Err(CredentialErrorKind::CurveUnnamed),
            Err(_) => return Err(CredentialErrorKind::KeyMalformed),
        };
        let inner = match key.parameters {
            Some(EcParameters::NamedCurve(oid)) => Some(Curve::of_oid(oid)?),
            None => None,
        };
        let curve = match (outer, inner) {
            (Some(outer), Some(inner)) if outer != inner => {
                return Err(CredentialErrorKind::KeyInconsistent);
            }
            (Some(curve), _) | (None, Some(curve)) => curve,
            (None, None) => return Err(CredentialErrorKind::CurveUnnamed),
        };
        Ok(Self::Ec {
            curve,
            scalar: key.private_key,
            point: key.public_key,
        })
    }

    /// The public key that stands outside, where none stands inside.
    fn or_point(self, outside: Option<&'a [u8]>) -> Self {
        match self {
            Self::Ec {
                curve,
                scalar,
                point,
            } => Self::Ec {
                curve,
                scalar,
                point: point.or(outside),
            },
            other => other,
        }
    }
}

impl Curve {
    pub(super) const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => P256,
            Self::P384 => P384,
        }
    }

    fn of_oid(oid: ObjectIdentifier) -> Result<Self, CredentialErrorKind> {
        match oid {
            P256 => Ok(Self::P256),
            P384 => Ok(Self::P384),
            _ => Err(CredentialErrorKind::KeyUnsupported),
        }
    }

    pub(super) fn of_algorithm(
        algorithm: &AlgorithmIdentifierRef<'_>,
    ) -> Result<Self, CredentialErrorKind> {
        let oid = algorithm
            .parameters_oid()
            .map_err(|_| CredentialErrorKind::CurveUnnamed)?;
        Self::of_oid(oid)
    }
}

/// Whether an ECPrivateKey has a SEQUENCE where the name of its curve belongs.
fn describes_its_curve(der: &[u8]) -> bool {
    use pkcs8::der::asn1::{AnyRef, OctetStringRef};
    use pkcs8::der::{SliceReader, Tag, Tagged as _};

    let described = || {
        let outer = AnyRef::from_der(der)?;
        let mut fields = SliceReader::new(outer.value())?;
        u8::decode(&mut fields)?;
        <&OctetStringRef>::decode(&mut fields)?;
        let parameters = AnyRef::decode(&mut fields)?;
        let mut inside = SliceReader::new(parameters.value())?;
        Ok::<_, pkcs8::der::Error>(AnyRef::decode(&mut inside)?.tag() == Tag::Sequence)
    };
    described().unwrap_or(false)
}
