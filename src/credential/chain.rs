//! From certificates in any order to a chain: the key's own first, then the issuer
//! of each, by the names that they have.

use crate::certificate::{BasicConstraints, CertInfo, KeyUsage};

use super::bundle::Placed;
use super::error::{BlockPlace, CredentialError, CredentialErrorKind};
use super::matching::Matcher;

/// The certificates to send.
pub(super) struct Chain {
    /// The key's own.
    pub(super) leaf: Placed,
    /// The issuer of each, from the leaf upwards. A root at the end is left out,
    /// since whoever is to believe it has it already (RFC 8446 section 4.4.2).
    pub(super) above: Vec<Placed>,
}

/// Finds the chain in `certificates`, of which none may be left.
pub(super) fn chain(
    mut certificates: Vec<Placed>,
    key: &Matcher<'_>,
) -> Result<Chain, CredentialError> {
    let leaf = take_leaf(&mut certificates, key)?;
    let mut above = Vec::new();
    while let last = above.last().unwrap_or(&leaf)
        && !is_self_issued(&last.certificate)
        && let Some(issuer) = take_issuer(&mut certificates, &last.certificate)?
    {
        above.push(issuer);
    }
    if let Some(unrelated) = certificates.first() {
        return Err(fault(
            CredentialErrorKind::CertificateUnrelated,
            unrelated.place,
        ));
    }
    above.pop_if(|last| is_self_issued(&last.certificate));
    Ok(Chain { leaf, above })
}

/// The only certificate of the key.
fn take_leaf(certificates: &mut Vec<Placed>, key: &Matcher<'_>) -> Result<Placed, CredentialError> {
    let is_leaf = |placed: &Placed| key.matches(&placed.certificate);
    take_only(certificates, is_leaf, CredentialErrorKind::SeveralLeaves)?.ok_or_else(|| {
        CredentialError::new(if certificates.is_empty() {
            CredentialErrorKind::NoCertificate
        } else {
            CredentialErrorKind::KeyMismatch
        })
    })
}

/// The only certificate with the name of the issuer of `below`.
fn take_issuer(
    certificates: &mut Vec<Placed>,
    below: &CertInfo,
) -> Result<Option<Placed>, CredentialError> {
    let is_issuer = |placed: &Placed| placed.certificate.subject() == below.issuer();
    take_only(certificates, is_issuer, CredentialErrorKind::SeveralIssuers)
}

/// Takes out what is wanted. A second one is an error.
fn take_only(
    certificates: &mut Vec<Placed>,
    is_wanted: impl Fn(&Placed) -> bool,
    several: CredentialErrorKind,
) -> Result<Option<Placed>, CredentialError> {
    let mut found = (0..)
        .zip(certificates.iter())
        .filter(|(_, placed)| is_wanted(placed));
    let first = found.next().map(|(at, _)| at);
    if let Some((_, second)) = found.next() {
        return Err(fault(several, second.place));
    }
    Ok(first.map(|at: usize| certificates.remove(at)))
}

fn is_self_issued(certificate: &CertInfo) -> bool {
    certificate.subject() == certificate.issuer()
}

/// Whether a certificate may stand among authorities: a certificate of its own
/// holder there would let him sign any other.
pub(crate) fn may_sign(certificate: &CertInfo) -> bool {
    let is_authority = matches!(
        certificate.basic_constraints(),
        Some(BasicConstraints::Authority { .. })
    );
    let key_may = certificate.key_usage().is_none_or(KeyUsage::key_cert_sign);
    is_authority && key_may
}

fn fault(kind: CredentialErrorKind, place: BlockPlace) -> CredentialError {
    CredentialError::new(kind).at(place)
}
