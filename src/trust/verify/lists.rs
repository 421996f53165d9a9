//! The revocation lists at hand, and what they say of one certificate.

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::certificate::{
    CertInfo, CertificateError, KeyUsage, ListScope, PemError, RevocationList, Serial, Validity,
    ValidityAt,
};
use crate::request::Timestamp;
use crate::trust::path::{Lists, PathFault};

use super::blocks::{self, Foreign};
use super::chain::{StaleLists, WantedLists};
use super::signature;

/// Revocation lists (RFC 5280 section 5), given as bytes; cheap to clone.
///
/// A list counts for certificates of its issuer, and for them only if that
/// issuer's own key signed it. This is found out when a certificate is verified,
/// since the issuer may be one that came with a certificate.
///
/// ```
/// use certgate::trust::RevocationLists;
///
/// # let key = rcgen::KeyPair::generate()?;
/// # let mut params = rcgen::CertificateParams::new(vec![])?;
/// # params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
/// # let issuer = rcgen::Issuer::new(params, key);
/// # let crl = rcgen::CertificateRevocationListParams {
/// #     this_update: rcgen::date_time_ymd(2026, 11, 1),
/// #     next_update: rcgen::date_time_ymd(2026, 12, 1),
/// #     crl_number: rcgen::SerialNumber::from(7),
/// #     issuing_distribution_point: None,
/// #     revoked_certs: vec![],
/// #     key_identifier_method: rcgen::KeyIdMethod::Sha256,
/// # };
/// # let bytes = crl.signed_by(&issuer)?.pem()?.into_bytes();
/// let mut lists = RevocationLists::new();
/// assert_eq!(lists.add(&bytes)?, 1);
/// assert_eq!(lists.iter().next().map(|list| list.next_update().to_string()).as_deref(),
///     Some("2026-12-01T00:00:00Z"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct RevocationLists {
    lists: Vec<Arc<Held>>,
}

/// A list, and which keys were found to have signed it or not.
struct Held {
    list: RevocationList,
    signers: Mutex<Vec<(Key, Signed)>>,
}

/// The SHA-256 of a public key.
type Key = [u8; 32];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Signed {
    Yes,
    No,
}

/// Of so many keys it is remembered whether they signed a list.
const SIGNERS: usize = 16;

/// Why bytes are not taken as revocation lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationListError {
    /// A block of the text cannot be read.
    #[error("{0}")]
    Pem(#[from] PemError),
    /// There is no list.
    #[error("there is no revocation list; PEM has it between lines of X509 CRL, DER as it is")]
    NoList,
    /// A block of PEM holds something else.
    #[error("block {number} is no X509 CRL; give lists alone")]
    ForeignBlock {
        /// Which block, from 1.
        number: usize,
    },
    /// A list cannot be read, or is of a kind that is not taken.
    #[error("revocation list {number}: {error}")]
    List {
        /// Which one of those given, from 1.
        number: usize,
        /// What is wrong with it.
        error: CertificateError,
    },
}

impl RevocationLists {
    /// No lists.
    #[must_use]
    pub const fn new() -> Self {
        Self { lists: Vec::new() }
    }

    /// Adds every list in these bytes (PEM of one list or more, or the DER of one),
    /// and tells how many that are.
    ///
    /// An issuer may have several: of those that cover a certificate, the one that
    /// was made last counts.
    ///
    /// # Errors
    ///
    /// [`RevocationListError`]; no list is added then.
    pub fn add(&mut self, bytes: &[u8]) -> Result<usize, RevocationListError> {
        let blocks = blocks::only(bytes, b"X509 CRL")?
            .map_err(|Foreign { number }| RevocationListError::ForeignBlock { number })?;
        if blocks.is_empty() {
            return Err(RevocationListError::NoList);
        }
        let mut lists = Vec::with_capacity(blocks.len());
        for (der, number) in blocks.into_iter().zip(1..) {
            let list = RevocationList::from_der(der)
                .map_err(|error| RevocationListError::List { number, error })?;
            lists.push(Arc::new(Held {
                list,
                signers: Mutex::default(),
            }));
        }
        let added = lists.len();
        self.lists.append(&mut lists);
        Ok(added)
    }

