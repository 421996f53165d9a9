//! What clients list as theirs: certificates, public keys and SPIFFE IDs.

use std::collections::HashMap;

use crate::certificate::{SpiffeId, Thumbprint};
use crate::identity::{Lasts, ListedKey, Listing};
use crate::policy::document::{self, ListedDigest, Located, Location};
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::Reach;

use super::{duplicate, refuse_empty};

/// What leads to a client.
pub(super) fn reach(client: &document::Client) -> Reach {
    if lists_digests(client) || client.spiffe_ids.is_some() {
        Reach::Listed
    } else {
        Reach::Rules
    }
}

/// Whether a client lists what nobody has to have verified.
pub(super) fn lists_digests(client: &document::Client) -> bool {
    client.certificates.is_some() || client.public_keys.is_some()
}

/// The entries of every client, each of which is one client's alone.
pub(super) struct Entries<'d> {
    /// Whether nobody verified what certificates say.
    is_unverified: bool,
    places: HashMap<ListedKey, &'d Location>,
    pub(super) found: Vec<(ListedKey, Listing)>,
}

impl<'d> Entries<'d> {
    /// No entries yet, of certificates that somebody verified, or nobody.
    pub(super) fn new(is_unverified: bool) -> Self {
        Self {
            is_unverified,
            places: HashMap::new(),
            found: Vec::new(),
        }
    }

    /// Adds those of a client.
    pub(super) fn add(&mut self, client: &'d document::Client, problems: &mut Problems) {
        self.add_certificates(client, problems);
        self.add_public_keys(client, problems);
        self.add_spiffe_ids(client, problems);
    }

    fn add_certificates(&mut self, client: &'d document::Client, problems: &mut Problems) {
        for entry in digests(client.certificates.as_ref()) {
            let Some(sha256) = sha256(entry, "certificate", problems) else {
                continue;
            };
            let key = ListedKey::Certificate(sha256);
            if self.is_first(&key, &entry.sha256, "certificate", problems) {
                self.push(key, client, lasts(entry), None);
            }
        }
    }

    /// Where nobody verified the certificate, the holder of a key can write any
    /// subject beside it, so that the client is the principal.
    fn add_public_keys(&mut self, client: &'d document::Client, problems: &mut Problems) {
        let principal = self
            .is_unverified
            .then(|| Box::from(client.id.value.as_str()));
        for entry in digests(client.public_keys.as_ref()) {
            let Some(sha256) = sha256(entry, "public key", problems) else {
                continue;
            };
            let key = ListedKey::PublicKey(sha256);
            if self.is_first(&key, &entry.sha256, "public key", problems) {
                self.push(key, client, lasts(entry), principal.clone());
            }
        }
    }

    fn add_spiffe_ids(&mut self, client: &'d document::Client, problems: &mut Problems) {
        refuse_empty(client.spiffe_ids.as_ref(), problems);
        for id in client.spiffe_ids.iter().flat_map(|list| &list.value) {
            if SpiffeId::parse(&id.value).is_err() {
                problems.push(Problem::error(&id.at, "not a SPIFFE ID"));
            }
            let key = ListedKey::SpiffeId(id.value.as_str().into());
            if self.places.insert(key.clone(), &id.at).is_none() {
                self.push(key, client, Lasts::ForEver, None);
            } else {
                problems.push(duplicate(&id.at, "SPIFFE ID", &id.value));
            }
        }
    }

    fn push(
        &mut self,
        key: ListedKey,
        client: &document::Client,
        lasts: Lasts,
        principal: Option<Box<str>>,
    ) {
        let listing = Listing {
            client: client.id.value.as_str().into(),
            lasts,
            principal,
        };
        self.found.push((key, listing));
    }

    /// Whether nobody has listed it before; digests are not shown, so a second
    /// one names the place of the first.
    fn is_first(
        &mut self,
        key: &ListedKey,
        digest: &'d Located<String>,
        what: &str,
        problems: &mut Problems,
    ) -> bool {
        let Some(first) = self.places.get(key) else {
            self.places.insert(key.clone(), &digest.at);
            return true;
        };
        let position = first.position.map(|position| format!(" at {position}"));
        problems.push(
            Problem::error(&digest.at, format!("this {what} is listed twice")).with_hint(format!(
                "the first is {}{}",
                first.field,
                position.unwrap_or_default()
            )),
        );
        false
    }
}

fn digests(list: Option<&Located<Vec<ListedDigest>>>) -> &[ListedDigest] {
    list.map_or(&[], |list| &list.value)
}

fn sha256(entry: &ListedDigest, what: &str, problems: &mut Problems) -> Option<[u8; 32]> {
    match Thumbprint::from_hex(&entry.sha256.value) {
        Ok(sha256) => Some(*sha256.as_bytes()),
        Err(_) => {
            problems.push(Problem::error(
                &entry.sha256.at,
                format!("not a SHA-256 of a {what} in hexadecimal"),
            ));
            None
        }
    }
}

fn lasts(entry: &ListedDigest) -> Lasts {
    match &entry.until {
        Some(last) => Lasts::Until(last.value),
        None => Lasts::ForEver,
    }
}
