//! Which signatures can be verified, and those of lists and certificates.

use rustls_pki_types::SignatureVerificationAlgorithm;

use crate::certificate::{RevocationList, SignedParts, split_public_key_info};

/// RSA of 2048 to 8192 bits, ECDSA on P-256 and P-384, and Ed25519, with SHA-256
/// and longer.
pub(super) const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = webpki::ALL_VERIFICATION_ALGS;

/// Whether there are signatures that a key of this kind can verify.
pub(super) fn knows_key(public_key_info: &[u8]) -> bool {
    let Some((kind, _)) = split_public_key_info(public_key_info) else {
        return false;
    };
    ALGORITHMS
        .iter()
        .any(|algorithm| algorithm.public_key_alg_id().as_ref() == kind)
}

/// Whether a list is signed with this key.
pub(super) fn is_signed(list: &RevocationList, public_key_info: &[u8]) -> bool {
    let parts = SignedParts {
        signed: list.signed(),
        algorithm: list.algorithm(),
        signature: list.signature(),
    };
    verifies(public_key_info, &parts)
}

/// Whether this key made a signature.
pub(super) fn verifies(public_key_info: &[u8], parts: &SignedParts<'_>) -> bool {
    let Some((kind, key)) = split_public_key_info(public_key_info) else {
        return false;
    };
    ALGORITHMS
        .iter()
        .filter(|algorithm| {
            algorithm.signature_alg_id().as_ref() == parts.algorithm
                && algorithm.public_key_alg_id().as_ref() == kind
        })
        .any(|algorithm| {
            let verified = algorithm.verify_signature(key, parts.signed, parts.signature);
            verified.is_ok()
        })
}
