//! Which of the certificates that came with a client's are worth looking at.
//!
//! Anybody can send certificates that name each other as issuers in every way, and
//! the ways through them are too many to try: ten of one name make some 200,000.
//! What cannot be on a path is left out by name first. Where many are left, those
//! stay that an authority of the policy signed, or that are signed by one of those;
//! each signature is verified once, so that the work grows with the number of
//! certificates and not with that of paths.

use rustls_pki_types::CertificateDer;

use crate::certificate::{CertInfo, SignedParts, split_signed};
use crate::trust::path::PathFault;

use super::authorities::{Authority, AuthorityStore};
use super::signature;

/// So many can be tried in every order.
const FEW: usize = 2;

/// How many signatures are verified to tell which of many certificates count. Those
/// of ten, with two issuers of the same name each, are not more.
const SIGNATURES: usize = 20;

/// A certificate that may be on the path.
struct Candidate<'c> {
    certificate: CertInfo,
    parts: SignedParts<'c>,
    der: &'c [u8],
}

/// The certificates among these that may be on a path from `leaf` to an authority,
/// each once.
///
/// # Errors
///
/// [`PathFault::Budget`]: there are too many that might have signed each other.
pub(super) fn select<'c>(
    leaf: &CertInfo,
    chain: &'c [Vec<u8>],
    authorities: &AuthorityStore,
) -> Result<Vec<CertificateDer<'c>>, PathFault> {
    let mut candidates = above(leaf, readable(chain, authorities));
    if candidates.len() > FEW {
        candidates = signed(leaf, candidates, authorities)?;
    }
    let ders = candidates.iter().map(|candidate| candidate.der);
    Ok(ders.map(CertificateDer::from).collect())
}

/// Those that can be read and are no authority's own.
fn readable<'c>(chain: &'c [Vec<u8>], authorities: &AuthorityStore) -> Vec<Candidate<'c>> {
    let mut candidates: Vec<Candidate<'c>> = Vec::with_capacity(chain.len());
    for der in chain {
        let own = |authority: &Authority| authority.certificate().der() == der;
        let known = |other: &Candidate<'_>| other.der == der;
        if candidates.iter().any(known) || authorities.iter().any(own) {
            continue;
        }
        if let (Some(parts), Ok(certificate)) = (split_signed(der), CertInfo::from_der(der.clone()))
        {
            candidates.push(Candidate {
                certificate,
                parts,
                der,
            });
        }
    }
    candidates
}

/// Those whose names lead upwards from `leaf`.
fn above<'c>(leaf: &CertInfo, candidates: Vec<Candidate<'c>>) -> Vec<Candidate<'c>> {
    let mut reached = vec![false; candidates.len()];
    let mut below = vec![leaf];
    while let Some(certificate) = below.pop() {
        for (candidate, reached) in candidates.iter().zip(&mut reached) {
            if !*reached && is_named_by(certificate, &candidate.certificate) {
                *reached = true;
                below.push(&candidate.certificate);
            }
        }
    }
    drop(below);
    let both = candidates.into_iter().zip(reached);
    both.filter_map(|(candidate, reached)| reached.then_some(candidate))
        .collect()
}

/// Those that an authority signed, or one that is among them; none where none of
/// them signed `leaf`. Of two that say the same, as anybody can make of one that is
/// signed with ECDSA, the first.
fn signed<'c>(
    leaf: &CertInfo,
    candidates: Vec<Candidate<'c>>,
    authorities: &AuthorityStore,
) -> Result<Vec<Candidate<'c>>, PathFault> {
    let mut left = SIGNATURES;
    let mut is_signed = |certificate: &CertInfo, parts: &SignedParts<'_>, issuer: &CertInfo| {
        if !is_named_by(certificate, issuer) {
            return Ok(false);
        }
        left = left.checked_sub(1).ok_or(PathFault::Budget)?;
        Ok(signature::verifies(issuer.public_key_info(), parts))
    };

    let mut unsigned = candidates;
    let mut signed: Vec<Candidate<'c>> = Vec::new();
    let mut by_any = false;
    let leaf_parts = split_signed(leaf.der()).ok_or(PathFault::Unreadable)?;
    // Each issuer is asked about each certificate once.
    for round in 0.. {
        let own = authorities.iter().nth(round).map(Authority::certificate);
        let found = round.checked_sub(authorities.len());
        let found = found.and_then(|place| signed.get(place));
        let Some(issuer) = own.or(found.map(|candidate| &candidate.certificate)) else {
            break;
        };
        let issuer = issuer.clone();
        by_any = by_any || is_signed(leaf, &leaf_parts, &issuer)?;
        for candidate in core::mem::take(&mut unsigned) {
            let Candidate {
                certificate, parts, ..
            } = &candidate;
            let known = |other: &Candidate<'_>| other.parts.signed == parts.signed;
            if signed.iter().any(known) {
                continue;
            }
            if is_signed(certificate, parts, &issuer)? {
                signed.push(candidate);
            } else {
                unsigned.push(candidate);
            }
        }
    }
    if !by_any {
        signed.clear();
    }
    Ok(signed)
}

/// Whether a certificate names this one's subject as its issuer, in the same octets.
fn is_named_by(certificate: &CertInfo, issuer: &CertInfo) -> bool {
    certificate.issuer().as_der() == issuer.subject().as_der()
}
