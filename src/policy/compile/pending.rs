//! Settings that are read and not enforced yet, which nobody may rely on.

use crate::policy::document::{Document, Location};
use crate::policy::problem::{Problem, Problems};

pub(super) fn refuse(document: &Document, problems: &mut Problems) {
    let authentication = &document.authentication;
    let mut pending: Vec<Option<&Location>> = vec![
        // observe
        authentication.observe.as_ref().map(|list| &list.at),
        // revoked and constraints
        authentication.revoked.as_ref().map(|section| &section.at),
        authentication
            .constraints
            .as_ref()
            .map(|section| &section.at),
        // expiry
        document.expiry.as_ref().map(|section| &section.at),
        // evidence
        document.evidence.as_ref().map(|section| &section.at),
    ];
    for collection in &document.collections {
        pending.extend([
            // observe
            collection.observe.as_ref().map(|list| &list.at),
        ]);
    }
    for client in document.clients.listed() {
        pending.extend([
            // observe
            client.observe.as_ref().map(|list| &list.at),
            // listed
            client.certificates.as_ref().map(|list| &list.at),
            client.public_keys.as_ref().map(|list| &list.at),
            // constraints
            client.constraints.as_ref().map(|section| &section.at),
        ]);
    }
    for at in pending.into_iter().flatten() {
        problems.push(Problem::error(
            at,
            "not available in this version of certgate",
        ));
    }
}
