//! Whether a private key is that of a certificate. The public key is computed from
//! the secret part; what the file of a key says of its public key is never enough.

use pkcs8::AlgorithmIdentifierRef;
use pkcs8::der::Decode as _;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use ring::error::KeyRejected;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaKeyPair,
};

use crate::certificate::CertInfo;

use super::error::CredentialErrorKind;
use super::private_key::{Curve, Numbers, PrivateKey};

/// A private key whose parts agree, ready to be compared with certificates.
pub(super) enum Matcher<'a> {
    Rsa {
        public: Vec<u8>,
    },
    Ec {
        curve: Curve,
        scalar: &'a [u8],
        /// The public key in the file, once it was computed from the scalar too.
        proven: Option<&'a [u8]>,
    },
    Ed25519 {
        public: Vec<u8>,
    },
}

impl<'a> Matcher<'a> {
    /// Reads a key as far as that needs no certificate.
    pub(super) fn new(key: &'a PrivateKey) -> Result<Self, CredentialErrorKind> {
        match key.numbers()? {
            Numbers::Rsa(der) => {
                let pair = RsaKeyPair::from_der(der).map_err(rsa_fault)?;
                Ok(Self::Rsa {
                    public: pair.public_key().as_ref().to_vec(),
                })
            }
            Numbers::Ec {
                curve,
                scalar,
                point,
            } => {
                let matcher = Self::Ec {
                    curve,
                    scalar,
                    proven: point,
                };
                match point {
                    Some(point) if !is_ec_pair(curve, scalar, point) => {
                        Err(CredentialErrorKind::KeyInconsistent)
                    }
                    _ => Ok(matcher),
                }
            }
            Numbers::Ed25519 { seed, point } => {
                let pair = Ed25519KeyPair::from_seed_unchecked(seed)
                    .map_err(|_| CredentialErrorKind::KeyMalformed)?;
                let public = pair.public_key().as_ref().to_vec();
                match point {
                    Some(point) if point != public => Err(CredentialErrorKind::KeyInconsistent),
                    _ => Ok(Self::Ed25519 { public }),
                }
            }
        }
    }

    /// Whether `certificate` is of this key.
    pub(super) fn matches(&self, certificate: &CertInfo) -> bool {
        let Some((algorithm, bits)) = public_key(certificate) else {
            return false;
        };
        let oid = algorithm.oid;
        match self {
            Self::Rsa { public } => oid == super::private_key::RSA && bits == public,
            Self::Ed25519 { public } => oid == super::private_key::ED25519 && bits == public,
            Self::Ec {
                curve,
                scalar,
                proven,
            } => {
                oid == super::private_key::EC
                    && Curve::of_algorithm(&algorithm) == Ok(*curve)
                    && match proven {
                        Some(point) => *point == bits,
                        None => is_ec_pair(*curve, scalar, bits),
                    }
            }
        }
    }
}

/// The algorithm and the public key of a certificate.
pub(super) fn public_key(certificate: &CertInfo) -> Option<(AlgorithmIdentifierRef<'_>, &[u8])> {
    let info = SubjectPublicKeyInfoRef::from_der(certificate.public_key_info()).ok()?;
    Some((info.algorithm, info.subject_public_key.as_bytes()?))
}

/// Whether the point is the scalar times the generator of the curve. ring takes no
/// compressed points, nor does any TLS.
fn is_ec_pair(curve: Curve, scalar: &[u8], point: &[u8]) -> bool {
    let algorithm: &'static EcdsaSigningAlgorithm = match curve {
        Curve::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
    };
    let random = SystemRandom::new();
    EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, point, &random).is_ok()
}

/// ring tells in a word what is wrong.
fn rsa_fault(rejected: KeyRejected) -> CredentialErrorKind {
    match rejected.to_string().as_str() {
        // The last has more than two primes.
        "TooSmall"
        | "TooLarge"
        | "PrivateModulusLenNotMultipleOf512Bits"
        | "VersionNotSupported" => CredentialErrorKind::KeyUnsupported,
        "InconsistentComponents" => CredentialErrorKind::KeyInconsistent,
        _ => CredentialErrorKind::KeyMalformed,
    }
}
