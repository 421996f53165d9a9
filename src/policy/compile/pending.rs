//! Settings that are read and not enforced yet, which nobody may rely on.

use crate::policy::document::{Clients, Document, Location};
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
    ];
    if let Clients::Open(at) = &document.clients {
        pending.push(Some(at));
    }
    for collection in &document.collections {
        pending.extend([
            // observe
            collection.observe.as_ref().map(|list| &list.at),
            // collections
            collection.hosts.as_ref().map(|list| &list.at),
            collection.methods.as_ref().map(|list| &list.at),
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
            // requirements and overrides
            client.requires.as_ref().map(|list| &list.at),
            client.methods.as_ref().map(|list| &list.at),
            client.ip_allowlist.as_ref().map(|list| &list.at),
        ]);
        for profile in &client.profiles {
            pending.extend([
                // requirements
                profile.requires.as_ref().map(|list| &list.at),
                // reminders
                profile.last_rotated.as_ref().map(|moment| &moment.at),
                profile.token_expiry.as_ref().map(|moment| &moment.at),
            ]);
        }
    }
    for at in pending.into_iter().flatten() {
        problems.push(Problem::error(
            at,
            "not available in this version of certgate",
        ));
    }
}
