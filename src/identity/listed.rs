//! The certificates, keys and SPIFFE IDs that clients list as theirs.

use std::collections::HashMap;

use crate::certificate::{Claims, ClientCertificate};
use crate::condition::{Field, FieldValue};
use crate::request::Timestamp;

use super::NotMapped;

/// What clients list, each with its client. An entry is one client's alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    spiffe_ids: Index<Box<str>>,
    certificates: Index<[u8; 32]>,
    public_keys: Index<[u8; 32]>,
}

type Index<K> = HashMap<K, Listing, foldhash::quality::RandomState>;

/// What a client lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ListedKey {
    /// A SPIFFE ID.
    SpiffeId(Box<str>),
    /// The SHA-256 of a certificate.
    Certificate([u8; 32]),
    /// The SHA-256 of a public key.
    PublicKey([u8; 32]),
}

/// What an entry leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    /// The client's id.
    pub(crate) client: Box<str>,
    /// How long it does.
    pub(crate) lasts: Lasts,
    /// The principal; the subject if absent.
    pub(crate) principal: Option<Box<str>>,
}

/// What the entries that a certificate reaches lead to, together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'l> {
    pub(super) client: &'l str,
    pub(super) lasts: Lasts,
    pub(super) principal: Option<&'l str>,
}

impl<'l> Found<'l> {
    fn of(entry: &'l Listing) -> Self {
        Self {
            client: &entry.client,
            lasts: entry.lasts,
            principal: entry.principal.as_deref(),
        }
    }
}

/// How long something counts. What ends comes before what does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lasts {
    /// Up to this second, which is included.
    Until(Timestamp),
    /// It does not end.
    ForEver,
}

impl Lasts {
    /// Whether it has ended.
    pub(crate) fn is_over(self, now: Timestamp) -> bool {
        match self {
            Self::Until(last) => now > last,
            Self::ForEver => false,
        }
    }
}

impl Listed {
    /// An index of these entries.
    pub(crate) fn new(entries: impl IntoIterator<Item = (ListedKey, Listing)>) -> Self {
        let mut listed = Self::default();
        for (key, listing) in entries {
            match key {
                ListedKey::SpiffeId(id) => listed.spiffe_ids.insert(id, listing),
                ListedKey::Certificate(sha256) => listed.certificates.insert(sha256, listing),
                ListedKey::PublicKey(sha256) => listed.public_keys.insert(sha256, listing),
            };
        }
        listed
    }

    /// Whether nothing is listed.
    pub(crate) fn is_empty(&self) -> bool {
        self.spiffe_ids.is_empty() && self.certificates.is_empty() && self.public_keys.is_empty()
    }

    /// Every entry, in no order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (ListedKey, &Listing)> {
        let spiffe_ids = self.spiffe_ids.iter();
        let spiffe_ids = spiffe_ids.map(|(id, entry)| (ListedKey::SpiffeId(id.clone()), entry));
        let certificates = self.certificates.iter();
        let certificates = certificates.map(|(key, entry)| (ListedKey::Certificate(*key), entry));
        let public_keys = self.public_keys.iter();
        let public_keys = public_keys.map(|(key, entry)| (ListedKey::PublicKey(*key), entry));
        spiffe_ids.chain(certificates).chain(public_keys)
    }

    /// The client that lists the certificate, its key or its SPIFFE ID. Of
    /// several entries the one that lasts longest counts.
    ///
    /// # Errors
    ///
    /// Ambiguous where the entries lead to several clients, or one of several
    /// SPIFFE IDs is listed.
    pub(super) fn find(
        &self,
        certificate: &ClientCertificate,
    ) -> Result<Option<Found<'_>>, NotMapped> {
        let entries = [
            self.by_certificate(certificate),
            self.by_public_key(certificate),
            self.by_spiffe_id(certificate)?,
        ];
        let mut found: Option<Found<'_>> = None;
        for entry in entries.into_iter().flatten() {
            match &mut found {
                None => found = Some(Found::of(entry)),
                Some(found) if *found.client != *entry.client => return Err(NotMapped::Ambiguous),
                Some(found) => {
                    found.lasts = found.lasts.max(entry.lasts);
                    found.principal = found.principal.or(entry.principal.as_deref());
                }
            }
        }
        Ok(found)
    }

    /// Whether what the source tells of a certificate is enough to say that no
    /// client lists it or its key.
    pub(super) fn is_told_by(&self, certificate: &ClientCertificate) -> bool {
        let needed = [
            (!self.certificates.is_empty(), Field::Thumbprint),
            (!self.public_keys.is_empty(), Field::PublicKey),
        ];
        let mut needed = needed.iter();
        let claims = certificate.claims();
        needed.all(|(is_listed, field)| !is_listed || field.is_told_by(certificate))
            && (self.spiffe_ids.is_empty() || claims.is_none_or(Claims::tells_spiffe_id))
    }

    fn by_certificate(&self, certificate: &ClientCertificate) -> Option<&Listing> {
        self.certificates.get(certificate.thumbprint()?.as_bytes())
    }

    fn by_public_key(&self, certificate: &ClientCertificate) -> Option<&Listing> {
        // No key is hashed where none is listed.
        let certificate = certificate.whole().filter(|_| !self.public_keys.is_empty());
        let sha256 = certificate?.public_key_sha256();
        self.public_keys.get(&sha256)
    }

    fn by_spiffe_id(&self, certificate: &ClientCertificate) -> Result<Option<&Listing>, NotMapped> {
        if self.spiffe_ids.is_empty() {
            return Ok(None);
        }
        let listed = Field::Spiffe.find_map(certificate, |id| self.spiffe_ids.get(&*id));
        match (listed, Field::Spiffe.value(certificate)) {
            (Some(_), FieldValue::Several) => Err(NotMapped::Ambiguous),
            (listed, _) => Ok(listed),
        }
    }
}
