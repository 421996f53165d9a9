//! Encrypted PKCS #8 (RFC 5958 section 3) with PBES2 (RFC 8018 section 6.2).

use pkcs8::der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef};
use pkcs8::der::{Decode as _, Reader as _, SliceReader};
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{self, Kdf};
use pkcs8::{AlgorithmIdentifierRef, PrivateKeyInfoRef};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::error::CredentialErrorKind;

/// The most iterations of PBKDF2 that are run: about a second. OpenSSL takes 2,048
/// by itself; 600,000 are what is advised today.
pub(super) const MAX_ITERATIONS: u32 = 2_000_000;

/// The most that scrypt's N times r times p may be: 256 MiB, and a few seconds.
/// OpenSSL takes a sixteenth by itself.
pub(super) const MAX_SCRYPT_COST: u64 = 1 << 21;

/// The PrivateKeyInfo in an EncryptedPrivateKeyInfo.
pub(super) fn decrypt(
    der: &[u8],
    passphrase: &SecretString,
) -> Result<Zeroizing<Vec<u8>>, CredentialErrorKind> {
    let (algorithm, encrypted) = split(der).ok_or(CredentialErrorKind::KeyMalformed)?;
    let parameters = parameters(algorithm)?;
    bounded(&parameters.kdf)?;
    let mut buffer = Zeroizing::new(encrypted.to_vec());
    let length = parameters
        .decrypt_in_place(passphrase.expose_secret(), &mut buffer)
        .map_err(|_| CredentialErrorKind::PassphraseWrong)?
        .len();
    buffer.truncate(length);
    // With CBC, one wrong passphrase in 256 looks right until here.
    match PrivateKeyInfoRef::try_from(buffer.as_slice()) {
        Ok(_) => Ok(buffer),
        Err(_) => Err(CredentialErrorKind::PassphraseWrong),
    }
}

/// The algorithm and the encrypted bytes.
fn split(der: &[u8]) -> Option<(AlgorithmIdentifierRef<'_>, &[u8])> {
    let sequence = AnyRef::from_der(der).ok()?;
    let mut fields = SliceReader::new(sequence.value()).ok()?;
    let algorithm = AlgorithmIdentifierRef::decode(&mut fields).ok()?;
    let encrypted = <&OctetStringRef>::decode(&mut fields).ok()?;
    fields
        .is_finished()
        .then_some((algorithm, encrypted.as_bytes()))
}

fn parameters(
    algorithm: AlgorithmIdentifierRef<'_>,
) -> Result<pbes2::Parameters, CredentialErrorKind> {
    if is_obsolete(algorithm.oid) {
        return Err(CredentialErrorKind::EncryptionObsolete);
    }
    match EncryptionScheme::try_from(algorithm) {
        Ok(EncryptionScheme::Pbes2(parameters)) => Ok(parameters),
        _ if cipher(algorithm).is_some_and(|oid| OBSOLETE_CIPHERS.contains(&oid)) => {
            Err(CredentialErrorKind::EncryptionObsolete)
        }
        _ => Err(CredentialErrorKind::EncryptionUnsupported),
    }
}

/// DES-CBC, DES-EDE3-CBC and RC2-CBC.
const OBSOLETE_CIPHERS: [ObjectIdentifier; 3] = [
    ObjectIdentifier::new_unwrap("1.3.14.3.2.7"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.3.7"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.3.2"),
];

/// PBES1 (RFC 8018 section A.3) and the schemes of PKCS #12 (RFC 7292 appendix C).
fn is_obsolete(oid: ObjectIdentifier) -> bool {
    let arcs: Vec<u32> = oid.arcs().collect();
    matches!(
        arcs.as_slice(),
        [1, 2, 840, 113_549, 1, 5, 1 | 3 | 4 | 6 | 10 | 11] | [1, 2, 840, 113_549, 1, 12, 1, _]
    )
}

/// The cipher that PBES2 names.
fn cipher(algorithm: AlgorithmIdentifierRef<'_>) -> Option<ObjectIdentifier> {
    let mut fields = SliceReader::new(algorithm.parameters?.value()).ok()?;
    AnyRef::decode(&mut fields).ok()?;
    let cipher = AlgorithmIdentifierRef::decode(&mut fields).ok()?;
    Some(cipher.oid)
}

/// That a hostile key does not hold up whoever loads it.
fn bounded(kdf: &Kdf) -> Result<(), CredentialErrorKind> {
    let is_bounded = match kdf {
        Kdf::Pbkdf2(parameters) => match parameters.iteration_count {
            0 => return Err(CredentialErrorKind::EncryptionUnsupported),
            count => count <= MAX_ITERATIONS,
        },
        Kdf::Scrypt(parameters) => parameters
            .cost_parameter
            .checked_mul(parameters.block_size.into())
            .and_then(|cost| cost.checked_mul(parameters.parallelization.into()))
            .is_some_and(|cost| cost <= MAX_SCRYPT_COST),
        _ => return Err(CredentialErrorKind::EncryptionUnsupported),
    };
    if is_bounded {
        Ok(())
    } else {
        Err(CredentialErrorKind::DecryptionTooCostly)
    }
}