    /// Every list.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &RevocationList> {
        self.lists.iter().map(|held| &held.list)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// What the lists of `issuer` say of its certificate of this number.
    pub(super) fn judge(
        &self,
        issuer: &CertInfo,
        subject: Subject<'_>,
        rules: Rules,
        now: Timestamp,
    ) -> Result<Standing, PathFault> {
        let Some(list) = self.of(issuer, subject.scope)? else {
            return match rules.revocation {
                WantedLists::IfListed => Ok(Standing::UNLISTED),
                WantedLists::Required => Err(PathFault::ListMissing),
            };
        };
        let updates = Validity {
            not_before: list.this_update(),
            not_after: list.next_update(),
        };
        let revoked = list.revokes(subject.serial);
        let is_current = updates.at(now) == ValidityAt::Valid;
        let lists = match (is_current, rules.stale) {
            (true, _) | (false, StaleLists::Allow) => Lists::Current,
            // What a list revoked stays so.
            (false, StaleLists::Deny) if !revoked => return Err(PathFault::ListStale),
            (false, StaleLists::Deny | StaleLists::Warn) => Lists::Stale,
        };
        let holds = match updates.at(now) {
            ValidityAt::Valid => updates,
            ValidityAt::NotYetValid => Validity {
                not_after: shifted(updates.not_before, -1),
                ..Standing::EVER
            },
            ValidityAt::Expired => Validity {
                not_before: shifted(updates.not_after, 1),
                ..Standing::EVER
            },
        };
        Ok(Standing {
            revoked,
            lists,
            holds,
        })
    }

    /// The latest list of an issuer that covers such a certificate.
    fn of(
        &self,
        issuer: &CertInfo,
        covered: ListScope,
    ) -> Result<Option<&RevocationList>, PathFault> {
        let mut latest: Option<&RevocationList> = None;
        let mut forged = false;
        for held in &self.lists {
            let list = &held.list;
            let covers = list.scope() == ListScope::All || list.scope() == covered;
            if !covers || list.issuer() != issuer.subject() {
                continue;
            }
            if !held.is_signed_by(issuer) {
                // One of an issuer of the same name is nobody's forgery.
                forged = forged || !names_another_key(list, issuer);
            } else if !may_sign_lists(issuer) {
                forged = true;
            } else if latest.is_none_or(|other| is_later(list, other)) {
                latest = Some(list);
            }
        }
        match latest {
            None if forged => Err(PathFault::ListForged),
            latest => Ok(latest),
        }
    }
}

impl Held {
    /// Whether the issuer's key signed this list.
    fn is_signed_by(&self, issuer: &CertInfo) -> bool {
        let key = issuer.public_key_sha256();
        let known = |signers: &[(Key, Signed)]| {
            let found = signers.iter().find(|(known, _)| *known == key);
            found.map(|(_, signed)| *signed == Signed::Yes)
        };
        // A panic elsewhere leaves it whole.
        let signers = || self.signers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(signed) = known(&signers()) {
            return signed;
        }
        // With no lock held: long lists take time.
        let signed = signature::is_signed(&self.list, issuer.public_key_info());
        let mut signers = signers();
        if signers.len() < SIGNERS && known(&signers).is_none() {
            signers.push((key, if signed { Signed::Yes } else { Signed::No }));
        }
        signed
    }
}

fn may_sign_lists(issuer: &CertInfo) -> bool {
    issuer.key_usage().is_none_or(KeyUsage::crl_sign)
}

/// Issuers of one name are told apart by the identifiers of their keys, where both
/// list and issuer have one. One key may go by several of them, which whoever certifies
/// it chooses, so that a list counts by its signature alone.
fn names_another_key(list: &RevocationList, issuer: &CertInfo) -> bool {
    match (list.authority_key_id(), issuer.subject_key_id()) {
        (Some(named), Some(own)) => named != own,
        _ => false,
    }
}

/// Later, or at the same moment with a higher number.
fn is_later(list: &RevocationList, other: &RevocationList) -> bool {
    let order = |list: &RevocationList| {
        // Content octets of positive numbers, by length and then by value.
        let number = list.number().map(|number| number.as_bytes().to_vec());
        let number = number.unwrap_or_default();
        (list.this_update(), number.len(), number)
    };
    order(list) > order(other)
}

/// The certificate that is looked up.
#[derive(Clone, Copy)]
pub(super) struct Subject<'c> {
    pub(super) serial: Serial<'c>,
    /// What it is: an end entity's or an authority's.
    pub(super) scope: ListScope,
}

/// What a policy makes of lists.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    pub(super) revocation: WantedLists,
    pub(super) stale: StaleLists,
}

/// What lists say of one certificate, and how long they do.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    pub(super) revoked: bool,
    pub(super) lists: Lists,
    pub(super) holds: Validity,
}

impl Standing {
    pub(super) const EVER: Validity = Validity {
        not_before: Timestamp::from_unix_seconds(i64::MIN),
        not_after: Timestamp::from_unix_seconds(i64::MAX),
    };

    const UNLISTED: Self = Self {
        revoked: false,
        lists: Lists::Current,
        holds: Self::EVER,
    };
}

fn shifted(moment: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(moment.unix_seconds().saturating_add(seconds))
}

impl fmt::Debug for RevocationLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
