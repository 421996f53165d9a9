//! A private key in a form that TLS libraries take. What was read here is more than
//! they read: keys without their public keys, and PKCS #8 of version 2 (RFC 5958) or
//! with parts that came later.

use pkcs8::der::Encode as _;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    RsaKeyPair,
};
use sec1::{EcParameters, EcPrivateKey};
use zeroize::Zeroizing;

use super::error::CredentialErrorKind;
use super::private_key::{Curve, KeyForm, Numbers, PrivateKey};

/// PrivateKeyInfo of an Ed25519 key, up to its seed (RFC 8410 section 10.3).
const ED25519_INFO: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// The same key: as it is where ring takes it so, and written anew where not. `point`
/// is the public key that was found to be its own.
pub(super) fn usable(key: PrivateKey, point: &[u8]) -> Result<PrivateKey, CredentialErrorKind> {
    let numbers = key.numbers()?;
    if is_taken(&key, &numbers) {
        return Ok(key);
    }
    match numbers {
        Numbers::Rsa(der) => {
            let der = Zeroizing::new(der.to_vec());
            Ok(PrivateKey::new(KeyForm::Pkcs1, der))
        }
        Numbers::Ec { curve, scalar, .. } => {
            let whole = EcPrivateKey {
                private_key: scalar,
                parameters: Some(EcParameters::NamedCurve(curve.oid())),
                public_key: Some(point),
            };
            let der = whole
                .to_der()
                .map_err(|_| CredentialErrorKind::KeyMalformed)?;
            Ok(PrivateKey::new(KeyForm::Sec1, Zeroizing::new(der)))
        }
        Numbers::Ed25519 { seed, .. } => {
            let der = Zeroizing::new([ED25519_INFO, seed].concat());
            Ok(PrivateKey::new(KeyForm::Pkcs8, der))
        }
    }
}

/// Whether ring takes it as it is. PKCS #1 it takes wherever it took the numbers.
fn is_taken(key: &PrivateKey, numbers: &Numbers<'_>) -> bool {
    let der = key.expose_der();
    match (key.form(), numbers) {
        (KeyForm::Pkcs8, Numbers::Rsa(_)) => RsaKeyPair::from_pkcs8(der).is_ok(),
        (KeyForm::Pkcs8, Numbers::Ed25519 { .. }) => {
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).is_ok()
        }
        (KeyForm::Pkcs8, Numbers::Ec { curve, .. }) => {
            let algorithm = match curve {
                Curve::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
                Curve::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
            };
            EcdsaKeyPair::from_pkcs8(algorithm, der, &SystemRandom::new()).is_ok()
        }
        (_, Numbers::Ec { point, .. }) => point.is_some(),
        _ => true,
    }
}
